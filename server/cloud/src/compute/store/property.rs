//! What flavors and instances carry.

use super::Result;
use crate::db::Tx;
use api::metadef::Carrier;
use sqlx::SqliteConnection;
use std::collections::BTreeMap;

/// The table of a carrier's properties, with its column for the carrier, and the carrier's id.
fn carried(of: Carrier) -> (&'static str, &'static str, String) {
    match of {
        Carrier::Flavor(id) => ("flavor_property", "flavor_id", id.0.to_string()),
        Carrier::Instance(id) => ("instance_property", "instance_id", id.0.to_string()),
    }
}

pub async fn properties(db: &mut SqliteConnection, of: Carrier) -> Result<BTreeMap<String, String>> {
    let (table, column, id) = carried(of);
    let rows: Vec<(String, String)> =
        sqlx::query_as(&format!("select name, value from {table} where {column} = $1")).bind(id).fetch_all(db).await?;
    Ok(rows.into_iter().collect())
}

pub async fn properties_replace(tx: &mut Tx, of: Carrier, values: &BTreeMap<String, String>) -> Result<()> {
    let (table, column, id) = carried(of);
    sqlx::query(&format!("delete from {table} where {column} = $1")).bind(&id).execute(&mut **tx).await?;
    for (name, value) in values {
        sqlx::query(&format!("insert into {table} ({column}, name, value) values ($1, $2, $3)"))
            .bind(&id)
            .bind(name)
            .bind(value)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}
