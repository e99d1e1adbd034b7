-- Deleting a project with all that it holds: taken up again after a restart from what is still there.

-- The operation that shows how far it is; it belongs to the project of whoever asked.
alter table project add column deletion_id text;
-- How many instances there were, for the progress.
alter table project add column deletion_total bigint not null default 0;
create index project_deleting on project (deleting) where deleting = 1;
