//! All SQL of images.

use super::inspect::Verdict;
use super::service::Form;
use crate::db::{Tx, contains};
use crate::fault::StoreError;
use crate::keyset::{self, Filter, Listing, Sort, Value};
use api::image::{DiskFormat, Image, ImageStatus, Visibility};
use api::{ImageId, ListQuery, Micros, OperationId, Page, ProjectId};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row as _, SqliteConnection, SqlitePool};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use uuid::Uuid;

type Result<T> = std::result::Result<T, StoreError>;

/// A text column that stands for something else. A text that does not parse is a fault of ours, and is reported as one.
fn parsed<T>(
    row: &SqliteRow,
    column: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> std::result::Result<T, sqlx::Error> {
    parse(row.try_get(column)?).ok_or_else(|| sqlx::Error::Decode(column.to_owned().into()))
}

fn id<T: From<Uuid>>(row: &SqliteRow, column: &str) -> std::result::Result<T, sqlx::Error> {
    parsed(row, column, |text| Uuid::try_parse(text).ok().map(T::from))
}

fn number(row: &SqliteRow, column: &str) -> std::result::Result<u64, sqlx::Error> {
    Ok(row.try_get::<i64, _>(column)?.max(0) as u64)
}

fn format(row: &SqliteRow) -> std::result::Result<Option<DiskFormat>, sqlx::Error> {
    Ok(row.try_get::<Option<&str>, _>("format")?.and_then(DiskFormat::parse))
}

/// Whose the image is; `None` if everybody sees it.
fn audience(row: &SqliteRow) -> std::result::Result<Option<ProjectId>, sqlx::Error> {
    let private = parsed(row, "visibility", Visibility::parse)? == Visibility::Private;
    Ok(private.then_some(id(row, "project_id")?))
}

/// An image and whose it is.
#[derive(Debug)]
pub struct Row {
    pub project: ProjectId,
    pub image: Image,
}

impl Row {
    /// As the project sees it.
    pub fn seen_by(self, project: ProjectId) -> Image {
        Image { foreign: self.project != project, ..self.image }
    }
}

impl FromRow<'_, SqliteRow> for Row {
    fn from_row(row: &SqliteRow) -> std::result::Result<Self, sqlx::Error> {
        let status = parsed(row, "status", ImageStatus::parse)?;
        let image = Image {
            id: id(row, "id")?,
            name: row.try_get("name")?,
            description: row.try_get("description")?,
            status,
            visibility: parsed(row, "visibility", Visibility::parse)?,
            foreign: false,
            owner_name: row.try_get("owner_name")?,
            format: format(row)?,
            size: if status == ImageStatus::Queued { None } else { Some(number(row, "size")?) },
            virtual_size: row.try_get::<Option<i64>, _>("virtual_size")?.map(|size| size.max(0) as u64),
            checksum: row.try_get("checksum")?,
            min_disk_gb: number(row, "min_disk_gb")?,
            min_ram_mb: number(row, "min_ram_mb")?,
            refused: row.try_get("refused")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
        };
        Ok(Self { project: id(row, "project_id")?, image })
    }
}

const LIST: Listing = Listing {
    select: "i.*, p.name as owner_name",
    from: "from image i join project p on p.id = i.project_id",
    id: "i.id",
    sorts: &[
        Sort { key: "name", column: "i.name", number: false },
        Sort { key: "status", column: "i.status", number: false },
        Sort { key: "size", column: "i.size", number: true },
        Sort { key: "created", column: "i.created_at", number: true },
    ],
    default: "name",
};

/// The project's own images and the public ones.
pub async fn list(db: &SqlitePool, project: ProjectId, query: &ListQuery) -> Result<Page<Row>> {
    let owner = Value::Text(project.0.to_string());
    let mut filter = Filter::default()
        .and("i.deleted_at is null", vec![])
        .and("i.project_id = ? or i.visibility = 'public'", vec![owner]);
    if !query.search.is_empty() {
        let pattern = Value::Text(contains(&query.search));
        filter = filter.and("i.name like ? escape '\\' or i.id like ? escape '\\'", vec![pattern.clone(), pattern]);
    }
    if !query.status.is_empty() {
        filter = filter.and("i.status = ?", vec![Value::Text(query.status.to_lowercase())]);
    }
    keyset::page(db, &LIST, filter, query).await
}

