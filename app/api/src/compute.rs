//! Nova's part: instances, flavors and key pairs.

use crate::metadef::{Carrier, Properties, PropertyChange};
use crate::{
    FlavorId, ImageId, InstanceId, KeypairId, ListQuery, Micros, NetworkId, Page, PortId, Result, SecurityGroupId, Why,
    caller::Caller,
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Nova's server status (API guide, "Server concepts"), as far as Offing has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    Build,
    Active,
    Shutoff,
    Paused,
    Reboot,
    HardReboot,
    Error,
}

impl Status {
    pub const ALL: [Status; 7] = [
        Status::Build,
        Status::Active,
        Status::Shutoff,
        Status::Paused,
        Status::Reboot,
        Status::HardReboot,
        Status::Error,
    ];

    /// The API's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Build => "BUILD",
            Self::Active => "ACTIVE",
            Self::Shutoff => "SHUTOFF",
            Self::Paused => "PAUSED",
            Self::Reboot => "REBOOT",
            Self::HardReboot => "HARD_REBOOT",
            Self::Error => "ERROR",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// Nova's task state: the work under way. No task means the instance has settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    Scheduling,
    Networking,
    BlockDeviceMapping,
    Spawning,
    PoweringOff,
    PoweringOn,
    Rebooting,
    RebootingHard,
    ImageSnapshot,
    ImageUploading,
    Deleting,
}

impl Task {
    pub const ALL: [Task; 11] = [
        Task::Scheduling,
        Task::Networking,
        Task::BlockDeviceMapping,
        Task::Spawning,
        Task::PoweringOff,
        Task::PoweringOn,
        Task::Rebooting,
        Task::RebootingHard,
        Task::ImageSnapshot,
        Task::ImageUploading,
        Task::Deleting,
    ];

    /// The API's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scheduling => "scheduling",
            Self::Networking => "networking",
            Self::BlockDeviceMapping => "block_device_mapping",
            Self::Spawning => "spawning",
            Self::PoweringOff => "powering-off",
            Self::PoweringOn => "powering-on",
            Self::Rebooting => "rebooting",
            Self::RebootingHard => "rebooting_hard",
            Self::ImageSnapshot => "image_snapshot",
            Self::ImageUploading => "image_uploading",
            Self::Deleting => "deleting",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|task| task.as_str() == text)
    }
}

/// Nova's power state, with the API's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PowerState {
    NoState = 0,
    Running = 1,
    Paused = 3,
    Shutdown = 4,
    Crashed = 6,
}

impl PowerState {
    pub const ALL: [PowerState; 5] =
        [PowerState::NoState, PowerState::Running, PowerState::Paused, PowerState::Shutdown, PowerState::Crashed];

    pub fn from_code(code: i64) -> Self {
        Self::ALL.into_iter().find(|state| *state as i64 == code).unwrap_or(Self::NoState)
    }
}

/// What can be asked of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    Start,
    Stop,
    Reboot,
    HardReboot,
    Delete,
    Console,
    Log,
    AssociateFloatingIp,
    Snapshot,
}

impl Verb {
    pub const ALL: [Verb; 9] = [
        Verb::Start,
        Verb::Stop,
        Verb::Reboot,
        Verb::HardReboot,
        Verb::Delete,
        Verb::Console,
        Verb::Log,
        Verb::AssociateFloatingIp,
        Verb::Snapshot,
    ];
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Reboot => "reboot",
            Self::HardReboot => "hard reboot",
            Self::Delete => "delete",
            Self::Console => "open the console",
            Self::Log => "read the log",
            Self::AssociateFloatingIp => "associate a floating IP",
            Self::Snapshot => "take a snapshot",
        })
    }
}

/// Status and task together: what the rules below ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct State {
    pub status: Status,
    pub task: Option<Task>,
}

/// Why a verb is refused in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    #[error("It is being deleted.")]
    Deleting,
    #[error("It is busy ({}). Wait until that has ended.", .0.as_str())]
    Busy(Task),
    #[error("It runs already.")]
    Running,
    #[error("It is switched off already.")]
    Off,
    #[error("It has to run for this. Start it first.")]
    NeedsRunning,
    #[error("It failed to build and has nothing to {0}. Delete it and launch it anew.")]
    NeverBuilt(Verb),
}

impl State {
    pub fn settled(status: Status) -> Self {
        Self { status, task: None }
    }

    /// Whether the instance is on its way to another state.
    pub fn is_moving(self) -> bool {
        self.task.is_some()
    }

