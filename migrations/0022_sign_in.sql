-- Signing in: what passwords have to be, what becomes of those who guess, and where people go.

-- What differs from the rules in code, by domain.
create table password_rules (
    domain_id    text   not null primary key references domain (id) on delete cascade,
    min_length   bigint not null,
    -- How many passwords before may not be used again.
    history      bigint not null,
    -- After so many days a password has to be changed; 0 is never.
    expires_days bigint not null,
    -- After so many failures in a row a name is locked out; 0 is never.
    lock_after   bigint not null,
    lock_minutes bigint not null
);

-- Whoever was given a password has to choose another at the next sign-in.
alter table local_user add column must_change integer not null default 0;

-- The hashes of passwords that somebody had, newest last.
create table password_history (
    user_id    text   not null references local_user (id) on delete cascade,
    created_at bigint not null,
    hash       text   not null,
    primary key (user_id, created_at)
);

-- Failures in a row, by the hash of domain and name: of names that nobody has as well, so that the two cannot be told apart.
create table sign_in_failure (
    name_hash text   not null primary key,
    failures  bigint not null,
    last_at   bigint not null
);
create index sign_in_failure_age on sign_in_failure (last_at);

-- The project that somebody was in last; it may be gone.
alter table preference add column last_project text;
