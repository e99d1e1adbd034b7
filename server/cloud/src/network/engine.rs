//! The network engine, as the network service sees it: the whole desired state as plain structs, and one trait that makes it so.
//! Drivers: `ovn` for real hosts, `simulator`. Both pass the same contract tests.
//!
//! An engine keeps no intent. `apply` is given everything that ought to exist and changes the world by the difference, in as few
//! transactions as it can; what carries our mark and is not wanted any more is removed. Restart is the first `apply`.

use api::{FloatingIpId, NetworkId, PortId, RouterId, SecurityGroupId, SecurityGroupRuleId, SubnetId};
use async_trait::async_trait;
use std::collections::HashMap;
use std::net::Ipv4Addr;
use tokio_util::sync::CancellationToken;

/// A failed call to the network engine.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The engine's database or daemon does not answer; the same call may succeed later.
    #[error("the network engine does not answer: {0}")]
    Unreachable(String),
    /// The engine refused what was asked.
    #[error("{0}")]
    Failed(String),
}

/// An IPv4 network: address and prefix length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cidr {
    pub address: Ipv4Addr,
    pub prefix: u8,
}

/// Everything that ought to exist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Topology {
    pub external: Option<ExternalNetwork>,
    pub networks: Vec<Network>,
    pub routers: Vec<Router>,
    pub ports: Vec<Port>,
    pub security_groups: Vec<SecurityGroup>,
    pub floating_ips: Vec<FloatingIp>,
}

/// The provider's network that routers and floating IPs reach the world by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalNetwork {
    pub id: NetworkId,
    /// Name of the bridge mapping (`ovn-bridge-mappings`), such as `ext`.
    pub physical_network: String,
    pub cidr: Cidr,
    /// The provider's own router.
    pub gateway: Ipv4Addr,
}

/// A tenant network with its subnets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    pub id: NetworkId,
    /// Bytes.
    pub mtu: u32,
    pub subnets: Vec<Subnet>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subnet {
    pub id: SubnetId,
    pub cidr: Cidr,
    pub gateway: Option<Ipv4Addr>,
    pub dhcp: bool,
    /// The address of the metadata and DNS service on this subnet; reserved like the gateway's.
    pub service_address: Ipv4Addr,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Router {
    pub id: RouterId,
    pub mac: String,
    /// Its address on the external network; without one it only connects its subnets.
    pub external_address: Option<Ipv4Addr>,
    pub interfaces: Vec<RouterInterface>,
}

/// A router's foot in a subnet; it takes the subnet's gateway address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouterInterface {
    pub port: PortId,
    pub network: NetworkId,
    pub subnet: SubnetId,
    pub mac: String,
    pub address: Ipv4Addr,
}

/// An instance's port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    pub id: PortId,
    pub network: NetworkId,
    pub subnet: SubnetId,
    pub mac: String,
    pub address: Ipv4Addr,
    pub security_groups: Vec<SecurityGroupId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityGroup {
    pub id: SecurityGroupId,
    pub rules: Vec<Rule>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Ingress,
    Egress,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub id: SecurityGroupRuleId,
    pub direction: Direction,
    pub protocol: Protocol,
    pub remote: Remote,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Any,
    Icmp,
    /// First and last port, both included.
    Tcp(u16, u16),
    Udp(u16, u16),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remote {
    Anywhere,
    Cidr(Cidr),
    Group(SecurityGroupId),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FloatingIp {
    pub id: FloatingIpId,
    pub router: RouterId,
    pub address: Ipv4Addr,
    /// The instance's port and address behind it.
    pub port: PortId,
    pub fixed_address: Ipv4Addr,
}

/// Listening sockets inside a tenant network, where guests reach 169.254.169.254. Whoever connects is told apart by the network and the
/// address it connects from, which anti-spoofing makes trustworthy.
#[derive(Debug)]
pub struct GuestSockets {
    pub network: NetworkId,
    /// TCP port 80: metadata.
    pub http: std::net::TcpListener,
    /// UDP port 53: names.
    pub dns: std::net::UdpSocket,
    /// TCP port 53: names whose answers do not fit into a datagram.
    pub dns_tcp: std::net::TcpListener,
    /// Cancelled when the network goes.
    pub closed: CancellationToken,
}

#[async_trait]
pub trait Engine: Send + Sync {
    /// Makes the world equal to `desired`; what is so already is left alone.
    async fn apply(&self, desired: &Topology) -> Result<(), EngineError>;

    /// Which of the instances' ports are up: plugged in and realised.
    async fn ports_up(&self) -> Result<HashMap<PortId, bool>, EngineError>;

    /// The next tenant network whose guest sockets have been opened. Waits for one; each is given out once.
    async fn guest_sockets(&self) -> GuestSockets;

    /// Resolves when a port may have come up or gone down, or the engine came back. May wake for nothing.
    async fn changed(&self);
}
