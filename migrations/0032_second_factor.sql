-- A second factor for signing in: codes of an authenticator app (RFC 6238), and recovery codes for when that is lost.

create table totp (
    user_id      text   not null primary key references local_user (id) on delete cascade,
    -- What the app shares, sealed: codes can only be checked by whoever can read it.
    secret       text   not null,
    -- Null while it is being set up: it is not asked for yet.
    confirmed_at bigint,
    -- The last step of 30 seconds whose code was taken: no code is good twice.
    last_step    bigint not null default 0,
    created_at   bigint not null
);

-- Each is good once and then gone.
create table recovery_code (
    user_id   text not null references local_user (id) on delete cascade,
    -- SHA-256; a code has 80 bits, so nothing slower is needed.
    code_hash text not null,
    primary key (user_id, code_hash)
);

-- Whoever stands here is asked for more than a password.
create view second_factor as select user_id from totp where confirmed_at is not null;
