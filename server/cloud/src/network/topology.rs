//! From rows to what the engine is to make so, and from what it saw to the rows' status. Pure.

use super::engine::{
    ExternalNetwork, FloatingIp, Network, Port, Router, RouterInterface, Rule, SecurityGroup, Subnet, Topology,
};
use super::ipam;
use super::ports::Owner;
use super::store::snapshot::{self, Snapshot};
use api::network::NetStatus;
use api::{Kind, PortId, ProjectId};
use std::collections::HashMap;
use std::hash::Hash;
use uuid::Uuid;

/// Everything that ought to exist. The same rows give the same topology, in the same order.
pub fn desired(rows: &Snapshot) -> Topology {
    let subnets = grouped(&rows.subnets, |subnet| subnet.network);
    let members = grouped(&rows.members, |member| member.0);
    let rules = grouped(&rows.rules, |rule| rule.group);
    let feet = grouped(rows.ports.iter().filter(|port| port.owner == Owner::RouterInterface), |port| port.device);
    let gateways: HashMap<Uuid, &snapshot::Port> =
        rows.ports.iter().filter(|port| port.owner == Owner::RouterGateway).map(|port| (port.device, port)).collect();
    let ports: HashMap<PortId, &snapshot::Port> = rows.ports.iter().map(|port| (port.id, port)).collect();

    let external = rows.networks.iter().find_map(|network| {
        let subnet = subnets.get(&network.id)?.first()?;
        Some(ExternalNetwork {
            id: network.id,
            physical_network: network.physical.clone()?,
            cidr: subnet.cidr,
            gateway: subnet.gateway?,
        })
    });
    let network = |network: &super::store::network::Network| Network {
        id: network.id,
        mtu: network.mtu,
        subnets: list(&subnets, &network.id)
            .filter_map(|subnet| {
                Some(Subnet {
                    id: subnet.id,
                    cidr: subnet.cidr,
                    gateway: subnet.gateway,
                    dhcp: subnet.dhcp,
                    service_address: subnet.service?,
                })
            })
            .collect(),
    };
    let router = |router: &snapshot::Router| {
        let gateway = gateways.get(&router.id.0);
        Router {
            id: router.id,
            mac: gateway.map_or_else(|| ipam::mac(router.id.0), |port| port.mac.clone()),
            external_address: gateway.map(|port| port.address),
            interfaces: list(&feet, &router.id.0)
                .map(|port| RouterInterface {
                    port: port.id,
                    network: port.network,
                    subnet: port.subnet,
                    mac: port.mac.clone(),
                    address: port.address,
                })
                .collect(),
        }
    };
    let port = |port: &snapshot::Port| Port {
        id: port.id,
        network: port.network,
        subnet: port.subnet,
        mac: port.mac.clone(),
        address: port.address,
        security_groups: list(&members, &port.id).map(|member| member.1).collect(),
    };
    let floating_ip = |floating_ip: &snapshot::FloatingIp| {
        let port = ports.get(&floating_ip.port?)?;
        Some(FloatingIp {
            id: floating_ip.id,
            router: floating_ip.router?,
            address: floating_ip.address,
            port: port.id,
            fixed_address: port.address,
        })
    };
    Topology {
        external,
        networks: rows.networks.iter().filter(|network| !network.external).map(network).collect(),
        routers: rows.routers.iter().map(router).collect(),
        ports: rows.ports.iter().filter(|port| port.owner == Owner::Instance).map(port).collect(),
        security_groups: rows
            .groups
            .iter()
            .map(|group| SecurityGroup {
                id: *group,
                rules: list(&rules, group)
                    .map(|rule| Rule {
                        id: rule.id,
                        direction: rule.plan.direction,
                        protocol: rule.plan.protocol,
                        remote: rule.plan.remote,
                    })
                    .collect(),
            })
            .collect(),
        floating_ips: rows.floating_ips.iter().filter_map(floating_ip).collect(),
    }
}

