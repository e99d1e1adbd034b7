//! Networks and subnets.

use super::{Decoded, Result, address, among, cidr, id, parsed_or_null, status};
use crate::db::{Tx, contains};
use crate::fault::StoreError;
use crate::keyset::{self, Filter, Listing, Sort, Value};
use crate::network::engine::Cidr;
use crate::network::rules::SubnetPlan;
use api::network::NetStatus;
use api::{ListQuery, Micros, NetworkId, Page, ProjectId, RouterId, SubnetId};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, QueryBuilder, Row, SqliteConnection, SqlitePool};
use std::net::Ipv4Addr;

/// A network's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    pub id: NetworkId,
    pub project: ProjectId,
    pub name: String,
    pub external: bool,
    pub physical: Option<String>,
    pub mtu: u32,
    pub status: NetStatus,
    pub generation: i64,
    pub created_at: Micros,
}

impl FromRow<'_, SqliteRow> for Network {
    fn from_row(row: &SqliteRow) -> Decoded<Self> {
        Ok(Self {
            id: id(row, "id")?,
            project: id(row, "project_id")?,
            name: row.try_get("name")?,
            external: row.try_get("external")?,
            physical: row.try_get("physical")?,
            mtu: row.try_get("mtu")?,
            status: status(row)?,
            generation: row.try_get("generation")?,
            created_at: row.try_get("created_at")?,
        })
    }
}

/// A subnet's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subnet {
    pub id: SubnetId,
    pub network: NetworkId,
    pub name: String,
    pub cidr: Cidr,
    pub gateway: Option<Ipv4Addr>,
    pub service: Option<Ipv4Addr>,
    pub dhcp: bool,
}

impl FromRow<'_, SqliteRow> for Subnet {
    fn from_row(row: &SqliteRow) -> Decoded<Self> {
        Ok(Self {
            id: id(row, "id")?,
            network: id(row, "network_id")?,
            name: row.try_get("name")?,
            cidr: cidr(row)?,
            gateway: parsed_or_null(row, "gateway", address)?,
            service: parsed_or_null(row, "service", address)?,
            dhcp: row.try_get("dhcp")?,
        })
    }
}

/// A network to be made.
pub struct NewNetwork<'a> {
    pub id: NetworkId,
    pub project: ProjectId,
    pub name: &'a str,
    pub starter: bool,
    /// The bridge mapping's name, for the external network.
    pub physical: Option<&'a str>,
    pub mtu: u32,
}

