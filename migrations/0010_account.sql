-- What people have for themselves: the sessions they are signed in with, and how they like the console.

-- Where a session was begun and with what, so that its owner knows it again.
alter table session add column address text not null default '';
alter table session add column agent text not null default '';
-- When it was last used, to the minute; zero for sessions from before this was written down.
alter table session add column used_at bigint not null default 0;

-- The end that no use moves any further.
alter table session add column longest_at bigint not null default 0;

-- Zero: never since the user was made.
alter table local_user add column password_changed_at bigint not null default 0;

-- One row for each user who has chosen anything; null is no choice.
create table preference (
    user_id   text not null primary key references local_user (id) on delete cascade,
    -- BCP 47.
    lang      text,
    theme     text,
    -- A name of the IANA time zone database.
    time_zone text,
    page_size bigint
);
