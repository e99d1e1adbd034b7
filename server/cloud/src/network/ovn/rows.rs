//! The rows of OVN's northbound database that a topology takes. Pure.
//!
//! | ours | OVN's |
//! |---|---|
//! | network | `Logical_Switch` with a port of type `localport` for the metadata and DNS service |
//! | subnet | `DHCP_Options` |
//! | port | `Logical_Switch_Port` named by its id, as libvirt's `interfaceid` demands; its `port_security` drops spoofed addresses |
//! | security group | `Port_Group` with an `ACL` per rule; the group `offing_drop` denies the rest to every port |
//! | router | `Logical_Router`; per interface a `Logical_Router_Port` and the switch's port that it is plugged into |
//! | external network | `Logical_Switch` with a `localnet` port; a router's port on it lives on a `Gateway_Chassis` |
//! | floating IP | `NAT` of type `dnat_and_snat` |
//!
//! There are no rows in the table `DNS`: OVN answers those names alone and loses the other questions, see `dns`.

use super::diff::{Cell, Key, Wanted};
use crate::network::engine::{
    Direction, ExternalNetwork, FloatingIp, Network, Port, Protocol, Remote, Router, Rule, SecurityGroup, Topology,
};
use crate::network::ovsdb::{Atom, Datum, Tables};
use api::{NetworkId, PortId, RouterId, SecurityGroupId};
use std::collections::{BTreeSet, HashMap};
use std::net::Ipv4Addr;

/// Where guests find metadata, DNS and, as its server's name, DHCP.
pub const SERVICE: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);

pub const TABLES: Tables = &[
    ("Logical_Switch", &["name", "ports", "other_config", "external_ids"]),
    (
        "Logical_Switch_Port",
        &["name", "type", "addresses", "port_security", "options", "dhcpv4_options", "up", "external_ids"],
    ),
    ("DHCP_Options", &["cidr", "options", "external_ids"]),
    ("Port_Group", &["name", "ports", "acls", "external_ids"]),
    ("ACL", &["direction", "priority", "match", "action", "external_ids"]),
    ("Logical_Router", &["name", "ports", "nat", "static_routes", "options", "external_ids"]),
    ("Logical_Router_Port", &["name", "mac", "networks", "gateway_chassis", "external_ids"]),
    ("Gateway_Chassis", &["name", "chassis_name", "priority", "external_ids"]),
    ("NAT", &["type", "external_ip", "logical_ip", "external_ids"]),
    ("Logical_Router_Static_Route", &["ip_prefix", "nexthop", "external_ids"]),
];

/// The tables whose rows stay until they are deleted; rows of the others go with the last reference to them.
pub const ROOTS: &[&str] = &["Logical_Switch", "DHCP_Options", "Port_Group", "Logical_Router"];

/// The mark of instances' ports.
pub const PORT: &str = "port";

/// A day, as Neutron has it.
const LEASE_SECONDS: &str = "86400";
/// Neutron's priorities: what no rule allows is dropped.
const ALLOW: i64 = 1002;
const DROP: i64 = 1001;
const DROP_GROUP: &str = "offing_drop";

/// What the rows say besides the topology.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    /// The host's name in OVN (`system-id`), where routers meet the external network.
    pub chassis: &'a str,
    /// The DNS domain that guests learn by DHCP.
    pub domain: &'a str,
}

/// The name of the switch port that a network's service is plugged into.
pub fn service_port(network: NetworkId) -> String {
    format!("offing-{network}")
}

/// The MAC address of a network's service: locally administered, from the network's random id.
pub fn service_mac(network: NetworkId) -> String {
    let [a, b, c, d, e, ..] = *network.0.as_bytes();
    format!("02:{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}")
}

/// Every row that `topology` takes. What refers to something that is not in it is left out.
pub fn rows(topology: &Topology, site: Site) -> Wanted {
    let mut rows = Rows { wanted: Wanted::new(), site };
    if let Some(external) = &topology.external {
        rows.external(external);
    }
    topology.networks.iter().for_each(|network| rows.network(network));
    if !topology.ports.is_empty() {
        rows.drop_group();
    }
    let groups: BTreeSet<SecurityGroupId> = topology.security_groups.iter().map(|group| group.id).collect();
    topology.security_groups.iter().for_each(|group| rows.security_group(group, &groups));
    topology.ports.iter().for_each(|port| rows.port(port));
    let networks = topology.networks.iter().map(|network| (network.id, network)).collect();
    topology.routers.iter().for_each(|router| rows.router(router, &networks, topology.external.as_ref()));
    topology.floating_ips.iter().for_each(|floating| rows.floating_ip(floating));
    rows.wanted
}

