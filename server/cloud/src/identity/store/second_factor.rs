//! SQL of second factors and recovery codes.

use super::Result;
use crate::db::Tx;
use api::account::Factors;
use api::{Micros, UserId};
use sqlx::{Row, SqliteConnection, SqlitePool};

/// An authenticator app.
pub struct TotpRow {
    /// Sealed.
    pub secret: String,
    pub confirmed_at: Option<Micros>,
    pub last_step: i64,
}

pub async fn totp(db: &mut SqliteConnection, user: UserId) -> Result<Option<TotpRow>> {
    let row = sqlx::query("select secret, confirmed_at, last_step from totp where user_id = $1")
        .bind(user.0.to_string())
        .fetch_optional(db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(TotpRow {
        secret: row.try_get("secret")?,
        confirmed_at: row.try_get("confirmed_at")?,
        last_step: row.try_get("last_step")?,
    }))
}

/// Whether more than a password is asked for.
pub async fn is_asked_for(db: &mut SqliteConnection, user: UserId) -> Result<bool> {
    Ok(sqlx::query_scalar("select exists (select 1 from second_factor where user_id = $1)")
        .bind(user.0.to_string())
        .fetch_one(db)
        .await?)
}

/// Which ones they have.
pub async fn kinds(db: &mut SqliteConnection, user: UserId) -> Result<Factors> {
    let row = sqlx::query(
        "select exists (select 1 from totp where user_id = $1 and confirmed_at is not null) as app,
         exists (select 1 from passkey where user_id = $1) as passkey",
    )
    .bind(user.0.to_string())
    .fetch_one(db)
    .await?;
    Ok(Factors { app: row.try_get("app")?, passkey: row.try_get("passkey")? })
}

/// Begins anew, unless there is one that is asked for already: then nothing happens.
pub async fn totp_begin(tx: &mut Tx, user: UserId, secret: &str, now: Micros) -> Result<()> {
    sqlx::query(
        "insert into totp (user_id, secret, created_at) values ($1, $2, $3)
         on conflict (user_id) do update set secret = excluded.secret, created_at = excluded.created_at
         where totp.confirmed_at is null",
    )
    .bind(user.0.to_string())
    .bind(secret)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// From now on it is asked for.
pub async fn totp_confirm(tx: &mut Tx, user: UserId, step: i64, now: Micros) -> Result<()> {
    sqlx::query("update totp set confirmed_at = $2, last_step = $3 where user_id = $1")
        .bind(user.0.to_string())
        .bind(now)
        .bind(step)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Takes the code of that step. False if it, or a later one, has been taken already.
pub async fn step_take(tx: &mut Tx, user: UserId, step: i64) -> Result<bool> {
    let done = sqlx::query("update totp set last_step = $2 where user_id = $1 and last_step < $2")
        .bind(user.0.to_string())
        .bind(step)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn totp_delete(tx: &mut Tx, user: UserId) -> Result<()> {
    sqlx::query("delete from totp where user_id = $1").bind(user.0.to_string()).execute(&mut **tx).await?;
    Ok(())
}

/// These in place of all that there were.
pub async fn codes_replace(tx: &mut Tx, user: UserId, hashes: &[String]) -> Result<()> {
    sqlx::query("delete from recovery_code where user_id = $1").bind(user.0.to_string()).execute(&mut **tx).await?;
    for hash in hashes {
        sqlx::query("insert into recovery_code (user_id, code_hash) values ($1, $2)")
            .bind(user.0.to_string())
            .bind(hash)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Takes a recovery code; it is good no more. False if it never was.
pub async fn code_take(tx: &mut Tx, user: UserId, hash: &str) -> Result<bool> {
    let done = sqlx::query("delete from recovery_code where user_id = $1 and code_hash = $2")
        .bind(user.0.to_string())
        .bind(hash)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn codes_left(db: &SqlitePool, user: UserId) -> Result<u32> {
    Ok(sqlx::query_scalar("select count(*) from recovery_code where user_id = $1")
        .bind(user.0.to_string())
        .fetch_one(db)
        .await?)
}
