-- Operations: what people asked for and what became of it. Audit: who changed what, for those who have to answer for it.

create table operation (
    id          text    not null primary key,
    project_id  text    not null references project (id) on delete cascade,
    user_id     text    not null,
    user_name   text    not null,
    verb        text    not null,
    kind        text    not null,
    -- The target may be gone: no reference, and its name is kept.
    target      text    not null,
    target_name text    not null,
    -- running | succeeded | failed
    state       text    not null,
    progress    integer not null default 0,
    -- api::Error as JSON.
    error       text,
    request     text    not null,
    created_at  bigint  not null,
    updated_at  bigint  not null
);
create index operation_project on operation (project_id, created_at desc, id);
create index operation_target on operation (kind, target, created_at desc);

create table audit (
    id         integer not null primary key,
    at         bigint  not null,
    -- Null for what nobody in particular did: a failed sign-in, the program itself.
    user_id    text,
    user_name  text    not null,
    project_id text,
    verb       text    not null,
    kind       text    not null,
    target     text    not null,
    -- ok, or the error's text.
    result     text    not null,
    request    text    not null
);
create index audit_at on audit (at);
