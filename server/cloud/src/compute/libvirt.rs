//! The driver for real hosts: QEMU through libvirt.
//!
//! Domains belong to libvirtd, so guests run on whatever becomes of this program. A domain is ours when its name is made of its UUID as we
//! make names, the UUID being the instance's id, and it carries our metadata element; any other is never listed nor touched.
//!
//! What the host must offer (`offing doctor` looks):
//! - This program runs as root: it gives QEMU's user its files and reads what libvirt's daemons write. QEMU itself runs as the user
//!   that libvirt's configuration says; it needs to get into the data folder (`o+x` on it and its parents) and to read the images.
//! - `stdio_handler = "logd"`, libvirt's default, with virtlogd running: it caps each console log at 2 MiB, with three older parts.
//!   With `"file"` a guest can fill the disk.
//! - Where AppArmor confines guests (Ubuntu), `virt-aa-helper` lets a guest at what its XML names; the data folder must not lie where
//!   that refuses to: below `/etc`, `/usr`, `/boot`, `/home` without leave, and the like.

use super::domain_xml::{Files, NAMESPACE, domain_name, domain_xml};
use super::hypervisor::*;
use super::instance_files::{self, Owner};
use super::kvm::Kvm;
use super::libvirt_backup;
use super::libvirt_link::{Link, failed};
use super::serial::SerialLines;
use api::InstanceId;
use async_trait::async_trait;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use virt::connect::Connect;
use virt::domain::{Domain, DomainShutoffReason, DomainState, DomainStateReason};
use virt::enumutil::Enum;
use virt::error::{ErrorNumber, ErrorNumberEnum};
use virt::sys;

/// How long after the last change the host is watched closely.
const MOTION: Duration = Duration::from_secs(60);
/// How often libvirt is asked then, and otherwise. `virt` 0.5 has no safe way to be told.
const CLOSELY: Duration = Duration::from_millis(500);
const QUIETLY: Duration = Duration::from_secs(2);
/// What domains are made for: see `domain_xml`.
const ARCHITECTURE: &str = "x86_64";

type Result<T> = std::result::Result<T, HypervisorError>;

/// A host with libvirt and QEMU.
#[derive(Debug)]
pub struct Libvirt {
    link: Link,
    data_dir: PathBuf,
    kvm: Kvm,
    /// What the last look at the host told, by instance: saves asking for each domain again.
    known: Arc<Mutex<HashMap<InstanceId, Known>>>,
    watch: Mutex<Watch>,
    serial: SerialLines,
}

/// A domain that has been found to be ours.
#[derive(Clone, Copy, Debug)]
struct Known {
    /// libvirt's number of the running domain.
    number: Option<u32>,
    seen: Seen,
}

#[derive(Debug)]
struct Watch {
    /// What was last told to anybody; nothing while libvirtd does not answer.
    told: Option<Vec<Seen>>,
    moved: Instant,
}

impl Libvirt {
    /// The host at `uri` (`qemu:///system`), with instance files below `data_dir`. Makes no connection yet, so that the program comes up
    /// without libvirtd. Fails when `data_dir` is too long a path for the sockets in it.
    pub fn new(uri: &str, data_dir: &Path, kvm: Kvm) -> Result<Self> {
        let host = Self {
            link: Link::new(uri),
            data_dir: data_dir.into(),
            kvm,
            known: Arc::default(),
            watch: Mutex::new(Watch { told: None, moved: Instant::now() }),
            serial: SerialLines::default(),
        };
        // The kernel's limit for a socket's path, its closing zero included, is 108.
        let longest = host.files(InstanceId(uuid::Uuid::nil())).vnc().as_os_str().len();
        match longest.checked_sub(107) {
            None | Some(0) => Ok(host),
            Some(excess) => Err(HypervisorError::Failed(format!(
                "The data folder {} has a path {excess} bytes too long for the sockets of instances. Choose a shorter one.",
                data_dir.display()
            ))),
        }
    }

    fn files(&self, instance: InstanceId) -> Files {
        Files { folder: self.data_dir.join("instances").join(instance.to_string()) }
    }

    /// Does something to a domain of ours, and watches closely what comes of it.
    async fn act(&self, instance: InstanceId, act: impl Fn(&Domain) -> Result<()> + Send + 'static) -> Result<()> {
        self.watch().moved = Instant::now();
        self.link.call(move |connection| act(&find(connection, instance)?)).await
    }