/// An image that the project may see.
pub async fn find(db: &mut SqliteConnection, project: ProjectId, image: ImageId) -> Result<Option<Row>> {
    Ok(sqlx::query_as(
        "select i.*, p.name as owner_name from image i join project p on p.id = i.project_id
         where i.id = $1 and (i.project_id = $2 or i.visibility = 'public') and i.deleted_at is null",
    )
    .bind(image.0.to_string())
    .bind(project.0.to_string())
    .fetch_optional(db)
    .await?)
}

/// The project's own active image of that name and content.
pub async fn find_same(db: &SqlitePool, project: ProjectId, name: &str, checksum: &str) -> Result<Option<ImageId>> {
    let row = sqlx::query(
        "select id from image
         where project_id = $1 and name = $2 and checksum = $3 and status = 'active' and deleted_at is null limit 1",
    )
    .bind(project.0.to_string())
    .bind(name)
    .bind(checksum)
    .fetch_optional(db)
    .await?;
    Ok(row.as_ref().map(|row| id(row, "id")).transpose()?)
}

/// What a launch has to know of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LaunchImage {
    pub id: ImageId,
    pub name: String,
    pub status: ImageStatus,
    pub format: Option<DiskFormat>,
    /// Bytes of the disk that a guest sees; 0 until it is known.
    pub virtual_size: u64,
    pub min_disk_gb: u64,
    pub min_ram_mb: u64,
}

/// An image that the project may launch from, in whatever state. Inside the transaction that adds the instance, it stays until that is done.
pub(crate) async fn launch_image(
    db: &mut SqliteConnection,
    project: ProjectId,
    image: ImageId,
) -> Result<Option<LaunchImage>> {
    let found = find(db, project, image).await?;
    Ok(found.map(|Row { image, .. }| LaunchImage {
        id: image.id,
        name: image.name,
        status: image.status,
        format: image.format,
        virtual_size: image.virtual_size.unwrap_or(0),
        min_disk_gb: image.min_disk_gb,
        min_ram_mb: image.min_ram_mb,
    }))
}

/// The file that an instance's disk stands on and its format. Deleted images have one for as long as instances stand on it.
pub(crate) async fn base(db: &SqlitePool, data: &Path, image: ImageId) -> Result<Option<(PathBuf, DiskFormat)>> {
    let row = sqlx::query("select format from image where id = $1 and status = 'active'")
        .bind(image.0.to_string())
        .fetch_optional(db)
        .await?;
    let format = row.as_ref().map(format).transpose()?.flatten();
    Ok(format.map(|format| (super::path(data, image), format)))
}

pub async fn insert(
    tx: &mut Tx,
    image: ImageId,
    project: ProjectId,
    form: &Form,
    operation: OperationId,
    now: Micros,
) -> Result<()> {
    sqlx::query(
        "insert into image (id, project_id, name, description, status, visibility, min_disk_gb, min_ram_mb, operation_id,
                            created_at, updated_at)
         values ($1, $2, $3, $4, 'queued', $5, $6, $7, $8, $9, $9)",
    )
    .bind(image.0.to_string())
    .bind(project.0.to_string())
    .bind(form.name.as_str())
    .bind(&form.description)
    .bind(form.visibility.as_str())
    .bind(form.min_disk_gb)
    .bind(form.min_ram_mb)
    .bind(operation.0.to_string())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// More bytes have come in. False if the image takes none: it is gone, or active and so can never change.
