-- Snapshots of instances: images whose data comes from a root disk. Their transfers are of the kind `snapshot`.

-- The image that is being made of the instance, while its task is image_snapshot or image_uploading.
alter table instance add column snapshot_image_id text;
