-- Classes: many users, each with a project, made from one template, and gone together.

-- When an account ends by itself; null: never. Asked at each use.
alter table local_user add column expires_at bigint;

create table class (
    id              text    not null primary key,
    domain_id       text    not null references domain (id),
    name            text    not null,
    description     text    not null default '',
    -- The template. JSON: the limits that differ from the default, by the resource's key.
    limits          text    not null default '{}',
    -- The range of everybody's starter network; null: none.
    cidr            text,
    -- Only what stands in class_image and class_flavor may be used. Apart from those tables, so that a list whose last image is deleted
    -- does not become a list of all.
    only_images     integer not null default 0,
    only_flavors    integer not null default 0,
    -- When the accounts end; null: never.
    expires_at      bigint,
    -- The sessions of those whose accounts have ended have been ended too.
    expired         integer not null default 0,
    -- SHA-256 of the code that anybody may join by; null: nobody joins.
    join_hash       text,
    -- With so many seats nobody joins any more.
    join_limit      bigint  not null default 0,
    -- The operation that removes it; null: it stays.
    removal_id      text,
    created_at      bigint  not null,
    constraint class_name unique (domain_id, name)
);
create index class_name_all on class (name, id);
create index class_created on class (created_at, id);
create unique index class_join on class (join_hash);

create table class_teacher (
    class_id text not null references class (id) on delete cascade,
    user_id  text not null references local_user (id) on delete cascade,
    primary key (class_id, user_id)
);
create index class_teacher_user on class_teacher (user_id, class_id);

create table class_image (
    class_id text not null references class (id) on delete cascade,
    image_id text not null references image (id) on delete cascade,
    primary key (class_id, image_id)
);
create index class_image_image on class_image (image_id);

create table class_flavor (
    class_id  text not null references class (id) on delete cascade,
    flavor_id text not null references flavor (id) on delete cascade,
    primary key (class_id, flavor_id)
);
create index class_flavor_flavor on class_flavor (flavor_id);

-- One user in one project.
create table seat (
    id              text   not null primary key,
    class_id        text   not null references class (id),
    name            text   not null,
    -- Null: gone by another way.
    user_id         text   references local_user (id) on delete set null,
    project_id      text   references project (id) on delete set null,
    -- making, ready, failed, resetting or removing.
    state           text   not null,
    -- JSON of the error that a failed one failed with.
    fault           text,
    -- What it is being worked on for, or has failed in, and how many seats that began with.
    operation_id    text,
    operation_total bigint not null default 0,
    -- SHA-256 of the code that its user sets a password with, once; null: none is open.
    claim_hash      text,
    created_at      bigint not null
);
create index seat_class_name on seat (class_id, name, id);
create index seat_class_state on seat (class_id, state, id);
create index seat_class_created on seat (class_id, created_at, id);
create index seat_working on seat (operation_id) where operation_id is not null;
create unique index seat_user on seat (user_id);
create unique index seat_project on seat (project_id);
create unique index seat_claim on seat (claim_hash);

-- What the other services ask: the projects that may use some images or flavors only, and which.
create view image_bound_project as
    select s.project_id from seat s join class c on c.id = s.class_id where c.only_images = 1;
create view image_bound as
    select s.project_id, i.image_id from seat s join class_image i on i.class_id = s.class_id;
create view flavor_bound_project as
    select s.project_id from seat s join class c on c.id = s.class_id where c.only_flavors = 1;
create view flavor_bound as
    select s.project_id, f.flavor_id from seat s join class_flavor f on f.class_id = s.class_id;