    /// The one rule of which verb is allowed when. The service's check, the API's answer and the greyed-out button all ask here.
    pub fn can(self, verb: Verb) -> std::result::Result<(), Refusal> {
        use Refusal::*;
        match (verb, self.task) {
            (_, Some(Task::Deleting)) => return Err(Deleting),
            // Deleting is always possible, and reading changes nothing.
            (Verb::Delete | Verb::Log | Verb::AssociateFloatingIp, _) => return Ok(()),
            (Verb::Console, Some(Task::Rebooting | Task::PoweringOff)) => return Ok(()),
            // The guest goes on meanwhile.
            (Verb::Console, Some(Task::ImageSnapshot | Task::ImageUploading)) => {}
            // A guest that ignores the power button must still be stoppable by force.
            (Verb::HardReboot, Some(Task::Rebooting | Task::PoweringOff)) => return Ok(()),
            (_, Some(task)) => return Err(Busy(task)),
            (_, None) => {}
        }
        match (verb, self.status) {
            (Verb::Delete | Verb::Log | Verb::AssociateFloatingIp, _) => Ok(()),
            (_, Status::Build) => Err(NeverBuilt(verb)),
            (Verb::Start, Status::Shutoff | Status::Error) => Ok(()),
            (Verb::Start, _) => Err(Running),
            (Verb::Stop, Status::Shutoff) => Err(Off),
            (Verb::Stop, _) => Ok(()),
            (Verb::Reboot, Status::Active) => Ok(()),
            (Verb::Reboot, _) => Err(NeedsRunning),
            (Verb::HardReboot, _) => Ok(()),
            (Verb::Console, Status::Active | Status::Paused | Status::Reboot | Status::HardReboot) => Ok(()),
            (Verb::Console, _) => Err(NeedsRunning),
            (Verb::Snapshot, Status::Active | Status::Paused | Status::Shutoff) => Ok(()),
            (Verb::Snapshot, _) => Err(NeedsRunning),
        }
    }
}

/// An address that an instance has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    pub network: String,
    pub address: String,
    /// The floating IP in front of it.
    pub floating: Option<String>,
}

/// Why an instance is in ERROR, or what is odd about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    pub message: String,
    pub at: Micros,
}

/// An instance in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    pub id: InstanceId,
    pub name: String,
    pub state: State,
    pub power: PowerState,
    pub image_name: String,
    pub flavor_name: String,
    pub keypair_name: Option<String>,
    pub addresses: Vec<Address>,
    pub created_at: Micros,
    pub fault: Option<Fault>,
}

/// An instance's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceDetail {
    pub instance: Instance,
    /// `None` once the image has been deleted.
    pub image: Option<ImageId>,
    /// The user that keys are put in place for, if the image says so: tenants' own text.
    pub admin_user: Option<String>,
    pub vcpus: u32,
    pub ram_mb: u64,
    pub disk_gb: u64,
    pub host: String,
    pub security_groups: Vec<(SecurityGroupId, String)>,
    pub user_data_bytes: u64,
    pub launched_at: Option<Micros>,
    pub updated_at: Micros,
    pub generation: i64,
    pub interfaces: Vec<Interface>,
    /// Nova's metadata of the instance.
    pub properties: BTreeMap<String, String>,
}

/// One of an instance's interfaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interface {
    pub port: PortId,
    pub network: NetworkId,
    pub network_name: String,
    pub mac: String,
    pub address: String,
    pub floating: Option<String>,
    /// Plugged in and realised, as last observed.
    pub up: bool,
}

/// A part of the console log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsoleLog {
    /// Control sequences are taken out; still the guest's own words, so hostile.
    pub text: String,
    /// Where to go on reading, in bytes.
    pub next: u64,
    /// The log begins before this part.
    pub truncated: bool,
}

/// What a launch form sends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewInstance {
    pub name: String,
    pub image: String,
    pub flavor: String,
    pub network: String,
    /// Empty: none.
    pub keypair: String,
    /// Empty: the project's default group.
    pub security_groups: Vec<String>,
    pub user_data: String,
}

/// The most user-data an instance can carry, in bytes, before base64 (Nova's limit is 65,535 bytes of base64; cloud-init's own is larger).
pub const USER_DATA_MAX: usize = 64 * 1024;

/// A flavor: an instance's size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flavor {
    pub id: FlavorId,
    pub name: String,
    pub vcpus: u32,
    pub ram_mb: u64,
    pub disk_gb: u64,
    /// Nova's extra specs.
    pub properties: BTreeMap<String, String>,
}

impl Flavor {
    /// Whether an image fits: the disk must hold it, the memory must do. `virtual_size` in bytes.
    pub fn fits(&self, virtual_size: u64, min_disk_gb: u64, min_ram_mb: u64) -> std::result::Result<(), Why> {
        let needs = min_disk_gb.max(virtual_size.div_ceil(1 << 30));
        if needs > self.disk_gb {
            Err(Why::DiskTooSmall { needs, has: self.disk_gb })
        } else if min_ram_mb > self.ram_mb {
            Err(Why::MemoryTooSmall { needs: min_ram_mb, has: self.ram_mb })
        } else {
            Ok(())
        }
    }
}

/// The public half of a key pair. Key pairs belong to a user, not to a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keypair {
    pub id: KeypairId,
    pub name: String,
    /// `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa` …
    pub algorithm: String,
    /// `SHA256:…`, as ssh-keygen prints it.
    pub fingerprint: String,
    pub public_key: String,
    pub created_at: Micros,
}

/// The kinds of key that Offing makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyType {
    Ed25519,
    Ecdsa,
    Rsa,
}

