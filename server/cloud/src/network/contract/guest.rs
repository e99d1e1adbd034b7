//! Guests without a hypervisor: a network namespace, plugged into the switch as libvirt plugs in a tap.

use super::host::run;
use super::{PATIENCE, until};
use crate::network::engine::Port;
use crate::network::netns::inside;
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::ops::Deref;
use std::process::{Command, Output};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

/// How long the absence of something is watched.
const MOMENT: Duration = Duration::from_secs(1);

/// Somewhere on the network.
#[derive(Clone, Debug)]
pub struct Spot(pub String);

/// The world outside, as the testbed has it.
pub fn internet() -> Spot {
    Spot("inet".to_owned())
}

impl Spot {
    /// Runs `line` here.
    pub fn run(&self, line: &str) -> Output {
        Command::new("ip").args(["netns", "exec", &self.0]).args(line.split_whitespace()).output().unwrap()
    }

    pub fn does(&self, line: &str) {
        run("ip", &format!("netns exec {} {line}", self.0));
    }

    /// Whether one ping is answered within a second.
    pub async fn pings(&self, address: Ipv4Addr) -> bool {
        let spot = self.clone();
        tokio::task::spawn_blocking(move || spot.run(&format!("ping -n -c 1 -W 1 {address}")).status.success())
            .await
            .unwrap()
    }

    pub async fn until_pings(&self, address: Ipv4Addr) {
        until(&format!("{} reaches {address}", self.0), || async { self.pings(address).await.then_some(()) }).await;
    }

    /// Serves on a TCP port: tells everybody `name` and where they come from, then repeats what they say.
    pub fn serve(&self, port: u16, name: &'static str) -> AbortHandle {
        let listener = inside(&self.0, || std::net::TcpListener::bind((Ipv4Addr::UNSPECIFIED, port))).unwrap();
        listener.set_nonblocking(true).unwrap();
        let listener = TcpListener::from_std(listener).unwrap();
        let task = tokio::spawn(async move {
            while let Ok((mut stream, peer)) = listener.accept().await {
                tokio::spawn(async move {
                    stream.write_all(format!("{name} sees {}\n", peer.ip()).as_bytes()).await?;
                    let (mut reader, mut writer) = stream.split();
                    tokio::io::copy(&mut reader, &mut writer).await
                });
            }
        });
        task.abort_handle()
    }

    /// A connection to `address`, if one can be made within a second.
    pub async fn dial(&self, address: Ipv4Addr, port: u16) -> Option<tokio::net::TcpStream> {
        let namespace = self.0.clone();
        let dial =
            move || inside(&namespace, || TcpStream::connect_timeout(&SocketAddr::from((address, port)), MOMENT));
        let stream = tokio::task::spawn_blocking(dial).await.unwrap().ok()?;
        stream.set_nonblocking(true).unwrap();
        Some(tokio::net::TcpStream::from_std(stream).unwrap())
    }

    /// A connection to a server made by `serve`, and its greeting.
    pub async fn connect(&self, address: Ipv4Addr, port: u16) -> Option<(Connection, String)> {
        let mut stream = BufReader::new(self.dial(address, port).await?);
        let mut greeting = String::new();
        tokio::time::timeout(PATIENCE, stream.read_line(&mut greeting)).await.ok()?.ok()?;
        Some((Connection(stream), greeting.trim_end().to_owned()))
    }

    /// What the server at `address` says, once it can be reached.
    pub async fn until_hears(&self, address: Ipv4Addr, port: u16) -> String {
        let what = format!("{} reaches {address}:{port}", self.0);
        until(&what, || async { self.connect(address, port).await.map(|(_, greeting)| greeting) }).await
    }

    /// A UDP socket here.
    pub fn udp(&self, local: (Ipv4Addr, u16)) -> tokio::net::UdpSocket {
        let socket = inside(&self.0, || UdpSocket::bind(local)).unwrap();
        socket.set_nonblocking(true).unwrap();
        tokio::net::UdpSocket::from_std(socket).unwrap()
    }
}

/// A connection that stays open.
pub struct Connection(BufReader<tokio::net::TcpStream>);

impl Connection {
    /// Whether what is said comes back within `patience`.
    pub async fn echoes(&mut self, patience: Duration) -> bool {
        let talk = async {
            self.0.write_all(b"x").await?;
            self.0.read_exact(&mut [0]).await
        };
        matches!(tokio::time::timeout(patience, talk).await, Ok(Ok(_)))
    }
}

/// A guest that is plugged in; pulled out when dropped.
#[derive(Debug)]
pub struct Guest {
    spot: Spot,
    device: String,
}

impl Deref for Guest {
    type Target = Spot;

    fn deref(&self) -> &Spot {
        &self.spot
    }
}

impl Guest {
    /// A guest with `port`'s MAC address and no IP address yet.
    pub fn plug(port: &Port) -> Self {
        let short = &port.id.0.simple().to_string()[..10];
        let guest = Self { spot: Spot(format!("guest-{short}")), device: format!("tap{short}") };
        let (namespace, device) = (&guest.0, &guest.device);
        run("ip", &format!("netns add {namespace}"));
        run(
            "ip",
            &format!("link add {device} type veth peer name eth0 address {} mtu 1442 netns {namespace}", port.mac),
        );
        run("ip", &format!("link set {device} up"));
        run("ip", &format!("-n {namespace} link set lo up"));
        run("ip", &format!("-n {namespace} link set eth0 up"));
        let interface = format!("-- set interface {device} external_ids:iface-id={}", port.id);
        run("ovs-vsctl", &format!("--timeout=30 add-port br-int {device} {interface}"));
        guest
    }

    /// A guest that has what DHCP would give it, in a network 10.x.y.0/24.
    pub fn set_up(port: &Port) -> Self {
        let guest = Self::plug(port);
        let [a, b, c, _] = port.address.octets();
        guest.does(&format!("ip address add {}/24 dev eth0", port.address));
        guest.does(&format!("ip route add default via {a}.{b}.{c}.1"));
        guest.does(&format!("ip route add 169.254.169.254 via {a}.{b}.{c}.2"));
        guest
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        for (program, line) in [
            ("ovs-vsctl", format!("--timeout=30 --if-exists del-port br-int {}", self.device)),
            ("ip", format!("link delete {}", self.device)),
            ("ip", format!("netns delete {}", self.0)),
        ] {
            let _ = Command::new(program).args(line.split_whitespace()).output();
        }
    }
}
