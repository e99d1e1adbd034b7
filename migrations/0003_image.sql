-- Images. The data lies in a file named by the image's id; an image without data is queued or saving.

create table image (
    id           text    not null primary key,
    project_id   text    not null references project (id),
    name         text    not null,
    description  text    not null default '',
    -- queued | saving | active | killed
    status       text    not null,
    -- private | public
    visibility   text    not null,
    -- Found by content: qcow2 | raw | iso. Null until inspected.
    format       text,
    -- Bytes stored; while saving, the bytes that have come in so far, so that the quota counts them.
    size         bigint  not null default 0,
    virtual_size bigint,
    -- SHA-512, hex.
    checksum     text,
    min_disk_gb  bigint  not null default 0,
    min_ram_mb   bigint  not null default 0,
    -- Why the data was refused.
    refused      text,
    -- The upload, for as long as it takes.
    operation_id text    not null,
    -- Deleted by its owner; the file stays while instances stand on it, then the reconciler removes both.
    deleted_at   bigint,
    created_at   bigint  not null,
    updated_at   bigint  not null
);
create index image_project_name on image (project_id, name, id);
create index image_project_created on image (project_id, created_at, id);
create index image_visibility on image (visibility, name, id);
