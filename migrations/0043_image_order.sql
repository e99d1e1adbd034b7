-- Lists of images by age, as a launch chooses from them, and by size, whoever they belong to.
create index image_created on image (created_at, id);
create index image_size on image (size, id);
