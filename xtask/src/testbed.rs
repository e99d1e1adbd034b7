//! `cargo xtask testbed -- <command…>`: a command on a host of its own.
//!
//! The command sees fresh network, mount and process namespaces in which libvirt, Open vSwitch and OVN run on private
//! state in memory, and a namespace `inet` that stands for the outside world. When the command ends, or this program
//! does in whatever way, the kernel removes all of it.
//!
//! What the command finds: `OFFING_TESTBED=1`; qemu:///system; OVN's northbound database at its usual socket; the
//! external bridge with the gateway's address, see `host`; in `inet` the neighbour 172.24.4.254 and, behind it, the
//! "Internet" address 198.51.100.10. The daemons' logs lie in `$OFFING_TESTBED_LOGS` and stay until the
//! next run if the command fails.

use std::ffi::OsString;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sched::{CloneFlags, unshare};
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitStatus, wait};
use nix::unistd::Pid;

use crate::command::{argv, as_root, read};
use crate::host::{self, Datapath};
use crate::paths;

/// State that belongs to the machine's own daemons: hidden under empty folders in memory.
const PRIVATE: &[&str] = &[
    "/run",
    "/etc/libvirt",
    "/etc/openvswitch",
    "/var/cache/libvirt",
    "/var/lib/libvirt",
    "/var/lib/openvswitch",
    "/var/lib/ovn",
    "/var/log/libvirt",
];

/// Runs `command` in a testbed and ends as it does.
pub fn run(command: &[OsString]) -> Result<ExitCode> {
    if !nix::unistd::geteuid().is_root() {
        // By this name it is found even if it has been built anew meanwhile.
        let own = format!("/proc/{}/exe", std::process::id());
        let status = as_root(&own, ["testbed", "--"]).args(command).status()?;
        return Ok(code(status.code(), status.signal()));
    }
    let logs = logs()?;
    unshare(CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWPID)
        .context("cannot make namespaces; a container must be allowed to (CAP_SYS_ADMIN)")?;
    let status = own("testbed-init")
        .arg("--")
        .args(command)
        .env("OFFING_TESTBED", "1")
        .env("OFFING_TESTBED_LOGS", &logs)
        .env("CARGO_NET_OFFLINE", "true")
        .status()
        .context("cannot start the testbed's first process")?;
    if status.success() {
        fs::remove_dir_all(&logs)?;
    } else {
        eprintln!("testbed: the daemons' logs are in {}", logs.display());
    }
    Ok(code(status.code(), status.signal()))
}

/// The command that runs `command` in a testbed.
pub fn inside(command: &Command) -> Command {
    let mut testbed = own("testbed");
    testbed.arg("--").arg(command.get_program()).args(command.get_args());
    testbed
}

/// Another command of this program.
pub fn own(task: &str) -> Command {
    argv("/proc/self/exe", [task])
}

/// A folder for this testbed's logs. Those of earlier ones go.
fn logs() -> Result<PathBuf> {
    let all = paths::target()?.join("testbed");
    let own = all.join(std::process::id().to_string());
    fs::create_dir_all(&own)?;
    for entry in fs::read_dir(&all)? {
        let entry = entry?;
        if !Path::new("/proc").join(entry.file_name()).exists() {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(own)
}

/// The first process in the namespaces: prepares them, starts the command and adopts what others leave behind.
pub fn init(command: &[OsString]) -> Result<ExitCode> {
    nix::sys::prctl::set_pdeathsig(Signal::SIGKILL)?;
    let Some((program, arguments)) = command.split_first() else { bail!("no command is given") };
    if std::process::id() != 1 {
        bail!("`testbed-init` is `testbed`'s own: use `cargo xtask testbed -- <command>`");
    }
    let logs = PathBuf::from(std::env::var_os("OFFING_TESTBED_LOGS").context("OFFING_TESTBED_LOGS is not set")?);
    hide_the_machine().context("cannot mount the testbed's private folders")?;
    read(&mut argv("ip", ["link", "set", "lo", "up"]))?;
    host::start(Datapath::Netdev, &logs)?;
    outside_world().context("cannot set up the namespace `inet`")?;

    let child = Command::new(program).args(arguments).spawn();
    let child = child.with_context(|| format!("cannot start {}", program.to_string_lossy()))?;
    adopt_until(Pid::from_raw(child.id().cast_signed()))
}

/// Mounts what must not be the machine's. Nothing of it is seen outside.
fn hide_the_machine() -> Result<()> {
    let none = None::<&str>;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
    mount(Some("proc"), "/proc", Some("proc"), MsFlags::empty(), none)?;
    // libvirt reads network devices from /sys, which shows those of the namespace it was mounted in.
    umount2("/sys", MntFlags::MNT_DETACH)?;
    mount(Some("sysfs"), "/sys", Some("sysfs"), MsFlags::empty(), none)?;
    for folder in PRIVATE.iter().filter(|folder| Path::new(folder).exists()) {
        mount(Some("tmpfs"), *folder, Some("tmpfs"), MsFlags::empty(), Some("mode=0755"))?;
    }
    for folder in ["/run/lock", "/var/lib/libvirt/qemu", "/var/lib/libvirt/images", "/var/log/libvirt/qemu"] {
        fs::create_dir_all(folder)?;
    }
    Ok(())
}

/// A neighbour on the external bridge, and an address behind it that only the gateway knows the way to.
fn outside_world() -> Result<()> {
    let ip = |line: &str| read(&mut argv("ip", line.split(' ')));
    ip("netns add inet")?;
    ip("link add ext0 type veth peer name inet0 netns inet")?;
    ip("link set ext0 up")?;
    ip("-n inet link set lo up")?;
    ip("-n inet address add 198.51.100.10/32 dev lo")?;
    ip("-n inet address add 172.24.4.254/24 dev inet0")?;
    ip("-n inet link set inet0 up")?;
    read(&mut argv("ovs-vsctl", ["--timeout=30", "add-port", host::EXTERNAL_BRIDGE, "ext0"]))?;
    ip("route add 198.51.100.10/32 via 172.24.4.254")?;
    fs::write("/proc/sys/net/ipv4/ip_forward", "1")?;
    Ok(())
}

/// Reaps every process that ends, or libvirt would wait for its dead QEMUs for ever, until `child` is one of them.
fn adopt_until(child: Pid) -> Result<ExitCode> {
    loop {
        match wait() {
            Ok(WaitStatus::Exited(pid, status)) if pid == child => return Ok(code(Some(status), None)),
            Ok(WaitStatus::Signaled(pid, signal, _)) if pid == child => return Ok(code(None, Some(signal as i32))),
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error).context("cannot wait for the command"),
        }
    }
}

/// A command's end as a shell reports it.
fn code(status: Option<i32>, signal: Option<i32>) -> ExitCode {
    let code = status.or(signal.map(|signal| 128 + signal)).unwrap_or(1);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}
