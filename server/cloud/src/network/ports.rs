//! Ports: how instances, routers and floating IPs come by their addresses. Compute asks here for an instance's ports, in its own
//! transactions; after the commit it calls `NetworkService::announce`.

use super::engine::Cidr;
use super::{ipam, security_groups, store};
use crate::db::Tx;
use crate::fault::StoreError;
use crate::quota;
use api::compute::{Address, Interface};
use api::error::Conflict;
use api::network::NetStatus;
use api::quota::Resource;
use api::{
    Caller, Error, InstanceId, Kind, Micros, NetworkId, PortId, ProjectId, Result, SecurityGroupId, SubnetId, Why,
};
use sqlx::{SqliteConnection, SqlitePool};
use std::collections::{HashMap, HashSet};
use std::net::Ipv4Addr;
use uuid::Uuid;

/// What a port belongs to; Neutron's `device_owner`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Instance,
    RouterInterface,
    RouterGateway,
    FloatingIp,
}

impl Owner {
    pub const ALL: [Owner; 4] = [Owner::Instance, Owner::RouterInterface, Owner::RouterGateway, Owner::FloatingIp];

    /// Neutron's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Instance => "compute:nova",
            Self::RouterInterface => "network:router_interface",
            Self::RouterGateway => "network:router_gateway",
            Self::FloatingIp => "network:floatingip",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|owner| owner.as_str() == text)
    }
}

/// An instance's port and what stands around it: all that its domain, its config drive and its pages need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstancePort {
    pub id: PortId,
    pub instance: InstanceId,
    pub network: NetworkId,
    pub network_name: String,
    /// Bytes.
    pub mtu: u32,
    pub subnet: SubnetId,
    pub cidr: Cidr,
    pub gateway: Option<Ipv4Addr>,
    pub mac: String,
    pub address: Ipv4Addr,
    /// The floating IP in front of it.
    pub floating: Option<Ipv4Addr>,
    /// ACTIVE once it is plugged in and realised.
    pub status: NetStatus,
}

impl From<&InstancePort> for Address {
    fn from(port: &InstancePort) -> Self {
        Self {
            network: port.network_name.clone(),
            address: port.address.to_string(),
            floating: port.floating.map(|address| address.to_string()),
        }
    }
}

impl From<&InstancePort> for Interface {
    fn from(port: &InstancePort) -> Self {
        Self {
            port: port.id,
            network: port.network,
            network_name: port.network_name.clone(),
            mac: port.mac.clone(),
            address: port.address.to_string(),
            floating: port.floating.map(|address| address.to_string()),
            up: port.status == NetStatus::Active,
        }
    }
}

/// What a transaction has changed, to be announced after its commit.
pub type Touched = Vec<(Kind, String)>;

/// Gives the instance a port with the lowest free address of the network. `groups`: its security groups; none means the project's
/// default group. Faults stand under the launch form's fields `network` and `security_groups`.
pub async fn port_create(
    tx: &mut Tx,
    caller: &Caller,
    network: NetworkId,
    instance: InstanceId,
    groups: &[SecurityGroupId],
    now: Micros,
) -> Result<InstancePort> {
    let gone = |kind| Why::Gone { kind };
    let row = store::network::find(tx, caller.project, network)
        .await?
        .ok_or_else(|| Error::field("network", gone(Kind::Network)))?;
    if row.external {
        return Err(Error::field("network", Why::NotAChoice));
    }
    let groups: HashSet<SecurityGroupId> = match groups {
        [] => HashSet::from([security_groups::default_group_ensure(tx, caller.project, now).await?]),
        chosen => chosen.iter().copied().collect(),
    };
    if store::security_group::count_of(tx, caller.project, &groups).await? != groups.len() {
        return Err(Error::field("security_groups", gone(Kind::SecurityGroup)));
    }
    quota::require(tx, caller.project, caller.user, &[(Resource::Ports, 1)]).await?;
    for subnet in store::network::subnets(tx, network).await? {
        let Some(address) = free_address(tx, &subnet).await? else { continue };
        let device = NewPort {
            project: caller.project,
            network,
            subnet: subnet.id,
            address,
            owner: Owner::Instance,
            device: instance.0,
        };
        let (id, mac) = plug(tx, device, now).await?;
        store::port::group_insert(tx, id, &groups).await?;
        return Ok(InstancePort {
            id,
            instance,
            network,
            network_name: row.name,
            mtu: row.mtu,
            subnet: subnet.id,
            cidr: subnet.cidr,
            gateway: subnet.gateway,
            mac,
            address,
            floating: None,
            status: NetStatus::Build,
        });
    }
    Err(Error::Conflict(Conflict::NoFreeAddress { pool: row.name }))
}

