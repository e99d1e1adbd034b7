//! Guests that lie about who they are.

use super::frames::{Catcher, arp_reply, ethernet, mac, send, udp};
use super::guest::Guest;
use super::host::Host;
use super::sample::{Sample, ip};
use super::{PATIENCE, Place};
use std::net::Ipv4Addr;
use tokio::net::UdpSocket;
use tokio::time::timeout;

const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;
const ARP: u16 = 0x0806;
const VLAN: u16 = 0x8100;

/// CVE-2021-20267 (OSSA-2021-001), CVE-2015-5240 (OSSA-2015-018) and their like: no frame leaves a port with addresses that are not its own.
#[tokio::test]
async fn security_23_antispoof() {
    let Some(host) = Host::take().await else { return };
    let mut sample = Sample::new();
    let network = sample.network("10.0.0.0/24");
    let group = sample.open_group();
    sample.port(network, 11, &[group]);
    sample.port(network, 12, &[group]);
    sample.port(network, 13, &[group]);
    let engine = host.connect();
    engine.apply(&sample.topology).await.unwrap();
    let [liar, victim, third] = [0, 1, 2].map(|index| sample.topology.ports[index].clone());
    let (liars, victims) = (Guest::set_up(&liar), Guest::set_up(&victim));
    liars.until_pings(victim.address).await;

    let mut catcher = Catcher::at(&victims);
    let (own, theirs, other) = (mac(&liar.mac), mac(&victim.mac), mac(&third.mac));
    let datagram = |from: Ipv4Addr, mark: &str| udp((from, 7), (victim.address, 7), mark.as_bytes());
    let claim = |mac, address, mark: &str| arp_reply(mac, address, theirs, victim.address, mark.as_bytes());

    // What is true arrives, so that what does not arrive below was dropped for its lie.
    catcher.until_arrives(&liars, &ethernet(theirs, own, IPV4, &datagram(liar.address, "true-ip")), b"true-ip").await;
    catcher
        .until_arrives(&liars, &ethernet(theirs, own, ARP, &claim(own, liar.address, "true-arp")), b"true-arp")
        .await;

    let tagged = [&[0, 9], IPV4.to_be_bytes().as_slice(), &datagram(third.address, "lie-vlan")].concat();
    let ipv6 = [&[0x60, 0, 0, 0, 0, 8, 59, 64], [0xfe; 32].as_slice(), b"lie-ipv6"].concat();
    let lies = [
        ("lie-free", ethernet(theirs, own, IPV4, &datagram(ip("10.0.0.77"), "lie-free"))),
        ("lie-neighbour", ethernet(theirs, own, IPV4, &datagram(third.address, "lie-neighbour"))),
        ("lie-gateway", ethernet(theirs, own, IPV4, &datagram(ip("10.0.0.1"), "lie-gateway"))),
        ("lie-service", ethernet(theirs, own, IPV4, &datagram(ip("169.254.169.254"), "lie-service"))),
        ("lie-outside", ethernet(theirs, own, IPV4, &datagram(ip("198.51.100.10"), "lie-outside"))),
        ("lie-mac", ethernet(theirs, other, IPV4, &datagram(liar.address, "lie-mac"))),
        ("lie-arp-ip", ethernet(theirs, own, ARP, &claim(own, ip("10.0.0.1"), "lie-arp-ip"))),
        ("lie-arp-mac", ethernet(theirs, own, ARP, &claim(other, liar.address, "lie-arp-mac"))),
        ("lie-arp-frame", ethernet(theirs, other, ARP, &claim(other, third.address, "lie-arp-frame"))),
        ("lie-vlan", ethernet(theirs, own, VLAN, &tagged)),
        ("lie-ipv6", ethernet(theirs, own, IPV6, &ipv6)),
    ];
    for (_, frame) in &lies {
        send(&liars, frame);
    }
    // Frames of one port arrive in the order they were sent.
    catcher
        .until_arrives(&liars, &ethernet(theirs, own, IPV4, &datagram(liar.address, "true-last")), b"true-last")
        .await;
    let arrived: Vec<&str> = lies.iter().map(|(mark, _)| *mark).filter(|mark| catcher.has(mark.as_bytes())).collect();
    assert!(arrived.is_empty(), "{arrived:?}");
}

/// CVE-2013-6419 (OSSA-2013-033): the metadata service knows a guest by its network and its address, and neither can be made up.
#[tokio::test]
async fn security_22_metadata_spoofing() {
    let Some(host) = Host::take().await else { return };
    let mut sample = Sample::new();
    let networks = [sample.network("10.0.0.0/24"), sample.network("10.0.0.0/24")];
    let group = sample.open_group();
    let engine = host.connect();
    for network in networks {
        sample.port(network, 11, &[group]);
        sample.port(network, 12, &[group]);
    }
    engine.apply(&sample.topology).await.unwrap();
    for (network, port) in networks.into_iter().zip([&sample.topology.ports[0], &sample.topology.ports[2]]) {
        let sockets = timeout(PATIENCE, engine.guest_sockets()).await.unwrap();
        assert_eq!(sockets.network, network);
        let http = tokio::net::TcpListener::from_std(sockets.http).unwrap();
        let dns = UdpSocket::from_std(sockets.dns).unwrap();

        let guest = Guest::set_up(port);
        let service = ip("169.254.169.254");
        guest.until_pings(service).await;
        let (_client, accepted) = tokio::join!(guest.dial(service, 80), http.accept());
        assert_eq!(accepted.unwrap().1.ip(), port.address);

        let neighbour = String::from_utf8(guest.run("ip -4 neigh show 10.0.0.2").stdout).unwrap();
        let to = mac(neighbour.split_whitespace().skip_while(|word| *word != "lladdr").nth(1).unwrap());
        for liar in ["10.0.0.12", "10.0.0.77", "10.0.0.1"] {
            send(&guest, &ethernet(to, mac(&port.mac), IPV4, &udp((ip(liar), 53), (service, 53), b"lie")));
        }
        let honest = guest.udp((Ipv4Addr::UNSPECIFIED, 0));
        honest.send_to(b"true", (service, 53)).await.unwrap();
        let mut buffer = [0; 16];
        let (length, from) = timeout(PATIENCE, dns.recv_from(&mut buffer)).await.unwrap().unwrap();
        assert_eq!((&buffer[..length], from.ip()), (b"true".as_slice(), port.address.into()));
    }
}
