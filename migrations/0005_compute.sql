-- Compute: flavors, key pairs and instances.

create table flavor (
    id      text    not null primary key,
    name    text    not null,
    vcpus   integer not null,
    ram_mb  bigint  not null,
    disk_gb bigint  not null,
    constraint flavor_name unique (name)
);

-- Only the public half. Key pairs belong to a user.
create table keypair (
    id          text   not null primary key,
    user_id     text   not null references local_user (id) on delete cascade,
    name        text   not null,
    algorithm   text   not null,
    fingerprint text   not null,
    public_key  text   not null,
    created_at  bigint not null,
    constraint keypair_name unique (user_id, name)
);

create table instance (
    id           text    not null primary key,
    project_id   text    not null references project (id),
    user_id      text    not null,
    name         text    not null,

    -- What it was launched with; copied, because image, flavor and key pair may change or go.
    image_id     text    not null,
    image_name   text    not null,
    flavor_name  text    not null,
    vcpus        integer not null,
    ram_mb       bigint  not null,
    disk_gb      bigint  not null,
    keypair_name text,
    public_key   text,
    user_data    text    not null default '',

    -- What somebody wants: run | stop | delete.
    intent       text    not null,
    generation   bigint  not null default 1,

    -- What was last observed, in Nova's words.
    status       text    not null,
    task         text,
    power_state  integer not null default 0,
    -- The hypervisor's mark of the boot last seen.
    boot         text    not null default '',
    -- When the present task began: forced power-off and the like are counted from here.
    task_since   bigint  not null,
    -- Attempts of the present task that failed; a build gives up after a few.
    attempts     integer not null default 0,
    fault        text,
    fault_at     bigint,
    -- The operation that the present task belongs to.
    operation_id text,
    host         text    not null default '',

    created_at   bigint  not null,
    launched_at  bigint,
    updated_at   bigint  not null
);
create index instance_project_created on instance (project_id, created_at, id);
create index instance_project_name on instance (project_id, name, id);
create index instance_project_status on instance (project_id, status, id);
create index instance_image on instance (image_id);
create index instance_task on instance (task) where task is not null;
