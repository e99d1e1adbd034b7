//! Networks, their subnets, and the routers that lead out of them.

use super::engine::Cidr;
use super::ports::{NewPort, Owner, free_address, plug};
use super::rules::{self, NetworkPlan, SubnetPlan};
use super::service::Change;
use super::store::network::{Network, Subnet};
use super::{listed, store};
use crate::db::{Tx, is_unique};
use crate::fault::StoreError;
use crate::quota;
use api::error::Conflict;
use api::network::{NewNetwork, NewSubnet};
use api::quota::Resource;
use api::{Error, Kind, Micros, Name, NetworkId, ProjectId, Result, RouterId, SubnetId, Why};
use std::net::Ipv4Addr;
use uuid::Uuid;

/// What fits into Ethernet's 1500 bytes beside Geneve's headers.
const TENANT_MTU: u32 = 1442;
const EXTERNAL_MTU: u32 = 1500;

/// The starter network: every project may have the same range, because they do not see each other.
const STARTER: &str = "starter-network";
const STARTER_ROUTER: &str = "starter-router";
pub const STARTER_CIDR: &str = "10.0.0.0/24";

/// The router that `network_create` makes where the project has none.
const ROUTER: &str = "router";

/// The provider's network, owned by the admin project: made at the first start, brought up to date at later ones. `physical` is the
/// name of the engine's bridge mapping. Refused when addresses in use would no longer lie in it.
pub async fn external_ensure(
    tx: &mut Tx,
    project: ProjectId,
    physical: &str,
    cidr: Cidr,
    gateway: Ipv4Addr,
    now: Micros,
) -> Result<()> {
    cidr.parse_host(&gateway.to_string()).map_err(|why| Error::field("gateway", why))?;
    let name = Name::parse("external").map_err(|why| Error::field("name", why))?;
    let plan = SubnetPlan { name, cidr, gateway: Some(gateway), service: None };
    let Some((network, subnet)) = store::network::external(tx).await? else {
        let id = NetworkId(Uuid::new_v4());
        let new = store::network::NewNetwork {
            id,
            project,
            name: plan.name.as_str(),
            starter: false,
            physical: Some(physical),
            mtu: EXTERNAL_MTU,
        };
        store::network::insert(tx, &new, now).await.map_err(StoreError)?;
        return Ok(store::network::subnet_insert(tx, SubnetId(Uuid::new_v4()), project, id, &plan, now).await?);
    };
    if network.physical.as_deref() == Some(physical) && subnet.cidr == cidr && subnet.gateway == Some(gateway) {
        return Ok(());
    }
    let taken = store::port::addresses(tx, subnet.id).await?;
    let mut lost: Vec<_> =
        taken.into_iter().filter(|address| !cidr.contains(*address) || *address == gateway).collect();
    if !lost.is_empty() {
        lost.sort();
        let lost: Vec<String> = lost.iter().map(Ipv4Addr::to_string).collect();
        return Err(Error::Conflict(Conflict::InUse { kind: Kind::Network, by: listed(&lost) }));
    }
    store::network::external_update(tx, network.id, physical).await?;
    store::network::external_subnet_update(tx, subnet.id, &plan).await?;
    Ok(store::network::intend(tx, network.id).await?)
}

fn starter(cidr: &str) -> NewNetwork {
    NewNetwork { name: STARTER.into(), cidr: cidr.into(), routed: true, ..NewNetwork::default() }
}

/// Whether a starter network can have that range.
pub async fn starter_check(tx: &mut Tx, cidr: &str) -> Result<std::result::Result<(), Why>> {
    let outside: Vec<Cidr> = store::network::external(tx).await?.map(|(_, subnet)| subnet.cidr).into_iter().collect();
    match rules::network(&starter(cidr), &outside) {
        Err(Error::Invalid(faults)) => Ok(faults.into_iter().next().map_or(Ok(()), |fault| Err(fault.why))),
        other => other.map(|_| Ok(())),
    }
}

