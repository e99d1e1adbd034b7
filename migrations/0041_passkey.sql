-- Passkeys (WebAuthn): as a second factor, or alone.

create table passkey (
    id            text   not null primary key,
    user_id       text   not null references local_user (id) on delete cascade,
    name          text   not null,
    -- What the authenticator calls it, in base64url. Nobody else's has the same.
    credential_id text   not null,
    -- Public key, counter and flags, as JSON. Nothing in it is secret.
    credential    text   not null,
    created_at    bigint not null,
    -- Zero for never.
    used_at       bigint not null default 0,
    constraint passkey_name unique (user_id, name),
    constraint passkey_credential unique (credential_id)
);

-- Sealed tickets that have let somebody in and are good no more; kept until they would have run out anyway.
create table spent_ticket (
    hash  text   not null primary key,
    until bigint not null
);
create index spent_ticket_until on spent_ticket (until);

drop view second_factor;
-- Whoever stands here is asked for more than a password.
create view second_factor as
    select user_id from totp where confirmed_at is not null
    union all
    select user_id from passkey;
