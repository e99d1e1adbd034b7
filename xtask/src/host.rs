//! The host's daemons, started as plain processes where no service manager does it: Open vSwitch, OVN, libvirt.
//!
//! `cargo xtask run` starts them on the machine itself, `cargo xtask testbed` in namespaces of its own. Every step looks
//! first whether it has been taken, so that all of it may be repeated.

use std::fs;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::command::{argv, as_root, read, succeeds};

/// The bridge to the outside; OVN's external networks reach it under the name `ext`.
pub const EXTERNAL_BRIDGE: &str = "br-ex";
/// The host's own address on the external bridge: the gateway of the external network, as in DevStack.
pub const EXTERNAL_GATEWAY: &str = "172.24.4.1";
/// The external network, in which floating IPs lie.
pub const EXTERNAL_NETWORK: &str = "172.24.4.0/24";

const OVS_SOCKET: &str = "/run/openvswitch/db.sock";
const OVS_DATABASE: &str = "/etc/openvswitch/conf.db";
const VIRT_SOCKET: &str = "/run/libvirt/libvirt-sock";
const LOG_SOCKET: &str = "/run/libvirt/virtlogd-sock";
const QEMU_CONF: &str = "/etc/libvirt/qemu.conf";
const SECONDS: &str = "--timeout=30";

/// QEMU as child of a libvirtd that no service manager looks after: no cgroups to put it in, no security labels, and no
/// namespaces inside ours.
const QEMU_SETTINGS: &str = r#"
user = "root"
group = "root"
security_driver = "none"
cgroup_controllers = []
namespaces = []
remember_owner = 0
"#;

const LIBVIRTD_SETTINGS: &str = r#"
auth_unix_rw = "none"
unix_sock_group = "root"
unix_sock_rw_perms = "0770"
"#;

/// Where Open vSwitch forwards packets.
#[derive(Clone, Copy, PartialEq)]
pub enum Datapath {
    /// In the kernel's openvswitch module.
    Kernel,
    /// In ovs-vswitchd: everywhere, slower.
    Netdev,
}

impl Datapath {
    /// The kernel's where it has one.
    pub fn of_this_kernel() -> Datapath {
        let module = Path::new("/sys/module/openvswitch");
        if module.exists() || succeeds(&mut as_root("modprobe", ["openvswitch"])) {
            Datapath::Kernel
        } else {
            Datapath::Netdev
        }
    }

    fn name(self) -> &'static str {
        match self {
            Datapath::Kernel => "system",
            Datapath::Netdev => "netdev",
        }
    }
}

/// Whether systemd looks after the daemons of packages.
pub fn has_service_manager() -> bool {
    Path::new("/run/systemd/system").exists()
}

/// Brings up the network engine and libvirt. Daemons started here write into the folder `logs`.
pub fn start(datapath: Datapath, logs: &Path) -> Result<()> {
    if has_service_manager() {
        let services = ["openvswitch-switch", "ovn-central", "ovn-host", "libvirtd"];
        read(as_root("systemctl", ["start"]).args(services))?;
        configure_switch(datapath)?;
    } else {
        fs::create_dir_all(logs)?;
        start_switch(datapath, logs).context("Open vSwitch does not start")?;
        start_ovn(logs).context("OVN does not start")?;
        start_libvirt(logs).context("libvirt does not start")?;
    }
    wait_for_ovn()?;
    external_bridge(datapath)
}

fn start_switch(datapath: Datapath, logs: &Path) -> Result<()> {
    fs::create_dir_all("/run/openvswitch")?;
    if !Path::new(OVS_DATABASE).exists() {
        read(&mut argv("ovsdb-tool", ["create", OVS_DATABASE, "/usr/share/openvswitch/vswitch.ovsschema"]))?;
    }
    if !answers(OVS_SOCKET) {
        let mut server = argv("ovsdb-server", [OVS_DATABASE, "--remote=punix:/run/openvswitch/db.sock"]);
        detach(&mut server, "/run/openvswitch/ovsdb-server.pid", logs)?;
        read(&mut argv("ovs-vsctl", [SECONDS, "--no-wait", "init"]))?;
    }
    configure_switch(datapath)?;
    if !succeeds(&mut argv("ovs-appctl", ["--timeout=5", "-t", "ovs-vswitchd", "version"])) {
        let mut switch = argv("ovs-vswitchd", ["unix:/run/openvswitch/db.sock"]);
        detach(&mut switch, "/run/openvswitch/ovs-vswitchd.pid", logs)?;
    }
    Ok(())
}

/// What OVN's controller reads from the switch's database. A host that belongs to an OVN already is left as it is, and
/// one that has a name keeps it.
fn configure_switch(datapath: Datapath) -> Result<()> {
    let known = |key: &str| {
        let column = format!("external_ids:{key}");
        let mut get = as_root("ovs-vsctl", [SECONDS, "--no-wait", "--if-exists", "get", "open_vswitch", ".", &column]);
        read(&mut get).map(|value| value.trim().trim_matches('"').to_owned())
    };
    if !known("ovn-remote")?.is_empty() {
        return Ok(());
    }
    let name = read(&mut argv("uname", ["-n"]))?;
    let identity = Some(known("system-id")?).filter(|identity| !identity.is_empty());
    let identity = identity.unwrap_or_else(|| name.trim().to_owned());

    let mut set = as_root("ovs-vsctl", [SECONDS, "--no-wait", "set", "open_vswitch", "."]);
    set.arg(format!("external_ids:system-id={identity}"))
        .arg(format!("external_ids:hostname={}", name.trim()))
        .arg("external_ids:ovn-remote=unix:/run/ovn/ovnsb_db.sock")
        .args(["external_ids:ovn-encap-type=geneve", "external_ids:ovn-encap-ip=127.0.0.1"])
        .arg(format!("external_ids:ovn-bridge-datapath-type={}", datapath.name()))
        .arg(format!("external_ids:ovn-bridge-mappings=ext:{EXTERNAL_BRIDGE}"));
    if datapath == Datapath::Netdev {
        // Read once, when ovs-vswitchd starts. Without it, packets whose checksum is left to hardware are lost.
        set.arg("other_config:userspace-tso-enable=true");
    }
    read(&mut set)?;
    Ok(())
}

