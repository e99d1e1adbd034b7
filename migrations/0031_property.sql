-- What flavors and instances carry besides their own columns: Nova's extra specs and metadata.

create table flavor_property (
    flavor_id text not null references flavor (id) on delete cascade,
    name      text not null,
    value     text not null,
    constraint flavor_property_pk primary key (flavor_id, name)
);

create table instance_property (
    instance_id text not null references instance (id) on delete cascade,
    name        text not null,
    value       text not null,
    constraint instance_property_pk primary key (instance_id, name)
);
