-- Sharing: the projects that an image of the visibility `shared` has been offered to.

create table image_member (
    image_id   text   not null references image (id) on delete cascade,
    project_id text   not null references project (id) on delete cascade,
    -- pending | accepted | rejected
    status     text   not null,
    created_at bigint not null,
    updated_at bigint not null,
    constraint image_member_pk primary key (image_id, project_id)
);
create index image_member_project on image_member (project_id, status);
