//! Neutron's part: networks, subnets, routers, ports, floating IPs and security groups.

use crate::{
    FloatingIpId, InstanceId, ListQuery, Micros, NetworkId, Page, PortId, Result, RouterId, SecurityGroupId,
    SecurityGroupRuleId, SubnetId, caller::Caller,
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// Neutron's status of networks, routers, ports and floating IPs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NetStatus {
    /// Wanted, not realised yet.
    Build,
    Active,
    Down,
    Error,
}

impl NetStatus {
    pub const ALL: [NetStatus; 4] = [NetStatus::Build, NetStatus::Active, NetStatus::Down, NetStatus::Error];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Build => "BUILD",
            Self::Active => "ACTIVE",
            Self::Down => "DOWN",
            Self::Error => "ERROR",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    pub id: NetworkId,
    pub name: String,
    pub status: NetStatus,
    pub external: bool,
    pub mtu: u32,
    pub subnets: Vec<Subnet>,
    /// The router that leads out of it.
    pub router: Option<(RouterId, String)>,
    /// How many instances have a port on it.
    pub ports: u32,
    pub created_at: Micros,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subnet {
    pub id: SubnetId,
    pub name: String,
    pub cidr: String,
    pub gateway: Option<String>,
    pub dhcp: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Port {
    pub id: PortId,
    pub status: NetStatus,
    pub mac: String,
    pub address: String,
    /// What is plugged in: an instance, a router …
    pub device_name: String,
    pub instance: Option<InstanceId>,
    pub created_at: Micros,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkDetail {
    pub network: Network,
    pub ports: Vec<Port>,
    pub generation: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Router {
    pub id: RouterId,
    pub name: String,
    pub status: NetStatus,
    pub external_address: Option<String>,
    pub interfaces: u32,
    pub created_at: Micros,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FloatingIp {
    pub id: FloatingIpId,
    pub address: String,
    pub status: NetStatus,
    /// The external network it comes from.
    pub pool: String,
    /// What it leads to.
    pub instance: Option<(InstanceId, String)>,
    pub fixed_address: Option<String>,
    pub created_at: Micros,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityGroup {
    pub id: SecurityGroupId,
    pub name: String,
    pub description: String,
    pub rules: Vec<SecurityGroupRule>,
    pub created_at: Micros,
}

/// The name of the group that every project has and that cannot be deleted.
pub const DEFAULT_GROUP: &str = "default";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityGroupRule {
    pub id: SecurityGroupRuleId,
    /// `ingress` or `egress`.
    pub direction: String,
    /// `tcp`, `udp`, `icmp` or empty for all.
    pub protocol: String,
    /// First and last port; for tcp and udp.
    pub ports: Option<(u16, u16)>,
    /// Empty for anywhere.
    pub remote_cidr: String,
    pub remote_group: Option<(SecurityGroupId, String)>,
}

/// What the network form sends: a network with one subnet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewNetwork {
    pub name: String,
    pub cidr: String,
    /// Empty: the first address of the range. `none`: no gateway.
    pub gateway: String,
    /// Whether to connect it to the project's router.
    pub routed: bool,
}

/// What the subnet form sends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSubnet {
    pub name: String,
    pub cidr: String,
    pub gateway: String,
}

/// What the rule form sends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewRule {
    /// `ingress` or `egress`.
    pub direction: String,
    /// `tcp`, `udp`, `icmp`, `any`.
    pub protocol: String,
    /// Empty: all ports. For tcp and udp.
    pub port_first: String,
    /// Empty: the same as the first.
    pub port_last: String,
    /// A CIDR; empty: anywhere.
    pub remote_cidr: String,
    /// A group's id; empty: by CIDR.
    pub remote_group: String,
}

/// The network service.
#[async_trait]
pub trait Networks: Send + Sync {
    /// A network `starter-network` with a subnet, a router to the external network, all at once. Once per project.
    async fn starter_network_create(&self, caller: &Caller) -> Result<NetworkId>;
    /// The project's networks. Sort keys: `name`, `status`, `created` (default `name`).
    async fn network_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<Network>>;
    async fn network_show(&self, caller: &Caller, id: NetworkId) -> Result<NetworkDetail>;
    async fn network_create(&self, caller: &Caller, new: NewNetwork) -> Result<NetworkId>;
    /// Takes its subnets and router interfaces with it; refused while instances have ports on it.
    async fn network_delete(&self, caller: &Caller, id: NetworkId) -> Result<()>;
    async fn subnet_create(&self, caller: &Caller, network: NetworkId, new: NewSubnet) -> Result<SubnetId>;
    async fn subnet_delete(&self, caller: &Caller, id: SubnetId) -> Result<()>;
    async fn router_list(&self, caller: &Caller) -> Result<Vec<Router>>;
    /// Refused while networks hang on it.
    async fn router_delete(&self, caller: &Caller, id: RouterId) -> Result<()>;

    async fn floating_ip_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<FloatingIp>>;
    async fn floating_ip_allocate(&self, caller: &Caller) -> Result<FloatingIpId>;
    async fn floating_ip_associate(&self, caller: &Caller, id: FloatingIpId, instance: InstanceId) -> Result<()>;
    /// Allocates one and associates it, in one step: what most people want.
    async fn floating_ip_give(&self, caller: &Caller, instance: InstanceId) -> Result<FloatingIpId>;
    async fn floating_ip_disassociate(&self, caller: &Caller, id: FloatingIpId) -> Result<()>;
    async fn floating_ip_release(&self, caller: &Caller, id: FloatingIpId) -> Result<()>;

    /// All of the project's groups with their rules; the default group first.
    async fn security_group_list(&self, caller: &Caller) -> Result<Vec<SecurityGroup>>;
    async fn security_group_show(&self, caller: &Caller, id: SecurityGroupId) -> Result<SecurityGroup>;
    async fn security_group_create(&self, caller: &Caller, name: &str, description: &str) -> Result<SecurityGroupId>;
    async fn security_group_delete(&self, caller: &Caller, id: SecurityGroupId) -> Result<()>;
    async fn security_group_rule_create(
        &self,
        caller: &Caller,
        group: SecurityGroupId,
        new: NewRule,
    ) -> Result<SecurityGroupRuleId>;
    async fn security_group_rule_delete(&self, caller: &Caller, id: SecurityGroupRuleId) -> Result<()>;
}
