-- Networks, as Neutron models them: everything that has an address is a port. The rows are the desired state; the engine is given all
-- of them and makes the world so. `status` is what was last observed; a change of intent raises the generation and sets BUILD.

create table network (
    id         text    not null primary key,
    project_id text    not null references project (id),
    name       text    not null,
    -- The provider's network: owned by the admin project, seen by all, floating IPs come from it.
    external   integer not null default 0,
    -- Made by "Create a starter network"; at most one for each project.
    starter    integer not null default 0,
    -- Name of the engine's bridge mapping; external networks only.
    physical   text,
    mtu        integer not null,
    -- BUILD | ACTIVE | DOWN | ERROR
    status     text    not null,
    generation bigint  not null default 1,
    created_at bigint  not null
);
create index network_project_name on network (project_id, name, id);
create index network_project_status on network (project_id, status, id);
create index network_project_created on network (project_id, created_at, id);
create unique index network_starter on network (project_id) where starter = 1;

create table subnet (
    id         text    not null primary key,
    project_id text    not null references project (id),
    network_id text    not null references network (id) on delete cascade,
    name       text    not null,
    cidr       text    not null,
    gateway    text,
    -- Where the metadata and DNS service answers on this subnet; null on external networks.
    service    text,
    dhcp       integer not null default 1,
    created_at bigint  not null
);
create index subnet_network on subnet (network_id);
create index subnet_project on subnet (project_id);

create table router (
    id          text   not null primary key,
    project_id  text   not null references project (id),
    name        text   not null,
    -- The external network it leads to.
    external_id text references network (id),
    status      text   not null,
    generation  bigint not null default 1,
    created_at  bigint not null
);
create index router_project on router (project_id, name);

create table port (
    id           text   not null primary key,
    project_id   text   not null references project (id),
    network_id   text   not null references network (id) on delete cascade,
    subnet_id    text   not null references subnet (id),
    mac          text   not null,
    address      text   not null,
    -- compute:nova | network:router_interface | network:router_gateway | network:floatingip
    device_owner text   not null,
    -- The instance's, router's or floating IP's id.
    device_id    text   not null,
    -- As last observed.
    status       text   not null,
    created_at   bigint not null,
    constraint port_address unique (subnet_id, address),
    constraint port_mac unique (network_id, mac)
);
create index port_device on port (device_id);
create index port_network_address on port (network_id, address);
create index port_network_device on port (network_id, device_owner, device_id);
create index port_project on port (project_id);

create table floating_ip (
    id         text   not null primary key,
    project_id text   not null references project (id),
    -- Its own port on the external network holds the address.
    address    text   not null,
    -- The address as a number, for sorting.
    number     bigint not null,
    network_id text   not null references network (id),
    -- The instance's port behind it.
    port_id    text references port (id) on delete set null,
    router_id  text references router (id),
    status     text   not null,
    generation bigint not null default 1,
    created_at bigint not null,
    constraint floating_ip_address unique (network_id, address),
    -- One floating IP for each port.
    constraint floating_ip_port unique (port_id)
);
create index floating_ip_project_number on floating_ip (project_id, number, id);
create index floating_ip_project_status on floating_ip (project_id, status, id);
create index floating_ip_project_created on floating_ip (project_id, created_at, id);

create table security_group (
    id          text   not null primary key,
    project_id  text   not null references project (id),
    name        text   not null,
    description text   not null default '',
    created_at  bigint not null,
    constraint security_group_name unique (project_id, name)
);

create table security_group_rule (
    id           text   not null primary key,
    group_id     text   not null references security_group (id) on delete cascade,
    -- ingress | egress
    direction    text   not null,
    -- tcp | udp | icmp | any
    protocol     text   not null,
    port_first   integer,
    port_last    integer,
    remote_cidr  text,
    remote_group text references security_group (id) on delete cascade,
    created_at   bigint not null
);
create index security_group_rule_remote on security_group_rule (remote_group);
create index security_group_rule_group on security_group_rule (group_id);

create table port_security_group (
    port_id  text not null references port (id) on delete cascade,
    group_id text not null references security_group (id),
    primary key (port_id, group_id)
);
create index port_security_group_group on port_security_group (group_id);
