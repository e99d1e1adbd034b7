-- The host as last observed, so that no page has to ask the hypervisor.

create table host (
    name               text    not null primary key,
    hypervisor         text    not null,
    virtualisation     text    not null,
    virtualisation_why text,
    vcpus              integer not null,
    memory_mb          bigint  not null,
    disk_free          bigint  not null,
    up                 integer not null,
    seen_at            bigint  not null
);
