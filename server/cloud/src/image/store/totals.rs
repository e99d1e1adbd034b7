//! What the store comes to.

use super::{Result, number};
use api::image::ImageStore;
use sqlx::SqlitePool;

/// The most owners that a page lets one choose from.
const OWNERS_MAX: usize = 100;

pub async fn totals(db: &SqlitePool) -> Result<ImageStore> {
    let all = sqlx::query(
        "select count(*) as images, coalesce(sum(size), 0) as bytes from image
         where deleted_at is null and status in ('active', 'deactivated')",
    )
    .fetch_one(db)
    .await?;
    let stored = sqlx::query(
        "select coalesce(sum(size), 0) as bytes from
         (select max(size) as size from image where checksum is not null group by data_id)",
    )
    .fetch_one(db)
    .await?;
    let mut owners: Vec<String> = sqlx::query_scalar(
        "select distinct name from project
         where exists (select 1 from image i where i.project_id = project.id and i.deleted_at is null) order by name limit $1",
    )
    .bind(OWNERS_MAX as i64 + 1)
    .fetch_all(db)
    .await?;
    if owners.len() > OWNERS_MAX {
        owners.clear();
    }
    Ok(ImageStore {
        images: number(&all, "images")?,
        bytes: number(&all, "bytes")?,
        stored: number(&stored, "bytes")?,
        owners,
    })
}
