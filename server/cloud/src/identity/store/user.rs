//! SQL of users.

use super::{Result, id};
use crate::db::Tx;
use api::{DomainId, Micros, UserId};
use sqlx::{Row, SqlitePool};

pub struct UserRow {
    pub id: UserId,
    pub password_hash: String,
    pub enabled: bool,
}

pub async fn by_name(db: &SqlitePool, name: &str) -> Result<Option<UserRow>> {
    let row =
        sqlx::query("select id, password_hash, enabled from local_user where name = $1 order by created_at limit 1")
            .bind(name)
            .fetch_optional(db)
            .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(UserRow {
        id: id(row.try_get("id")?)?,
        password_hash: row.try_get("password_hash")?,
        enabled: row.try_get("enabled")?,
    }))
}

pub async fn is_enabled(db: &SqlitePool, user: UserId) -> Result<bool> {
    let enabled: Option<bool> = sqlx::query_scalar("select enabled from local_user where id = $1")
        .bind(user.0.to_string())
        .fetch_optional(db)
        .await?;
    Ok(enabled == Some(true))
}

pub async fn exists(tx: &mut Tx, user: UserId) -> Result<bool> {
    Ok(sqlx::query("select 1 from local_user where id = $1")
        .bind(user.0.to_string())
        .fetch_optional(&mut **tx)
        .await?
        .is_some())
}

pub async fn insert(
    tx: &mut Tx,
    user: UserId,
    domain: DomainId,
    name: &str,
    hash: &str,
    now: Micros,
) -> std::result::Result<(), sqlx::Error> {
    sqlx::query("insert into local_user (id, domain_id, name, password_hash, created_at) values ($1, $2, $3, $4, $5)")
        .bind(user.0.to_string())
        .bind(domain.0.to_string())
        .bind(name)
        .bind(hash)
        .bind(now)
        .execute(&mut **tx)
        .await
        .map(|_| ())
}

pub async fn password_set(tx: &mut Tx, name: &str, hash: &str) -> Result<Option<UserId>> {
    let found: Option<String> =
        sqlx::query_scalar("update local_user set password_hash = $2 where name = $1 returning id")
            .bind(name)
            .bind(hash)
            .fetch_optional(&mut **tx)
            .await?;
    Ok(found.as_deref().map(id).transpose()?)
}