pub async fn insert(tx: &mut Tx, new: &NewNetwork<'_>, now: Micros) -> std::result::Result<(), sqlx::Error> {
    sqlx::query(
        "insert into network (id, project_id, name, external, starter, physical, mtu, status, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, 'BUILD', $8)",
    )
    .bind(new.id.0.to_string())
    .bind(new.project.0.to_string())
    .bind(new.name)
    .bind(new.physical.is_some())
    .bind(new.starter)
    .bind(new.physical)
    .bind(new.mtu)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn subnet_insert(
    tx: &mut Tx,
    subnet: SubnetId,
    project: ProjectId,
    network: NetworkId,
    plan: &SubnetPlan,
    now: Micros,
) -> Result<()> {
    sqlx::query(
        "insert into subnet (id, project_id, network_id, name, cidr, gateway, service, dhcp, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(subnet.0.to_string())
    .bind(project.0.to_string())
    .bind(network.0.to_string())
    .bind(plan.name.as_str())
    .bind(plan.cidr.to_string())
    .bind(plan.gateway.map(|address| address.to_string()))
    .bind(plan.service.map(|address| address.to_string()))
    // Where no service answers, the network has DHCP of its own or none.
    .bind(plan.service.is_some())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Something about the network is wanted otherwise than it is.
pub async fn intend(tx: &mut Tx, network: NetworkId) -> Result<()> {
    sqlx::query("update network set generation = generation + 1, status = 'BUILD' where id = $1")
        .bind(network.0.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn find(db: &mut SqliteConnection, project: ProjectId, network: NetworkId) -> Result<Option<Network>> {
    Ok(sqlx::query_as("select * from network where id = $1 and (project_id = $2 or external = 1)")
        .bind(network.0.to_string())
        .bind(project.0.to_string())
        .fetch_optional(db)
        .await?)
}

/// The provider's network and its subnet.
pub async fn external(db: &mut SqliteConnection) -> Result<Option<(Network, Subnet)>> {
    let network: Option<Network> =
        sqlx::query_as("select * from network where external = 1 order by created_at, id limit 1")
            .fetch_optional(&mut *db)
            .await?;
    let Some(network) = network else { return Ok(None) };
    let subnet = subnets(db, network.id).await?.into_iter().next();
    Ok(subnet.map(|subnet| (network, subnet)))
}

/// The provider's network is another one now than at the last start.
pub async fn external_update(tx: &mut Tx, network: NetworkId, physical: &str) -> Result<()> {
    sqlx::query("update network set physical = $2 where id = $1")
        .bind(network.0.to_string())
        .bind(physical)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn external_subnet_update(tx: &mut Tx, subnet: SubnetId, plan: &SubnetPlan) -> Result<()> {
    sqlx::query("update subnet set cidr = $2, gateway = $3 where id = $1")
        .bind(subnet.0.to_string())
        .bind(plan.cidr.to_string())
        .bind(plan.gateway.map(|address| address.to_string()))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A network's subnets, oldest first.
pub async fn subnets(db: &mut SqliteConnection, network: NetworkId) -> Result<Vec<Subnet>> {
    Ok(sqlx::query_as("select * from subnet where network_id = $1 order by created_at, id")
        .bind(network.0.to_string())
        .fetch_all(db)
        .await?)
}

/// A project's subnet on a tenant network.
pub async fn subnet_find(db: &mut SqliteConnection, project: ProjectId, subnet: SubnetId) -> Result<Option<Subnet>> {
    Ok(sqlx::query_as("select * from subnet where id = $1 and project_id = $2")
        .bind(subnet.0.to_string())
        .bind(project.0.to_string())
        .fetch_optional(db)
        .await?)
}

/// Removes a subnet that has no ports.
pub async fn subnet_delete(tx: &mut Tx, subnet: SubnetId) -> Result<()> {
    sqlx::query("delete from subnet where id = $1").bind(subnet.0.to_string()).execute(&mut **tx).await?;
    Ok(())
}

/// Removes a network that has no subnets.
pub async fn delete(tx: &mut Tx, network: NetworkId) -> Result<()> {
    sqlx::query("delete from network where id = $1").bind(network.0.to_string()).execute(&mut **tx).await?;
    Ok(())
}

const LIST: Listing = Listing {
    select: "n.*",
    table: "network n",
    joins: "",
    id: "n.id",
    sorts: &[
        Sort { key: "name", column: "n.name", number: false },
        Sort { key: "status", column: "n.status", number: false },
        Sort { key: "created", column: "n.created_at", number: true },
    ],
    default: "name",
};

pub async fn list(
    db: &SqlitePool,
    project: ProjectId,
    query: &ListQuery,
) -> std::result::Result<Page<Network>, StoreError> {
    let mut filter = Filter::default().and("n.project_id = ?", vec![Value::Text(project.0.to_string())]);
    if !query.status.is_empty() {
        filter = filter.and("n.status = ?", vec![Value::Text(query.status.clone())]);
    }
    if !query.search.trim().is_empty() {
        let part = Value::Text(contains(&query.search));
        filter = filter.and(
            r"n.name like ? escape '\' or n.id like ? escape '\'
              or exists (select 1 from subnet s where s.network_id = n.id and s.cidr like ? escape '\')",
            vec![part.clone(), part.clone(), part],
        );
    }
    keyset::page(db, &LIST, filter, query).await
}

/// The subnets of many networks, oldest first.
pub async fn subnets_of(db: &SqlitePool, networks: &[NetworkId]) -> Result<Vec<Subnet>> {
    let mut query = QueryBuilder::new("select * from subnet where network_id in ");
    among(&mut query, networks.iter().map(|network| network.0));
    query.push(" order by created_at, id");
    Ok(query.build_query_as().fetch_all(db).await?)
}

/// Which router each network leads out by.
pub async fn routers_of(db: &SqlitePool, networks: &[NetworkId]) -> Result<Vec<(NetworkId, RouterId, String)>> {
    let mut query = QueryBuilder::new(
        "select p.network_id, r.id, r.name from port p join router r on r.id = p.device_id
         where p.device_owner = 'network:router_interface' and p.network_id in ",
    );
    among(&mut query, networks.iter().map(|network| network.0));
    query.push(" order by r.created_at, r.id");
    let rows = query.build().fetch_all(db).await?;
    let read = |row: &SqliteRow| Ok((id(row, "network_id")?, id(row, "id")?, row.try_get("name")?));
    Ok(rows.iter().map(read).collect::<Decoded<_>>()?)
}

/// How many instances have a port on each network; a network without any is left out.
pub async fn instance_counts(db: &SqlitePool, networks: &[NetworkId]) -> Result<Vec<(NetworkId, u32)>> {
    let mut query = QueryBuilder::new(
        "select network_id, count(distinct device_id) as instances from port
         where device_owner = 'compute:nova' and network_id in ",
    );
    among(&mut query, networks.iter().map(|network| network.0));
    query.push(" group by network_id");
    let rows = query.build().fetch_all(db).await?;
    let read = |row: &SqliteRow| Ok((id(row, "network_id")?, row.try_get("instances")?));
    Ok(rows.iter().map(read).collect::<Decoded<_>>()?)
}
