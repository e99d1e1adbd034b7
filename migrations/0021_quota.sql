-- Quotas, whole: defaults that administrators change, and members who ask for more.

-- What a project may use where its own quota says nothing, where that differs from the defaults in code. −1 is unlimited.
create table quota_default (
    resource text   not null primary key,
    max      bigint not null
);

create table quota_request (
    id         text   not null primary key,
    project_id text   not null references project (id) on delete cascade,
    -- Who asks may be gone by the time somebody answers.
    user_id    text   not null,
    user_name  text   not null,
    resource   text   not null,
    -- The limit that is asked for, and the one that held then.
    asked      bigint not null,
    held       bigint not null,
    reason     text   not null,
    -- open | approved | refused
    state      text   not null,
    answer     text   not null default '',
    decided_by text,
    decided_at bigint,
    created_at bigint not null
);
create index quota_request_project on quota_request (project_id, created_at, id);
create index quota_request_created on quota_request (created_at, id);
create index quota_request_state on quota_request (state, created_at, id);
-- One at a time for each resource: a second would be decided without the first.
create unique index quota_request_open on quota_request (project_id, resource) where state = 'open';
