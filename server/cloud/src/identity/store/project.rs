//! SQL of projects.

use super::{Result, id};
use crate::db::Tx;
use api::{DomainId, Micros, ProjectId};
use sqlx::SqlitePool;

pub async fn insert(
    tx: &mut Tx,
    project: ProjectId,
    domain: DomainId,
    name: &str,
    description: &str,
    now: Micros,
) -> std::result::Result<(), sqlx::Error> {
    sqlx::query("insert into project (id, domain_id, name, description, created_at) values ($1, $2, $3, $4, $5)")
        .bind(project.0.to_string())
        .bind(domain.0.to_string())
        .bind(name)
        .bind(description)
        .bind(now)
        .execute(&mut **tx)
        .await
        .map(|_| ())
}

pub async fn by_name(db: &SqlitePool, name: &str) -> Result<Option<ProjectId>> {
    let found: Option<String> =
        sqlx::query_scalar("select id from project where name = $1 order by created_at limit 1")
            .bind(name)
            .fetch_optional(db)
            .await?;
    Ok(found.as_deref().map(id).transpose()?)
}

pub async fn exists(tx: &mut Tx, project: ProjectId) -> Result<bool> {
    Ok(sqlx::query("select 1 from project where id = $1")
        .bind(project.0.to_string())
        .fetch_optional(&mut **tx)
        .await?
        .is_some())
}
