-- Identity: who there is and who may do what where.
--
-- Conventions of the whole schema, which PostgreSQL would accept as it stands: identifiers are UUIDs as lower-case text with hyphens,
-- moments are bigint microseconds since 1970 UTC, structured values are JSON text, booleans are integers 0 and 1. Tables are singular.
-- A row that is worked on by a reconciler holds its intent apart from what was last observed, and a generation that every change of
-- intent raises, so that an observation of an older intent cannot overwrite a newer one.

create table domain (
    id          text   not null primary key,
    name        text   not null,
    created_at  bigint not null,
    constraint domain_name unique (name)
);

create table project (
    id          text    not null primary key,
    domain_id   text    not null references domain (id),
    name        text    not null,
    description text    not null default '',
    enabled     integer not null default 1,
    created_at  bigint  not null,
    constraint project_name unique (domain_id, name)
);

-- "user" is a reserved word in SQL; Keystone calls the users it keeps itself local users.
create table local_user (
    id            text    not null primary key,
    domain_id     text    not null references domain (id),
    name          text    not null,
    -- argon2id in PHC form, with its parameters.
    password_hash text    not null,
    enabled       integer not null default 1,
    created_at    bigint  not null,
    constraint local_user_name unique (domain_id, name)
);

-- One role for each user and project; a stronger role implies the weaker ones.
create table assignment (
    user_id    text   not null references local_user (id) on delete cascade,
    project_id text   not null references project (id) on delete cascade,
    role       text   not null,
    created_at bigint not null,
    primary key (user_id, project_id)
);
create index assignment_project on assignment (project_id);

-- Server-side sessions. The cookie holds the id, this table its SHA-256: a stolen database opens no session.
create table session (
    id_hash    text   not null primary key,
    -- Null until somebody has signed in; nothing is stored before that.
    user_id    text references local_user (id) on delete cascade,
    data       text   not null,
    created_at bigint not null,
    expires_at bigint not null
);
create index session_user on session (user_id);
create index session_expiry on session (expires_at);

-- What a project may use, where it differs from the defaults in code. −1 is unlimited.
create table quota (
    project_id text   not null references project (id) on delete cascade,
    resource   text   not null,
    max        bigint not null,
    primary key (project_id, resource)
);
