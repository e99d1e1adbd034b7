-- Sign-in with an organisation's own provider of identity (OpenID Connect), by domain.

create table provider (
    domain_id     text    not null primary key references domain (id) on delete cascade,
    -- What its button says.
    name          text    not null,
    issuer        text    not null,
    client_id     text    not null,
    -- Sealed; empty for a client that has none.
    secret        text    not null,
    -- Separated by spaces.
    scopes        text    not null,
    -- The claims that are read; empty for those that are not.
    name_claim    text    not null,
    email_claim   text    not null,
    groups_claim  text    not null,
    enabled_claim text    not null,
    -- Whom nobody here knows yet becomes a user.
    creates_users integer not null,
    created_at    bigint  not null
);

-- Who has this value in the claim of groups is in this group.
create table provider_group (
    domain_id text not null references provider (domain_id) on delete cascade,
    value     text not null,
    group_id  text not null references user_group (id) on delete cascade,
    primary key (domain_id, value, group_id)
);
create index provider_group_group on provider_group (group_id);

-- Users without a password here. Who they are there is null until they have come for the first time.
create table federated_user (
    user_id    text   not null primary key references local_user (id) on delete cascade,
    domain_id  text   not null references domain (id) on delete cascade,
    issuer     text,
    subject    text,
    created_at bigint not null,
    constraint federated_user_subject unique (domain_id, issuer, subject)
);

-- The provider says that the user is in the group: it goes when the provider says so no more. What somebody has put there by hand stays.
alter table group_member add column by_provider integer not null default 0;
