//! What may stand in the network service's forms. Pure: every fault of a form is found at once, under the field's own name.

use super::engine::{Cidr, Direction, Protocol, Remote};
use super::ipam::check_overlap;
use api::error::Faults;
use api::name::line;
use api::network::{NewNetwork, NewRule, NewSubnet};
use api::{Kind, Name, Result, SecurityGroupId, Why};
use std::collections::HashSet;
use std::net::Ipv4Addr;

/// Neutron's limit for descriptions, in characters.
pub const DESCRIPTION_MAX: usize = 255;

/// What a tcp or udp rule without ports stands for.
pub const ALL_PORTS: (u16, u16) = (1, u16::MAX);

/// A subnet that may be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubnetPlan {
    pub name: Name,
    pub cidr: Cidr,
    pub gateway: Option<Ipv4Addr>,
    /// Where metadata and DNS answer.
    pub service: Option<Ipv4Addr>,
}

/// A network that may be made, with its subnet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkPlan {
    pub name: Name,
    pub subnet: SubnetPlan,
    /// Whether its subnet is to be connected to a router.
    pub routed: bool,
}

/// A rule that may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RulePlan {
    pub direction: Direction,
    pub protocol: Protocol,
    pub remote: Remote,
}

/// Checks a new network; `routed_with` are the subnets on the router that it would join.
pub fn network(new: &NewNetwork, routed_with: &[Cidr]) -> Result<NetworkPlan> {
    let mut faults = Faults::default();
    let name = faults.take("name", Name::parse(&new.name));
    let neighbours = if new.routed { routed_with } else { &[] };
    let range = range(&mut faults, &new.cidr, &new.gateway, neighbours);
    if let Some((_, None)) = range
        && new.routed
    {
        faults.add("gateway", Why::Required);
    }
    faults.finish_with(name.zip(range)).map(|(name, (cidr, gateway))| NetworkPlan {
        subnet: SubnetPlan { name: name.clone(), cidr, gateway, service: cidr.service_address(gateway) },
        name,
        routed: new.routed,
    })
}

/// Checks another subnet of a network; `neighbours` are the subnets of the network and of the router on it.
pub fn subnet(new: &NewSubnet, neighbours: &[Cidr]) -> Result<SubnetPlan> {
    let mut faults = Faults::default();
    let range = range(&mut faults, &new.cidr, &new.gateway, neighbours);
    let name = faults.take("name", Name::parse_or(&new.name, new.cidr.trim()));
    faults.finish_with(name.zip(range)).map(|(name, (cidr, gateway))| SubnetPlan {
        name,
        cidr,
        gateway,
        service: cidr.service_address(gateway),
    })
}

fn range(faults: &mut Faults, text: &str, gateway: &str, neighbours: &[Cidr]) -> Option<(Cidr, Option<Ipv4Addr>)> {
    let checked =
        Cidr::parse_tenant(text).and_then(|cidr| check_overlap(cidr, neighbours.iter().copied()).map(|()| cidr));
    let cidr = faults.take("cidr", checked);
    // A range that may not be used still tells whether the address lies in it.
    let within = cidr.or_else(|| Cidr::parse(text).ok())?;
    let gateway = faults.take("gateway", parse_gateway(within, gateway));
    cidr.zip(gateway)
}

/// Empty: the first address. `none`: no gateway.
fn parse_gateway(cidr: Cidr, text: &str) -> std::result::Result<Option<Ipv4Addr>, Why> {
    match text.trim() {
        "" => Ok(cidr.default_gateway()),
        none if none.eq_ignore_ascii_case("none") => Ok(None),
        address => cidr.parse_host(address).map(Some),
    }
}

/// Checks a new security group.
pub fn security_group(name: &str, description: &str) -> Result<(Name, String)> {
    let mut faults = Faults::default();
    let name = faults.take("name", Name::parse(name));
    let description = description.trim();
    let fits = faults.take("description", line(description, DESCRIPTION_MAX));
    faults.finish_with(name.zip(fits)).map(|(name, ())| (name, description.to_owned()))
}

/// Checks a new rule; `groups` are those of the project.
pub fn rule(new: &NewRule, groups: &HashSet<SecurityGroupId>) -> Result<RulePlan> {
    let mut faults = Faults::default();
    let direction = faults.take("direction", parse_direction(&new.direction));
    let ports = ports(&mut faults, &new.port_first, &new.port_last);
    let protocol = match (new.protocol.trim(), ports) {
        ("tcp", ports) => ports.map(|ports| ports.unwrap_or(ALL_PORTS)).map(|(first, last)| Protocol::Tcp(first, last)),
        ("udp", ports) => ports.map(|ports| ports.unwrap_or(ALL_PORTS)).map(|(first, last)| Protocol::Udp(first, last)),
        ("icmp" | "any", Some(Some(_))) => faults.take("port_first", Err(Why::PortsWithoutProtocol)),
        ("icmp", _) => Some(Protocol::Icmp),
        ("any", _) => Some(Protocol::Any),
        _ => faults.take("protocol", Err(Why::NotAChoice)),
    };
    let remote = match (new.remote_cidr.trim(), new.remote_group.trim()) {
        ("", "") => Some(Remote::Anywhere),
        (cidr, "") => faults.take("remote_cidr", parse_remote(cidr)),
        ("", group) => faults.take("remote_group", parse_group(group, groups)),
        _ => faults.take("remote_group", Err(Why::TwoRemotes)),
    };
    let plan = direction.zip(protocol).zip(remote);
    faults.finish_with(plan).map(|((direction, protocol), remote)| RulePlan { direction, protocol, remote })
}

fn parse_direction(text: &str) -> std::result::Result<Direction, Why> {
    match text {
        "ingress" => Ok(Direction::Ingress),
        "egress" => Ok(Direction::Egress),
        _ => Err(Why::NotAChoice),
    }
}

/// The ports asked for, if any: `Some(None)` is all of them.
fn ports(faults: &mut Faults, first: &str, last: &str) -> Option<Option<(u16, u16)>> {
    let (first, last) = (first.trim(), last.trim());
    if first.is_empty() {
        return if last.is_empty() { Some(None) } else { faults.take("port_first", Err(Why::Required)) };
    }
    let port = |text: &str| text.parse().ok().filter(|port| *port > 0).ok_or(Why::PortRange);
    let first = faults.take("port_first", port(first));
    let last = if last.is_empty() { first } else { faults.take("port_last", port(last)) };
    match first.zip(last) {
        Some((first, last)) if last < first => faults.take("port_last", Err(Why::PortRange)),
        ports => ports.map(Some),
    }
}

/// A range, or one address; the range of all addresses is written as anywhere.
fn parse_remote(text: &str) -> std::result::Result<Remote, Why> {
    let cidr = if text.contains('/') { Cidr::parse(text)? } else { Cidr::parse(&format!("{text}/32"))? };
    Ok(if cidr.prefix == 0 { Remote::Anywhere } else { Remote::Cidr(cidr) })
}

fn parse_group(text: &str, groups: &HashSet<SecurityGroupId>) -> std::result::Result<Remote, Why> {
    let known = text.parse().ok().filter(|group| groups.contains(group));
    known.map(Remote::Group).ok_or(Why::Gone { kind: Kind::SecurityGroup })
}
