//! Rows written out one to a line, references by the row's kind.

use super::*;
use crate::network::engine::{Cidr, RouterInterface, Subnet};
use uuid::Uuid;

const SITE: Site = Site { chassis: "host1", domain: "cloud.internal" };

fn id<T: From<Uuid>>(number: u128) -> T {
    Uuid::from_u128(0x1111_1111_1111_4111_8111_1111_1111_0000 | number).into()
}

fn cidr(text: &str) -> Cidr {
    Cidr::parse(text).unwrap()
}

fn ip(text: &str) -> Ipv4Addr {
    text.parse().unwrap()
}

fn rule(number: u128, direction: Direction, protocol: Protocol, remote: Remote) -> Rule {
    Rule { id: id(number), direction, protocol, remote }
}

/// Network 1 with subnet 2, port 3 in group 4, router 5 with interface 6, external network 7, floating IP 8.
fn topology() -> Topology {
    let subnet = Subnet {
        id: id(2),
        cidr: cidr("10.0.0.0/24"),
        gateway: Some(ip("10.0.0.1")),
        dhcp: true,
        service_address: ip("10.0.0.2"),
    };
    let port = Port {
        id: id(3),
        network: id(1),
        subnet: id(2),
        mac: "fa:16:3e:00:00:03".to_owned(),
        address: ip("10.0.0.5"),
        security_groups: vec![id(4)],
    };
    let interface = RouterInterface {
        port: id(6),
        network: id(1),
        subnet: id(2),
        mac: "fa:16:3e:00:00:06".to_owned(),
        address: ip("10.0.0.1"),
    };
    let router = Router {
        id: id(5),
        mac: "fa:16:3e:00:00:05".to_owned(),
        external_address: Some(ip("172.24.4.9")),
        interfaces: vec![interface],
    };
    let external = ExternalNetwork {
        id: id(7),
        physical_network: "ext".to_owned(),
        cidr: cidr("172.24.4.0/24"),
        gateway: ip("172.24.4.1"),
    };
    Topology {
        external: Some(external),
        networks: vec![Network { id: id(1), mtu: 1442, subnets: vec![subnet] }],
        routers: vec![router],
        ports: vec![port],
        security_groups: vec![SecurityGroup {
            id: id(4),
            rules: vec![rule(9, Direction::Egress, Protocol::Any, Remote::Anywhere)],
        }],
        floating_ips: vec![FloatingIp {
            id: id(8),
            router: id(5),
            address: ip("172.24.4.20"),
            port: id(3),
            fixed_address: ip("10.0.0.5"),
        }],
    }
}

fn atom(atom: &Atom) -> String {
    match atom {
        Atom::Text(text) => text.clone(),
        other => format!("{other:?}"),
    }
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Is(Datum::Set(set)) => set.iter().map(atom).collect::<Vec<_>>().join(","),
        Cell::Is(Datum::Map(map)) => {
            map.iter().map(|(key, value)| format!("{}:{}", atom(key), atom(value))).collect::<Vec<_>>().join(" ")
        }
        Cell::Has(_) => "mark".to_owned(),
        Cell::Row(row) => row.iter().map(|key| format!("@{}", key.kind)).collect(),
        Cell::Rows(rows) => rows.iter().map(|key| format!("@{}", key.kind)).collect::<Vec<_>>().join(","),
    }
}

/// One line per row; ids of the sample are shortened to their number.
fn lines(topology: &Topology) -> Vec<String> {
    let line = |(key, cells): (&Key, &std::collections::BTreeMap<&'static str, Cell>)| {
        let cells: Vec<String> =
            cells.iter().map(|(column, content)| format!("{column}=[{}]", cell(content))).collect();
        let line = format!("{} {}: {}", key.table, key.kind, cells.join(" "));
        line.replace("11111111-1111-4111-8111-11111111000", "#").replace("1111111111114111811111111111000", "#")
    };
    rows(topology, SITE).iter().map(line).collect()
}

