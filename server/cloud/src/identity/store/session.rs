//! SQL of sessions.

use super::{Result, id, token};
use crate::db::Tx;
use crate::identity::SessionRow;
use api::{Micros, UserId};
use sqlx::{Row, SqlitePool};

pub async fn load(db: &SqlitePool, id_hash: &str, now: Micros) -> Result<Option<SessionRow>> {
    let row = sqlx::query(
        "select user_id, data, address, agent, used_at, expires_at, longest_at from session
         where id_hash = $1 and expires_at > $2",
    )
    .bind(id_hash)
    .bind(now)
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let user: Option<String> = row.try_get("user_id")?;
    Ok(Some(SessionRow {
        id_hash: id_hash.to_owned(),
        user: user.as_deref().map(id).transpose()?,
        data: row.try_get("data")?,
        address: row.try_get("address")?,
        agent: row.try_get("agent")?,
        used_at: row.try_get("used_at")?,
        expires_at: row.try_get("expires_at")?,
        longest_at: row.try_get("longest_at")?,
    }))
}

pub async fn save(tx: &mut Tx, session: &SessionRow, now: Micros) -> Result<()> {
    sqlx::query(
        "insert into session (id_hash, user_id, data, created_at, expires_at, address, agent, used_at, longest_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (id_hash) do update set user_id = excluded.user_id, data = excluded.data,
         expires_at = excluded.expires_at, used_at = excluded.used_at",
    )
    .bind(&session.id_hash)
    .bind(session.user.map(|user| user.0.to_string()))
    .bind(&session.data)
    .bind(now)
    .bind(session.expires_at)
    .bind(&session.address)
    .bind(&session.agent)
    .bind(session.used_at)
    .bind(session.longest_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn used(tx: &mut Tx, id_hash: &str, now: Micros, expires_at: Micros) -> Result<()> {
    sqlx::query("update session set used_at = $2, expires_at = $3 where id_hash = $1")
        .bind(id_hash)
        .bind(now)
        .bind(expires_at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn count(db: &SqlitePool, now: Micros) -> Result<i64> {
    Ok(sqlx::query_scalar("select count(*) from session where expires_at > $1").bind(now).fetch_one(db).await?)
}

pub async fn expire(tx: &mut Tx, now: Micros) -> Result<()> {
    sqlx::query("delete from session where expires_at <= $1").bind(now).execute(&mut **tx).await?;
    Ok(())
}

pub async fn delete(tx: &mut Tx, id_hash: &str) -> Result<()> {
    sqlx::query("delete from session where id_hash = $1").bind(id_hash).execute(&mut **tx).await?;
    Ok(())
}

/// With the user's tokens.
pub async fn delete_of(tx: &mut Tx, user: UserId) -> Result<()> {
    token::delete_of(tx, user).await?;
    sqlx::query("delete from session where user_id = $1").bind(user.0.to_string()).execute(&mut **tx).await?;
    Ok(())
}
