//! Real packets through the real engine.

use super::guest::{Guest, internet};
use super::host::Host;
use super::sample::{Sample, ip, outside, rule};
use super::{PATIENCE, Place, until};
use crate::network::dns::{Dns, Names, Resolvers};
use crate::network::engine::{Direction, Protocol, Remote};
use api::{NetworkId, PortId};
use async_trait::async_trait;
use hickory_proto::op::{Message, Query};
use hickory_proto::rr::{Name, RecordType};
use std::net::Ipv4Addr;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

const INTERNET: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 10);

#[tokio::test]
async fn real_dhcp() {
    let Some(host) = Host::take().await else { return };
    let mut sample = Sample::new();
    let network = sample.network("10.0.0.0/24");
    // A guest that may send nothing gets and renews its lease all the same.
    sample.port(network, 11, &[]);
    let engine = host.connect();
    engine.apply(&sample.topology).await.unwrap();
    let guest = Guest::plug(&sample.topology.ports[0]);

    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("script");
    let text = "#!/bin/sh\nif [ \"$1\" = bound ]; then ip address add $ip/$mask dev $interface; ip route add 169.254.169.254 via 10.0.0.2; fi\n\
                echo \"$1 $ip/$mask mtu=$mtu router=$router dns=$dns domain=$domain lease=$lease routes=$staticroutes\" >> ${0%/*}/log\n";
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let client = tokio::process::Command::new("ip")
        .args(["netns", "exec", &guest.0, "busybox", "udhcpc", "-f", "-i", "eth0", "-t", "30", "-T", "1", "-s"])
        .arg(&script)
        .args(["-O", "mtu", "-O", "staticroutes"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let said = |event: &'static str| {
        let log = folder.path().join("log");
        until(event, move || {
            let log = std::fs::read_to_string(&log).unwrap_or_default();
            let line = log.lines().find(|line| line.starts_with(event)).map(str::to_owned);
            async { line }
        })
    };
    let expected = "10.0.0.11/24 mtu=1442 router=10.0.0.1 dns=169.254.169.254 domain=cloud.internal lease=86400 \
                    routes=169.254.169.254/32 10.0.0.2 0.0.0.0/0 10.0.0.1";
    assert_eq!(said("bound").await, format!("bound {expected}"));
    let client_id = nix::unistd::Pid::from_raw(client.id().unwrap().cast_signed());
    nix::sys::signal::kill(client_id, nix::sys::signal::Signal::SIGUSR1).unwrap();
    assert_eq!(said("renew").await, format!("renew {expected}"));
}

/// Guests with an address by hand know no route to the service, but many take 169.254.0.0/16 to be on their link (RFC 3927).
#[tokio::test]
async fn real_service_without_dhcp() {
    let Some(host) = Host::take().await else { return };
    let mut sample = Sample::new();
    let network = sample.network("10.0.0.0/24");
    let group = sample.open_group();
    sample.port(network, 11, &[group]);
    let engine = host.connect();
    engine.apply(&sample.topology).await.unwrap();
    let guest = Guest::plug(&sample.topology.ports[0]);
    guest.does("ip address add 10.0.0.11/24 dev eth0");
    guest.does("ip route add 169.254.0.0/16 dev eth0");
    guest.until_pings(ip("169.254.169.254")).await;
}

#[tokio::test]
async fn real_tenants_with_the_same_addresses() {
    let Some(host) = Host::take().await else { return };
    let mut sample = Sample::new();
    let engine = host.connect();
    let mut guests = Vec::new();
    for _ in 0..2 {
        let network = sample.network("10.0.0.0/24");
        let group = sample.open_group();
        sample.port(network, 11, &[group]);
        sample.port(network, 12, &[group]);
        sample.router(u8::try_from(sample.topology.routers.len()).unwrap() + 8, &[network]);
    }
    engine.apply(&sample.topology).await.unwrap();
    for port in &sample.topology.ports {
        guests.push(Guest::set_up(port));
    }
    let [a1, a2, b1, b2] = guests.as_slice() else { unreachable!() };
    let servers = [a2.serve(80, "a2"), b2.serve(80, "b2")];
    let two = ip("10.0.0.12");
    assert_eq!(a1.until_hears(two, 80).await, "a2 sees 10.0.0.11");
    assert_eq!(b1.until_hears(two, 80).await, "b2 sees 10.0.0.11");
    until("all ports are up", || async {
        let up = engine.ports_up().await.unwrap();
        (up.len() == 4 && up.values().all(|up| *up)).then_some(())
    })
    .await;
    servers.iter().for_each(tokio::task::AbortHandle::abort);
}

#[tokio::test]
async fn real_ports_go_up_and_down() {
    let Some(host) = Host::take().await else { return };
    let mut sample = Sample::new();
    let network = sample.network("10.0.0.0/24");
    let id: PortId = sample.port(network, 11, &[]);
    let engine = host.connect();
    engine.apply(&sample.topology).await.unwrap();
    let becomes = |expected: bool| {
        let engine = engine.clone();
        timeout(PATIENCE, async move {
            while engine.ports_up().await.unwrap().get(&id) != Some(&expected) {
                engine.changed().await;
            }
        })
    };
    becomes(false).await.expect("a port without guest is down");
    let guest = Guest::plug(&sample.topology.ports[0]);
    becomes(true).await.expect("a port with its guest is up");
    drop(guest);
    becomes(false).await.expect("a port whose guest has gone is down");
}

#[tokio::test]
async fn real_routing_and_addresses_outside() {
    let Some(host) = Host::take().await else { return };
    let mut sample = Sample::new();
    let [a, b, c] = ["10.0.0.0/24", "10.0.1.0/24", "10.0.0.0/24"].map(|cidr| sample.network(cidr));
    let group = sample.open_group();
    sample.port(a, 11, &[group]);
    sample.port(b, 12, &[group]);
    sample.port(c, 11, &[group]);
    sample.router(9, &[a, b]);
    sample.router(10, &[c]);
    let engine = host.connect();
    engine.apply(&sample.topology).await.unwrap();
    let guests: Vec<Guest> = sample.topology.ports.iter().map(Guest::set_up).collect();
    let [one, two, stranger] = guests.as_slice() else { unreachable!() };
    let servers = [internet().serve(8000, "internet"), one.serve(80, "one"), two.serve(80, "two")];

    assert_eq!(one.until_hears(ip("10.0.1.12"), 80).await, "two sees 10.0.0.11", "between the networks of one router");
    assert_eq!(one.until_hears(INTERNET, 8000).await, "internet sees 172.24.4.9", "outwards by the router's address");
    assert_eq!(two.until_hears(INTERNET, 8000).await, "internet sees 172.24.4.9");
    assert_eq!(stranger.until_hears(INTERNET, 8000).await, "internet sees 172.24.4.10");
    assert!(stranger.dial(ip("10.0.1.12"), 80).await.is_none(), "another tenant's network is out of reach");
    assert!(!internet().pings(outside(20)).await, "no floating IP yet");

    let port = sample.topology.ports[0].id;
    sample.floating_ip(port, 20);
    engine.apply(&sample.topology).await.unwrap();
    assert_eq!(internet().until_hears(outside(20), 80).await, "one sees 172.24.4.254", "inwards by the floating IP");
    until("the guest goes out by its floating IP", || async {
        let (_, greeting) = one.connect(INTERNET, 8000).await?;
        (greeting == "internet sees 172.24.4.20").then_some(())
    })
    .await;
    assert_eq!(two.until_hears(INTERNET, 8000).await, "internet sees 172.24.4.9");

    sample.topology.floating_ips.clear();
    engine.apply(&sample.topology).await.unwrap();
    until("the floating IP is gone", || async { (!internet().pings(outside(20)).await).then_some(()) }).await;
    servers.iter().for_each(tokio::task::AbortHandle::abort);
}

#[tokio::test]
async fn real_rules_open_and_close_live() {
    let Some(host) = Host::take().await else { return };
    let mut sample = Sample::new();
    let network = sample.network("10.0.0.0/24");
    let egress = rule(Direction::Egress, Protocol::Any, Remote::Anywhere);
    let group = sample.group(vec![egress.clone()]);
    let friends = sample.group(vec![egress]);
    sample.port(network, 11, &[group]);
    sample.port(network, 12, &[friends]);
    sample.port(network, 13, &[]);
    let engine = host.connect();
    engine.apply(&sample.topology).await.unwrap();
    let guests: Vec<Guest> = sample.topology.ports.iter().map(Guest::set_up).collect();
    let [guarded, friend, mute] = guests.as_slice() else { unreachable!() };
    let servers = [guarded.serve(80, "guarded"), guarded.serve(81, "guarded"), friend.serve(80, "friend")];
    let address = ip("10.0.0.11");
    friend.until_pings(ip("10.0.0.2")).await;
    host.settled().await;
    assert!(friend.dial(address, 80).await.is_none(), "closed without a rule");

    sample.topology.security_groups[0].rules.push(rule(
        Direction::Ingress,
        Protocol::Tcp(80, 80),
        Remote::Group(friends),
    ));
    engine.apply(&sample.topology).await.unwrap();
    friend.until_hears(address, 80).await;
    assert!(friend.dial(address, 81).await.is_none(), "another port stays closed");
    assert!(!friend.pings(address).await, "and so does another protocol");
    assert!(mute.dial(address, 80).await.is_none(), "who may send nothing does not");
    let (mut connection, _) = friend.connect(address, 80).await.unwrap();
    assert!(connection.echoes(PATIENCE).await);

    sample.topology.security_groups[0].rules.pop();
    engine.apply(&sample.topology).await.unwrap();
    host.settled().await;
    assert!(!connection.echoes(Duration::from_secs(2)).await, "what was open is cut");
    assert!(friend.dial(address, 80).await.is_none(), "closed again");
    servers.iter().for_each(tokio::task::AbortHandle::abort);
}

struct OneName;

#[async_trait]
impl Names for OneName {
    async fn address(&self, _: NetworkId, host: &str) -> Option<Ipv4Addr> {
        (host == "web").then(|| ip("10.0.0.11"))
    }

    async fn host(&self, _: NetworkId, _: Ipv4Addr) -> Option<String> {
        None
    }
}

#[tokio::test]
async fn real_dns() {
    let Some(host) = Host::take().await else { return };
    let mut sample = Sample::new();
    let network = sample.network("10.0.0.0/24");
    let group = sample.open_group();
    sample.port(network, 11, &[group]);
    let engine = host.connect();
    engine.apply(&sample.topology).await.unwrap();
    let sockets = timeout(PATIENCE, engine.guest_sockets()).await.unwrap();
    let dns = Dns::new(sockets.network, "cloud.internal", Arc::new(OneName), Resolvers::These(Vec::new())).unwrap();
    let service = tokio::spawn(dns.serve(sockets.dns, sockets.dns_tcp, sockets.closed.clone()));
    let guest = Guest::set_up(&sample.topology.ports[0]);
    guest.until_pings(ip("169.254.169.254")).await;

    let socket = guest.udp((Ipv4Addr::UNSPECIFIED, 0));
    let mut question = Message::query();
    question.add_query(Query::query(Name::from_ascii("web.cloud.internal.").unwrap(), RecordType::A));
    let question = question.to_vec().unwrap();
    socket.send_to(&question, "169.254.169.254:53").await.unwrap();
    let mut buffer = [0; 512];
    let length = timeout(PATIENCE, socket.recv(&mut buffer)).await.unwrap().unwrap();
    let address = |answer: &[u8]| Message::from_vec(answer).unwrap().answers[0].data.to_string();
    assert_eq!(address(&buffer[..length]), "10.0.0.11");

    let mut connection = guest.dial(ip("169.254.169.254"), 53).await.unwrap();
    connection
        .write_all(&[&u16::try_from(question.len()).unwrap().to_be_bytes(), question.as_slice()].concat())
        .await
        .unwrap();
    let length = timeout(PATIENCE, connection.read_u16()).await.unwrap().unwrap();
    connection.read_exact(&mut buffer[..length.into()]).await.unwrap();
    assert_eq!(address(&buffer[..length.into()]), "10.0.0.11");

    sample.topology.ports.clear();
    engine.apply(&sample.topology).await.unwrap();
    timeout(PATIENCE, service).await.expect("the service ends with the last port").unwrap().unwrap();
}
