//! SQL of tokens.

use super::{Result, id_at, id_or_null};
use crate::db::Tx;
use crate::identity::TokenRow;
use api::{Micros, UserId};
use sqlx::{Row, SqlitePool};

pub async fn insert(tx: &mut Tx, token: &TokenRow) -> Result<()> {
    sqlx::query(
        "insert into token (hash, user_id, project_id, credential_id, methods, audit_id, chain_id, issued_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(&token.hash)
    .bind(token.user.0.to_string())
    .bind(token.project.map(|project| project.0.to_string()))
    .bind(token.credential.map(|credential| credential.0.to_string()))
    .bind(token.methods.join(","))
    .bind(&token.audit_id)
    .bind(&token.chain_id)
    .bind(token.issued_at)
    .bind(token.expires_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn load(db: &SqlitePool, hash: &str) -> Result<Option<TokenRow>> {
    let row = sqlx::query("select * from token where hash = $1").bind(hash).fetch_optional(db).await?;
    let Some(row) = row else { return Ok(None) };
    let methods: String = row.try_get("methods")?;
    Ok(Some(TokenRow {
        hash: hash.to_owned(),
        user: id_at(&row, "user_id")?,
        project: id_or_null(&row, "project_id")?,
        credential: id_or_null(&row, "credential_id")?,
        methods: methods.split(',').map(str::to_owned).collect(),
        audit_id: row.try_get("audit_id")?,
        chain_id: row.try_get("chain_id")?,
        issued_at: row.try_get("issued_at")?,
        expires_at: row.try_get("expires_at")?,
    }))
}

pub async fn delete(tx: &mut Tx, hash: &str) -> Result<()> {
    sqlx::query("delete from token where hash = $1").bind(hash).execute(&mut **tx).await?;
    Ok(())
}

pub async fn delete_of(tx: &mut Tx, user: UserId) -> Result<()> {
    sqlx::query("delete from token where user_id = $1").bind(user.0.to_string()).execute(&mut **tx).await?;
    Ok(())
}

pub async fn expire(tx: &mut Tx, now: Micros) -> Result<()> {
    sqlx::query("delete from token where expires_at <= $1").bind(now).execute(&mut **tx).await?;
    Ok(())
}
