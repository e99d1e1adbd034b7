//! Topologies to test with.

use crate::network::engine::{
    Cidr, Direction, ExternalNetwork, FloatingIp, Network, Port, Protocol, Remote, Router, RouterInterface, Rule,
    SecurityGroup, Subnet, Topology,
};
use crate::network::ipam;
use api::{NetworkId, PortId, SecurityGroupId};
use std::net::Ipv4Addr;
use uuid::Uuid;

/// A topology that grows by calls. The external network is the testbed's.
#[derive(Debug)]
pub struct Sample {
    pub topology: Topology,
}

/// A new id of any kind.
pub fn new<T: From<Uuid>>() -> T {
    Uuid::new_v4().into()
}

pub fn ip(text: &str) -> Ipv4Addr {
    text.parse().unwrap()
}

/// The address with number `host` on the external network.
pub fn outside(host: u8) -> Ipv4Addr {
    Ipv4Addr::new(172, 24, 4, host)
}

pub fn rule(direction: Direction, protocol: Protocol, remote: Remote) -> Rule {
    Rule { id: new(), direction, protocol, remote }
}

fn nth(cidr: Cidr, host: u32) -> Ipv4Addr {
    Ipv4Addr::from_bits(cidr.address.to_bits() + host)
}

impl Sample {
    pub fn new() -> Self {
        let external = ExternalNetwork {
            id: new(),
            physical_network: "ext".to_owned(),
            cidr: Cidr::parse("172.24.4.0/24").unwrap(),
            gateway: outside(1),
        };
        Self { topology: Topology { external: Some(external), ..Topology::default() } }
    }

    /// A network with one subnet, its gateway and service at the usual addresses.
    pub fn network(&mut self, cidr: &str) -> NetworkId {
        let cidr = Cidr::parse(cidr).unwrap();
        let gateway = cidr.default_gateway();
        let service_address = cidr.service_address(gateway).unwrap();
        let subnet = Subnet { id: new(), cidr, gateway, dhcp: true, service_address };
        let network = Network { id: new(), mtu: 1442, subnets: vec![subnet] };
        self.topology.networks.push(network.clone());
        network.id
    }

    fn subnet(&self, network: NetworkId) -> &Subnet {
        &self.topology.networks.iter().find(|one| one.id == network).unwrap().subnets[0]
    }

    /// A port whose address is the subnet's `host`-th.
    pub fn port(&mut self, network: NetworkId, host: u32, security_groups: &[SecurityGroupId]) -> PortId {
        let subnet = self.subnet(network);
        let id = Uuid::new_v4();
        let port = Port {
            id: id.into(),
            network,
            subnet: subnet.id,
            mac: ipam::mac(id),
            address: nth(subnet.cidr, host),
            security_groups: security_groups.to_vec(),
        };
        self.topology.ports.push(port);
        id.into()
    }

    pub fn group(&mut self, rules: Vec<Rule>) -> SecurityGroupId {
        let group = SecurityGroup { id: new(), rules };
        self.topology.security_groups.push(group.clone());
        group.id
    }

    /// A group that allows everything.
    pub fn open_group(&mut self) -> SecurityGroupId {
        let both = [Direction::Ingress, Direction::Egress];
        self.group(both.map(|direction| rule(direction, Protocol::Any, Remote::Anywhere)).to_vec())
    }

    /// A router that leads from `networks` to the external network, where its address is number `host`.
    pub fn router(&mut self, host: u8, networks: &[NetworkId]) {
        let interface = |network: &NetworkId| {
            let subnet = self.subnet(*network);
            let port = Uuid::new_v4();
            let address = subnet.gateway.unwrap();
            RouterInterface { port: port.into(), network: *network, subnet: subnet.id, mac: ipam::mac(port), address }
        };
        let interfaces = networks.iter().map(interface).collect();
        let id = Uuid::new_v4();
        let router = Router { id: id.into(), mac: ipam::mac(id), external_address: Some(outside(host)), interfaces };
        self.topology.routers.push(router);
    }

    /// A floating IP for `port` by the first router.
    pub fn floating_ip(&mut self, port: PortId, host: u8) {
        let fixed_address = self.topology.ports.iter().find(|one| one.id == port).unwrap().address;
        let floating =
            FloatingIp { id: new(), router: self.topology.routers[0].id, address: outside(host), port, fixed_address };
        self.topology.floating_ips.push(floating);
    }
}