/// Gives each of many instances a port on one subnet, address after address: `port_create` for thousands at once. For seeding only: no
/// quota, and the addresses must be free.
pub async fn port_series(
    tx: &mut Tx,
    project: ProjectId,
    (network, subnet): (NetworkId, SubnetId),
    addresses: impl Iterator<Item = Ipv4Addr>,
    instances: &[InstanceId],
    now: Micros,
) -> Result<()> {
    let groups = HashSet::from([security_groups::default_group_ensure(tx, project, now).await?]);
    for (instance, address) in instances.iter().zip(addresses) {
        let device = NewPort { project, network, subnet, address, owner: Owner::Instance, device: instance.0 };
        let (id, _) = plug(tx, device, now).await?;
        store::port::group_insert(tx, id, &groups).await?;
    }
    Ok(())
}

/// Takes all its ports from an instance. Its floating IPs stay with the project, free for another.
pub async fn ports_release(tx: &mut Tx, instance: InstanceId) -> Result<Touched> {
    let freed = store::floating_ip::detach_instance(tx, instance).await?;
    let ports = store::port::delete_of_device(tx, Owner::Instance, instance.0).await?;
    let freed = freed.into_iter().map(|id| (Kind::FloatingIp, id.to_string()));
    Ok(ports.into_iter().map(|id| (Kind::Port, id.to_string())).chain(freed).collect())
}

/// The ports of these instances, oldest first, in one query. An instance without ports is left out.
pub async fn ports_of(db: &SqlitePool, instances: &[InstanceId]) -> Result<HashMap<InstanceId, Vec<InstancePort>>> {
    let mut ports: HashMap<_, Vec<_>> = HashMap::new();
    for port in store::port::of_instances(db, instances).await? {
        ports.entry(port.instance).or_default().push(port);
    }
    Ok(ports)
}

/// The security groups of an instance's ports, by name.
pub async fn groups_of(db: &SqlitePool, instance: InstanceId) -> Result<Vec<(SecurityGroupId, String)>> {
    Ok(store::security_group::of_instance(db, instance).await?)
}

/// Which port and instance have this address on this network: tells the metadata service who asks.
pub async fn port_at(db: &SqlitePool, network: NetworkId, address: Ipv4Addr) -> Result<Option<(PortId, InstanceId)>> {
    Ok(store::port::at(db, network, address).await?)
}

/// The instances on a network with their names, as their owners wrote them, and their addresses, the oldest first: what the DNS service
/// answers with.
pub async fn dns_names(db: &SqlitePool, network: NetworkId) -> Result<Vec<(InstanceId, String, Ipv4Addr)>> {
    Ok(store::port::names_on(db, network).await?)
}

/// A port to be made.
pub struct NewPort {
    pub project: ProjectId,
    pub network: NetworkId,
    pub subnet: SubnetId,
    pub address: Ipv4Addr,
    pub owner: Owner,
    /// The instance's, router's or floating IP's id.
    pub device: Uuid,
}

/// Makes a port. Its MAC address follows from its id, so an id is drawn whose MAC address is free on the network.
pub async fn plug(tx: &mut Tx, port: NewPort, now: Micros) -> Result<(PortId, String)> {
    loop {
        let id = PortId(Uuid::new_v4());
        let mac = ipam::mac(id.0);
        if !store::port::mac_taken(tx, port.network, &mac).await? {
            store::port::insert(tx, id, &mac, &port, now).await?;
            return Ok((id, mac));
        }
    }
}

/// The lowest address of the subnet that nobody has.
pub async fn free_address(
    db: &mut SqliteConnection,
    subnet: &store::network::Subnet,
) -> std::result::Result<Option<Ipv4Addr>, StoreError> {
    let mut taken = store::port::addresses(db, subnet.id).await?;
    taken.extend(subnet.gateway);
    taken.extend(subnet.service);
    Ok(subnet.cidr.next_free(&taken))
}
