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
        observation(Kind::Network, row.id.0, project, Some(row.generation), row.status, seen)
    });
    let routers = rows.routers.iter().map(|row| {
        let seen = status(row.status, NetStatus::Active);
        observation(Kind::Router, row.id.0, Some(row.project), Some(row.generation), row.status, seen)
    });
    let floating_ips = rows.floating_ips.iter().map(|row| {
        let leads = if row.port.is_some() { NetStatus::Active } else { NetStatus::Down };
        let seen = status(row.status, leads);
        observation(Kind::FloatingIp, row.id.0, Some(row.project), Some(row.generation), row.status, seen)
    });
    let ports = rows.ports.iter().map(|row| {
        let seen = match outcome {
            Outcome::Realised(_) if row.owner != Owner::Instance => NetStatus::Active,
            Outcome::Realised(up) if up.get(&row.id).copied().unwrap_or(false) => NetStatus::Active,
            Outcome::Realised(_) => NetStatus::Down,
            Outcome::Refused | Outcome::Unreachable => row.status,
        };
        observation(Kind::Port, row.id.0, Some(row.project), None, row.status, seen)
    });
    networks.chain(routers).chain(floating_ips).chain(ports).flatten().collect()
}

/// Only what differs is worth writing down.
fn observation(
    kind: Kind,
    id: Uuid,
    project: Option<ProjectId>,
    generation: Option<i64>,
    is: NetStatus,
    status: NetStatus,
) -> Option<Observation> {
    (is != status).then_some(Observation { kind, id, project, generation, status })
}

#[cfg(test)]
mod tests {
    use super::super::engine::{Cidr, Direction, Protocol, Remote};
    use super::super::rules::RulePlan;
    use super::super::store;
    use super::*;
    use std::net::Ipv4Addr;

    const EXTERNAL: u128 = 1;
    const ROUTER: u128 = 0x20;
    const GROUP: u128 = 0x30;

    fn id<T: From<Uuid>>(n: u128) -> T {
        Uuid::from_u128(n).into()
    }

    fn ip(text: &str) -> Ipv4Addr {
        text.parse().unwrap()
    }

    fn network(n: u128, external: bool, status: NetStatus) -> store::network::Network {
        store::network::Network {
            id: id(n),
            project: id(n + 0x100),
            name: "net".into(),
            external,
            physical: external.then(|| "ext".into()),
            mtu: 1442,
            status,
            generation: 3,
            created_at: 0,
        }
    }

    fn subnet(n: u128, network: u128, cidr: &str, gateway: &str, service: Option<&str>) -> store::network::Subnet {
        store::network::Subnet {
            id: id(n),
            network: id(network),
            name: "subnet".into(),
            cidr: Cidr::parse(cidr).unwrap(),
            gateway: Some(ip(gateway)),
            service: service.map(ip),
            dhcp: service.is_some(),
        }
    }

    fn port(n: u128, (network, subnet): (u128, u128), address: &str, owner: Owner, device: u128) -> snapshot::Port {
        snapshot::Port {
            id: id(n),
            project: id(0x102),
            network: id(network),
            subnet: id(subnet),
            mac: format!("fa:16:3e:00:00:{n:02x}"),
            address: ip(address),
            owner,
            device: id(device),
            status: NetStatus::Build,
        }
    }

    fn floating_ip(n: u128, address: &str, port: Option<u128>, status: NetStatus) -> snapshot::FloatingIp {
        snapshot::FloatingIp {
            id: id(n),
            project: id(0x102),
            address: ip(address),
            port: port.map(id),
            router: port.map(|_| id(ROUTER)),
            status,
            generation: 5,
        }
    }

    /// An external network, a tenant network on a router with one instance behind a floating IP, and one network without a router.
    fn rows() -> Snapshot {
        use NetStatus::{Active, Build, Down};
        let ingress = |remote| RulePlan { direction: Direction::Ingress, protocol: Protocol::Any, remote };
        Snapshot {
            networks: vec![network(EXTERNAL, true, Active), network(2, false, Build), network(3, false, Active)],
            subnets: vec![
                subnet(0x11, EXTERNAL, "203.0.113.0/24", "203.0.113.1", None),
                subnet(0x12, 2, "10.0.0.0/24", "10.0.0.1", Some("10.0.0.2")),
                subnet(0x13, 3, "10.0.0.0/24", "10.0.0.1", Some("10.0.0.2")),
            ],
            routers: vec![
                snapshot::Router { id: id(ROUTER), project: id(0x102), status: Build, generation: 2 },
                snapshot::Router { id: id(0xabcdef), project: id(0x103), status: Build, generation: 1 },
            ],
            ports: vec![
                port(0x41, (EXTERNAL, 0x11), "203.0.113.2", Owner::RouterGateway, ROUTER),
                port(0x42, (2, 0x12), "10.0.0.1", Owner::RouterInterface, ROUTER),
                port(0x43, (2, 0x12), "10.0.0.3", Owner::Instance, 0x60),
                port(0x44, (EXTERNAL, 0x11), "203.0.113.3", Owner::FloatingIp, 0x51),
                port(0x45, (3, 0x13), "10.0.0.3", Owner::Instance, 0x61),
            ],
            groups: vec![id(GROUP), id(GROUP + 1)],
            rules: vec![store::security_group::Rule {
                id: id(0x70),
                group: id(GROUP),
                plan: ingress(Remote::Group(id(GROUP + 1))),
            }],
            members: vec![(id(0x43), id(GROUP)), (id(0x43), id(GROUP + 1))],
            floating_ips: vec![
                floating_ip(0x51, "203.0.113.3", Some(0x43), Build),
                floating_ip(0x52, "203.0.113.4", None, Down),
            ],
        }
    }

