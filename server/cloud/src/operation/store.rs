//! All SQL of operations.

use super::Target;
use crate::db::Tx;
use crate::fault::StoreError;
use api::operation::{Operation, OperationState};
use api::{Caller, Error, Kind, Micros, OperationId, ProjectId};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqlitePool};

/// An operation stands in a project's task centre: who is in no project has none.
pub async fn insert(
    tx: &mut Tx,
    id: OperationId,
    caller: &Caller,
    verb: &str,
    target: Target<'_>,
    state: OperationState,
    now: Micros,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into operation (id, project_id, user_id, user_name, verb, kind, target, target_name, state, progress, request,
                                created_at, updated_at)
         select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12
         where exists (select 1 from project where id = $2)",
    )
    .bind(id.0.to_string())
    .bind(caller.project.0.to_string())
    .bind(caller.user.0.to_string())
    .bind(&caller.user_name)
    .bind(verb)
    .bind(target.kind.as_str())
    .bind(target.id)
    .bind(target.name)
    .bind(state.as_str())
    .bind(if state == OperationState::Succeeded { 100 } else { 0 })
    .bind(&caller.request)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn progress(tx: &mut Tx, id: OperationId, percent: u8, now: Micros) -> Result<(), StoreError> {
    sqlx::query(
        "update operation set progress = $2, updated_at = $3 where id = $1 and state = 'running' and progress < $2",
    )
    .bind(id.0.to_string())
    .bind(i64::from(percent.min(100)))
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whether it was still running.
pub async fn end(tx: &mut Tx, id: OperationId, error: Option<&Error>, now: Micros) -> Result<bool, StoreError> {
    let (state, json) = match error {
        None => (OperationState::Succeeded, None),
        Some(error) => (OperationState::Failed, serde_json::to_string(error).ok()),
    };
    let ended = sqlx::query(
        "update operation set state = $2, error = $3, updated_at = $4, progress = case when $2 = 'succeeded' then 100 else progress end
         where id = $1 and state = 'running'",
    )
    .bind(id.0.to_string())
    .bind(state.as_str())
    .bind(json)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(ended.rows_affected() > 0)
}

/// Who has asked for what.
#[derive(FromRow)]
pub struct Asked {
    pub user_id: String,
    pub user_name: String,
    pub project_id: String,
    pub verb: String,
    pub kind: String,
    pub target: String,
    pub target_name: String,
    pub request: String,
}

pub async fn asked(tx: &mut Tx, id: OperationId) -> Result<Option<Asked>, StoreError> {
    let row = sqlx::query_as(
        "select user_id, user_name, project_id, verb, kind, target, target_name, request from operation where id = $1",
    );
    Ok(row.bind(id.0.to_string()).fetch_optional(&mut **tx).await?)
}

pub async fn seen_in(db: &SqlitePool, id: OperationId) -> Result<Option<ProjectId>, StoreError> {
    let found: Option<String> = sqlx::query_scalar("select project_id from operation where id = $1")
        .bind(id.0.to_string())
        .fetch_optional(db)
        .await?;
    Ok(found.and_then(|text| text.parse().ok()))
}

struct View(Operation);

impl FromRow<'_, SqliteRow> for View {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let bad = |what: &str| sqlx::Error::Decode(format!("operation.{what}").into());
        let error: Option<String> = row.try_get("error")?;
        Ok(Self(Operation {
            id: row.try_get::<String, _>("id")?.parse().map_err(|_| bad("id"))?,
            verb: row.try_get("verb")?,
            kind: Kind::parse(row.try_get("kind")?).ok_or_else(|| bad("kind"))?,
            target: row.try_get("target")?,
            target_name: row.try_get("target_name")?,
            user_name: row.try_get("user_name")?,
            state: OperationState::parse(row.try_get("state")?).ok_or_else(|| bad("state"))?,
            progress: row.try_get::<i64, _>("progress")?.clamp(0, 100) as u8,
            error: error.and_then(|json| serde_json::from_str(&json).ok()),
            request: row.try_get("request")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
        }))
    }
}

pub async fn list(db: &SqlitePool, project: ProjectId, limit: u32) -> Result<Vec<Operation>, StoreError> {
    let rows: Vec<View> =
        sqlx::query_as("select * from operation where project_id = $1 order by created_at desc, id limit $2")
            .bind(project.0.to_string())
            .bind(limit)
            .fetch_all(db)
            .await?;
    Ok(rows.into_iter().map(|view| view.0).collect())
}

pub async fn list_of(
    db: &SqlitePool,
    project: ProjectId,
    kind: Kind,
    target: &str,
    limit: u32,
) -> Result<Vec<Operation>, StoreError> {
    let rows: Vec<View> = sqlx::query_as(
        "select * from operation where kind = $1 and target = $2 and project_id = $3 order by created_at desc, id limit $4",
    )
    .bind(kind.as_str())
    .bind(target)
    .bind(project.0.to_string())
    .bind(limit)
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|view| view.0).collect())
}
