//! What becomes of an image's data: received, accepted, missed, collected.

use super::{Result, audience, id, number, parsed};
use crate::db::Tx;
use crate::image::inspect::Verdict;
use crate::image::service::Form;
use api::image::{DiskFormat, ImageStatus};
use api::{ImageId, Micros, OperationId, ProjectId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqlitePool};
use std::collections::HashSet;
#[cfg(test)]
use uuid::Uuid;

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
                            created_at, updated_at, data_id, protected)
         values ($1, $2, $3, $4, 'queued', $5, $6, $7, $8, $9, $9, $1, $10)",
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
    .bind(form.protected)
    .execute(&mut **tx)
    .await?;
    super::set_tags(tx, image, &form.tags).await?;
    let properties: Vec<_> = form.properties.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    super::set_properties(tx, image, &properties).await
}

/// More bytes have come in. False if the image takes none: it is gone, or active and so can never change.
pub async fn receive(tx: &mut Tx, image: ImageId, bytes: u64, now: Micros) -> Result<bool> {
    let done = sqlx::query(
        "update image set status = case when status = 'importing' then status else 'saving' end, size = size + $2, updated_at = $3
         where id = $1 and status in ('queued', 'saving', 'importing') and deleted_at is null",
    )
    .bind(image.0.to_string())
    .bind(bytes as i64)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    sqlx::query("update image_transfer set updated_at = $2, attempts = 0 where image_id = $1")
        .bind(image.0.to_string())
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// What the stored bytes are known by, in hex.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashes {
    pub sha512: String,
    pub md5: String,
}

/// The data is complete and accepted. Answers with the name of the file that holds it: the image's own, or that of an image with the same
/// content. `None` if the image has gone meanwhile, or is active and so can never change.
pub async fn activate(
    tx: &mut Tx,
    image: ImageId,
    verdict: &Verdict,
    hashes: &Hashes,
    now: Micros,
) -> Result<Option<ImageId>> {
    let same = sqlx::query(
        "select data_id from image where checksum = $1 and status in ('active', 'deactivated') and id <> $2 limit 1",
    )
    .bind(&hashes.sha512)
    .bind(image.0.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    let data = same.as_ref().map(|row| id(row, "data_id")).transpose()?.unwrap_or(image);
    let done = sqlx::query(
        "update image set status = 'active', format = $2, virtual_size = $3, checksum = $4, updated_at = $6, md5 = $7, evidence = $8,
                          data_id = $9, min_disk_gb = case when min_disk_gb < $5 then $5 else min_disk_gb end
         where id = $1 and status in ('saving', 'importing') and deleted_at is null",
    )
    .bind(image.0.to_string())
    .bind(DiskFormat::from(verdict.format).as_str())
    .bind(verdict.virtual_size as i64)
    .bind(&hashes.sha512)
    .bind(verdict.virtual_size.div_ceil(1 << 30) as i64)
    .bind(now)
    .bind(&hashes.md5)
    .bind(verdict.evidence.as_ref())
    .bind(data.0.to_string())
    .execute(&mut **tx)
    .await?;
    super::transfer::end(tx, image).await?;
    Ok((done.rows_affected() == 1).then_some(data))
}

/// Gives a new image the data of another.
pub async fn copy_data(tx: &mut Tx, from: ImageId, to: ImageId, now: Micros) -> Result<()> {
    sqlx::query(
        "update image set status = 'active', updated_at = $3, source = $1,
                (format, size, virtual_size, checksum, md5, evidence, data_id, min_disk_gb) =
                (select format, size, virtual_size, checksum, md5, evidence, data_id, min_disk_gb from image where id = $1)
         where id = $2",
    )
    .bind(from.0.to_string())
    .bind(to.0.to_string())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn delete(tx: &mut Tx, image: ImageId, now: Micros) -> Result<()> {
    sqlx::query("update image set deleted_at = $2, updated_at = $2 where id = $1 and deleted_at is null")
        .bind(image.0.to_string())
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Deletes all images of a project. What instances of others still stand on needs an owner until it can go: the heir.
pub async fn purge(tx: &mut Tx, project: ProjectId, heir: ProjectId, now: Micros) -> Result<()> {
    sqlx::query(
        "update image set project_id = $2, deleted_at = coalesce(deleted_at, $3), updated_at = $3 where project_id = $1",
    )
    .bind(project.0.to_string())
    .bind(heir.0.to_string())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A row that has been removed.
pub struct Removed {
    /// Whose it was; `None` if others saw it too.
    pub project: Option<ProjectId>,
    pub operation: OperationId,
    /// The file that no image needs any more, if there is one.
    pub file: Option<ImageId>,
}

pub async fn remove(tx: &mut Tx, image: ImageId) -> Result<Option<Removed>> {
    let row = sqlx::query("delete from image where id = $1 returning project_id, visibility, operation_id, data_id")
        .bind(image.0.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let data: ImageId = id(&row, "data_id")?;
    let others: i64 = sqlx::query_scalar("select count(*) from image where data_id = $1")
        .bind(data.0.to_string())
        .fetch_one(&mut **tx)
        .await?;
    Ok(Some(Removed {
        project: audience(&row)?,
        operation: id(&row, "operation_id")?,
        file: (others == 0).then_some(data),
    }))
}

fn ids(rows: &[SqliteRow]) -> Result<Vec<ImageId>> {
    Ok(rows.iter().map(|row| id(row, "id")).collect::<std::result::Result<_, _>>()?)
}

/// Images whose data is still on its way in, or should be, and nothing of which has come since `before`; a form that is sent whole dies
/// with its program, and a snapshot with its instance.
pub async fn unfinished(tx: &mut Tx, before: Micros) -> Result<Vec<ImageId>> {
    let rows = sqlx::query(
        "select id from image where status in ('queued', 'saving') and deleted_at is null
         and not exists (select 1 from image_transfer t where t.image_id = image.id and t.updated_at >= $1 and
                         (t.kind <> 'snapshot' or exists (select 1 from instance n where n.snapshot_image_id = image.id
                                                          and n.task in ('image_snapshot', 'image_uploading'))))",
    );
    ids(&rows.bind(before).fetch_all(&mut **tx).await?)
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
    /// The file that holds its data.
    pub file: ImageId,
    /// Whose it is; `None` if others see it too.
    pub project: Option<ProjectId>,
    pub status: ImageStatus,
    pub size: u64,
    pub checksum: String,
}

pub async fn accepted(db: &SqlitePool) -> Result<Vec<Accepted>> {
    let rows = sqlx::query(
        "select id, data_id, project_id, visibility, status, size, checksum from image
         where checksum is not null and status in ('active', 'deactivated', 'killed')",
    )
    .fetch_all(db)
    .await?;
    let accepted = rows.iter().map(|row| {
        Ok(Accepted {
            id: id(row, "id")?,
            file: id(row, "data_id")?,
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
        "update image set refused = $2, updated_at = $3,
                          status = case when $2 is not null then 'killed' when deactivated_at is not null then 'deactivated'
                                        else 'active' end
         where id = $1 and status in ('active', 'deactivated', 'killed')",
    )
    .bind(image.0.to_string())
    .bind(damage)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The ids of all images, and the names of all files that hold their data.
pub async fn all(db: &SqlitePool) -> Result<(HashSet<ImageId>, HashSet<ImageId>)> {
    let rows = sqlx::query("select id, data_id from image").fetch_all(db).await?;
    let files = rows.iter().map(|row| id(row, "data_id")).collect::<std::result::Result<_, _>>()?;
    Ok((ids(&rows)?.into_iter().collect(), files))
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