    #[test]
    fn rows_become_a_topology() {
        let topology = desired(&rows());
        let external = topology.external.unwrap();
        assert_eq!((external.id, external.physical_network.as_str()), (id(EXTERNAL), "ext"));
        assert_eq!((external.cidr.to_string(), external.gateway), ("203.0.113.0/24".to_owned(), ip("203.0.113.1")));
        let networks: Vec<_> =
            topology.networks.iter().map(|n| (n.id, n.subnets[0].id, n.subnets[0].service_address)).collect();
        assert_eq!(networks, [(id(2), id(0x12), ip("10.0.0.2")), (id(3), id(0x13), ip("10.0.0.2"))]);
        let outward = &topology.routers[0];
        assert_eq!((outward.mac.as_str(), outward.external_address), ("fa:16:3e:00:00:41", Some(ip("203.0.113.2"))));
        assert_eq!((outward.interfaces[0].network, outward.interfaces[0].address), (id(2), ip("10.0.0.1")));
        let inner = &topology.routers[1];
        assert_eq!((inner.mac.as_str(), inner.external_address), ("fa:16:3e:ab:cd:ef", None));
        assert!(inner.interfaces.is_empty());
        let ports: Vec<_> = topology.ports.iter().map(|p| (p.id, p.network, p.security_groups.len())).collect();
        assert_eq!(ports, [(id(0x43), id(2), 2), (id(0x45), id(3), 0)]);
        let rules: Vec<_> = topology.security_groups.iter().map(|group| group.rules.len()).collect();
        assert_eq!(rules, [1, 0]);
        assert_eq!(topology.security_groups[0].rules[0].remote, Remote::Group(id(GROUP + 1)));
        assert_eq!(topology.floating_ips.len(), 1, "one that leads nowhere is no business of the engine's");
        let floating_ip = &topology.floating_ips[0];
        assert_eq!(
            (floating_ip.router, floating_ip.port, floating_ip.fixed_address),
            (id(ROUTER), id(0x43), ip("10.0.0.3"))
        );
        assert_eq!(desired(&Snapshot::default()), Topology::default());
    }

    #[test]
    fn outcomes_become_statuses() {
        use NetStatus::{Active, Build, Down, Error};
        let realised = Outcome::Realised(HashMap::from([(id(2), true)]));
        let table = [
            // Row, then: realised, refused, unreachable.
            (Build, [Active, Error, Down]),
            (Active, [Active, Active, Down]),
            (Down, [Active, Down, Down]),
            (Error, [Active, Error, Down]),
        ];
        for (row, expected) in table {
            for (outcome, expected) in [&realised, &Outcome::Refused, &Outcome::Unreachable].into_iter().zip(expected) {
                let routers = vec![snapshot::Router { id: id(3), project: id(0x101), status: row, generation: 7 }];
                let seen = observe(&Snapshot { routers, ..Snapshot::default() }, outcome);
                let expected = (row != expected).then_some((expected, Some(7)));
                assert_eq!(seen.first().map(|seen| (seen.status, seen.generation)), expected, "{row:?} {outcome:?}");
                let floating_ips = vec![floating_ip(1, "203.0.113.3", None, row)];
                let seen = observe(&Snapshot { floating_ips, ..Snapshot::default() }, &realised);
                assert_eq!(seen.first().map(|seen| seen.status), (row != Down).then_some(Down), "idle, {row:?}");
            }
        }
    }

    #[test]
    fn ports_follow_the_engine() {
        use NetStatus::{Active, Down};
        let instance = |n| port(n, (2, 0x12), "10.0.0.3", Owner::Instance, 0x60);
        let ports =
            vec![instance(1), instance(2), instance(3), port(4, (2, 0x12), "10.0.0.1", Owner::RouterInterface, ROUTER)];
        let rows = Snapshot { ports, ..Snapshot::default() };
        let up = HashMap::from([(id(1), true), (id(2), false)]);
        let seen: Vec<_> = observe(&rows, &Outcome::Realised(up)).iter().map(|seen| (seen.id, seen.status)).collect();
        assert_eq!(seen, [(id(1), Active), (id(2), Down), (id(3), Down), (id(4), Active)]);
        assert!(observe(&rows, &Outcome::Refused).is_empty());
        assert!(observe(&rows, &Outcome::Unreachable).is_empty());
    }

    #[test]
    fn the_external_network_is_everybodys() {
        let seen = observe(&rows(), &Outcome::Unreachable);
        let told: Vec<_> = seen.iter().filter(|seen| seen.kind == Kind::Network).map(|seen| seen.project).collect();
        assert_eq!(told, [None, Some(id(0x102)), Some(id(0x103))]);
    }
}