    async fn look(&self) -> Result<Vec<Seen>> {
        let (known, data_dir) = (self.known.clone(), self.data_dir.clone());
        let looked = self.link.call(move |connection| {
            let before = lock(&known).clone();
            let now = survey(connection, &data_dir, &before)?;
            *lock(&known) = now.clone();
            let mut seen: Vec<Seen> = now.into_values().map(|known| known.seen).collect();
            seen.sort_by_key(|seen| seen.instance);
            Ok(seen)
        });
        looked.await
    }

    fn watch(&self) -> MutexGuard<'_, Watch> {
        lock(&self.watch)
    }

    /// Why a console's socket does not answer.
    async fn no_console(&self, instance: InstanceId, socket: &Path, source: std::io::Error) -> HypervisorError {
        let running = self.link.call(move |connection| find(connection, instance)?.is_active().map_err(failed)).await;
        match running {
            Err(error) => error,
            Ok(true) => HypervisorError::Io { what: format!("connecting to {}", socket.display()), source },
            Ok(false) => {
                HypervisorError::Failed("The instance is not running, so it has no console. Start it first.".into())
            }
        }
    }
}

#[async_trait]
impl Hypervisor for Libvirt {
    async fn host(&self) -> Result<Host> {
        let ask = |connection: &Connect| {
            let version = connection.hyp_version()?;
            let guests = connection.domain_capabilities(None, Some(ARCHITECTURE), None, None, 0);
            let uefi = guests.is_ok_and(|guests| knows_uefi(&guests));
            Ok((connection.hostname()?, version, connection.node_info()?, uefi))
        };
        let (name, version, node, uefi) = self.link.call(move |connection| ask(connection).map_err(failed)).await?;
        let data_dir = self.data_dir.clone();
        let free = nix::sys::statvfs::statvfs(&data_dir).map_err(|error| HypervisorError::Io {
            what: format!("looking at {}", data_dir.display()),
            source: error.into(),
        })?;
        let (virtualisation, virtualisation_why) = match &self.kvm {
            Kvm::Works => (Virtualisation::Kvm, None),
            Kvm::Fails(why) => (Virtualisation::Tcg, Some(why.clone())),
        };
        Ok(Host {
            name,
            hypervisor: format!("QEMU {}.{}.{}", version / 1_000_000, version / 1000 % 1000, version % 1000),
            virtualisation,
            virtualisation_why,
            architecture: ARCHITECTURE.to_owned(),
            uefi,
            cpus: node.cpus,
            memory_mb: node.memory / 1024,
            disk_free: free.blocks_available() * free.fragment_size(),
        })
    }

    async fn list(&self) -> Result<Vec<Seen>> {
        let seen = self.look().await?;
        self.watch().told = Some(seen.clone());
        Ok(seen)
    }

    async fn define(&self, spec: &DomainSpec) -> Result<()> {
        let (instance, files) = (spec.instance, self.files(spec.instance));
        let xml = domain_xml(spec, &files, self.kvm == Kvm::Works);
        let spec = spec.clone();
        self.link
            .call(move |connection| {
                match find(connection, instance) {
                    Err(HypervisorError::Missing(_)) if connection.lookup_domain_by_uuid(instance.0).is_ok() => {
                        return Err(HypervisorError::Failed(format!(
                            "There is a domain with the UUID {instance} that is not Offing's. Remove it, or give it another UUID."
                        )));
                    }
                    Err(HypervisorError::Missing(_)) | Ok(_) => {}
                    Err(error) => return Err(error),
                }
                instance_files::make(&files, &spec, qemu_user(&connection.capabilities().map_err(failed)?))?;
                connection.define_domain_xml(&xml).map(drop).map_err(failed)
            })
            .await
    }

    async fn start(&self, instance: InstanceId) -> Result<()> {
        let start = |domain: &Domain| {
            let (state, _) = domain.state()?;
            match state {
                Enum::Known(DomainState::Paused) => domain.resume().map(drop),
                _ if domain.is_active()? => Ok(()),
                _ => match domain.create() {
                    Err(_) if domain.is_active()? => Ok(()),
                    created => created.map(drop),
                },
            }
        };
        self.act(instance, move |domain| start(domain).map_err(failed)).await
    }

    async fn shutdown(&self, instance: InstanceId) -> Result<()> {
        // The button alone: asking the guest's agent first would wait for one that is not there.
        let press = |domain: &Domain| domain.shutdown_flags(sys::VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN).map(drop);
        self.act(instance, move |domain| while_on(domain, press)).await
    }

    async fn force_off(&self, instance: InstanceId) -> Result<()> {
        self.act(instance, |domain| while_on(domain, |domain| domain.destroy().map(drop))).await
    }

