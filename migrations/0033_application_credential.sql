-- Application credentials, and the tokens of the API.

-- What programs sign in with in a user's stead: in one project, with some of the roles that the user has there.
create table application_credential (
    id           text    not null primary key,
    user_id      text    not null references local_user (id) on delete cascade,
    project_id   text    not null references project (id) on delete cascade,
    name         text    not null,
    description  text    not null default '',
    -- argon2id in PHC form: a secret may have been chosen by its owner.
    secret_hash  text    not null,
    -- It may make and delete application credentials itself.
    unrestricted integer not null default 0,
    -- Null: never.
    expires_at   bigint,
    -- When a token was last issued for it; zero for never.
    used_at      bigint  not null default 0,
    created_at   bigint  not null,
    constraint application_credential_name unique (user_id, name)
);
create index application_credential_name_all on application_credential (name, id);
create index application_credential_created on application_credential (created_at, id);
create index application_credential_project on application_credential (project_id);

create table application_credential_role (
    credential_id text not null references application_credential (id) on delete cascade,
    role_id       text not null references role (id) on delete cascade,
    primary key (credential_id, role_id)
);
create index application_credential_role_role on application_credential_role (role_id);

-- The only requests that a credential's tokens are good for. None: all that its roles allow.
create table access_rule (
    credential_id text not null references application_credential (id) on delete cascade,
    service       text not null,
    method        text not null,
    path          text not null,
    primary key (credential_id, service, path, method)
);

-- A token is known by the SHA-256 of it: a stolen database opens nothing.
create table token (
    hash          text   not null primary key,
    user_id       text   not null references local_user (id) on delete cascade,
    -- Null: unscoped.
    project_id    text   references project (id) on delete cascade,
    -- What it was got with, from the first token of its chain on; null for a password.
    credential_id text   references application_credential (id) on delete cascade,
    -- Keystone's words, separated by commas.
    methods       text   not null,
    -- This token's own, and that of the first of its chain.
    audit_id      text   not null,
    chain_id      text   not null,
    issued_at     bigint not null,
    expires_at    bigint not null
);
create index token_user on token (user_id);
create index token_project on token (project_id);
create index token_credential on token (credential_id);
create index token_expiry on token (expires_at);
