//! SQL of passkeys.

use super::{Decoded, Result, id_at};
use crate::db::Tx;
use api::passkey::Passkey;
use api::{Micros, PasskeyId, UserId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

/// A passkey with what is known of it.
pub struct PasskeyRow {
    pub passkey: Passkey,
    pub user: UserId,
    /// The authenticator's own name for it.
    pub credential_id: String,
    /// JSON.
    pub credential: String,
}

const SELECT: &str = "select id, user_id, name, credential_id, credential, created_at, used_at from passkey";

fn row(row: &SqliteRow) -> Decoded<PasskeyRow> {
    let used_at: Micros = row.try_get("used_at")?;
    Ok(PasskeyRow {
        passkey: Passkey {
            id: id_at(row, "id")?,
            name: row.try_get("name")?,
            created_at: row.try_get("created_at")?,
            used_at: (used_at > 0).then_some(used_at),
        },
        user: id_at(row, "user_id")?,
        credential_id: row.try_get("credential_id")?,
        credential: row.try_get("credential")?,
    })
}

/// All of a user's, by name.
pub async fn list(db: &mut SqliteConnection, user: UserId) -> Result<Vec<PasskeyRow>> {
    let rows = sqlx::query(&format!("{SELECT} where user_id = $1 order by name, id"))
        .bind(user.0.to_string())
        .fetch_all(db)
        .await?;
    Ok(rows.iter().map(row).collect::<Decoded<_>>()?)
}

pub async fn find(db: &mut SqliteConnection, user: UserId, id: PasskeyId) -> Result<Option<PasskeyRow>> {
    let found = sqlx::query(&format!("{SELECT} where user_id = $1 and id = $2"))
        .bind(user.0.to_string())
        .bind(id.0.to_string())
        .fetch_optional(db)
        .await?;
    Ok(found.as_ref().map(row).transpose()?)
}

pub async fn by_credential(db: &mut SqliteConnection, credential_id: &str) -> Result<Option<PasskeyRow>> {
    let found =
        sqlx::query(&format!("{SELECT} where credential_id = $1")).bind(credential_id).fetch_optional(db).await?;
    Ok(found.as_ref().map(row).transpose()?)
}

pub async fn insert(tx: &mut Tx, row: &PasskeyRow) -> std::result::Result<(), sqlx::Error> {
    sqlx::query(
        "insert into passkey (id, user_id, name, credential_id, credential, created_at) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(row.passkey.id.0.to_string())
    .bind(row.user.0.to_string())
    .bind(&row.passkey.name)
    .bind(&row.credential_id)
    .bind(&row.credential)
    .bind(row.passkey.created_at)
    .execute(&mut **tx)
    .await
    .map(|_| ())
}

pub async fn rename(tx: &mut Tx, id: PasskeyId, name: &str) -> std::result::Result<(), sqlx::Error> {
    sqlx::query("update passkey set name = $2 where id = $1")
        .bind(id.0.to_string())
        .bind(name)
        .execute(&mut **tx)
        .await
        .map(|_| ())
}

/// It has let somebody in: its counter has moved on.
pub async fn used(tx: &mut Tx, id: PasskeyId, credential: &str, now: Micros) -> Result<()> {
    sqlx::query("update passkey set credential = $2, used_at = $3 where id = $1")
        .bind(id.0.to_string())
        .bind(credential)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn delete(tx: &mut Tx, id: PasskeyId) -> Result<()> {
    sqlx::query("delete from passkey where id = $1").bind(id.0.to_string()).execute(&mut **tx).await?;
    Ok(())
}

pub async fn delete_of(tx: &mut Tx, user: UserId) -> Result<()> {
    sqlx::query("delete from passkey where user_id = $1").bind(user.0.to_string()).execute(&mut **tx).await?;
    Ok(())
}