    async fn remove(&self, instance: InstanceId) -> Result<()> {
        let files = self.files(instance);
        let all = sys::VIR_DOMAIN_UNDEFINE_MANAGED_SAVE
            | sys::VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA
            | sys::VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA
            | sys::VIR_DOMAIN_UNDEFINE_NVRAM;
        self.link
            .call(move |connection| {
                match find(connection, instance) {
                    Err(HypervisorError::Missing(_)) => {}
                    Err(error) => return Err(error),
                    Ok(domain) => {
                        while_on(&domain, |domain| domain.destroy().map(drop))?;
                        match domain.undefine_flags(all) {
                            // One that was undefined while it ran has gone with its power.
                            Err(error) if code(&error) == Some(ErrorNumber::NoDomain) => {}
                            undefined => undefined.map(drop).map_err(failed)?,
                        }
                    }
                }
                instance_files::remove(&files)
            })
            .await
    }

    async fn snapshot(&self, instance: InstanceId) -> Result<Frozen> {
        self.snapshot_end(instance).await?;
        let files = self.files(instance);
        let link = self.link.clone();
        let copy = move || {
            // Not through `call`: copying takes longer than any call may.
            let connection = link.open()?;
            match find(&connection, instance) {
                Ok(domain) if domain.is_active().map_err(failed)? => {
                    libvirt_backup::copy(link.uri(), &domain, &files.snapshot())?;
                    Ok(Frozen { disk: files.snapshot(), overlay: false })
                }
                // What was undefined behind our back still has its disk.
                Ok(_) | Err(HypervisorError::Missing(_)) if files.disk().exists() => {
                    Ok(Frozen { disk: files.disk(), overlay: true })
                }
                Ok(_) => Err(HypervisorError::Missing(instance)),
                Err(error) => Err(error),
            }
        };
        let copied = tokio::task::spawn_blocking(copy).await;
        copied.map_err(|_| HypervisorError::Unreachable("copying the disk was broken off".into()))?
    }

    async fn snapshot_end(&self, instance: InstanceId) -> Result<()> {
        let (copy, uri) = (self.files(instance).snapshot(), self.link.uri().to_owned());
        self.link
            .call(move |connection| {
                match find(connection, instance) {
                    Ok(domain) => libvirt_backup::give_up(&uri, &domain)?,
                    Err(HypervisorError::Missing(_)) => {}
                    Err(error) => return Err(error),
                }
                instance_files::remove_file(&copy)
            })
            .await
    }

    async fn console_log(&self, instance: InstanceId, from: Option<u64>, max: usize) -> Result<LogChunk> {
        let files = self.files(instance);
        let read = tokio::task::spawn_blocking(move || instance_files::read_log(&files, from, max)).await;
        let read = read.map_err(|_| HypervisorError::Unreachable("reading the log was broken off".into()))?;
        read?.ok_or(HypervisorError::Missing(instance))
    }

    async fn vnc(&self, instance: InstanceId) -> Result<BoxStream> {
        let socket = self.files(instance).vnc();
        match instance_files::connect(&socket).await {
            Ok(stream) => Ok(stream),
            Err(error) => Err(self.no_console(instance, &socket, error).await),
        }
    }

    async fn serial(&self, instance: InstanceId) -> Result<BoxStream> {
        let socket = self.files(instance).serial();
        match self.serial.open(instance, async || instance_files::connect(&socket).await).await {
            Ok(stream) => Ok(stream),
            Err(error) => Err(self.no_console(instance, &socket, error).await),
        }
    }

    async fn changed(&self) {
        loop {
            let in_motion = self.watch().moved.elapsed() < MOTION;
            tokio::time::sleep(if in_motion { CLOSELY } else { QUIETLY }).await;
            let seen = self.look().await.ok();
            let mut watch = self.watch();
            if watch.told != seen {
                // Nothing new to be seen while libvirtd is away; its coming back is news.
                let news = seen.is_some();
                *watch = Watch { told: seen, moved: Instant::now() };
                if news {
                    return;
                }
            }
        }
    }
}

/// The domain of an instance, if it is there and ours.
fn find(connection: &Connect, instance: InstanceId) -> Result<Domain> {
    let missing = |error: virt::error::Error| match code(&error) {
        Some(ErrorNumber::NoDomain) => HypervisorError::Missing(instance),
        _ => failed(error),
    };
    let domain = connection.lookup_domain_by_uuid(instance.0).map_err(missing)?;
    match is_ours(&domain, instance).map_err(missing)? {
        true => Ok(domain),
        false => Err(HypervisorError::Missing(instance)),
    }
}

