//! The shipped fake host: domains in memory that start, print, listen and stop as small guests do. For demos on a laptop, classes,
//! capacity tests, and nearly all tests of the services, so it is exact, quick and deterministic; it goes by tokio's clock, which tests
//! may pause.
//!
//! Given a folder it keeps a small file per domain there, so that domains outlive the program as libvirt's do: what ran runs on. The
//! files are written through the page cache and not synced; a power cut may lose them, a killed program does not.
//!
//! One `Simulator` is one host.

mod faults;
mod guest;
mod rfb;
mod screen;
mod world;

pub use faults::{Call, Faults, Trip};

use super::hypervisor::*;
use super::overlay::overlay;
use api::InstanceId;
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::time::Instant;
use world::{Domain, Machine};

/// What the simulated host is like.
#[derive(Clone, Debug)]
pub struct Options {
    pub name: String,
    pub architecture: String,
    /// Guests can be started with UEFI.
    pub uefi: bool,
    pub cpus: u32,
    pub memory_mb: u64,
    /// Bytes.
    pub disk_free: u64,
    /// From power on to the login prompt.
    pub boot_time: Duration,
    /// From the power button to power off.
    pub shutdown_time: Duration,
    /// Where domains are kept over restarts; without it they end with the `Simulator`.
    pub folder: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            name: "simulator".into(),
            architecture: "x86_64".into(),
            uefi: true,
            cpus: 256,
            memory_mb: 2 << 20,
            disk_free: 100 << 40,
            boot_time: Duration::from_secs(6),
            shutdown_time: Duration::from_secs(2),
            folder: None,
        }
    }
}

impl Options {
    /// A host on which nothing takes time.
    pub fn instant() -> Self {
        Self { boot_time: Duration::ZERO, shutdown_time: Duration::ZERO, ..Self::default() }
    }
}

/// A simulated host. Clones are the same host.
#[derive(Clone, Debug)]
pub struct Simulator(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    options: Options,
    faults: Faults,
    world: Mutex<World>,
}

#[derive(Debug, Default)]
struct World {
    domains: BTreeMap<InstanceId, Domain>,
    /// Boots so far, over all domains, so that a number never comes twice.
    boots: u64,
    /// When guests that have heard their power button go off. One that was cut off before then stands here still, to no effect.
    stopping: Vec<(Instant, InstanceId)>,
}

type Result<T> = std::result::Result<T, HypervisorError>;

impl Simulator {
    /// A host with the domains that `options.folder` holds. Fails when the folder cannot be made or read.
    pub fn new(options: Options) -> Result<Self> {
        let mut world = World::default();
        if let Some(folder) = &options.folder {
            load(folder, &mut world).map_err(|source| failed_io("reading", folder, source))?;
        }
        Ok(Self(Arc::new(Inner { options, faults: Faults::default(), world: Mutex::new(world) })))
    }

    /// What goes wrong on this host.
    pub fn faults(&self) -> &Faults {
        &self.0.faults
    }

    /// Somebody else destroys the domain (`virsh destroy`).
    pub fn destroy_behind_back(&self, instance: InstanceId) -> Result<()> {
        self.power_behind_back(instance, Power::Off)
    }

    /// The domain's power changes without us: its guest powers off or crashes, somebody pauses or starts it.
    pub fn power_behind_back(&self, instance: InstanceId, power: Power) -> Result<()> {
        self.0.update(instance, |domain, boot, now| match power {
            Power::Running => domain.start(boot, now),
            _ => {
                domain.become_power(power, now, self.0.options.boot_time);
                true
            }
        })?;
        self.0.faults.wake.notify_one();
        Ok(())
    }

    /// Somebody else destroys and undefines the domain (`virsh destroy`, `virsh undefine`).
    pub fn undefine_behind_back(&self, instance: InstanceId) -> Result<()> {
        self.0.forget(instance)?;
        self.0.faults.wake.notify_one();
        Ok(())
    }