impl KeyType {
    pub const ALL: [KeyType; 3] = [KeyType::Ed25519, KeyType::Ecdsa, KeyType::Rsa];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::Ecdsa => "ecdsa",
            Self::Rsa => "rsa",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A key pair just made: the only moment at which the private half exists outside its owner's hands.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewKeypair {
    pub keypair: Keypair,
    /// OpenSSH's private key format. Never stored, never logged.
    pub private_key: String,
}

/// What a host offers and how guests run on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HypervisorHost {
    pub name: String,
    pub hypervisor: String,
    /// `kvm`, `qemu` (translation) or `simulated`.
    pub virtualisation: String,
    /// Why it is not KVM, where it is not.
    pub virtualisation_why: Option<String>,
    pub vcpus: u32,
    pub vcpus_used: u32,
    pub memory_mb: u64,
    pub memory_mb_used: u64,
    /// Bytes.
    pub disk_free: u64,
    pub instances: u32,
    /// Answers now.
    pub up: bool,
    pub seen_at: Micros,
}

/// The compute service.
#[async_trait]
pub trait Compute: Send + Sync {
    /// Sort keys: `name`, `status`, `created` (default `-created`). Filter: `image` (an id).
    async fn instance_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<Instance>>;
    async fn instance_show(&self, caller: &Caller, id: InstanceId) -> Result<InstanceDetail>;
    /// Accepts the launch and returns at once; the instance is in BUILD.
    async fn instance_launch(&self, caller: &Caller, new: NewInstance) -> Result<InstanceId>;
    async fn instance_start(&self, caller: &Caller, id: InstanceId) -> Result<()>;
    /// Presses the power button; pulls the plug when the guest has not gone off by itself after a while.
    async fn instance_stop(&self, caller: &Caller, id: InstanceId) -> Result<()>;
    /// Soft: through the guest's own shutdown, by force after a while. Hard: at once.
    async fn instance_reboot(&self, caller: &Caller, id: InstanceId, hard: bool) -> Result<()>;
    async fn instance_delete(&self, caller: &Caller, id: InstanceId) -> Result<()>;
    /// Makes an image of the root disk as it is now; a guest that runs goes on running. The image is there at once, queued.
    async fn instance_snapshot(&self, caller: &Caller, id: InstanceId, name: &str) -> Result<ImageId>;
    /// The log from byte `from`, or its last part.
    async fn instance_log(&self, caller: &Caller, id: InstanceId, from: Option<u64>) -> Result<ConsoleLog>;

    /// Smallest first.
    async fn flavor_list(&self, caller: &Caller) -> Result<Vec<Flavor>>;

    async fn keypair_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<Keypair>>;
    async fn keypair_show(&self, caller: &Caller, id: KeypairId) -> Result<Keypair>;
    async fn keypair_create(&self, caller: &Caller, name: &str, kind: KeyType) -> Result<NewKeypair>;
    async fn keypair_import(&self, caller: &Caller, name: &str, public_key: &str) -> Result<Keypair>;
    async fn keypair_delete(&self, caller: &Caller, id: KeypairId) -> Result<()>;

    async fn properties_show(&self, caller: &Caller, of: Carrier) -> Result<Properties>;
    /// An instance's are its project's business, a flavor's the administrators'. Instances find theirs at the metadata service.
    async fn properties_set(&self, caller: &Caller, of: Carrier, change: PropertyChange) -> Result<()>;

    /// The hosts; for administrators.
    async fn hypervisor_list(&self, caller: &Caller) -> Result<Vec<HypervisorHost>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `allowed` lists the verbs that the state permits; every other verb must be refused.
    fn check(status: Status, task: Option<Task>, allowed: &[Verb]) {
        let state = State { status, task };
        for verb in Verb::ALL {
            assert_eq!(state.can(verb).is_ok(), allowed.contains(&verb), "{state:?} {verb:?}");
        }
    }

    #[test]
    fn verbs_by_state() {
        use Verb::*;
        check(Status::Active, None, &[Stop, Reboot, HardReboot, Delete, Console, Log, AssociateFloatingIp, Snapshot]);
        check(Status::Shutoff, None, &[Start, HardReboot, Delete, Log, AssociateFloatingIp, Snapshot]);
        check(Status::Paused, None, &[Stop, HardReboot, Delete, Console, Log, AssociateFloatingIp, Snapshot]);
        check(Status::Active, Some(Task::ImageSnapshot), &[Delete, Console, Log, AssociateFloatingIp]);
        check(Status::Shutoff, Some(Task::ImageUploading), &[Delete, Log, AssociateFloatingIp]);
        check(Status::Error, None, &[Start, Stop, HardReboot, Delete, Log, AssociateFloatingIp]);
        check(Status::Build, Some(Task::Spawning), &[Delete, Log, AssociateFloatingIp]);
        check(Status::Active, Some(Task::PoweringOff), &[HardReboot, Delete, Console, Log, AssociateFloatingIp]);
        for status in Status::ALL {
            check(status, Some(Task::Deleting), &[]);
        }
    }
}
