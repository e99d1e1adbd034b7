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

#[cfg(test)]
mod tests {
    use super::*;
    use api::Error;
    use uuid::Uuid;

    /// The faults as `field: why`, or the plan in short.
    fn said<T>(result: Result<T>, short: impl FnOnce(T) -> String) -> String {
        match result {
            Ok(plan) => short(plan),
            Err(Error::Invalid(fields)) => {
                fields.iter().map(|field| format!("{}: {:?}", field.name, field.why)).collect::<Vec<_>>().join("; ")
            }
            Err(other) => other.to_string(),
        }
    }

    fn shown(plan: &SubnetPlan) -> String {
        let address = |address: Option<Ipv4Addr>| address.map_or("-".to_owned(), |address| address.to_string());
        format!("{} {} gateway {} service {}", plan.name, plan.cidr, address(plan.gateway), address(plan.service))
    }

    #[test]
    fn networks() {
        let beside = [Cidr::parse("10.0.1.0/24").unwrap()];
        let table = [
            ("a", "10.0.0.0/24", "", true, "a 10.0.0.0/24 gateway 10.0.0.1 service 10.0.0.2"),
            ("a", " 10.0.0.9/24 ", "10.0.0.254", true, "a 10.0.0.0/24 gateway 10.0.0.254 service 10.0.0.1"),
            ("a", "10.0.0.0/24", "None", false, "a 10.0.0.0/24 gateway - service 10.0.0.2"),
            ("a", "10.0.0.0/24", "none", true, "gateway: Required"),
            ("a", "10.0.1.0/25", "", false, "a 10.0.1.0/25 gateway 10.0.1.1 service 10.0.1.2"),
            ("a", "10.0.0.0/16", "", true, r#"cidr: Overlaps { cidr: "10.0.0.0/16", other: "10.0.1.0/24" }"#),
            ("", "ten", "x", true, "name: Required; cidr: NotACidr"),
            (
                "",
                "10.0.1.0/24",
                "10.0.2.1",
                true,
                r#"name: Required; cidr: Overlaps { cidr: "10.0.1.0/24", other: "10.0.1.0/24" }; gateway: OutsideSubnet { cidr: "10.0.1.0/24" }"#,
            ),
            ("a", "10.0.0.0/24", "x", true, "gateway: NotAnAddress"),
            ("a", "10.0.0.0/24", "10.0.0.255", true, r#"gateway: OutsideSubnet { cidr: "10.0.0.0/24" }"#),
            ("a", "169.254.0.0/20", "", false, "cidr: ReservedRange"),
        ];
        for (name, cidr, gateway, routed, expected) in table {
            let new = NewNetwork { name: name.into(), cidr: cidr.into(), gateway: gateway.into(), routed };
            assert_eq!(said(network(&new, &beside), |plan| shown(&plan.subnet)), expected, "{new:?}");
        }
    }

    #[test]
    fn subnets() {
        let beside = [Cidr::parse("10.0.1.0/24").unwrap()];
        let table = [
            ("", "10.0.0.0/24", "", "10.0.0.0/24 10.0.0.0/24 gateway 10.0.0.1 service 10.0.0.2"),
            ("b", "10.0.0.0/24", "none", "b 10.0.0.0/24 gateway - service 10.0.0.2"),
            ("b", "10.0.1.128/25", "", r#"cidr: Overlaps { cidr: "10.0.1.128/25", other: "10.0.1.0/24" }"#),
            ("a\nb", "10.0.0.0/30", "", "cidr: PrefixLength { min: 8, max: 28 }; name: ControlCharacters"),
        ];
        for (name, cidr, gateway, expected) in table {
            let new = NewSubnet { name: name.into(), cidr: cidr.into(), gateway: gateway.into() };
            assert_eq!(said(subnet(&new, &beside), |plan| shown(&plan)), expected, "{new:?}");
        }
    }

    #[test]
    fn groups() {
        let table = [
            ("web", " servers ", "web|servers"),
            ("web", "", "web|"),
            ("", "a\0b", "name: Required; description: ControlCharacters"),
        ];
        for (name, description, expected) in table {
            let made = security_group(name, description);
            assert_eq!(
                said(made, |(name, description)| format!("{name}|{description}")),
                expected,
                "{name} {description}"
            );
        }
        assert!(security_group("web", &"x".repeat(DESCRIPTION_MAX + 1)).is_err());
    }

    #[test]
    fn rules() {
        let group = SecurityGroupId(Uuid::from_u128(7));
        let own = group.to_string();
        let stranger = Uuid::from_u128(8).to_string();
        let table: [([&str; 6], &str); 20] = [
            (["ingress", "tcp", "22", "", "", ""], "Ingress Tcp(22, 22) Anywhere"),
            (["ingress", "tcp", "80", "90", "0.0.0.0/0", ""], "Ingress Tcp(80, 90) Anywhere"),
            (["egress", "udp", "", "", "", ""], "Egress Udp(1, 65535) Anywhere"),
            (["ingress", "any", "", "", "", &own], "Ingress Any group"),
            (["ingress", "icmp", "", "", "10.0.0.5", ""], "Ingress Icmp 10.0.0.5/32"),
            (["ingress", "tcp", "1", "65535", "10.1.2.3/8", ""], "Ingress Tcp(1, 65535) 10.0.0.0/8"),
            (["in", "sctp", "", "", "", ""], "direction: NotAChoice; protocol: NotAChoice"),
            (["ingress", "tcp", "0", "", "", ""], "port_first: PortRange"),
            (["ingress", "tcp", "65536", "", "", ""], "port_first: PortRange"),
            (["ingress", "tcp", "-1", "x", "", ""], "port_first: PortRange; port_last: PortRange"),
            (["ingress", "tcp", "90", "80", "", ""], "port_last: PortRange"),
            (["ingress", "tcp", "", "80", "", ""], "port_first: Required"),
            (["ingress", "any", "22", "", "", ""], "port_first: PortsWithoutProtocol"),
            (["ingress", "icmp", "8", "9", "", ""], "port_first: PortsWithoutProtocol"),
            (["ingress", "any", "x", "", "", ""], "port_first: PortRange"),
            (["ingress", "any", "", "", "ten", ""], "remote_cidr: NotACidr"),
            (["ingress", "any", "", "", "::/0", ""], "remote_cidr: NotACidr"),
            (["ingress", "any", "", "", "", &stranger], "remote_group: Gone { kind: SecurityGroup }"),
            (["ingress", "any", "", "", "", "web"], "remote_group: Gone { kind: SecurityGroup }"),
            (["ingress", "any", "", "", "10.0.0.0/8", &own], "remote_group: TwoRemotes"),
        ];
        for ([direction, protocol, port_first, port_last, remote_cidr, remote_group], expected) in table {
            let new = NewRule {
                direction: direction.into(),
                protocol: protocol.into(),
                port_first: port_first.into(),
                port_last: port_last.into(),
                remote_cidr: remote_cidr.into(),
                remote_group: remote_group.into(),
            };
            let short = |plan: RulePlan| {
                let remote = match plan.remote {
                    Remote::Anywhere => "Anywhere".to_owned(),
                    Remote::Cidr(cidr) => cidr.to_string(),
                    Remote::Group(_) => "group".to_owned(),
                };
                format!("{:?} {:?} {remote}", plan.direction, plan.protocol)
            };
            assert_eq!(said(rule(&new, &HashSet::from([group])), short), expected, "{new:?}");
        }
    }
}
