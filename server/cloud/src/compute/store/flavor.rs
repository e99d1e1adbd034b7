//! Flavors.

use super::{Result, id};
use crate::db::Tx;
use api::compute::Flavor;
use api::{FlavorId, ProjectId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection, SqlitePool};
use std::collections::BTreeMap;
use uuid::Uuid;

fn flavor(row: &SqliteRow) -> std::result::Result<Flavor, sqlx::Error> {
    Ok(Flavor {
        id: id(row, "id")?,
        name: row.try_get("name")?,
        vcpus: row.try_get("vcpus")?,
        ram_mb: row.try_get::<i64, _>("ram_mb")?.max(0) as u64,
        disk_gb: row.try_get::<i64, _>("disk_gb")?.max(0) as u64,
        properties: BTreeMap::new(),
    })
}

/// What a project may use of them.
const ALLOWED: &str = "(not exists (select 1 from flavor_bound_project b where b.project_id = $1)
    or exists (select 1 from flavor_bound b where b.project_id = $1 and b.flavor_id = flavor.id))";

/// Those that the project may use; with `None` all.
pub async fn flavor_list(db: &SqlitePool, project: Option<ProjectId>) -> Result<Vec<Flavor>> {
    let sql = format!("select * from flavor where $1 is null or {ALLOWED} order by ram_mb, vcpus, disk_gb, name");
    let rows = sqlx::query(&sql).bind(project.map(|project| project.0.to_string())).fetch_all(db).await?;
    let mut flavors = rows.iter().map(flavor).collect::<std::result::Result<Vec<_>, _>>()?;
    for row in sqlx::query("select flavor_id, name, value from flavor_property").fetch_all(db).await? {
        let of: FlavorId = id(&row, "flavor_id")?;
        if let Some(flavor) = flavors.iter_mut().find(|flavor| flavor.id == of) {
            flavor.properties.insert(row.try_get("name")?, row.try_get("value")?);
        }
    }
    Ok(flavors)
}

/// A flavor that the project may use.
pub async fn flavor_find(db: &mut SqliteConnection, project: ProjectId, wanted: FlavorId) -> Result<Option<Flavor>> {
    let row = sqlx::query(&format!("select * from flavor where id = $2 and {ALLOWED}"))
        .bind(project.0.to_string())
        .bind(wanted.0.to_string())
        .fetch_optional(db)
        .await?;
    Ok(row.as_ref().map(flavor).transpose()?)
}

/// Makes a flavor, unless there is one of that name.
pub async fn flavor_ensure(tx: &mut Tx, name: &str, vcpus: u32, ram_mb: u64, disk_gb: u64) -> Result<()> {
    sqlx::query(
        "insert into flavor (id, name, vcpus, ram_mb, disk_gb) values ($1, $2, $3, $4, $5) on conflict (name) do nothing",
    )
    .bind(Uuid::new_v4().to_string())
    .bind(name)
    .bind(vcpus)
    .bind(ram_mb as i64)
    .bind(disk_gb as i64)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