/// The lines whose beginning is `prefix`, without it.
fn check(topology: &Topology, prefix: &str, expected: &[&str]) {
    let lines = lines(topology);
    let found: Vec<&str> = lines
        .iter()
        .filter_map(|line| line.strip_prefix(prefix))
        .map(|line| line.trim_start_matches([':', ' ']))
        .collect();
    assert_eq!(found, expected, "{prefix}");
}

#[test]
fn a_network() {
    let topology = topology();
    check(
        &topology,
        "Logical_Switch network",
        &[
            "external_ids=[mark] name=[#1] other_config=[] ports=[@interface,@port,@service]",
            "external_ids=[mark] name=[#7] other_config=[broadcast-arps-to-all-routers:false] ports=[@gateway,@localnet]",
        ],
    );
    check(
        &topology,
        "DHCP_Options subnet",
        &[
            "cidr=[10.0.0.0/24] external_ids=[mark] options=[classless_static_route:{169.254.169.254/32,10.0.0.2, 0.0.0.0/0,10.0.0.1} \
           dns_server:169.254.169.254 domain_name:\"cloud.internal\" lease_time:86400 mtu:1442 router:10.0.0.1 \
           server_id:169.254.169.254 server_mac:02:11:11:11:11:11]",
        ],
    );
    check(
        &topology,
        "Logical_Switch_Port",
        &[
            "gateway: addresses=[router] external_ids=[mark] name=[gateway-#5] options=[nat-addresses:router router-port:lrp-#5] type=[router]",
            "interface: addresses=[router] external_ids=[mark] name=[interface-#6] options=[router-port:lrp-#6] type=[router]",
            "localnet: addresses=[unknown] external_ids=[mark] name=[localnet-#7] options=[network_name:ext] type=[localnet]",
            "port: addresses=[fa:16:3e:00:00:03 10.0.0.5] dhcpv4_options=[@subnet] external_ids=[mark] name=[#3] \
             port_security=[fa:16:3e:00:00:03 10.0.0.5] type=[]",
            "service: addresses=[02:11:11:11:11:11 10.0.0.2 169.254.169.254] external_ids=[mark] name=[offing-#1] type=[localport]",
        ],
    );
}

#[test]
fn a_router() {
    let topology = topology();
    check(
        &topology,
        "Logical_Router router",
        &["external_ids=[mark] name=[#5] nat=[@floating-ip,@interface] \
           options=[always_learn_from_arp_request:false dynamic_neigh_routers:true mac_binding_age_threshold:300] \
           ports=[@gateway,@interface] static_routes=[@gateway]"],
    );
    check(
        &topology,
        "Logical_Router_Port",
        &[
            "gateway: external_ids=[mark] gateway_chassis=[@gateway] mac=[fa:16:3e:00:00:05] name=[lrp-#5] networks=[172.24.4.9/24]",
            "interface: external_ids=[mark] gateway_chassis=[] mac=[fa:16:3e:00:00:06] name=[lrp-#6] networks=[10.0.0.1/24]",
        ],
    );
    check(
        &topology,
        "Gateway_Chassis gateway",
        &["chassis_name=[host1] external_ids=[mark] name=[lrp-#5_host1] priority=[Integer(1)]"],
    );
    check(
        &topology,
        "Logical_Router_Static_Route gateway",
        &["external_ids=[mark] ip_prefix=[0.0.0.0/0] nexthop=[172.24.4.1]"],
    );
    check(
        &topology,
        "NAT",
        &[
            "floating-ip: external_ids=[mark] external_ip=[172.24.4.20] logical_ip=[10.0.0.5] type=[dnat_and_snat]",
            "interface: external_ids=[mark] external_ip=[172.24.4.9] logical_ip=[10.0.0.0/24] type=[snat]",
        ],
    );
}