fn grouped<'a, K: Eq + Hash, T>(
    rows: impl IntoIterator<Item = &'a T>,
    key: impl Fn(&T) -> K,
) -> HashMap<K, Vec<&'a T>> {
    let mut groups: HashMap<K, Vec<&T>> = HashMap::new();
    for row in rows {
        groups.entry(key(row)).or_default().push(row);
    }
    groups
}

fn list<'a, K: Eq + Hash, T>(groups: &'a HashMap<K, Vec<&'a T>>, key: &K) -> impl Iterator<Item = &'a T> {
    groups.get(key).into_iter().flatten().copied()
}

/// How the engine took it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The world is so, and these ports are up or not.
    Realised(HashMap<PortId, bool>),
    /// It refused: what was new in this topology is not there.
    Refused,
    /// It does not answer, so nobody can say what is there.
    Unreachable,
}

/// A row's status as it was seen to be; only what differs from the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    pub kind: Kind,
    pub id: Uuid,
    /// Who is told; `None` for what all projects see.
    pub project: Option<ProjectId>,
    /// The row's generation when it was read; ports have none.
    pub generation: Option<i64>,
    pub status: NetStatus,
}

/// What the rows ought to say.
///
/// ```text
///            realised            refused     unreachable
/// BUILD      ACTIVE (or DOWN¹)   ERROR       DOWN
/// ACTIVE     ACTIVE (or DOWN¹)   ACTIVE      DOWN
/// DOWN       ACTIVE (or DOWN¹)   DOWN        DOWN
/// ERROR      ACTIVE (or DOWN¹)   ERROR       DOWN
/// ```
/// ¹ a floating IP that leads nowhere. An instance's port follows `ports_up` and, while there is no answer, stays as last seen: packets
/// flow on without the engine's daemons.
pub fn observe(rows: &Snapshot, outcome: &Outcome) -> Vec<Observation> {
    let status = |is: NetStatus, realised: NetStatus| match outcome {
        Outcome::Realised(_) => realised,
        Outcome::Refused if is == NetStatus::Build => NetStatus::Error,
        Outcome::Refused => is,
        Outcome::Unreachable => NetStatus::Down,
    };
    let networks = rows.networks.iter().map(|row| {
        let project = (!row.external).then_some(row.project);
        let seen = status(row.status, NetStatus::Active);
        (
            row.status,
            Observation { kind: Kind::Network, id: row.id.0, project, generation: Some(row.generation), status: seen },
        )
    });
    let routers = rows.routers.iter().map(|row| {
        let seen = status(row.status, NetStatus::Active);
        let generation = Some(row.generation);
        (
            row.status,
            Observation { kind: Kind::Router, id: row.id.0, project: Some(row.project), generation, status: seen },
        )
    });
    let floating_ips = rows.floating_ips.iter().map(|row| {
        let leads = if row.port.is_some() { NetStatus::Active } else { NetStatus::Down };
        let seen = status(row.status, leads);
        let generation = Some(row.generation);
        (
            row.status,
            Observation { kind: Kind::FloatingIp, id: row.id.0, project: Some(row.project), generation, status: seen },
        )
    });
    let ports = rows.ports.iter().map(|row| {
        let seen = match outcome {
            Outcome::Realised(_) if row.owner != Owner::Instance => NetStatus::Active,
            Outcome::Realised(up) if up.get(&row.id).copied().unwrap_or(false) => NetStatus::Active,
            Outcome::Realised(_) => NetStatus::Down,
            Outcome::Refused | Outcome::Unreachable => row.status,
        };
        (
            row.status,
            Observation { kind: Kind::Port, id: row.id.0, project: Some(row.project), generation: None, status: seen },
        )
    });
    let all = networks.chain(routers).chain(floating_ips).chain(ports);
    all.filter(|(is, seen)| *is != seen.status).map(|(_, seen)| seen).collect()
}
