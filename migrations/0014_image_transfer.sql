-- Data on its way into an image, in a way that outlives the program: chunks from a browser, or an import from elsewhere.

create table image_transfer (
    image_id     text   not null primary key references image (id) on delete cascade,
    -- upload | import
    kind         text   not null,
    user_id      text   not null,
    -- Bytes that there will be, if it is known.
    expected     bigint,
    -- The file as the sender calls it, to be asked for again.
    file_name    text   not null default '',
    -- What the data has to be known by: MD5, SHA-256 or SHA-512, hex. Empty: nothing was said.
    checksum     text   not null default '',
    -- Imports: where from, where its checksum stands, and the version that the bytes so far belong to.
    url          text   not null default '',
    checksum_url text   not null default '',
    etag         text   not null default '',
    -- Failures since the last byte came, and when to try again.
    attempts     bigint not null default 0,
    not_before   bigint not null default 0,
    updated_at   bigint not null
);

-- Where the data came from: a URL, an instance, another image.
alter table image add column source text not null default '';
