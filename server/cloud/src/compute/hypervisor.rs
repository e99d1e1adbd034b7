//! The hypervisor, as the compute service sees it: plain structs and one trait. Drivers: `libvirt` for real hosts, `simulator` for
//! demos, classes and tests. Both pass the same contract tests (`contract.rs`).
//!
//! A driver keeps no intent and decides nothing. Each call brings one thing about and may be repeated: it succeeds when the thing is so
//! already. Files of an instance lie in a folder named by its id, so that removing the folder removes all of it.

use super::hardware::Hardware;
use api::{ImageId, InstanceId, PortId, ProjectId};
use async_trait::async_trait;
use std::path::PathBuf;
use std::pin::Pin;
use tokio::io::{AsyncRead, AsyncWrite};

/// A failed call to the hypervisor.
#[derive(Debug, thiserror::Error)]
pub enum HypervisorError {
    /// The daemon does not answer; the same call may succeed later.
    #[error("the hypervisor does not answer: {0}")]
    Unreachable(String),
    /// There is no such domain.
    #[error("there is no domain for instance {0}")]
    Missing(InstanceId),
    /// The hypervisor refused or failed; repeating the call as it stands will not help.
    #[error("{0}")]
    Failed(String),
    #[error("{what}: {source}")]
    Io { what: String, source: std::io::Error },
}

/// How guests run on this host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Virtualisation {
    Kvm,
    /// QEMU's own translation: works everywhere, slower by a factor of ten or so.
    Tcg,
    /// No guests at all: the shipped fake host.
    Simulated,
}

/// The host and what it offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    pub name: String,
    /// "QEMU 10.0.2", "Simulator".
    pub hypervisor: String,
    pub virtualisation: Virtualisation,
    /// Why it is not KVM, in a sentence, where it is not.
    pub virtualisation_why: Option<String>,
    /// As Glance calls it: `x86_64`.
    pub architecture: String,
    /// Guests can be started with UEFI.
    pub uefi: bool,
    pub cpus: u32,
    pub memory_mb: u64,
    /// Bytes free where instance disks lie.
    pub disk_free: u64,
}

/// A domain's condition as the hypervisor reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    Running,
    Paused,
    /// Defined, not running: powered off by its guest, or never started.
    Off,
    Crashed,
}

/// A domain of ours that exists on the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    pub instance: InstanceId,
    pub power: Power,
    /// Changes with each start of the domain, so that a reboot by power cycle can be told from a guest that kept running. 0 while it
    /// is off.
    pub boot: u64,
}

/// One network interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nic {
    /// Also the OVS interface's `iface-id`.
    pub port: PortId,
    /// `fa:16:3e:…`, as Neutron makes them.
    pub mac: String,
    /// Bytes; the guest learns it by DHCP as well.
    pub mtu: u32,
}

/// All that it takes to define an instance's domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainSpec {
    pub instance: InstanceId,
    pub project: ProjectId,
    /// The name people gave it: kept as the domain's title; the domain itself is named by the id.
    pub name: String,
    pub vcpus: u32,
    pub memory_mb: u64,
    pub root: RootDisk,
    pub hardware: Hardware,
    /// Config drive content: path below the drive's root → bytes.
    pub config_drive: Vec<(String, Vec<u8>)>,
    pub nics: Vec<Nic>,
}

/// The root disk: an overlay over an image's file, so that a launch copies nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootDisk {
    pub image: ImageId,
    /// The image's file, inspected and never written to.
    pub base: PathBuf,
    /// `qcow2` or `raw`: always given, never probed.
    pub base_format: &'static str,
    /// Bytes.
    pub size: u64,
    /// The image is an ISO: attached as a CD-ROM beside an empty root disk.
    pub cdrom: bool,
}

/// A root disk as it is at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frozen {
    /// A qcow2 file. Guests write to it, so its header is not believed: see `image::inspect::overlay`.
    pub disk: PathBuf,
    /// Reads fall through to the image, where it has one; otherwise it holds everything.
    pub overlay: bool,
}

/// A part of the console log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogChunk {
    pub bytes: Vec<u8>,
    /// Where this part begins in the file.
    pub start: u64,
    /// Where to go on reading.
    pub end: u64,
}

/// Both ends of a console's byte stream.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}
pub type BoxStream = Pin<Box<dyn Stream>>;

#[async_trait]
pub trait Hypervisor: Send + Sync {
    /// What the host offers. Slow; asked once at start-up and then now and then.
    async fn host(&self) -> Result<Host, HypervisorError>;

    /// Every domain of ours, running or not, by one call for all. Domains without our metadata are not ours and never appear.
    async fn list(&self) -> Result<Vec<Seen>, HypervisorError>;

    /// Makes the folder, the overlay disk and the config drive if they are missing, and defines the domain as `spec` says (defining it
    /// anew where it exists). An existing overlay is left as it is. Starts nothing.
    async fn define(&self, spec: &DomainSpec) -> Result<(), HypervisorError>;

    /// Powers the domain on. Succeeds when it runs already.
    async fn start(&self, instance: InstanceId) -> Result<(), HypervisorError>;

    /// Presses the power button and returns at once; the guest may take its time or ignore it. Succeeds when it is off.
    async fn shutdown(&self, instance: InstanceId) -> Result<(), HypervisorError>;

    /// Pulls the plug. Succeeds when it is off.
    async fn force_off(&self, instance: InstanceId) -> Result<(), HypervisorError>;

    /// Removes the domain, powered on or not, and its folder with disk, config drive, log and sockets. Succeeds when nothing is there.
    async fn remove(&self, instance: InstanceId) -> Result<(), HypervisorError>;

    /// Holds the root disk as it is now, to be read until `snapshot_end`: for a guest that runs a copy, made while it goes on; for one that is
    /// off the disk itself, so it must stay off. Takes as long as copying takes. What an earlier call has left behind is done anew.
    async fn snapshot(&self, instance: InstanceId) -> Result<Frozen, HypervisorError>;

    /// Lets go of it: a copy is removed, one in the making is given up. Succeeds when there is none.
    async fn snapshot_end(&self, instance: InstanceId) -> Result<(), HypervisorError>;

    /// The console log from byte `from`, at most `max` bytes; with `from` beyond the end, nothing. `from: None` means the last `max`.
    /// Old output may be dropped: whoever goes on from the `end` of the part read last, follows even so.
    async fn console_log(
        &self,
        instance: InstanceId,
        from: Option<u64>,
        max: usize,
    ) -> Result<LogChunk, HypervisorError>;

    /// The graphical console: RFB as QEMU speaks it.
    async fn vnc(&self, instance: InstanceId) -> Result<BoxStream, HypervisorError>;

    /// The serial console: bytes both ways. The log goes on being written beside it. Whoever opens one shares it with all the others.
    async fn serial(&self, instance: InstanceId) -> Result<BoxStream, HypervisorError>;

    /// Resolves when something may have changed: a domain started, stopped or vanished by itself. May wake for nothing.
    async fn changed(&self);
}