fn start_ovn(logs: &Path) -> Result<()> {
    fs::create_dir_all("/run/ovn")?;
    fs::create_dir_all("/var/lib/ovn")?;
    for (short, ctl) in [("nb", "ovn-nbctl"), ("sb", "ovn-sbctl")] {
        let database = format!("/var/lib/ovn/ovn{short}_db.db");
        let socket = format!("/run/ovn/ovn{short}_db.sock");
        if !Path::new(&database).exists() {
            let schema = format!("/usr/share/ovn/ovn-{short}.ovsschema");
            read(&mut argv("ovsdb-tool", ["create", &database, &schema]))?;
        }
        if !answers(&socket) {
            let mut server = argv("ovsdb-server", [&database]);
            server.arg(format!("--remote=punix:{socket}")).arg(format!("--unixctl=/run/ovn/ovn{short}_db.ctl"));
            detach(&mut server, &format!("/run/ovn/ovn{short}_db.pid"), logs)?;
            read(&mut argv(ctl, [SECONDS, "init"]))?;
        }
    }
    if !succeeds(&mut argv("ovn-appctl", ["--timeout=5", "-t", "ovn-northd", "version"])) {
        let mut northd = argv("ovn-northd", ["--ovnnb-db=unix:/run/ovn/ovnnb_db.sock"]);
        northd.arg("--ovnsb-db=unix:/run/ovn/ovnsb_db.sock");
        detach(&mut northd, "/run/ovn/ovn-northd.pid", logs)?;
    }
    if !succeeds(&mut argv("ovn-appctl", ["--timeout=5", "-t", "ovn-controller", "version"])) {
        let mut controller = argv("ovn-controller", ["unix:/run/openvswitch/db.sock"]);
        detach(&mut controller, "/run/ovn/ovn-controller.pid", logs)?;
    }
    Ok(())
}

/// Until this host is one of OVN's chassis and has done everything asked for so far.
fn wait_for_ovn() -> Result<()> {
    let get = ["get", "open_vswitch", ".", "external_ids:system-id"];
    let identity = read(as_root("ovs-vsctl", [SECONDS]).args(get))?;
    read(&mut as_root("ovs-vsctl", [SECONDS, "wait-until", "bridge", "br-int"]))?;
    read(&mut as_root("ovn-sbctl", [SECONDS, "wait-until", "chassis", identity.trim().trim_matches('"')]))?;
    read(&mut as_root("ovn-nbctl", [SECONDS, "--wait=hv", "sync"]))?;
    Ok(())
}

fn external_bridge(datapath: Datapath) -> Result<()> {
    let mut add = as_root("ovs-vsctl", [SECONDS, "--may-exist", "add-br", EXTERNAL_BRIDGE]);
    read(add.args(["--", "set", "bridge", EXTERNAL_BRIDGE]).arg(format!("datapath_type={}", datapath.name())))?;
    let address = format!("{EXTERNAL_GATEWAY}/24");
    read(&mut as_root("ip", ["address", "replace", &address, "dev", EXTERNAL_BRIDGE]))?;
    read(&mut as_root("ip", ["link", "set", EXTERNAL_BRIDGE, "up"]))?;
    Ok(())
}

fn start_libvirt(logs: &Path) -> Result<()> {
    if answers(VIRT_SOCKET) {
        return Ok(());
    }
    let settings = fs::read_to_string(QEMU_CONF).unwrap_or_default();
    if settings.lines().all(|line| line.trim().is_empty() || line.starts_with('#')) {
        fs::create_dir_all("/etc/libvirt")?;
        fs::write(QEMU_CONF, format!("{settings}\n# By Offing, as no service manager runs here.{QEMU_SETTINGS}"))?;
    }
    fs::create_dir_all("/run/libvirt")?;
    let own = "/run/libvirt/offing-libvirtd.conf";
    let log = logs.join("libvirtd.log");
    fs::write(own, format!("{LIBVIRTD_SETTINGS}log_level = 3\nlog_outputs = \"3:file:{}\"\n", log.display()))?;
    // Takes what guests write on their consoles, and no more of it than fits.
    if !answers(LOG_SOCKET) {
        read(&mut argv("virtlogd", ["--daemon", "--pid-file", "/run/libvirt/virtlogd.pid"]))?;
    }
    read(&mut argv("libvirtd", ["--daemon", "--config", own, "--pid-file", "/run/libvirt/libvirtd.pid"]))?;

    let deadline = Instant::now() + Duration::from_secs(30);
    while !succeeds(&mut argv("virsh", ["--connect", "qemu:///system", "--quiet", "list"])) {
        if Instant::now() > deadline {
            bail!("libvirtd runs, but does not answer on {VIRT_SOCKET}; see {}", log.display());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// Starts one of Open vSwitch's or OVN's daemons, which returns as soon as it is ready.
fn detach(daemon: &mut Command, pid_file: &str, logs: &Path) -> Result<()> {
    let name = Path::new(pid_file).file_stem().unwrap_or_default();
    let log = logs.join(name).with_extension("log");
    read(daemon.arg(format!("--pidfile={pid_file}")).arg(format!("--log-file={}", log.display())).arg("--detach"))?;
    Ok(())
}

fn answers(socket: &str) -> bool {
    UnixStream::connect(socket).is_ok()
}
