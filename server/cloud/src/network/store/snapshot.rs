//! Everything at once, for the reconciler, and what it has seen, row by row.

use super::network::{Network, Subnet};
use super::security_group::Rule;
use super::{Decoded, Result, address, id, parsed, parsed_or_null, status, uuid};
use crate::db::Tx;
use crate::network::ports::Owner;
use crate::network::topology::Observation;
use api::network::NetStatus;
use api::{FloatingIpId, Kind, NetworkId, PortId, ProjectId, RouterId, SecurityGroupId, SubnetId};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqlitePool};
use std::net::Ipv4Addr;
use uuid::Uuid;

/// All rows of the network service, each list ordered by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    pub networks: Vec<Network>,
    pub subnets: Vec<Subnet>,
    pub routers: Vec<Router>,
    pub ports: Vec<Port>,
    pub groups: Vec<SecurityGroupId>,
    pub rules: Vec<Rule>,
    /// Which port is in which group.
    pub members: Vec<(PortId, SecurityGroupId)>,
    pub floating_ips: Vec<FloatingIp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Router {
    pub id: RouterId,
    pub project: ProjectId,
    pub status: NetStatus,
    pub generation: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    pub id: PortId,
    pub project: ProjectId,
    pub network: NetworkId,
    pub subnet: SubnetId,
    pub mac: String,
    pub address: Ipv4Addr,
    pub owner: Owner,
    pub device: Uuid,
    pub status: NetStatus,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FloatingIp {
    pub id: FloatingIpId,
    pub project: ProjectId,
    pub address: Ipv4Addr,
    pub port: Option<PortId>,
    pub router: Option<RouterId>,
    pub status: NetStatus,
    pub generation: i64,
}

impl FromRow<'_, SqliteRow> for Router {
    fn from_row(row: &SqliteRow) -> Decoded<Self> {
        Ok(Self {
            id: id(row, "id")?,
            project: id(row, "project_id")?,
            status: status(row)?,
            generation: row.try_get("generation")?,
        })
    }
}

impl FromRow<'_, SqliteRow> for Port {
    fn from_row(row: &SqliteRow) -> Decoded<Self> {
        Ok(Self {
            id: id(row, "id")?,
            project: id(row, "project_id")?,
            network: id(row, "network_id")?,
            subnet: id(row, "subnet_id")?,
            mac: row.try_get("mac")?,
            address: parsed(row, "address", address)?,
            owner: parsed(row, "device_owner", Owner::parse)?,
            device: id(row, "device_id")?,
            status: status(row)?,
        })
    }
}

impl FromRow<'_, SqliteRow> for FloatingIp {
    fn from_row(row: &SqliteRow) -> Decoded<Self> {
        Ok(Self {
            id: id(row, "id")?,
            project: id(row, "project_id")?,
            address: parsed(row, "address", address)?,
            port: parsed_or_null(row, "port_id", uuid)?,
            router: parsed_or_null(row, "router_id", uuid)?,
            status: status(row)?,
            generation: row.try_get("generation")?,
        })
    }
}

/// Reads all rows as they are at one moment.
pub async fn read(db: &SqlitePool) -> Result<Snapshot> {
    let mut tx = db.begin().await?;
    let groups = sqlx::query("select id from security_group order by id").fetch_all(&mut *tx).await?;
    let members = sqlx::query("select port_id, group_id from port_security_group order by port_id, group_id")
        .fetch_all(&mut *tx)
        .await?;
    let member = |row: &SqliteRow| Ok((id(row, "port_id")?, id(row, "group_id")?));
    Ok(Snapshot {
        networks: sqlx::query_as("select * from network order by id").fetch_all(&mut *tx).await?,
        subnets: sqlx::query_as("select * from subnet order by id").fetch_all(&mut *tx).await?,
        routers: sqlx::query_as("select * from router order by id").fetch_all(&mut *tx).await?,
        ports: sqlx::query_as("select * from port order by id").fetch_all(&mut *tx).await?,
        groups: groups.iter().map(|row| id(row, "id")).collect::<Decoded<_>>()?,
        rules: sqlx::query_as("select * from security_group_rule order by id").fetch_all(&mut *tx).await?,
        members: members.iter().map(member).collect::<Decoded<_>>()?,
        floating_ips: sqlx::query_as("select * from floating_ip order by id").fetch_all(&mut *tx).await?,
    })
}

/// Writes down what was seen, unless the row is wanted otherwise by now or says so already. Answers whether it was written.
pub async fn observed(tx: &mut Tx, seen: &Observation) -> Result<bool> {
    let sql = match seen.kind {
        Kind::Network => "update network set status = $2 where id = $1 and generation = $3 and status <> $2",
        Kind::Router => "update router set status = $2 where id = $1 and generation = $3 and status <> $2",
        Kind::FloatingIp => "update floating_ip set status = $2 where id = $1 and generation = $3 and status <> $2",
        // A port's wishes never change: it has no generation.
        _ => "update port set status = $2 where id = $1 and status <> $2",
    };
    let mut query = sqlx::query(sql).bind(seen.id.to_string()).bind(seen.status.as_str());
    if let Some(generation) = seen.generation {
        query = query.bind(generation);
    }
    Ok(query.execute(&mut **tx).await?.rows_affected() > 0)
}