pub async fn receive(tx: &mut Tx, image: ImageId, bytes: u64, now: Micros) -> Result<bool> {
    let done = sqlx::query(
        "update image set status = 'saving', size = size + $2, updated_at = $3
         where id = $1 and status in ('queued', 'saving') and deleted_at is null",
    )
    .bind(image.0.to_string())
    .bind(bytes as i64)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The data is complete and accepted. False if the image has gone meanwhile.
pub async fn activate(tx: &mut Tx, image: ImageId, verdict: &Verdict, checksum: &str, now: Micros) -> Result<bool> {
    let done = sqlx::query(
        "update image set status = 'active', format = $2, virtual_size = $3, checksum = $4, updated_at = $6,
                          min_disk_gb = case when min_disk_gb < $5 then $5 else min_disk_gb end
         where id = $1 and status = 'saving' and deleted_at is null",
    )
    .bind(image.0.to_string())
    .bind(DiskFormat::from(verdict.format).as_str())
    .bind(verdict.virtual_size as i64)
    .bind(checksum)
    .bind(verdict.virtual_size.div_ceil(1 << 30) as i64)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn delete(tx: &mut Tx, image: ImageId, now: Micros) -> Result<()> {
    sqlx::query("update image set deleted_at = $2, updated_at = $2 where id = $1 and deleted_at is null")
        .bind(image.0.to_string())
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A row that has been removed.
pub struct Removed {
    /// Whose it was; `None` if everybody saw it.
    pub project: Option<ProjectId>,
    pub operation: OperationId,
}

pub async fn remove(tx: &mut Tx, image: ImageId) -> Result<Option<Removed>> {
    let row = sqlx::query("delete from image where id = $1 returning project_id, visibility, operation_id")
        .bind(image.0.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    let removed =
        row.map(|row| Ok::<_, sqlx::Error>(Removed { project: audience(&row)?, operation: id(&row, "operation_id")? }));
    Ok(removed.transpose()?)
}

fn ids(rows: &[SqliteRow]) -> Result<Vec<ImageId>> {
    Ok(rows.iter().map(|row| id(row, "id")).collect::<std::result::Result<_, _>>()?)
}

/// Images whose data is still on its way in, or should be.
pub async fn unfinished(tx: &mut Tx) -> Result<Vec<ImageId>> {
    let rows = sqlx::query("select id from image where status in ('queued', 'saving') and deleted_at is null");
    ids(&rows.fetch_all(&mut **tx).await?)
}

/// Deleted images that nothing stands on any more.
pub async fn collectable(db: &SqlitePool) -> Result<Vec<ImageId>> {
    let rows = sqlx::query(
        "select id from image
         where deleted_at is not null and not exists (select 1 from instance where instance.image_id = image.id)",
    );
    ids(&rows.fetch_all(db).await?)
}

/// An image whose data has been accepted, deleted or not.
pub struct Accepted {
    pub id: ImageId,
    /// Whose it is; `None` if everybody sees it.
    pub project: Option<ProjectId>,
    pub status: ImageStatus,
    pub size: u64,
    pub checksum: String,
}

pub async fn accepted(db: &SqlitePool) -> Result<Vec<Accepted>> {
    let rows = sqlx::query(
        "select id, project_id, visibility, status, size, checksum from image
         where checksum is not null and status in ('active', 'killed')",
    )
    .fetch_all(db)
    .await?;
    let accepted = rows.iter().map(|row| {
        Ok(Accepted {
            id: id(row, "id")?,
            project: audience(row)?,
            status: parsed(row, "status", ImageStatus::parse)?,
            size: number(row, "size")?,
            checksum: row.try_get("checksum")?,
        })
    });
    Ok(accepted.collect::<std::result::Result<_, sqlx::Error>>()?)
}

/// The data can be used no more, for this reason; or can be again.
pub async fn found(tx: &mut Tx, image: ImageId, damage: Option<&str>, now: Micros) -> Result<()> {
    sqlx::query(
        "update image set status = case when $2 is null then 'active' else 'killed' end, refused = $2, updated_at = $3
         where id = $1 and status in ('active', 'killed')",
    )
    .bind(image.0.to_string())
    .bind(damage)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn all(db: &SqlitePool) -> Result<HashSet<ImageId>> {
    let rows = sqlx::query("select id from image").fetch_all(db).await?;
    Ok(ids(&rows)?.into_iter().collect())
}

/// An instance that stands on the image, as far as this service looks at it.
#[cfg(test)]
pub async fn instance_insert(db: &crate::db::Db, caller: &api::Caller, image: ImageId) -> Result<()> {
    let mut tx = db.begin().await?;
    sqlx::query(
        "insert into instance (id, project_id, user_id, name, image_id, image_name, flavor_name, vcpus, ram_mb, disk_gb, intent, status,
                               task_since, created_at, updated_at)
         values ($1, $2, $3, 'vm', $4, '', '', 1, 1, 1, 'run', 'ACTIVE', 0, 0, 0)",
    )
    .bind(Uuid::new_v4().to_string())
    .bind(caller.project.0.to_string())
    .bind(caller.user.0.to_string())
    .bind(image.0.to_string())
    .execute(&mut *tx)
    .await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
pub async fn instance_delete_all(db: &crate::db::Db) -> Result<()> {
    let mut tx = db.begin().await?;
    sqlx::query("delete from instance").execute(&mut *tx).await?;
    Ok(tx.commit().await?)
}
