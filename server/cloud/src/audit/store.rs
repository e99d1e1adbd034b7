//! All SQL of the audit log.

use crate::db::Tx;
use crate::fault::StoreError;
use api::Micros;

pub struct Row<'a> {
    pub user_id: Option<String>,
    pub user_name: &'a str,
    pub project_id: Option<String>,
    pub verb: &'a str,
    pub kind: &'a str,
    pub target: &'a str,
    pub result: &'a str,
    pub request: &'a str,
}

pub async fn insert(tx: &mut Tx, at: Micros, row: Row<'_>) -> Result<(), StoreError> {
    sqlx::query(
        "insert into audit (at, user_id, user_name, project_id, verb, kind, target, result, request)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(at)
    .bind(row.user_id)
    .bind(row.user_name)
    .bind(row.project_id)
    .bind(row.verb)
    .bind(row.kind)
    .bind(row.target)
    .bind(row.result)
    .bind(row.request)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
