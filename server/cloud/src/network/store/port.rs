//! Ports.

use super::{Decoded, Result, address, among, cidr, id, parsed, parsed_or_null, status};
use crate::db::Tx;
use crate::network::ports::{InstancePort, NewPort, Owner};
use api::compute::{State, Status, Task};
use api::network::Port;
use api::{InstanceId, Micros, NetworkId, PortId, ProjectId, SecurityGroupId, SubnetId};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, SqliteConnection, SqlitePool};
use std::collections::HashSet;
use std::net::Ipv4Addr;
use uuid::Uuid;

pub async fn insert(tx: &mut Tx, port: PortId, mac: &str, new: &NewPort, now: Micros) -> Result<()> {
    sqlx::query(
        "insert into port (id, project_id, network_id, subnet_id, mac, address, device_owner, device_id, status, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'BUILD', $9)",
    )
    .bind(port.0.to_string())
    .bind(new.project.0.to_string())
    .bind(new.network.0.to_string())
    .bind(new.subnet.0.to_string())
    .bind(mac)
    .bind(new.address.to_string())
    .bind(new.owner.as_str())
    .bind(new.device.to_string())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn group_insert(tx: &mut Tx, port: PortId, groups: &HashSet<SecurityGroupId>) -> Result<()> {
    for group in groups {
        sqlx::query("insert into port_security_group (port_id, group_id) values ($1, $2)")
            .bind(port.0.to_string())
            .bind(group.0.to_string())
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

pub async fn mac_taken(db: &mut SqliteConnection, network: NetworkId, mac: &str) -> Result<bool> {
    let found: Option<i64> = sqlx::query_scalar("select 1 from port where network_id = $1 and mac = $2")
        .bind(network.0.to_string())
        .bind(mac)
        .fetch_optional(db)
        .await?;
    Ok(found.is_some())
}

/// Every address that a port of the subnet has.
pub async fn addresses(db: &mut SqliteConnection, subnet: SubnetId) -> Result<HashSet<Ipv4Addr>> {
    // One row, however many there are: fetching each by itself costs ten times as much.
    let row = sqlx::query("select coalesce(string_agg(address, ' '), '') as addresses from port where subnet_id = $1")
        .bind(subnet.0.to_string())
        .fetch_one(db)
        .await?;
    Ok(parsed(&row, "addresses", |list| list.split_whitespace().map(address).collect())?)
}

/// Removes the ports of an instance, a router or a floating IP and answers with their ids.
pub async fn delete_of_device(tx: &mut Tx, owner: Owner, device: Uuid) -> Result<Vec<PortId>> {
    let rows = sqlx::query("delete from port where device_id = $1 and device_owner = $2 returning id")
        .bind(device.to_string())
        .bind(owner.as_str())
        .fetch_all(&mut **tx)
        .await?;
    Ok(rows.iter().map(|row| id(row, "id")).collect::<Decoded<_>>()?)
}

/// Takes the routers' feet out of a subnet.
pub async fn delete_interfaces(tx: &mut Tx, subnet: SubnetId) -> Result<()> {
    sqlx::query("delete from port where subnet_id = $1 and device_owner = 'network:router_interface'")
        .bind(subnet.0.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

fn instance_port(row: &SqliteRow) -> Decoded<InstancePort> {
    Ok(InstancePort {
        id: id(row, "id")?,
        instance: id(row, "device_id")?,
        network: id(row, "network_id")?,
        network_name: row.try_get("name")?,
        mtu: row.try_get("mtu")?,
        subnet: id(row, "subnet_id")?,
        cidr: cidr(row)?,
        gateway: parsed_or_null(row, "gateway", address)?,
        mac: row.try_get("mac")?,
        address: parsed(row, "address", address)?,
        floating: parsed_or_null(row, "floating", address)?,
        status: status(row)?,
    })
}

pub async fn of_instances(db: &SqlitePool, instances: &[InstanceId]) -> Result<Vec<InstancePort>> {
    let mut query = QueryBuilder::new(
        "select p.id, p.device_id, p.network_id, n.name, n.mtu, p.subnet_id, s.cidr, s.gateway, p.mac, p.address,
                f.address as floating, p.status
         from port p
         join network n on n.id = p.network_id
         join subnet s on s.id = p.subnet_id
         left join floating_ip f on f.port_id = p.id
         where p.device_owner = 'compute:nova' and p.device_id in ",
    );
    among(&mut query, instances.iter().map(|instance| instance.0));
    query.push(" order by p.created_at, p.id");
    let rows = query.build().fetch_all(db).await?;
    Ok(rows.iter().map(instance_port).collect::<Decoded<_>>()?)
}

pub async fn at(db: &SqlitePool, network: NetworkId, address: Ipv4Addr) -> Result<Option<(PortId, InstanceId)>> {
    let row = sqlx::query(
        "select id, device_id from port where network_id = $1 and address = $2 and device_owner = 'compute:nova'",
    )
    .bind(network.0.to_string())
    .bind(address.to_string())
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| Decoded::Ok((id(&row, "id")?, id(&row, "device_id")?))).transpose()?)
}

pub async fn names_on(db: &SqlitePool, network: NetworkId) -> Result<Vec<(InstanceId, String, Ipv4Addr)>> {
    let rows = sqlx::query(
        "select i.id, i.name, p.address from port p join instance i on i.id = p.device_id
         where p.network_id = $1 and p.device_owner = 'compute:nova' order by i.created_at, i.id",
    )
    .bind(network.0.to_string())
    .fetch_all(db)
    .await?;
    let named = |row: &SqliteRow| Ok((id(row, "id")?, row.try_get("name")?, parsed(row, "address", address)?));
    Ok(rows.iter().map(named).collect::<Decoded<_>>()?)
}

/// The names of the instances on a network or on one of its subnets.
pub async fn instances_on(
    db: &mut SqliteConnection,
    network: NetworkId,
    subnet: Option<SubnetId>,
) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(
        "select distinct coalesce(i.name, p.device_id) as name from port p left join instance i on i.id = p.device_id
         where p.network_id = $1 and p.subnet_id = coalesce($2, p.subnet_id) and p.device_owner = 'compute:nova' order by name",
    )
    .bind(network.0.to_string())
    .bind(subnet.map(|subnet| subnet.0.to_string()))
    .fetch_all(db)
    .await?)
}

/// An instance's name and state.
pub async fn instance(
    db: &mut SqliteConnection,
    project: ProjectId,
    instance: InstanceId,
) -> Result<Option<(String, State)>> {
    let row = sqlx::query("select name, status, task from instance where id = $1 and project_id = $2")
        .bind(instance.0.to_string())
        .bind(project.0.to_string())
        .fetch_optional(db)
        .await?;
    let read = |row: SqliteRow| {
        let state =
            State { status: parsed(&row, "status", Status::parse)?, task: parsed_or_null(&row, "task", Task::parse)? };
        Decoded::Ok((row.try_get("name")?, state))
    };
    Ok(row.map(read).transpose()?)
}

/// The project's ports on a network, by age.
pub async fn list_on(db: &SqlitePool, project: ProjectId, network: NetworkId) -> Result<Vec<Port>> {
    let rows = sqlx::query(
        "select p.id, p.status, p.mac, p.address, p.device_owner, p.device_id, p.created_at,
                coalesce(i.name, r.name, f.address, '') as device_name
         from port p
         left join instance i on i.id = p.device_id
         left join router r on r.id = p.device_id
         left join floating_ip f on f.id = p.device_id
         where p.network_id = $1 and p.project_id = $2
         order by p.created_at, p.id",
    )
    .bind(network.0.to_string())
    .bind(project.0.to_string())
    .fetch_all(db)
    .await?;
    let view = |row: &SqliteRow| {
        let owner = parsed(row, "device_owner", Owner::parse)?;
        Ok(Port {
            id: id(row, "id")?,
            status: status(row)?,
            mac: row.try_get("mac")?,
            address: row.try_get("address")?,
            device_name: row.try_get("device_name")?,
            instance: (owner == Owner::Instance).then(|| id(row, "device_id")).transpose()?,
            created_at: row.try_get("created_at")?,
        })
    };
    Ok(rows.iter().map(view).collect::<Decoded<_>>()?)
}