    async fn change(&self, call: Call, effect: impl FnOnce() -> Result<()> + Send) -> Result<()> {
        self.0.faults.reach().await?;
        let halts = self.0.faults.enter(call)?;
        let result = effect();
        if halts {
            self.0.faults.halt().await;
        }
        result
    }

    /// Both ends of a new console connection of a running domain; ours comes with the boot that it belongs to.
    async fn connect(&self, instance: InstanceId) -> Result<(DuplexStream, DuplexStream, Console)> {
        self.0.faults.reach().await?;
        let boot = self.0.update(instance, |_, _, _| false)?;
        match self.0.world().domains.get(&instance).map(Domain::is_on) {
            Some(true) => {}
            _ => {
                return Err(HypervisorError::Failed(
                    "The instance is not running, so it has no console. Start it first.".into(),
                ));
            }
        }
        let (theirs, ours) = tokio::io::duplex(64 << 10);
        Ok((theirs, ours, Console { host: self.0.clone(), instance, boot }))
    }
}

#[async_trait]
impl Hypervisor for Simulator {
    async fn host(&self) -> Result<Host> {
        self.0.faults.reach().await?;
        let Options { name, architecture, uefi, cpus, memory_mb, disk_free, .. } = &self.0.options;
        Ok(Host {
            name: name.clone(),
            hypervisor: "Simulator".into(),
            virtualisation: Virtualisation::Simulated,
            virtualisation_why: Some("This host is simulated: its instances only pretend to run.".into()),
            architecture: architecture.clone(),
            uefi: *uefi,
            cpus: *cpus,
            memory_mb: *memory_mb,
            disk_free: *disk_free,
        })
    }

    async fn list(&self) -> Result<Vec<Seen>> {
        self.0.faults.reach().await?;
        self.0.settle()?;
        let world = self.0.world();
        let seen = |(instance, domain): (&InstanceId, &Domain)| Seen {
            instance: *instance,
            power: domain.power(),
            boot: if domain.is_on() { domain.boot() } else { 0 },
        };
        Ok(world.domains.iter().map(seen).collect())
    }

    async fn define(&self, spec: &DomainSpec) -> Result<()> {
        self.change(Call::Define, || self.0.define(spec)).await
    }

    async fn start(&self, instance: InstanceId) -> Result<()> {
        self.change(Call::Start, || self.0.update(instance, |domain, boot, now| domain.start(boot, now)).map(drop))
            .await
    }

    async fn shutdown(&self, instance: InstanceId) -> Result<()> {
        let deaf = self.0.faults.power_button_ignored();
        let time = self.0.options.shutdown_time;
        let press = || self.0.update(instance, |domain, _, now| !deaf && domain.press(now + time));
        self.change(Call::Shutdown, || press().map(|_| self.0.faults.wake.notify_one())).await
    }

    async fn force_off(&self, instance: InstanceId) -> Result<()> {
        let boot_time = self.0.options.boot_time;
        let cut = || {
            let off = |domain: &mut Domain, _, now| {
                domain.become_power(Power::Off, now, boot_time);
                true
            };
            self.0.update(instance, off).map(drop)
        };
        self.change(Call::ForceOff, cut).await
    }

    async fn remove(&self, instance: InstanceId) -> Result<()> {
        self.change(Call::Remove, || self.0.forget(instance)).await
    }

    async fn snapshot(&self, instance: InstanceId) -> Result<Frozen> {
        let disk = self.0.snapshot(instance);
        let write = || {
            let world = self.0.world();
            let domain = world.domains.get(&instance).ok_or(HypervisorError::Missing(instance))?;
            let empty = overlay(domain.disk(), None).map_err(|error| HypervisorError::Failed(error.to_string()))?;
            empty.write(&disk).map_err(|source| failed_io("writing to", &disk, source))
        };
        self.change(Call::Snapshot, write).await?;
        Ok(Frozen { disk, overlay: false })
    }

    async fn snapshot_end(&self, instance: InstanceId) -> Result<()> {
        self.0.faults.reach().await?;
        remove(&self.0.snapshot(instance))
    }

