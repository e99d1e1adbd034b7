//! A network namespace per tenant network, so that this process can listen inside networks whose addresses are all the same.
//!
//! In the namespace `offing-…` lies one end of a veth pair, `eth0`, with the service's addresses; the other end, `ofs…`, is for the
//! switch. The pair's alias on the host's side names all that was set up and is written last: a pair whose alias says something else is
//! half made or out of date, and made anew. Namespaces and pairs outlive the process, so that its restart changes nothing for guests.
//!
//! Everything here blocks. It takes the capabilities CAP_SYS_ADMIN and CAP_NET_ADMIN.

use super::engine::Cidr;
use api::NetworkId;
use nix::sched::{CloneFlags, setns};
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const NAMESPACE: &str = "offing-";
const DEVICE: &str = "ofs";
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

    /// The name of the veth pair's end on the host's side: 15 characters, the most that Linux takes.
    pub fn device(&self) -> String {
        device(self.network)
    }

    fn mark(&self) -> String {
        let addresses: Vec<String> = self.addresses.iter().map(ToString::to_string).collect();
        format!("offing {} {} {} {} {}", self.network, self.mac, self.mtu, self.service, addresses.join(","))
    }

    fn stands(&self) -> bool {
        let alias = fs::read_to_string(Path::new(DEVICES).join(self.device()).join("ifalias"));
        alias.is_ok_and(|alias| alias.trim_end() == self.mark())
            && Path::new(NAMESPACES).join(self.namespace()).exists()
    }

    /// Makes namespace and veth pair as they should be. `true`: they are new, and sockets of before hang in nothing.
    pub fn ensure(&self) -> Result<bool, NetnsError> {
        if self.stands() {
            return Ok(false);
        }
        let (namespace, device) = (self.namespace(), self.device());
        remove(&namespace, &device)?;
        ip(&["netns", "add", &namespace], "")?;
        // The far end belongs to nobody's guests: what is not addressed to it must not be passed on, or it would carry spoofed packets.
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
        Ok(true)
    }

    /// Listens on the service's address inside the namespace: TCP port 80 and UDP port 53. Both sockets are non-blocking, as Tokio wants.
    pub fn listen(&self) -> Result<(TcpListener, UdpSocket), NetnsError> {
        let service = self.service;
        inside(&self.namespace(), move || {
            let http = TcpListener::bind((service, 80))?;
            let dns = UdpSocket::bind((service, 53))?;
            http.set_nonblocking(true)?;
            dns.set_nonblocking(true)?;
            Ok((http, dns))
        })
    }
}

/// Removes the namespaces and veth pairs of every network that is not in `wanted`.
pub fn remove_others(wanted: &[Foot]) -> Result<(), NetnsError> {
    let namespaces: HashSet<String> = wanted.iter().map(Foot::namespace).collect();
    let devices: HashSet<String> = wanted.iter().map(Foot::device).collect();
    for device in names(DEVICES)?.into_iter().filter(|name| name.starts_with(DEVICE) && !devices.contains(name)) {
        // The alias says whether it is ours; another program may like the same letters.
        let alias = fs::read_to_string(Path::new(DEVICES).join(&device).join("ifalias")).unwrap_or_default();
        if alias.starts_with("offing ") {
            remove_device(&device)?;
        }
    }
    for namespace in names(NAMESPACES)?.into_iter().filter(|name| is_ours(name) && !namespaces.contains(name)) {
        remove(&namespace, &namespace.replacen(NAMESPACE, DEVICE, 1))?;
    }
    Ok(())
}

/// The host's end of a network's veth pair.
pub fn device(network: NetworkId) -> String {
    format!("{DEVICE}{}", short(network))
}

/// The first twelve digits of a random id: two of a million networks are alike once in 500 such clouds.
fn short(network: NetworkId) -> String {
    let mut text = network.0.simple().to_string();
    text.truncate(12);
    text
}

fn is_ours(namespace: &str) -> bool {
    namespace
        .strip_prefix(NAMESPACE)
        .is_some_and(|rest| rest.len() == 12 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn remove(namespace: &str, device: &str) -> Result<(), NetnsError> {
    // Open sockets keep a namespace alive after its name is gone, so that the pair is removed by itself.
    remove_device(device)?;
    if Path::new(NAMESPACES).join(namespace).exists() {
        ip(&["netns", "delete", namespace], "")?;
    }
    Ok(())
}

fn remove_device(device: &str) -> Result<(), NetnsError> {
    if Path::new(DEVICES).join(device).exists() { ip(&["link", "delete", device], "") } else { Ok(()) }
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