#[test]
fn security_groups() {
    let topology = topology();
    check(
        &topology,
        "Port_Group",
        &[
            "drop: acls=[@drop,@drop,@drop] external_ids=[mark] name=[offing_drop] ports=[@port]",
            "security-group: acls=[@rule] external_ids=[mark] name=[offing_#4] ports=[@port]",
        ],
    );
    check(
        &topology,
        "ACL",
        &[
            "drop: action=[allow] direction=[from-lport] external_ids=[mark] match=[inport == @offing_drop && ip4 && \
             ip4.dst == {255.255.255.255, 169.254.169.254} && udp && udp.src == 68 && udp.dst == 67] priority=[Integer(1002)]",
            "drop: action=[drop] direction=[from-lport] external_ids=[mark] match=[inport == @offing_drop && ip] priority=[Integer(1001)]",
            "drop: action=[drop] direction=[to-lport] external_ids=[mark] match=[outport == @offing_drop && ip] priority=[Integer(1001)]",
            "rule: action=[allow-related] direction=[from-lport] external_ids=[mark] match=[inport == @offing_#4 && ip4] priority=[Integer(1002)]",
        ],
    );
}

#[test]
fn rules() {
    use Direction::{Egress, Ingress};
    let table = [
        (Ingress, Protocol::Any, Remote::Anywhere, "outport == @g && ip4"),
        (Ingress, Protocol::Icmp, Remote::Anywhere, "outport == @g && ip4 && icmp4"),
        (Ingress, Protocol::Tcp(22, 22), Remote::Cidr(cidr("0.0.0.0/0")), "outport == @g && ip4 && tcp.dst == 22"),
        (
            Ingress,
            Protocol::Tcp(80, 89),
            Remote::Cidr(cidr("192.0.2.0/24")),
            "outport == @g && ip4 && ip4.src == 192.0.2.0/24 && tcp.dst >= 80 && tcp.dst <= 89",
        ),
        (
            Egress,
            Protocol::Udp(1, 65535),
            Remote::Cidr(cidr("192.0.2.0/24")),
            "inport == @g && ip4 && ip4.dst == 192.0.2.0/24 && udp",
        ),
        (
            Ingress,
            Protocol::Any,
            Remote::Group(id(4)),
            "outport == @g && ip4 && ip4.src == $offing_11111111111141118111111111110004_ip4",
        ),
    ];
    for (direction, protocol, remote, expected) in table {
        assert_eq!(matching("g", &rule(1, direction, protocol, remote)), expected);
    }
}

#[test]
fn what_refers_to_nothing_is_left_out() {
    let mut topology = topology();
    topology.external = None;
    topology.security_groups[0].rules = vec![rule(9, Direction::Ingress, Protocol::Any, Remote::Group(id(5)))];
    topology.routers[0].interfaces[0].subnet = id(9);
    topology.ports.push(Port { id: id(9), network: id(9), ..topology.ports[0].clone() });
    let (drops, acls): (Vec<String>, Vec<String>) = lines(&topology)
        .into_iter()
        .filter(|line| line.starts_with("ACL"))
        .partition(|line| line.starts_with("ACL drop"));
    assert_eq!((drops.len(), acls), (3, Vec::new()));
    for nothing in ["NAT", "Logical_Router_Port", "Gateway_Chassis", "Logical_Router_Static_Route"] {
        check(&topology, nothing, &[]);
    }
    check(
        &topology,
        "Logical_Switch network",
        &["external_ids=[mark] name=[#1] other_config=[] ports=[@port,@service]"],
    );
}

#[test]
fn a_subnet_without_gateway_or_dhcp() {
    let mut topology = topology();
    topology.networks[0].subnets[0].gateway = None;
    let dhcp = &lines(&topology).into_iter().find(|line| line.starts_with("DHCP_Options")).unwrap();
    assert!(dhcp.contains("{169.254.169.254/32,10.0.0.2}") && !dhcp.contains("router:"), "{dhcp}");
    topology.networks[0].subnets[0].dhcp = false;
    check(&topology, "DHCP_Options", &[]);
    let port = &lines(&topology).into_iter().find(|line| line.starts_with("Logical_Switch_Port port")).unwrap();
    assert!(port.contains("dhcpv4_options=[]"), "{port}");
}
