-- Images, whole: attributes, properties and tags; data that several images share.

alter table image add column protected integer not null default 0;
-- MD5, hex; of images that came before it was counted, null.
alter table image add column md5 text;
-- What the inspector knew the format by.
alter table image add column evidence text;
-- Set while the owner has taken the image out of use.
alter table image add column deactivated_at bigint;
-- The name of the file that holds the data: the id of the image that brought it. Images of the same content share one file.
alter table image add column data_id text not null default '';
update image set data_id = id;

create index image_name on image (name, id);
create index image_checksum on image (checksum);
create index image_data on image (data_id);

-- What software may know of an image: os_distro, hw_disk_bus, …
create table image_property (
    image_id text not null references image (id) on delete cascade,
    name     text not null,
    value    text not null,
    constraint image_property_pk primary key (image_id, name)
);

create table image_tag (
    image_id text not null references image (id) on delete cascade,
    tag      text not null,
    constraint image_tag_pk primary key (image_id, tag)
);
create index image_tag_tag on image_tag (tag, image_id);
