-- What is known of users besides, and the audit log of one thing and of one user.

alter table local_user add column last_sign_in_at bigint;

create index audit_target on audit (target, id);
create index audit_by on audit (user_id, id);
-- What has been done between two days.
create index audit_at on audit (at);
