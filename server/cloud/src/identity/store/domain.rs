//! SQL of domains.

use super::{Result, id};
use crate::db::Tx;
use api::{DomainId, Micros, ProjectId};
use sqlx::SqlitePool;

pub async fn first(db: &SqlitePool) -> Result<Option<DomainId>> {
    let found: Option<String> =
        sqlx::query_scalar("select id from domain order by created_at limit 1").fetch_optional(db).await?;
    Ok(found.as_deref().map(id).transpose()?)
}

pub async fn insert(tx: &mut Tx, domain: DomainId, name: &str, now: Micros) -> Result<()> {
    sqlx::query("insert into domain (id, name, created_at) values ($1, $2, $3)")
        .bind(domain.0.to_string())
        .bind(name)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn of_project(tx: &mut Tx, project: ProjectId) -> Result<DomainId> {
    let found: String = sqlx::query_scalar("select domain_id from project where id = $1")
        .bind(project.0.to_string())
        .fetch_one(&mut **tx)
        .await?;
    Ok(id(&found)?)
}
