-- The audit log, whole: from where, on what by name, and a chain that shows whether anything was taken out or altered.

alter table audit add column address text not null default '';
-- The target may be gone: its name is kept.
alter table audit add column target_name text not null default '';
-- SHA-256 over the entry before and this one, hex; empty only until the next start has chained what an older version wrote.
alter table audit add column chain text not null default '';

drop index audit_at;
create index audit_project on audit (project_id, id);
create index audit_user on audit (user_name, id);
create index audit_verb on audit (verb, id);
create index audit_kind on audit (kind, id);
create index audit_address on audit (address, id);
create index audit_result on audit (result, id);
