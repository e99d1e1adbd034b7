//! Routers.

use super::{Decoded, Result, cidr, id, status};
use crate::db::Tx;
use crate::network::engine::Cidr;
use api::network::Router;
use api::{Micros, NetworkId, ProjectId, RouterId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection, SqlitePool};

pub async fn insert(
    tx: &mut Tx,
    router: RouterId,
    project: ProjectId,
    name: &str,
    external: NetworkId,
    now: Micros,
) -> Result<()> {
    sqlx::query(
        "insert into router (id, project_id, name, external_id, status, created_at) values ($1, $2, $3, $4, 'BUILD', $5)",
    )
    .bind(router.0.to_string())
    .bind(project.0.to_string())
    .bind(name)
    .bind(external.0.to_string())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Something about the router is wanted otherwise than it is.
pub async fn intend(tx: &mut Tx, router: RouterId) -> Result<()> {
    sqlx::query("update router set generation = generation + 1, status = 'BUILD' where id = $1")
        .bind(router.0.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn delete(tx: &mut Tx, router: RouterId) -> Result<()> {
    sqlx::query("delete from router where id = $1").bind(router.0.to_string()).execute(&mut **tx).await?;
    Ok(())
}

/// The router's name.
pub async fn find(db: &mut SqliteConnection, project: ProjectId, router: RouterId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar("select name from router where id = $1 and project_id = $2")
        .bind(router.0.to_string())
        .bind(project.0.to_string())
        .fetch_optional(db)
        .await?)
}

/// The project's routers to the outside, oldest first.
pub async fn outward(db: &mut SqliteConnection, project: ProjectId) -> Result<Vec<RouterId>> {
    let rows =
        sqlx::query("select id from router where project_id = $1 and external_id is not null order by created_at, id")
            .bind(project.0.to_string())
            .fetch_all(db)
            .await?;
    Ok(rows.iter().map(|row| id(row, "id")).collect::<Decoded<_>>()?)
}

/// The router that a network hangs on.
pub async fn of_network(db: &mut SqliteConnection, network: NetworkId) -> Result<Option<RouterId>> {
    let row = sqlx::query(
        "select r.id from port p join router r on r.id = p.device_id
         where p.network_id = $1 and p.device_owner = 'network:router_interface' order by r.created_at, r.id limit 1",
    )
    .bind(network.0.to_string())
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| id(&row, "id")).transpose()?)
}

/// The ranges of the subnets on a router.
pub async fn ranges(db: &mut SqliteConnection, router: RouterId) -> Result<Vec<Cidr>> {
    let rows = sqlx::query(
        "select s.cidr from port p join subnet s on s.id = p.subnet_id
         where p.device_id = $1 and p.device_owner = 'network:router_interface' order by s.created_at, s.id",
    )
    .bind(router.0.to_string())
    .fetch_all(db)
    .await?;
    Ok(rows.iter().map(cidr).collect::<Decoded<_>>()?)
}

/// The names of the networks on a router.
pub async fn networks(db: &mut SqliteConnection, router: RouterId) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(
        "select distinct n.name from port p join network n on n.id = p.network_id
         where p.device_id = $1 and p.device_owner = 'network:router_interface' order by n.name",
    )
    .bind(router.0.to_string())
    .fetch_all(db)
    .await?)
}

/// The project's routers by name, with their address outside and how many subnets each connects.
pub async fn list(db: &SqlitePool, project: ProjectId) -> Result<Vec<Router>> {
    let rows = sqlx::query(
        "select r.id, r.name, r.status, r.created_at, g.address,
                (select count(*) from port p
                 where p.device_id = r.id and p.device_owner = 'network:router_interface') as interfaces
         from router r left join port g on g.device_id = r.id and g.device_owner = 'network:router_gateway'
         where r.project_id = $1 order by r.name, r.id",
    )
    .bind(project.0.to_string())
    .fetch_all(db)
    .await?;
    let view = |row: &SqliteRow| {
        Ok(Router {
            id: id(row, "id")?,
            name: row.try_get("name")?,
            status: status(row)?,
            external_address: row.try_get("address")?,
            interfaces: row.try_get("interfaces")?,
            created_at: row.try_get("created_at")?,
        })
    };
    Ok(rows.iter().map(view).collect::<Decoded<_>>()?)
}