fn is_ours(domain: &Domain, instance: InstanceId) -> std::result::Result<bool, virt::error::Error> {
    if domain.name()? != domain_name(instance) {
        return Ok(false);
    }
    match domain.metadata(sys::VIR_DOMAIN_METADATA_ELEMENT as i32, Some(NAMESPACE), 0) {
        Ok(_) => Ok(true),
        Err(error) if code(&error) == Some(ErrorNumber::NoDomainMetadata) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Does `act` unless the domain is off, or goes off meanwhile.
fn while_on(domain: &Domain, act: impl Fn(&Domain) -> std::result::Result<(), virt::error::Error>) -> Result<()> {
    if !domain.is_active().map_err(failed)? {
        return Ok(());
    }
    match act(domain) {
        // A domain that was undefined before is not there any more once it is off.
        Err(_) if !domain.is_active().unwrap_or(false) => Ok(()),
        acted => acted.map_err(failed),
    }
}

/// All domains of ours, by two calls and some more for those that were not there, or not running or off, `before`.
fn survey(
    connection: &Connect,
    data_dir: &Path,
    before: &HashMap<InstanceId, Known>,
) -> Result<HashMap<InstanceId, Known>> {
    let all = connection.list_all_domains(0).map_err(failed)?;
    let paused = connection.list_all_domains(sys::VIR_CONNECT_LIST_DOMAINS_PAUSED).map_err(failed)?;
    let paused: HashSet<_> = paused.iter().filter_map(|domain| domain.uuid().ok()).collect();
    let mut now = HashMap::with_capacity(all.len());
    for domain in all {
        let instance = InstanceId(domain.uuid().map_err(failed)?);
        let known = before.get(&instance);
        match known.map_or_else(|| is_ours(&domain, instance), |_| Ok(true)) {
            Ok(true) => {}
            Ok(false) => continue,
            // It went away while we looked.
            Err(error) if code(&error) == Some(ErrorNumber::NoDomain) => continue,
            Err(error) => return Err(failed(error)),
        }
        let number = domain.id();
        let (power, boot) = match (number, known) {
            (None, Some(known)) if known.number.is_none() => (known.seen.power, 0),
            (None, _) => (off_or_crashed(&domain), 0),
            (Some(_), Some(known)) if known.number == number && known.seen.power == Power::Running => {
                (if paused.contains(&instance.0) { Power::Paused } else { Power::Running }, known.seen.boot)
            }
            (Some(number), _) => {
                let files = Files { folder: data_dir.join("instances").join(instance.to_string()) };
                // QEMU binds its screen's socket anew at each start: the moment tells boots apart, also after libvirtd or the host was
                // restarted, when libvirt's own numbers begin anew.
                match (instance_files::bound_at(&files.vnc()), paused.contains(&instance.0)) {
                    // libvirt starts guests paused, for a moment without sockets.
                    (None, true) => (Power::Off, 0),
                    (Some(boot), true) => (Power::Paused, boot),
                    (boot, false) => (Power::Running, boot.unwrap_or(number.into())),
                }
            }
        };
        now.insert(instance, Known { number, seen: Seen { instance, power, boot } });
    }
    Ok(now)
}

fn off_or_crashed(domain: &Domain) -> Power {
    match domain.state() {
        Ok((_, Enum::Known(DomainStateReason::Shutoff(Enum::Known(DomainShutoffReason::Crashed))))) => Power::Crashed,
        _ => Power::Off,
    }
}

fn code(error: &virt::error::Error) -> Option<ErrorNumber> {
    match error.code() {
        ErrorNumberEnum::Known(code) => Some(code),
        ErrorNumberEnum::Unknown(_) => None,
    }
}

/// Whether libvirt has found firmware for UEFI, from its capabilities of domains: `<enum name='firmware'><value>efi</value>…`.
fn knows_uefi(capabilities: &str) -> bool {
    let firmware = capabilities.split_once("<enum name='firmware'>").and_then(|(_, rest)| rest.split_once("</enum>"));
    firmware.is_some_and(|(values, _)| values.contains("<value>efi</value>"))
}

/// User and group that QEMU runs as, from libvirt's capabilities: `<baselabel type='kvm'>+64055:+64055</baselabel>` of the model `dac`.
/// Nothing in a session of an ordinary user, where they are our own.
fn qemu_user(capabilities: &str) -> Owner {
    let (_, model) = capabilities.split_once("<model>dac</model>")?;
    let (_, label) =
        model.split_once("<baselabel type='kvm'>").or_else(|| model.split_once("<baselabel type='qemu'>"))?;
    let (user, group) = label.split_once("</baselabel>")?.0.split_once(':')?;
    let number = |text: &str| text.trim_start_matches('+').parse().ok();
    Some((number(user)?, number(group)?))
}

fn lock<T>(held: &Mutex<T>) -> MutexGuard<'_, T> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "libvirt_tests.rs"]
mod tests;
