-- What an instance's hardware is made by: the properties of its image and its flavor as they were at its launch, an object of texts in JSON.
-- Empty: none.
alter table instance add column hardware text not null default '';

-- What the host can start.
alter table host add column architecture text not null default 'x86_64';
alter table host add column uefi integer not null default 0;
