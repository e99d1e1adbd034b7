-- The directory, whole: groups, roles of an operator's own, assignments on domains and the system, inheritance, tags.

alter table domain add column description text not null default '';
alter table domain add column enabled integer not null default 1;
create index domain_created on domain (created_at, id);

-- A project below another is in the same domain.
alter table project add column parent_id text references project (id);
-- Being deleted: nobody can enter it any more, and what it holds goes step by step.
alter table project add column deleting integer not null default 0;
create index project_parent on project (parent_id);
create index project_name on project (name, id);
create index project_created on project (created_at, id);

create table project_tag (
    project_id text not null references project (id) on delete cascade,
    tag        text not null,
    primary key (project_id, tag)
);

alter table local_user add column email text not null default '';
alter table local_user add column description text not null default '';
-- Where the user lands after signing in.
alter table local_user add column default_project_id text references project (id) on delete set null;
-- The user cannot change the password; administrators can.
alter table local_user add column password_locked integer not null default 0;
create index local_user_name on local_user (name, id);
create index local_user_email on local_user (email, id);
create index local_user_created on local_user (created_at, id);
create index local_user_default_project on local_user (default_project_id);

-- "group" is a reserved word in SQL.
create table user_group (
    id          text   not null primary key,
    domain_id   text   not null references domain (id),
    name        text   not null,
    description text   not null default '',
    created_at  bigint not null,
    constraint user_group_name unique (domain_id, name)
);
create index user_group_name on user_group (name, id);
create index user_group_created on user_group (created_at, id);

create table group_member (
    group_id   text   not null references user_group (id) on delete cascade,
    user_id    text   not null references local_user (id) on delete cascade,
    created_at bigint not null,
    primary key (group_id, user_id)
);
create index group_member_user on group_member (user_id, group_id);

create table role (
    id          text    not null primary key,
    name        text    not null,
    description text    not null default '',
    -- One that every cloud has: it cannot be changed.
    builtin     integer not null default 0,
    -- The strongest of the policy's roles among all that it implies: 0 none, 1 reader, 2 member, 3 manager, 4 admin. Follows from
    -- role_implication and is written with it, so that asking who may do what needs no walk.
    strength    integer not null default 0,
    created_at  bigint  not null,
    constraint role_name unique (name)
);

create table role_implication (
    role_id    text not null references role (id) on delete cascade,
    implied_id text not null references role (id) on delete cascade,
    primary key (role_id, implied_id)
);
create index role_implication_implied on role_implication (implied_id);

insert into role (id, name, description, builtin, strength, created_at) values
    ('24690fbd-6e5e-48d1-a4cf-ec0c09f85ff3', 'admin', 'Runs the cloud', 1, 4, 0),
    ('542da571-819a-495b-a0ec-0d1e81d4f147', 'manager', 'Runs a project, or a domain', 1, 3, 0),
    ('1d046cff-8a1c-4839-88d0-fc0032079a86', 'member', 'Works in a project', 1, 2, 0),
    ('bcb8c2aa-8ba4-4e00-9e27-8b8c0202496a', 'reader', 'Looks at a project', 1, 1, 0),
    ('cf91e201-56d9-4677-ad05-c6d19cac102a', 'service', 'For services that call each other', 1, 0, 0);
insert into role_implication (role_id, implied_id) values
    ('24690fbd-6e5e-48d1-a4cf-ec0c09f85ff3', '542da571-819a-495b-a0ec-0d1e81d4f147'),
    ('542da571-819a-495b-a0ec-0d1e81d4f147', '1d046cff-8a1c-4839-88d0-fc0032079a86'),
    ('1d046cff-8a1c-4839-88d0-fc0032079a86', 'bcb8c2aa-8ba4-4e00-9e27-8b8c0202496a');

-- A user or a group has a role on a project, on a domain or, where both are null, on the system. An inherited one holds in what lies
-- below the project or domain, and not in itself.
create table role_assignment (
    id         text    not null primary key,
    user_id    text    references local_user (id) on delete cascade,
    group_id   text    references user_group (id) on delete cascade,
    project_id text    references project (id) on delete cascade,
    domain_id  text    references domain (id) on delete cascade,
    role_id    text    not null references role (id),
    inherited  integer not null default 0,
    created_at bigint  not null,
    constraint role_assignment_actor check ((user_id is null) <> (group_id is null)),
    constraint role_assignment_place check (project_id is null or domain_id is null)
);
create unique index role_assignment_once on role_assignment
    (coalesce(user_id, group_id), coalesce(project_id, domain_id, ''), role_id, inherited);
create index role_assignment_user on role_assignment (user_id, project_id);
create index role_assignment_group on role_assignment (group_id, project_id);
create index role_assignment_project on role_assignment (project_id);
create index role_assignment_domain on role_assignment (domain_id);
create index role_assignment_role on role_assignment (role_id);
create index role_assignment_created on role_assignment (created_at, id);

-- The id is made of the two that it ties: a UUID's first half and another's second.
insert into role_assignment (id, user_id, project_id, role_id, created_at)
    select substr(a.user_id, 1, 19) || substr(a.project_id, 20), a.user_id, a.project_id, r.id, a.created_at
    from assignment a join role r on r.name = a.role;
-- Who could run the cloud from every project where they were admin, can do so from everywhere.
insert into role_assignment (id, user_id, role_id, created_at)
    select substr(a.user_id, 1, 19) || substr(r.id, 20), a.user_id, r.id, min(a.created_at)
    from assignment a join role r on r.name = a.role where a.role = 'admin' group by a.user_id, r.id;
drop table assignment;