    async fn console_log(&self, instance: InstanceId, from: Option<u64>, max: usize) -> Result<LogChunk> {
        self.0.faults.reach().await?;
        self.0.settle()?;
        let world = self.0.world();
        let domain = world.domains.get(&instance).ok_or(HypervisorError::Missing(instance))?;
        let (start, text) = domain.text(Instant::now(), self.0.options.boot_time);
        let end = start + text.len() as u64;
        let start_of_chunk = match from {
            Some(from) => from.clamp(start, end),
            None => end.saturating_sub(max as u64).max(start),
        };
        let skipped = (start_of_chunk - start) as usize;
        let bytes: Vec<u8> = text[skipped..].iter().take(max).copied().collect();
        Ok(LogChunk { start: start_of_chunk, end: start_of_chunk + bytes.len() as u64, bytes })
    }

    async fn vnc(&self, instance: InstanceId) -> Result<BoxStream> {
        let (theirs, ours, console) = self.connect(instance).await?;
        let name = format!("Simulated instance {instance}");
        tokio::spawn(async move {
            tokio::select! {
                ended = rfb::serve(ours, &name, &console) => ended,
                () = console.power_gone() => Ok(()),
            }
        });
        Ok(Box::pin(theirs))
    }

    async fn serial(&self, instance: InstanceId) -> Result<BoxStream> {
        let (theirs, ours, console) = self.connect(instance).await?;
        let shown = console.log().map_or(0, |(start, text)| start + text.len() as u64);
        tokio::spawn(console.serial(ours, shown));
        Ok(Box::pin(theirs))
    }

    async fn changed(&self) {
        loop {
            // A guest that hears its power button wakes us, and from then on the time is known when it goes off.
            let due = self.0.world().stopping.iter().map(|(at, _)| *at).min();
            let due = async {
                match due {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.0.faults.wake.notified() => return,
                // Where the files cannot be written, `list` says so.
                () = due => if self.0.settle().is_err() { return },
            }
        }
    }
}

impl Inner {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets what is due by now happen.
    fn settle(&self) -> Result<()> {
        let now = Instant::now();
        let World { domains, stopping, .. } = &mut *self.world();
        for (_, instance) in stopping.extract_if(.., |(at, _)| *at <= now) {
            if let Some(domain) = domains.get_mut(&instance)
                && domain.settle(now, self.options.boot_time)
            {
                self.save(instance, domain)?;
                self.faults.wake.notify_one();
            }
        }
        Ok(())
    }

    fn define(&self, spec: &DomainSpec) -> Result<()> {
        let machine = Machine::new(spec);
        let mut world = self.world();
        let domain = world.domains.entry(spec.instance).or_insert_with(|| Domain::new(machine.clone()));
        domain.redefine(machine);
        self.save(spec.instance, domain)
    }

    /// Changes a domain, given the number of its next boot and the time, and saves it if `change` says that it did. Returns the number
    /// of its boot.
    fn update(&self, instance: InstanceId, change: impl FnOnce(&mut Domain, u64, Instant) -> bool) -> Result<u64> {
        self.settle()?;
        let World { domains, boots, stopping } = &mut *self.world();
        let domain = domains.get_mut(&instance).ok_or(HypervisorError::Missing(instance))?;
        if change(domain, *boots + 1, Instant::now()) {
            *boots = domain.boot().max(*boots);
            stopping.extend(domain.off_at().map(|at| (at, instance)));
            self.save(instance, domain)?;
        }
        Ok(domain.boot())
    }

    fn forget(&self, instance: InstanceId) -> Result<()> {
        self.world().domains.remove(&instance);
        remove(&self.snapshot(instance))?;
        self.options.folder.as_ref().map_or(Ok(()), |folder| remove(&file(folder, instance)))
    }

    /// Where the copy of a root disk lies.
    fn snapshot(&self, instance: InstanceId) -> PathBuf {
        let folder = self.options.folder.clone().unwrap_or_else(std::env::temp_dir);
        folder.join(format!("{instance}.qcow2"))
    }