struct Rows<'a> {
    wanted: Wanted,
    site: Site<'a>,
}

fn switch(network: NetworkId) -> Key {
    Key::new("Logical_Switch", "network", network)
}

fn port(port: PortId) -> Key {
    Key::new("Logical_Switch_Port", PORT, port)
}

fn router_row(router: RouterId) -> Key {
    Key::new("Logical_Router", "router", router)
}

fn drop_group() -> Key {
    Key::new("Port_Group", "drop", "group")
}

fn group(group: SecurityGroupId) -> Key {
    Key::new("Port_Group", "security-group", group)
}

/// A port group's name: OVN's expressions take it for an identifier, so it has no hyphens.
fn group_name(group: SecurityGroupId) -> String {
    format!("offing_{}", group.0.simple())
}

fn text(text: impl Into<String>) -> Cell {
    Cell::Is(Datum::one(text.into()))
}

fn map<const N: usize>(pairs: [(&str, &str); N]) -> Cell {
    Cell::Is(Datum::map(pairs))
}

fn none() -> Cell {
    Cell::Rows(BTreeSet::new())
}

impl Rows<'_> {
    fn put<const N: usize>(&mut self, key: Key, cells: [(&'static str, Cell); N]) {
        let mark = key.mark().into_iter().map(|(key, value)| (Atom::Text(key), Atom::Text(value))).collect();
        let cells = cells.into_iter().chain([("external_ids", Cell::Has(mark))]).collect();
        self.wanted.insert(key, cells);
    }

    /// Puts `child` into a set of `parent`'s.
    fn join(&mut self, parent: &Key, column: &'static str, child: Key) {
        if let Some(Cell::Rows(members)) = self.wanted.get_mut(parent).and_then(|cells| cells.get_mut(column)) {
            members.insert(child);
        }
    }

    fn external(&mut self, external: &ExternalNetwork) {
        // Without this every router would look at each ARP request that strays about on the external network.
        let options = map([("broadcast-arps-to-all-routers", "false")]);
        self.put(
            switch(external.id),
            [("name", text(external.id.to_string())), ("ports", none()), ("other_config", options)],
        );
        let localnet = Key::new("Logical_Switch_Port", "localnet", external.id);
        self.join(&switch(external.id), "ports", localnet.clone());
        let options = map([("network_name", &external.physical_network)]);
        self.put(
            localnet,
            [
                ("name", text(format!("localnet-{}", external.id))),
                ("type", text("localnet")),
                ("addresses", text("unknown")),
                ("options", options),
            ],
        );
    }

    fn network(&mut self, network: &Network) {
        let options = Cell::Is(Datum::Map([].into()));
        self.put(
            switch(network.id),
            [("name", text(network.id.to_string())), ("ports", none()), ("other_config", options)],
        );
        if network.subnets.is_empty() {
            return;
        }
        let service = Key::new("Logical_Switch_Port", "service", network.id);
        // The last one is for guests that believe 169.254.0.0/16 to be on their link, and ask for it there.
        let addresses = network.subnets.iter().map(|subnet| subnet.service_address).chain([SERVICE]);
        let addresses: Vec<String> = addresses.map(|address| address.to_string()).collect();
        self.join(&switch(network.id), "ports", service.clone());
        self.put(
            service,
            [
                ("name", text(service_port(network.id))),
                ("type", text("localport")),
                ("addresses", text(format!("{} {}", service_mac(network.id), addresses.join(" ")))),
            ],
        );
        for subnet in network.subnets.iter().filter(|subnet| subnet.dhcp) {
            let mut routes = format!("{SERVICE}/32,{}", subnet.service_address);
            // The service's own address serves every subnet as the DHCP server's name: one rule lets every guest renew its lease.
            let mut options = vec![
                ("server_id", SERVICE.to_string()),
                ("server_mac", service_mac(network.id)),
                ("lease_time", LEASE_SECONDS.to_owned()),
                ("mtu", network.mtu.to_string()),
                ("dns_server", SERVICE.to_string()),
                ("domain_name", format!("\"{}\"", self.site.domain)),
            ];
            if let Some(gateway) = subnet.gateway {
                // A client that takes option 121 ignores option 3 (RFC 3442), so that the default route stands in both.
                routes += &format!(", 0.0.0.0/0,{gateway}");
                options.push(("router", gateway.to_string()));
            }
            options.push(("classless_static_route", format!("{{{routes}}}")));
            let cells = [("cidr", text(subnet.cidr.to_string())), ("options", Cell::Is(Datum::map(options)))];
            self.put(Key::new("DHCP_Options", "subnet", subnet.id), cells);
        }
    }

    fn port(&mut self, wanted: &Port) {
        if !self.wanted.contains_key(&switch(wanted.network)) {
            return;
        }
        let addresses = format!("{} {}", wanted.mac, wanted.address);
        let dhcp = Key::new("DHCP_Options", "subnet", wanted.subnet);
        let dhcp = Some(dhcp).filter(|dhcp| self.wanted.contains_key(dhcp));
        let key = port(wanted.id);
        self.join(&switch(wanted.network), "ports", key.clone());
        self.join(&drop_group(), "ports", key.clone());
        for &security_group in &wanted.security_groups {
            self.join(&group(security_group), "ports", key.clone());
        }
        self.put(
            key,
            [
                ("name", text(wanted.id.to_string())),
                ("type", text("")),
                ("addresses", text(&addresses)),
                ("port_security", text(&addresses)),
                ("dhcpv4_options", Cell::Row(dhcp)),
            ],
        );
    }

    fn port_group(&mut self, key: Key, name: String) {
        self.put(key, [("name", text(name)), ("ports", none()), ("acls", none())]);
    }

    fn acl(&mut self, group: &Key, key: Key, direction: Direction, priority: i64, matching: String, action: &str) {
        let direction = match direction {
            Direction::Ingress => "to-lport",
            Direction::Egress => "from-lport",
        };
        self.join(group, "acls", key.clone());
        self.put(
            key,
            [
                ("direction", text(direction)),
                ("priority", Cell::Is(Datum::one(priority))),
                ("match", text(matching)),
                ("action", text(action)),
            ],
        );
    }

    fn drop_group(&mut self) {
        let key = drop_group();
        self.port_group(key.clone(), DROP_GROUP.to_owned());
        for (direction, end) in [(Direction::Ingress, "outport"), (Direction::Egress, "inport")] {
            self.acl(
                &key,
                Key::new("ACL", "drop", end),
                direction,
                DROP,
                format!("{end} == @{DROP_GROUP} && ip"),
                "drop",
            );
        }
        // A guest that may send nothing gets its address all the same.
        let dhcp = format!(
            "inport == @{DROP_GROUP} && ip4 && ip4.dst == {{255.255.255.255, {SERVICE}}} && udp && udp.src == 68 && udp.dst == 67"
        );
        self.acl(&key, Key::new("ACL", "drop", "dhcp"), Direction::Egress, ALLOW, dhcp, "allow");
    }

    fn security_group(&mut self, wanted: &SecurityGroup, groups: &BTreeSet<SecurityGroupId>) {
        let key = group(wanted.id);
        self.port_group(key.clone(), group_name(wanted.id));
        for rule in &wanted.rules {
            if !matches!(rule.remote, Remote::Group(remote) if !groups.contains(&remote)) {
                let matching = matching(&group_name(wanted.id), rule);
                self.acl(&key, Key::new("ACL", "rule", rule.id), rule.direction, ALLOW, matching, "allow-related");
            }
        }
    }

    fn router(&mut self, router: &Router, networks: &HashMap<NetworkId, &Network>, external: Option<&ExternalNetwork>) {
        let key = router_row(router.id);
        let options = map([
            // OVN resolves neighbours on demand: with flows for each pair of routers their number grows by the square.
            ("dynamic_neigh_routers", "true"),
            ("always_learn_from_arp_request", "false"),
            ("mac_binding_age_threshold", "300"),
        ]);
        let name = ("name", text(router.id.to_string()));
        self.put(
            key.clone(),
            [name, ("ports", none()), ("nat", none()), ("static_routes", none()), ("options", options)],
        );

        let outside = external.zip(router.external_address);
        if let Some((external, address)) = outside {
            let id = router.id.to_string();
            let chassis = Key::new("Gateway_Chassis", "gateway", &id);
            let networks = format!("{address}/{}", external.cidr.prefix);
            self.router_port(&key, "gateway", &id, &router.mac, networks, Some(chassis.clone()));
            self.switch_port(external.id, "gateway", &id, &[("nat-addresses", "router")]);
            let name = format!("{}_{}", router_port_name(&id), self.site.chassis);
            let cells = [
                ("name", text(name)),
                ("chassis_name", text(self.site.chassis)),
                ("priority", Cell::Is(Datum::one(1))),
            ];
            self.put(chassis, cells);
            let route = Key::new("Logical_Router_Static_Route", "gateway", &id);
            self.join(&key, "static_routes", route.clone());
            self.put(route, [("ip_prefix", text("0.0.0.0/0")), ("nexthop", text(external.gateway.to_string()))]);
        }
        for interface in &router.interfaces {
            let network = networks.get(&interface.network);
            let Some(subnet) =
                network.and_then(|network| network.subnets.iter().find(|subnet| subnet.id == interface.subnet))
            else {
                continue;
            };
            let id = interface.port.to_string();
            let networks = format!("{}/{}", interface.address, subnet.cidr.prefix);
            self.router_port(&key, "interface", &id, &interface.mac, networks, None);
            self.switch_port(interface.network, "interface", &id, &[]);
            if let Some((_, address)) = outside {
                self.nat(&key, Key::new("NAT", "interface", &id), "snat", address, subnet.cidr.to_string());
            }
        }
    }

    fn router_port(&mut self, router: &Key, kind: &str, id: &str, mac: &str, networks: String, chassis: Option<Key>) {
        let key = Key::new("Logical_Router_Port", kind, id);
        self.join(router, "ports", key.clone());
        let chassis = Cell::Rows(chassis.into_iter().collect());
        let name = text(router_port_name(id));
        self.put(key, [("name", name), ("mac", text(mac)), ("networks", text(networks)), ("gateway_chassis", chassis)]);
    }

    /// The switch's end of a router's port.
    fn switch_port(&mut self, network: NetworkId, kind: &str, id: &str, options: &[(&str, &str)]) {
        let key = Key::new("Logical_Switch_Port", kind, id);
        self.join(&switch(network), "ports", key.clone());
        let peer = router_port_name(id);
        let options = Cell::Is(Datum::map(options.iter().copied().chain([("router-port", peer.as_str())])));
        let name = text(format!("{kind}-{id}"));
        self.put(key, [("name", name), ("type", text("router")), ("addresses", text("router")), ("options", options)]);
    }

    fn nat(&mut self, router: &Key, key: Key, kind: &str, external: Ipv4Addr, logical: String) {
        self.join(router, "nat", key.clone());
        self.put(
            key,
            [("type", text(kind)), ("external_ip", text(external.to_string())), ("logical_ip", text(logical))],
        );
    }

    fn floating_ip(&mut self, floating: &FloatingIp) {
        let router = router_row(floating.router);
        // A router's port outside is what answers for the address.
        if self.wanted.contains_key(&Key::new("Logical_Router_Port", "gateway", floating.router)) {
            let key = Key::new("NAT", "floating-ip", floating.id);
            self.nat(&router, key, "dnat_and_snat", floating.address, floating.fixed_address.to_string());
        }
    }
}

fn router_port_name(id: &str) -> String {
    format!("lrp-{id}")
}

/// A rule in OVN's expression language.
fn matching(group: &str, rule: &Rule) -> String {
    let (end, far) = match rule.direction {
        Direction::Ingress => ("outport", "ip4.src"),
        Direction::Egress => ("inport", "ip4.dst"),
    };
    let remote = match rule.remote {
        Remote::Anywhere => String::new(),
        Remote::Cidr(cidr) if cidr.prefix == 0 => String::new(),
        Remote::Cidr(cidr) => format!(" && {far} == {}", cidr.network()),
        Remote::Group(remote) => format!(" && {far} == ${}_ip4", group_name(remote)),
    };
    let protocol = match rule.protocol {
        Protocol::Any => String::new(),
        Protocol::Icmp => " && icmp4".to_owned(),
        Protocol::Tcp(first, last) => ports("tcp", first, last),
        Protocol::Udp(first, last) => ports("udp", first, last),
    };
    format!("{end} == @{group} && ip4{remote}{protocol}")
}

fn ports(protocol: &str, first: u16, last: u16) -> String {
    match (first, last) {
        (0 | 1, u16::MAX) => format!(" && {protocol}"),
        (first, last) if first == last => format!(" && {protocol}.dst == {first}"),
        (first, last) => format!(" && {protocol}.dst >= {first} && {protocol}.dst <= {last}"),
    }
}

#[cfg(test)]
mod tests;
