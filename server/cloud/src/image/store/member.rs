//! Sharing: which projects an image is offered to, and what they made of the offer.

use super::{Result, Row, id, parsed};
use crate::db::Tx;
use api::image::{ImageMember, MemberStatus};
use api::{ImageId, Micros, ProjectId};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row as _, SqliteConnection};

struct Member(ImageMember);

impl FromRow<'_, SqliteRow> for Member {
    fn from_row(row: &SqliteRow) -> std::result::Result<Self, sqlx::Error> {
        Ok(Self(ImageMember {
            project: id(row, "project_id")?,
            project_name: row.try_get("project_name")?,
            status: parsed(row, "status", MemberStatus::parse)?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
        }))
    }
}

pub async fn list(db: &mut SqliteConnection, image: ImageId) -> Result<Vec<ImageMember>> {
    let rows: Vec<Member> = sqlx::query_as(
        "select m.*, p.name as project_name from image_member m join project p on p.id = m.project_id
         where m.image_id = $1 order by p.name, p.id",
    )
    .bind(image.0.to_string())
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

pub async fn exists(db: &mut SqliteConnection, project: ProjectId) -> Result<bool> {
    let found: Option<i64> = sqlx::query_scalar("select 1 from project where id = $1")
        .bind(project.0.to_string())
        .fetch_optional(db)
        .await?;
    Ok(found.is_some())
}

/// False if it is one already.
pub async fn add(tx: &mut Tx, image: ImageId, project: ProjectId, now: Micros) -> Result<bool> {
    let done = sqlx::query(
        "insert into image_member (image_id, project_id, status, created_at, updated_at) values ($1, $2, 'pending', $3, $3)
         on conflict (image_id, project_id) do nothing",
    )
    .bind(image.0.to_string())
    .bind(project.0.to_string())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// False if it was none.
pub async fn remove(tx: &mut Tx, image: ImageId, project: ProjectId) -> Result<bool> {
    let done = sqlx::query("delete from image_member where image_id = $1 and project_id = $2")
        .bind(image.0.to_string())
        .bind(project.0.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// False if nothing was offered.
pub async fn answer(tx: &mut Tx, image: ImageId, project: ProjectId, to: MemberStatus, now: Micros) -> Result<bool> {
    let done =
        sqlx::query("update image_member set status = $3, updated_at = $4 where image_id = $1 and project_id = $2")
            .bind(image.0.to_string())
            .bind(project.0.to_string())
            .bind(to.as_str())
            .bind(now)
            .execute(&mut **tx)
            .await?;
    Ok(done.rows_affected() == 1)
}

struct Offer(Row, MemberStatus);

impl FromRow<'_, SqliteRow> for Offer {
    fn from_row(row: &SqliteRow) -> std::result::Result<Self, sqlx::Error> {
        Ok(Self(Row::from_row(row)?, parsed(row, "member_status", MemberStatus::parse)?))
    }
}

/// The images that others share with the project, what is still to be answered first.
pub async fn offers(db: &mut SqliteConnection, project: ProjectId) -> Result<Vec<(Row, MemberStatus)>> {
    let rows: Vec<Offer> = sqlx::query_as(
        "select i.*, p.name as owner_name, m.status as member_status from image_member m
         join image i on i.id = m.image_id join project p on p.id = i.project_id
         where m.project_id = $1 and i.visibility = 'shared' and i.deleted_at is null
         order by case m.status when 'pending' then 0 when 'accepted' then 1 else 2 end, i.name, i.id",
    )
    .bind(project.0.to_string())
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|offer| (offer.0, offer.1)).collect())
}
