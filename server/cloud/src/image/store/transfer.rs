//! Transfers: data on its way in that outlives the program.

use super::{Result, id, parsed};
use crate::db::Tx;
use api::image::{ImageStatus, Visibility};
use api::{ImageId, Micros, OperationId, ProjectId, UserId};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row as _, SqliteConnection, SqlitePool};
use std::collections::HashSet;

/// Where the data comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TransferKind {
    /// A browser, chunk by chunk.
    #[default]
    Upload,
    /// A URL.
    Import,
    /// An instance's root disk.
    Snapshot,
}

impl TransferKind {
    const ALL: [TransferKind; 3] = [TransferKind::Upload, TransferKind::Import, TransferKind::Snapshot];

    fn as_str(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::Import => "import",
            Self::Snapshot => "snapshot",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What a transfer begins with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewTransfer {
    pub kind: TransferKind,
    pub expected: Option<u64>,
    pub file_name: String,
    pub checksum: String,
    /// Imports: the URL. Snapshots: the instance.
    pub source: String,
    pub checksum_url: String,
}

/// A transfer and what its image knows.
#[derive(Clone, Debug)]
pub struct Transfer {
    pub image: ImageId,
    pub project: ProjectId,
    pub user: UserId,
    pub private: bool,
    pub operation: OperationId,
    pub status: ImageStatus,
    /// Bytes counted so far.
    pub size: u64,
    pub kind: TransferKind,
    pub expected: Option<u64>,
    pub file_name: String,
    pub checksum: String,
    pub url: String,
    pub checksum_url: String,
    pub etag: String,
    pub attempts: i64,
}

impl FromRow<'_, SqliteRow> for Transfer {
    fn from_row(row: &SqliteRow) -> std::result::Result<Self, sqlx::Error> {
        Ok(Self {
            image: id(row, "id")?,
            project: id(row, "project_id")?,
            user: id(row, "user_id")?,
            private: parsed(row, "visibility", Visibility::parse)? == Visibility::Private,
            operation: id(row, "operation_id")?,
            status: parsed(row, "status", ImageStatus::parse)?,
            size: super::number(row, "size")?,
            kind: parsed(row, "kind", TransferKind::parse)?,
            expected: row.try_get::<Option<i64>, _>("expected")?.map(|bytes| bytes.max(0) as u64),
            file_name: row.try_get("file_name")?,
            checksum: row.try_get("checksum")?,
            url: row.try_get("url")?,
            checksum_url: row.try_get("checksum_url")?,
            etag: row.try_get("etag")?,
            attempts: row.try_get("attempts")?,
        })
    }
}

const TRANSFER: &str = "select i.id, i.project_id, i.visibility, i.operation_id, i.status, i.size, t.* from image i
                        join image_transfer t on t.image_id = i.id";

pub async fn begin(tx: &mut Tx, image: ImageId, user: UserId, new: &NewTransfer, now: Micros) -> Result<()> {
    sqlx::query(
        "insert into image_transfer (image_id, kind, user_id, expected, file_name, checksum, url, checksum_url, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(image.0.to_string())
    .bind(new.kind.as_str())
    .bind(user.0.to_string())
    .bind(new.expected.map(|bytes| bytes as i64))
    .bind(&new.file_name)
    .bind(&new.checksum)
    .bind(if new.kind == TransferKind::Import { &new.source } else { "" })
    .bind(&new.checksum_url)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    sqlx::query("update image set status = $2, source = $3 where id = $1")
        .bind(image.0.to_string())
        .bind(if new.kind == TransferKind::Import { "importing" } else { "queued" })
        .bind(&new.source)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The project's own transfer that is still under way.
pub async fn transfer(db: &mut SqliteConnection, project: ProjectId, image: ImageId) -> Result<Option<Transfer>> {
    let sql = format!("{TRANSFER} where i.id = $1 and i.project_id = $2 and i.deleted_at is null");
    Ok(sqlx::query_as(&sql).bind(image.0.to_string()).bind(project.0.to_string()).fetch_optional(db).await?)
}

/// The transfer of an image, whoever it belongs to: for the program's own work.
pub async fn of(db: &SqlitePool, image: ImageId) -> Result<Option<Transfer>> {
    let sql = format!("{TRANSFER} where i.id = $1 and i.deleted_at is null");
    Ok(sqlx::query_as(&sql).bind(image.0.to_string()).fetch_optional(db).await?)
}

/// The snapshots that are under way.
pub async fn snapshots(db: &SqlitePool) -> Result<HashSet<ImageId>> {
    let rows = sqlx::query(
        "select i.id from image i join image_transfer t on t.image_id = i.id where t.kind = 'snapshot' and i.deleted_at is null",
    );
    let rows = rows.fetch_all(db).await?;
    Ok(rows.iter().map(|row| id(row, "id")).collect::<std::result::Result<_, _>>()?)
}

/// The imports that may go on now.
pub async fn imports(db: &SqlitePool, now: Micros) -> Result<Vec<Transfer>> {
    let sql = format!(
        "{TRANSFER} where t.kind = 'import' and i.status = 'importing' and i.deleted_at is null and t.not_before <= $1 order by t.image_id"
    );
    Ok(sqlx::query_as(&sql).bind(now).fetch_all(db).await?)
}

/// When the next import that waits may go on.
pub async fn next_import(db: &SqlitePool) -> Result<Option<Micros>> {
    let sql = "select min(t.not_before) from image_transfer t join image i on i.id = t.image_id
               where t.kind = 'import' and i.status = 'importing' and i.deleted_at is null and t.not_before > 0";
    Ok(sqlx::query_scalar(sql).fetch_one(db).await?)
}

/// What the answer says of the data that is coming.
pub async fn expect(tx: &mut Tx, image: ImageId, expected: Option<u64>, etag: &str) -> Result<()> {
    sqlx::query("update image_transfer set expected = $2, etag = $3 where image_id = $1")
        .bind(image.0.to_string())
        .bind(expected.map(|bytes| bytes as i64))
        .bind(etag)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A failure that may pass; `attempts` counts those since the last byte came.
pub async fn retry(tx: &mut Tx, image: ImageId, attempts: i64, not_before: Micros) -> Result<()> {
    sqlx::query("update image_transfer set attempts = $2, not_before = $3 where image_id = $1")
        .bind(image.0.to_string())
        .bind(attempts)
        .bind(not_before)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A failure that stays: the image is killed and holds nothing.
pub async fn kill(tx: &mut Tx, image: ImageId, why: &str, now: Micros) -> Result<()> {
    sqlx::query("update image set status = 'killed', refused = $2, size = 0, updated_at = $3 where id = $1 and status = 'importing'")
        .bind(image.0.to_string())
        .bind(why)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The bytes behind `size` are not there.
pub async fn rewind(tx: &mut Tx, image: ImageId, size: u64) -> Result<()> {
    sqlx::query("update image set size = $2 where id = $1 and status in ('queued', 'saving', 'importing')")
        .bind(image.0.to_string())
        .bind(size as i64)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The transfer has ended.
pub async fn end(tx: &mut Tx, image: ImageId) -> Result<()> {
    sqlx::query("delete from image_transfer where image_id = $1").bind(image.0.to_string()).execute(&mut **tx).await?;
    Ok(())
}
