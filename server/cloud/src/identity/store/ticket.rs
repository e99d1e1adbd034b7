//! SQL of tickets that have let somebody in.

use super::Result;
use crate::db::Tx;
use api::Micros;

/// Spends a ticket that runs out at that moment. False if it has been spent before. Those that have run out are forgotten.
pub async fn spend(tx: &mut Tx, hash: &str, until: Micros, now: Micros) -> Result<bool> {
    sqlx::query("delete from spent_ticket where until < $1").bind(now).execute(&mut **tx).await?;
    let done = sqlx::query("insert into spent_ticket (hash, until) values ($1, $2) on conflict (hash) do nothing")
        .bind(hash)
        .bind(until)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected() == 1)
}