impl Change<'_> {
    pub async fn starter_network_create(&mut self, cidr: &str) -> Result<NetworkId> {
        let plan = rules::network(&starter(cidr), &self.reachable(None).await?)?;
        let (network, subnet) = self.network_insert(&plan, true).await?;
        let router = self.router_without(plan.subnet.cidr).await?;
        self.connect(router, STARTER_ROUTER, network, subnet, &plan.subnet).await?;
        self.done("starter_network_create", Kind::Network, network, STARTER).await?;
        Ok(network)
    }

    pub async fn network_create(&mut self, new: &NewNetwork) -> Result<NetworkId> {
        let router = store::router::outward(&mut self.tx, self.caller.project).await?.first().copied();
        let plan = rules::network(new, &self.reachable(router).await?)?;
        let (network, subnet) = self.network_insert(&plan, false).await?;
        if plan.routed {
            self.connect(router, ROUTER, network, subnet, &plan.subnet).await?;
        }
        self.done("network_create", Kind::Network, network, plan.name.as_str()).await?;
        Ok(network)
    }

    pub async fn network_delete(&mut self, id: NetworkId) -> Result<()> {
        let network = self.tenant_network(id).await?;
        self.unused(Kind::Network, id, None).await?;
        self.leave_router(id).await?;
        for subnet in store::network::subnets(&mut self.tx, id).await? {
            self.subnet_remove(subnet.id).await?;
        }
        store::network::delete(&mut self.tx, id).await?;
        self.done("network_delete", Kind::Network, id, &network.name).await
    }

    /// On a network that has a router the new subnet is connected to it too, unless it is to have no gateway.
    pub async fn subnet_create(&mut self, network: NetworkId, new: &NewSubnet) -> Result<SubnetId> {
        self.tenant_network(network).await?;
        let router = store::router::of_network(&mut self.tx, network).await?;
        let mut beside = if router.is_some() { self.reachable(router).await? } else { Vec::new() };
        beside.extend(store::network::subnets(&mut self.tx, network).await?.iter().map(|subnet| subnet.cidr));
        let plan = rules::subnet(new, &beside)?;
        self.require(&[(Resource::Subnets, 1)]).await?;
        let subnet = self.subnet_insert(network, &plan).await?;
        if let (Some(router), Some(_)) = (router, plan.gateway) {
            self.connect(Some(router), ROUTER, network, subnet, &plan).await?;
        }
        store::network::intend(&mut self.tx, network).await?;
        self.touch(Kind::Network, network);
        self.done("subnet_create", Kind::Subnet, subnet, plan.name.as_str()).await?;
        Ok(subnet)
    }

    pub async fn subnet_delete(&mut self, id: SubnetId) -> Result<()> {
        let subnet: Subnet = store::network::subnet_find(&mut self.tx, self.caller.project, id)
            .await?
            .ok_or_else(|| Error::not_found(Kind::Subnet, id))?;
        self.tenant_network(subnet.network).await?;
        self.unused(Kind::Subnet, subnet.network, Some(id)).await?;
        self.leave_router(subnet.network).await?;
        self.subnet_remove(id).await?;
        store::network::intend(&mut self.tx, subnet.network).await?;
        self.touch(Kind::Network, subnet.network);
        self.done("subnet_delete", Kind::Subnet, id, &subnet.name).await
    }

    /// Takes the gateway port along, and with it the address outside and the NAT.
    pub async fn router_delete(&mut self, id: RouterId) -> Result<()> {
        let name = store::router::find(&mut self.tx, self.caller.project, id)
            .await?
            .ok_or_else(|| Error::not_found(Kind::Router, id))?;
        let networks = store::router::networks(&mut self.tx, id).await?;
        if !networks.is_empty() {
            return Err(Error::Conflict(Conflict::InUse { kind: Kind::Router, by: listed(&networks) }));
        }
        store::port::delete_of_device(&mut self.tx, Owner::RouterGateway, id.0).await?;
        store::router::delete(&mut self.tx, id).await?;
        self.done("router_delete", Kind::Router, id, &name).await
    }

    /// An address of the external network for a router or a floating IP.
    pub async fn external_address(&mut self) -> Result<(Network, Subnet, Ipv4Addr)> {
        let (network, subnet) =
            store::network::external(&mut self.tx).await?.ok_or(Error::Conflict(Conflict::NoExternalNetwork))?;
        let address = free_address(&mut self.tx, &subnet).await?;
        let full = || Error::Conflict(Conflict::NoFreeAddress { pool: network.name.clone() });
        let address = address.ok_or_else(full)?;
        Ok((network, subnet, address))
    }

    /// A network of the project that tenants may change.
    async fn tenant_network(&mut self, id: NetworkId) -> Result<Network> {
        match store::network::find(&mut self.tx, self.caller.project, id).await? {
            Some(network) if network.project != self.caller.project => Err(Error::not_found(Kind::Network, id)),
            Some(network) if network.external => Err(Error::Conflict(Conflict::ExternalNetwork)),
            Some(network) => Ok(network),
            None => Err(Error::not_found(Kind::Network, id)),
        }
    }

    /// Refuses what instances still have ports on.
    async fn unused(&mut self, kind: Kind, network: NetworkId, subnet: Option<SubnetId>) -> Result<()> {
        match store::port::instances_on(&mut self.tx, network, subnet).await?.as_slice() {
            [] => Ok(()),
            instances => Err(Error::Conflict(Conflict::InUse { kind, by: listed(instances) })),
        }
    }

    async fn network_insert(&mut self, plan: &NetworkPlan, starter: bool) -> Result<(NetworkId, SubnetId)> {
        self.require(&[(Resource::Networks, 1), (Resource::Subnets, 1)]).await?;
        let id = NetworkId(Uuid::new_v4());
        let new = store::network::NewNetwork {
            id,
            project: self.caller.project,
            name: plan.name.as_str(),
            starter,
            physical: None,
            mtu: TENANT_MTU,
        };
        store::network::insert(&mut self.tx, &new, self.now).await.map_err(|error| {
            // The one unique index with this column is the starter's.
            if is_unique(&error, "network.project_id") {
                Error::Conflict(Conflict::StarterExists)
            } else {
                StoreError(error).into()
            }
        })?;
        Ok((id, self.subnet_insert(id, &plan.subnet).await?))
    }

    async fn subnet_insert(&mut self, network: NetworkId, plan: &SubnetPlan) -> Result<SubnetId> {
        let id = SubnetId(Uuid::new_v4());
        store::network::subnet_insert(&mut self.tx, id, self.caller.project, network, plan, self.now).await?;
        Ok(id)
    }

    async fn subnet_remove(&mut self, subnet: SubnetId) -> Result<()> {
        store::port::delete_interfaces(&mut self.tx, subnet).await?;
        store::network::subnet_delete(&mut self.tx, subnet).await?;
        self.touch(Kind::Subnet, subnet);
        Ok(())
    }

    async fn router_insert(&mut self, name: &str) -> Result<RouterId> {
        self.require(&[(Resource::Routers, 1)]).await?;
        let id = RouterId(Uuid::new_v4());
        let (network, subnet, address) = self.external_address().await?;
        store::router::insert(&mut self.tx, id, self.caller.project, name, network.id, self.now).await?;
        self.plug(Owner::RouterGateway, id.0, network.id, subnet.id, address).await?;
        Ok(id)
    }

    /// Puts the gateway of a subnet on the router; without one, on a new router of that name.
    async fn connect(
        &mut self,
        router: Option<RouterId>,
        name: &str,
        network: NetworkId,
        subnet: SubnetId,
        plan: &SubnetPlan,
    ) -> Result<()> {
        let gateway = plan.gateway.ok_or_else(|| Error::field("gateway", Why::Required))?;
        let router = match router {
            Some(router) => router,
            None => self.router_insert(name).await?,
        };
        self.plug(Owner::RouterInterface, router.0, network, subnet, gateway).await?;
        store::router::intend(&mut self.tx, router).await?;
        self.touch(Kind::Router, router);
        Ok(())
    }

    /// The network's router is about to lose a foot.
    async fn leave_router(&mut self, network: NetworkId) -> Result<()> {
        if let Some(router) = store::router::of_network(&mut self.tx, network).await? {
            store::router::intend(&mut self.tx, router).await?;
            self.touch(Kind::Router, router);
        }
        Ok(())
    }

    /// The project's oldest router that has room for the range.
    async fn router_without(&mut self, cidr: Cidr) -> Result<Option<RouterId>> {
        for router in store::router::outward(&mut self.tx, self.caller.project).await? {
            let ranges = store::router::ranges(&mut self.tx, router).await?;
            if !ranges.iter().any(|range| range.overlaps(cidr)) {
                return Ok(Some(router));
            }
        }
        Ok(None)
    }

    /// What a router reaches, or a new one would: its subnets and the outside. Another subnet on it must not overlap with any.
    async fn reachable(&mut self, router: Option<RouterId>) -> Result<Vec<Cidr>> {
        let mut ranges = match router {
            Some(router) => store::router::ranges(&mut self.tx, router).await?,
            None => Vec::new(),
        };
        ranges.extend(store::network::external(&mut self.tx).await?.map(|(_, subnet)| subnet.cidr));
        Ok(ranges)
    }

    async fn require(&mut self, resources: &[(Resource, i64)]) -> Result<()> {
        quota::require(&mut self.tx, self.caller.project, self.caller.user, resources).await
    }

    /// A port of the project that belongs to a router or a floating IP.
    pub async fn plug(
        &mut self,
        owner: Owner,
        device: Uuid,
        network: NetworkId,
        subnet: SubnetId,
        address: Ipv4Addr,
    ) -> Result<()> {
        let port = NewPort { project: self.caller.project, network, subnet, address, owner, device };
        plug(&mut self.tx, port, self.now).await?;
        Ok(())
    }
}
