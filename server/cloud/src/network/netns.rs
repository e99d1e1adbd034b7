//! A network namespace per tenant network, so that this process can listen inside networks whose addresses are all the same.
//!
//! In the namespace `offing-…` lies one end of a veth pair, `eth0`, with the service's addresses; the other end, `ofs…`, is for the
//! switch. The pair's alias on the host's side names all that was set up and is written last: a pair without it is half made, one that
//! says something else is out of date, and both are made anew. Each pair has a new name, as Open vSwitch in user space does not notice
//! when another device of a name that it knows appears. Namespaces and pairs outlive the process: its restart changes nothing for guests.
//!
//! Everything here blocks. It takes the capabilities CAP_SYS_ADMIN and CAP_NET_ADMIN.

use super::engine::Cidr;
use api::NetworkId;
use nix::sched::{CloneFlags, setns};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const NAMESPACE: &str = "offing-";
const DEVICE: &str = "ofs";
const MARK: &str = "offing ";
const NAMESPACES: &str = "/run/netns";
const DEVICES: &str = "/sys/class/net";

/// The foot that this process has in one tenant network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foot {
    pub network: NetworkId,
    pub mac: String,
    /// Bytes.
    pub mtu: u32,
    /// Its addresses in the network's subnets, with their prefix lengths.
    pub addresses: Vec<Cidr>,
    /// Where the sockets listen; not part of any subnet.
    pub service: Ipv4Addr,
}

/// Where the service listens in one network: metadata on port 80, names on port 53.
#[derive(Debug)]
pub struct Sockets {
    pub http: TcpListener,
    pub dns: UdpSocket,
    pub dns_tcp: TcpListener,
}

/// A failed step. The text says which.
#[derive(Debug, thiserror::Error)]
pub enum NetnsError {
    #[error("{what}: {source}")]
    Io { what: String, source: io::Error },
    #[error("`ip {command}` failed: {said}")]
    Ip { command: String, said: String },
}

impl Foot {
    /// The namespace's name.
    pub fn namespace(&self) -> String {
        format!("{NAMESPACE}{}", short(self.network))
    }

    /// All that `ensure` sets up, in less than the 255 bytes that an alias may have.
    fn mark(&self) -> String {
        let addresses: Vec<String> = self.addresses.iter().map(ToString::to_string).collect();
        let all = format!("{} {} {} {}", self.mac, self.mtu, self.service, addresses.join(","));
        format!("{MARK}{} {}", self.network, hex::encode(&Sha256::digest(all)[..16]))
    }

    /// Makes namespace and veth pair as they should be. `found` is what there was when looked at last.
    pub fn ensure(&self, found: &Found) -> Result<Standing, NetnsError> {
        let namespace = self.namespace();
        if let Some(device) = found.devices.get(&self.mark()) {
            if Path::new(NAMESPACES).join(&namespace).exists() {
                return Ok(Standing { device: device.clone(), new: false });
            }
            ip(&["link", "delete", device], "")?;
        }
        remove_namespace(&namespace)?;
        let device = format!("{DEVICE}{:012x}", rand::random::<u64>() >> 16);
        ip(&["netns", "add", &namespace], "")?;
        // What is not addressed to this end must not be passed on by it, or guests' packets would lose their origin here.
        inside(&namespace, || fs::write("/proc/sys/net/ipv4/ip_forward", "0"))?;
        // A kernel without IPv6 has nothing to turn off.
        inside(&namespace, || fs::write("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1").or(Ok(())))?;
        let mtu = self.mtu.to_string();
        let peer = ["type", "veth", "peer", "name", "eth0", "address", &self.mac, "mtu", &mtu, "netns", &namespace];
        ip(&[&["link", "add", &device, "mtu", &mtu], peer.as_slice()].concat(), "")?;
        let addresses: String =
            self.addresses.iter().map(|address| format!("address add {address} dev eth0\n")).collect();
        let inner = format!("link set lo up\n{addresses}address add {}/32 dev eth0\nlink set eth0 up\n", self.service);
        ip(&["-netns", &namespace, "-batch", "-"], &inner)?;
        ip(&["link", "set", &device, "up", "alias", &self.mark()], "")?;
        Ok(Standing { device, new: true })
    }

