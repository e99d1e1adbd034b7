//! Floating IPs.

use super::{Decoded, Result, id, parsed_or_null, status, uuid};
use crate::db::{Tx, contains};
use crate::fault::StoreError;
use crate::keyset::{self, Filter, Listing, Sort, Value};
use api::network::FloatingIp;
use api::{FloatingIpId, InstanceId, ListQuery, Micros, NetworkId, Page, PortId, ProjectId, RouterId};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqliteConnection, SqlitePool};
use std::net::Ipv4Addr;

/// What the rules ask of a floating IP's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub id: FloatingIpId,
    pub address: String,
    pub network: NetworkId,
    /// The instance it leads to.
    pub instance: Option<(InstanceId, String)>,
}

impl FromRow<'_, SqliteRow> for Held {
    fn from_row(row: &SqliteRow) -> Decoded<Self> {
        Ok(Self {
            id: id(row, "id")?,
            address: row.try_get("address")?,
            network: id(row, "network_id")?,
            instance: instance(row)?,
        })
    }
}

fn instance(row: &SqliteRow) -> Decoded<Option<(InstanceId, String)>> {
    let instance: Option<InstanceId> = parsed_or_null(row, "device_id", uuid)?;
    let name: Option<String> = row.try_get("instance")?;
    Ok(instance.map(|id| (id, name.unwrap_or_else(|| id.to_string()))))
}

/// A way to an instance from the outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    pub port: PortId,
    pub router: RouterId,
    /// The floating IP that the port has already.
    pub taken: Option<String>,
}

/// A new floating IP leads nowhere, which is Neutron's DOWN.
pub async fn insert(
    tx: &mut Tx,
    floating_ip: FloatingIpId,
    project: ProjectId,
    network: NetworkId,
    address: Ipv4Addr,
    now: Micros,
) -> Result<()> {
    sqlx::query(
        "insert into floating_ip (id, project_id, address, number, network_id, status, created_at)
         values ($1, $2, $3, $4, $5, 'DOWN', $6)",
    )
    .bind(floating_ip.0.to_string())
    .bind(project.0.to_string())
    .bind(address.to_string())
    .bind(i64::from(address.to_bits()))
    .bind(network.0.to_string())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

const HELD: &str = "select f.id, f.address, f.network_id, p.device_id, i.name as instance
     from floating_ip f
     left join port p on p.id = f.port_id
     left join instance i on i.id = p.device_id";

pub async fn find(db: &mut SqliteConnection, project: ProjectId, floating_ip: FloatingIpId) -> Result<Option<Held>> {
    Ok(sqlx::query_as(&format!("{HELD} where f.id = $1 and f.project_id = $2"))
        .bind(floating_ip.0.to_string())
        .bind(project.0.to_string())
        .fetch_optional(db)
        .await?)
}

/// One that the project has and does not use, lowest address first.
pub async fn idle(db: &mut SqliteConnection, project: ProjectId) -> Result<Option<Held>> {
    Ok(sqlx::query_as(&format!("{HELD} where f.project_id = $1 and f.port_id is null order by f.number limit 1"))
        .bind(project.0.to_string())
        .fetch_optional(db)
        .await?)
}

/// The instance's ports whose router leads to that external network; those without a floating IP first.
pub async fn routes(db: &mut SqliteConnection, instance: InstanceId, external: NetworkId) -> Result<Vec<Route>> {
    let rows = sqlx::query(
        "select p.id, r.id as router_id, f.address
         from port p
         join port foot on foot.subnet_id = p.subnet_id and foot.device_owner = 'network:router_interface'
         join router r on r.id = foot.device_id and r.external_id = $2
         left join floating_ip f on f.port_id = p.id
         where p.device_id = $1 and p.device_owner = 'compute:nova'
         order by f.address is not null, p.created_at, p.id",
    )
    .bind(instance.0.to_string())
    .bind(external.0.to_string())
    .fetch_all(db)
    .await?;
    let read = |row: &SqliteRow| {
        Ok(Route { port: id(row, "id")?, router: id(row, "router_id")?, taken: row.try_get("address")? })
    };
    Ok(rows.iter().map(read).collect::<Decoded<_>>()?)
}

pub async fn attach(tx: &mut Tx, floating_ip: FloatingIpId, route: &Route) -> Result<()> {
    sqlx::query(
        "update floating_ip set port_id = $2, router_id = $3, generation = generation + 1, status = 'BUILD' where id = $1",
    )
    .bind(floating_ip.0.to_string())
    .bind(route.port.0.to_string())
    .bind(route.router.0.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn detach(tx: &mut Tx, floating_ip: FloatingIpId) -> Result<()> {
    sqlx::query(
        "update floating_ip set port_id = null, router_id = null, generation = generation + 1, status = 'BUILD' where id = $1",
    )
    .bind(floating_ip.0.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes the floating IPs off all ports of an instance and answers with their ids.
pub async fn detach_instance(tx: &mut Tx, instance: InstanceId) -> Result<Vec<FloatingIpId>> {
    let rows = sqlx::query(
        "update floating_ip set port_id = null, router_id = null, generation = generation + 1, status = 'BUILD'
         where port_id in (select id from port where device_id = $1 and device_owner = 'compute:nova') returning id",
    )
    .bind(instance.0.to_string())
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.iter().map(|row| id(row, "id")).collect::<Decoded<_>>()?)
}

pub async fn delete(tx: &mut Tx, floating_ip: FloatingIpId) -> Result<()> {
    sqlx::query("delete from floating_ip where id = $1").bind(floating_ip.0.to_string()).execute(&mut **tx).await?;
    Ok(())
}

const LIST: Listing = Listing {
    select: "f.id, f.address, f.status, n.name as pool, p.device_id, i.name as instance, p.address as fixed_address, f.created_at",
    table: "floating_ip f",
    joins: "join network n on n.id = f.network_id
           left join port p on p.id = f.port_id
           left join instance i on i.id = p.device_id",
    id: "f.id",
    sorts: &[
        Sort { key: "address", column: "f.number", number: true },
        Sort { key: "status", column: "f.status", number: false },
        Sort { key: "created", column: "f.created_at", number: true },
    ],
    default: "address",
};

struct View(FloatingIp);

impl FromRow<'_, SqliteRow> for View {
    fn from_row(row: &SqliteRow) -> Decoded<Self> {
        Ok(Self(FloatingIp {
            id: id(row, "id")?,
            address: row.try_get("address")?,
            status: status(row)?,
            pool: row.try_get("pool")?,
            instance: instance(row)?,
            fixed_address: row.try_get("fixed_address")?,
            created_at: row.try_get("created_at")?,
        }))
    }
}

pub async fn list(
    db: &SqlitePool,
    project: ProjectId,
    query: &ListQuery,
) -> std::result::Result<Page<FloatingIp>, StoreError> {
    let mut filter = Filter::default().and("f.project_id = ?", vec![Value::Text(project.0.to_string())]);
    if !query.status.is_empty() {
        filter = filter.and("f.status = ?", vec![Value::Text(query.status.clone())]);
    }
    if !query.search.trim().is_empty() {
        let part = Value::Text(contains(&query.search));
        filter = filter.and(
            r"f.address like ? escape '\' or f.id like ? escape '\' or i.name like ? escape '\'
              or p.address like ? escape '\'",
            vec![part.clone(), part.clone(), part.clone(), part],
        );
    }
    let page: Page<View> = keyset::page(db, &LIST, filter, query).await?;
    Ok(page.map(|view| view.0))
}