    /// Writes a few hundred bytes to the page cache, in less time than it takes to reach the blocking pool. One line over the old one in
    /// one write, which being killed does not cut; a rename would be the usual way, but ext4 then waits for the disk.
    fn save(&self, instance: InstanceId, domain: &Domain) -> Result<()> {
        let Some(folder) = &self.options.folder else { return Ok(()) };
        let line = format!("{}\n", domain.save());
        OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(file(folder, instance))
            .and_then(|mut file| {
                file.write_all(line.as_bytes())?;
                file.set_len(line.len() as u64)
            })
            .map_err(|source| failed_io("writing to", folder, source))
    }
}

fn file(folder: &Path, instance: InstanceId) -> PathBuf {
    folder.join(format!("{instance}.json"))
}

/// Removes a file, if it is there.
fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(failed_io("removing from", path, source)),
        _ => Ok(()),
    }
}

fn failed_io(doing: &str, folder: &Path, source: std::io::Error) -> HypervisorError {
    HypervisorError::Io { what: format!("{doing} the simulated host's folder {}", folder.display()), source }
}

/// Reads what is there; a file cut short by a crash, or somebody else's, is no domain.
fn load(folder: &Path, world: &mut World) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let id = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".json")?.parse().ok());
        let saved = id.map(|_| std::fs::read(&path)).transpose()?;
        let line = saved.as_ref().and_then(|bytes| bytes.split(|byte| *byte == b'\n').next());
        let domain = line.and_then(|line| Domain::load(&serde_json::from_slice(line).ok()?));
        if let (Some(id), Some(domain)) = (id, domain) {
            world.boots = world.boots.max(domain.boot());
            world.domains.insert(id, domain);
        }
    }
    Ok(())
}

/// A console connection. It ends with the boot that it was made in, as QEMU's sockets do.
struct Console {
    host: Arc<Inner>,
    instance: InstanceId,
    boot: u64,
}

impl Console {
    /// Where the log begins and what it holds, while the power stays on.
    fn log(&self) -> Option<(u64, Vec<u8>)> {
        self.host.settle().ok()?;
        let world = self.host.world();
        let domain = world.domains.get(&self.instance)?;
        let on = domain.boot() == self.boot && domain.is_on();
        on.then(|| domain.text(Instant::now(), self.host.options.boot_time))
    }

    async fn power_gone(&self) {
        while self.log().is_some() {
            tokio::time::sleep(rfb::REFRESH).await;
        }
    }

    /// Shows what is printed after byte `shown` of the log, and types what comes.
    async fn serial(self, mut stream: DuplexStream, mut shown: u64) -> std::io::Result<()> {
        let mut typed = [0; 1024];
        loop {
            tokio::select! {
                count = stream.read(&mut typed) => match count? {
                    0 => return Ok(()),
                    count => rfb::Terminal::type_in(&self, &typed[..count]),
                },
                () = tokio::time::sleep(rfb::REFRESH) => {}
            }
            let Some((start, text)) = self.log() else { return Ok(()) };
            let end = start + text.len() as u64;
            stream.write_all(&text[shown.clamp(start, end).saturating_sub(start) as usize..]).await?;
            shown = end;
        }
    }
}

impl rfb::Terminal for Console {
    fn text(&self) -> Option<Vec<u8>> {
        self.log().map(|(_, text)| text)
    }

    fn type_in(&self, bytes: &[u8]) {
        let Options { boot_time, shutdown_time, .. } = self.host.options;
        let mut powers_off = false;
        let typed = self.host.update(self.instance, |domain, _, now| {
            powers_off = domain.boot() == self.boot && domain.type_in(bytes, now, boot_time);
            powers_off && domain.press(now + shutdown_time)
        });
        // A domain that has vanished hears nothing; what else is wrong shows at the next look.
        if typed.is_ok() && powers_off {
            self.host.faults.wake.notify_one();
        }
    }
}

#[cfg(test)]
mod tests;