    /// Listens on the service's address inside the namespace. The sockets are non-blocking, as Tokio wants them.
    pub fn listen(&self) -> Result<Sockets, NetnsError> {
        let service = self.service;
        inside(&self.namespace(), move || {
            let http = TcpListener::bind((service, 80))?;
            let dns = UdpSocket::bind((service, 53))?;
            let dns_tcp = TcpListener::bind((service, 53))?;
            http.set_nonblocking(true)?;
            dns.set_nonblocking(true)?;
            dns_tcp.set_nonblocking(true)?;
            Ok(Sockets { http, dns, dns_tcp })
        })
    }
}

/// A foot that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The veth pair's end on the host's side: 15 characters, the most that Linux takes.
    pub device: String,
    /// It has just been made: sockets of before hang in nothing.
    pub new: bool,
}

/// What is there of ours.
#[derive(Debug, Default)]
pub struct Found {
    /// Veth pairs that are wanted: their names by their aliases.
    devices: HashMap<String, String>,
    stale_devices: Vec<String>,
    stale_namespaces: Vec<String>,
}

impl Found {
    /// Looks around, with `wanted` in mind.
    pub fn look(wanted: &[Foot]) -> Result<Self, NetnsError> {
        let marks: HashSet<String> = wanted.iter().map(Foot::mark).collect();
        let mut found = Self::default();
        for device in names(DEVICES)?.into_iter().filter(|name| name.starts_with(DEVICE)) {
            // The alias says whether it is ours; another program may like the same letters.
            let alias = fs::read_to_string(Path::new(DEVICES).join(&device).join("ifalias")).unwrap_or_default();
            let mark = alias.trim_end().to_owned();
            if marks.contains(&mark) {
                found.devices.insert(mark, device);
            } else if mark.starts_with(MARK) {
                found.stale_devices.push(device);
            }
        }
        let namespaces: HashSet<String> = wanted.iter().map(Foot::namespace).collect();
        found.stale_namespaces = names(NAMESPACES)?;
        found.stale_namespaces.retain(|name| is_ours(name) && !namespaces.contains(name));
        Ok(found)
    }

    /// Removes the veth pairs and namespaces that are not wanted any more.
    pub fn remove_stale(&self) -> Result<(), NetnsError> {
        for device in &self.stale_devices {
            // By itself and not with its namespace, which lives for as long as a socket is open in it.
            ip(&["link", "delete", device], "")?;
        }
        self.stale_namespaces.iter().try_for_each(|namespace| remove_namespace(namespace))
    }
}

/// The first twelve digits of a random id: two of a million networks are alike once in 500 such clouds.
fn short(network: NetworkId) -> String {
    let mut text = network.0.simple().to_string();
    text.truncate(12);
    text
}

fn is_ours(namespace: &str) -> bool {
    let rest = namespace.strip_prefix(NAMESPACE);
    rest.is_some_and(|rest| rest.len() == 12 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn remove_namespace(namespace: &str) -> Result<(), NetnsError> {
    if Path::new(NAMESPACES).join(namespace).exists() { ip(&["netns", "delete", namespace], "") } else { Ok(()) }
}

/// The names in a folder; none if there is no such folder.
fn names(folder: &str) -> Result<Vec<String>, NetnsError> {
    let read = || match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        entries => entries?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect(),
    };
    read().map_err(|source| NetnsError::Io { what: format!("cannot list {folder}"), source })
}

fn ip(arguments: &[&str], input: &str) -> Result<(), NetnsError> {
    let failed = |source| NetnsError::Io { what: "cannot run `ip` (package iproute2)".to_owned(), source };
    let mut child = Command::new("ip")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut stdin) = child.stdin.take() {
        // When `ip` ends before it has read everything its exit status says why.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().map_err(failed)?;
    if output.status.success() {
        return Ok(());
    }
    let mut said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if !nix::unistd::geteuid().is_root() {
        said += " (it takes root, or the capabilities CAP_SYS_ADMIN and CAP_NET_ADMIN)";
    }
    Err(NetnsError::Ip { command: arguments.join(" "), said })
}

/// Runs `act` inside a namespace, in a thread of its own that ends with it. Sockets that it opens stay in the namespace.
pub(super) fn inside<T: Send>(namespace: &str, act: impl FnOnce() -> io::Result<T> + Send) -> Result<T, NetnsError> {
    let path: PathBuf = Path::new(NAMESPACES).join(namespace);
    let enter = || {
        setns(File::open(&path)?, CloneFlags::CLONE_NEWNET)?;
        act()
    };
    let ended = std::thread::scope(|scope| scope.spawn(enter).join());
    let result = ended.unwrap_or_else(|_| Err(io::Error::other("the thread panicked")));
    result.map_err(|source| NetnsError::Io { what: format!("in the network namespace {namespace}"), source })
}
