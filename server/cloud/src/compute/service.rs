//! The compute service: checks, writes down the intent, and wakes the reconciler.

use super::hypervisor::{BoxStream, Hypervisor, HypervisorError};
use super::metadata::{Facts, Nic};
use super::store::{self, InstanceRow};
use super::{console_text, keypair, launch, reconcile};
use crate::authz::{self, Action};
use crate::core::{Core, Poke};
use crate::db::Tx;
use crate::fault::{StoreError, incident};
use crate::image::ImageService;
use crate::network::{self, InstancePort, NetworkService};
use crate::operation;
use api::class::SeatInstance;
use api::compute::{
    Compute, ConsoleLog, Flavor, HypervisorHost, Instance, InstanceDetail, KeyType, Keypair, NewInstance, NewKeypair,
    Status, Task, Verb,
};
use api::metadef::{Carrier, Properties, PropertyChange};
use api::{Caller, Error, ImageId, InstanceId, KeypairId, Kind, ListQuery, NetworkId, Page, ProjectId, Result};
use async_trait::async_trait;
use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::Arc;

/// How much of the console log one answer carries, in bytes.
const LOG_PART: usize = 128 * 1024;

/// Which console to open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Console {
    /// The screen, keyboard and mouse: RFB.
    Vnc,
    /// The serial line.
    Serial,
}

pub struct ComputeService {
    pub(super) core: Arc<Core>,
    pub(super) hypervisor: Arc<dyn Hypervisor>,
    pub(super) network: Arc<NetworkService>,
    pub(super) images: Arc<ImageService>,
    pub(super) poke: Poke,
    pub(super) memory: reconcile::Memory,
}

impl ComputeService {
    pub fn new(
        core: Arc<Core>,
        hypervisor: Arc<dyn Hypervisor>,
        network: Arc<NetworkService>,
        images: Arc<ImageService>,
    ) -> Arc<Self> {
        Arc::new(Self {
            core,
            hypervisor,
            network,
            images,
            poke: Poke::default(),
            memory: reconcile::Memory::default(),
        })
    }

    /// The flavors that the first start makes.
    pub async fn flavors_ensure(&self) -> Result<()> {
        let mut tx = self.begin().await?;
        for (name, vcpus, ram_mb, disk_gb) in super::flavor::SHIPPED {
            store::flavor_ensure(&mut tx, name, vcpus, ram_mb, disk_gb).await?;
        }
        tx.commit().await.map_err(StoreError)?;
        Ok(())
    }

    /// The byte stream of an instance's console; `Refused` while it does not run.
    pub async fn console_open(&self, caller: &Caller, id: InstanceId, console: Console) -> Result<BoxStream> {
        authz::require(caller, Action::Write)?;
        let row = self.find(caller, id).await?;
        row.state.can(Verb::Console).map_err(Error::Refused)?;
        let opened = match console {
            Console::Vnc => self.hypervisor.vnc(id).await,
            Console::Serial => self.hypervisor.serial(id).await,
        };
        opened.map_err(unavailable)
    }

    /// Whether a console that was opened may go on: it takes what opening it took.
    pub async fn console_keep(&self, caller: &Caller, id: InstanceId) -> Result<()> {
        authz::require(caller, Action::Write)?;
        self.find(caller, id).await.map(|_| ())
    }

    /// What the guest that has this address on this network is told about itself.
    pub async fn metadata(&self, network: NetworkId, address: Ipv4Addr) -> Result<Option<Facts>> {
        let Some((_, instance)) = network::port_at(self.core.db.read(), network, address).await? else {
            return Ok(None);
        };
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let Some(row) = store::instance_any(&mut db, instance).await? else { return Ok(None) };
        Ok(Some(self.facts(&row).await?))
    }

    /// Wants every instance of a project gone, in a transaction of somebody else's, who calls `wake` after the commit. Answers with how
    /// many there are still, and whether that was news.
    pub async fn purge(&self, tx: &mut Tx, project: ProjectId) -> Result<(u64, bool)> {
        Ok(store::purge(tx, project, self.core.clock.now()).await?)
    }

    /// All flavors, whoever asks: for services that say what a project may use.
    pub async fn flavors(&self) -> Result<Vec<Flavor>> {
        Ok(store::flavor_list(self.core.db.read(), None).await?)
    }

    /// What runs in each of these projects, for a service that has asked whether its caller may know: one query.
    pub async fn instances_in(&self, projects: &[ProjectId]) -> Result<HashMap<ProjectId, Vec<SeatInstance>>> {
        Ok(store::instances_in(self.core.db.read(), projects).await?)
    }

    /// There is something to do.
    pub fn wake(&self) {
        self.poke.poke();
    }

    /// How many instances there are in each status.
    pub async fn count_by_status(&self) -> Result<Vec<(String, i64)>> {
        Ok(store::count_by_status(self.core.db.read()).await?)
    }

    pub(super) async fn facts(&self, row: &InstanceRow) -> Result<Facts> {
        let secrets = store::secrets(self.core.db.read(), row.id).await?;
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let properties = store::properties(&mut db, Carrier::Instance(row.id)).await?;
        drop(db);
        let ports = self.ports(row.id).await?;
        Ok(Facts {
            instance: row.id,
            project: row.project,
            name: row.name.clone(),
            key: row.keypair_name.clone().zip(secrets.public_key),
            user_data: secrets.user_data,
            properties,
            nics: ports.iter().map(nic).collect(),
        })
    }

    pub(super) async fn ports(&self, instance: InstanceId) -> Result<Vec<InstancePort>> {
        Ok(network::ports_of(self.core.db.read(), &[instance]).await?.remove(&instance).unwrap_or_default())
    }

    pub(super) async fn begin(&self) -> Result<Tx> {
        Ok(self.core.db.begin().await.map_err(StoreError)?)
    }

    async fn find(&self, caller: &Caller, id: InstanceId) -> Result<InstanceRow> {
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        store::instance(&mut db, caller.project, id).await?.ok_or_else(|| Error::not_found(Kind::Instance, id))
    }

    /// The shape of every verb: may the caller, does the state allow it, then intent, operation and audit in one transaction.
    async fn intend(&self, caller: &Caller, id: InstanceId, verb: Verb, wish: Wish) -> Result<()> {
        authz::require(caller, Action::Write)?;
        let now = self.core.clock.now();
        let mut tx = self.begin().await?;
        let row =
            store::instance(&mut tx, caller.project, id).await?.ok_or_else(|| Error::not_found(Kind::Instance, id))?;
        row.state.can(verb).map_err(Error::Refused)?;
        if let Some(earlier) = row.operation {
            // Overtaken by what is asked now.
            operation::end(&mut tx, earlier, None, now).await?;
        }
        let target = operation::Target { kind: Kind::Instance, id: &id.to_string(), name: &row.name };
        let operation = operation::begin(&mut tx, caller, wish.operation, target, now).await?;
        let status = wish.status.unwrap_or(row.state.status);
        store::intend(&mut tx, id, wish.intent, status, wish.task, operation, now).await?;
        tx.commit().await.map_err(StoreError)?;
        if let Some(image) = row.snapshot {
            self.images.snapshot_cancel(image);
        }
        self.announce(caller, id);
        Ok(())
    }

    pub(super) fn announce(&self, caller: &Caller, id: InstanceId) {
        self.core.hub.changed(Kind::Instance, id, caller.project);
        operation::announce(&self.core, caller.project);
        self.poke.poke();
    }
}

/// What a verb writes into the row.
struct Wish {
    operation: &'static str,
    intent: &'static str,
    /// `None`: stays as it is.
    status: Option<Status>,
    task: Task,
}

pub(super) fn unavailable(error: HypervisorError) -> Error {
    match error {
        HypervisorError::Missing(id) => Error::not_found(Kind::Instance, id),
        HypervisorError::Unreachable(why) | HypervisorError::Failed(why) => {
            Error::Unavailable { what: "The hypervisor".to_owned(), why }
        }
        HypervisorError::Io { .. } => incident("hypervisor files", &error),
    }
}

fn nic(port: &InstancePort) -> Nic {
    Nic {
        port: port.id,
        network: port.network,
        mac: port.mac.clone(),
        mtu: port.mtu,
        address: port.address,
        prefix: port.cidr.prefix,
        gateway: port.gateway,
        floating: port.floating,
    }
}

fn view(row: InstanceRow, ports: &[InstancePort]) -> Instance {
    Instance {
        id: row.id,
        name: row.name,
        state: row.state,
        power: row.power,
        image_name: row.image_name,
        flavor_name: row.flavor_name,
        keypair_name: row.keypair_name,
        addresses: ports.iter().map(Into::into).collect(),
        created_at: row.created_at,
        fault: row.fault,
    }
}

#[async_trait]
impl Compute for ComputeService {
    async fn instance_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<Instance>> {
        authz::require(caller, Action::Read)?;
        let page = store::instance_list(self.core.db.read(), caller.project, query).await?;
        let ids: Vec<InstanceId> = page.items.iter().map(|row| row.id).collect();
        let ports = network::ports_of(self.core.db.read(), &ids).await?;
        Ok(page.map(|row| {
            let ports = ports.get(&row.id).map(Vec::as_slice).unwrap_or_default();
            view(row, ports)
        }))
    }

    async fn instance_show(&self, caller: &Caller, id: InstanceId) -> Result<InstanceDetail> {
        authz::require(caller, Action::Read)?;
        let row = self.find(caller, id).await?;
        let ports = self.ports(id).await?;
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let image = crate::image::launch_image(&mut db, caller, row.image).await?;
        let properties = store::properties(&mut db, Carrier::Instance(id)).await?;
        drop(db);
        Ok(InstanceDetail {
            admin_user: image.as_ref().and_then(|image| image.properties.get("os_admin_user").cloned()),
            image: image.map(|image| image.id),
            vcpus: row.vcpus,
            ram_mb: row.ram_mb,
            disk_gb: row.disk_gb,
            host: row.host.clone(),
            security_groups: network::groups_of(self.core.db.read(), id).await?,
            user_data_bytes: store::user_data_bytes(self.core.db.read(), id).await?,
            launched_at: row.launched_at,
            updated_at: row.updated_at,
            generation: row.generation,
            interfaces: ports.iter().map(Into::into).collect(),
            properties,
            instance: view(row, &ports),
        })
    }

    async fn instance_launch(&self, caller: &Caller, new: NewInstance) -> Result<InstanceId> {
        let id = launch::launch(&self.core, caller, new).await?;
        self.announce(caller, id);
        self.network.announce(caller.project, &network::Touched::new());
        Ok(id)
    }

    async fn instance_start(&self, caller: &Caller, id: InstanceId) -> Result<()> {
        let wish = Wish { operation: "instance_start", intent: "run", status: None, task: Task::PoweringOn };
        self.intend(caller, id, Verb::Start, wish).await
    }

    async fn instance_stop(&self, caller: &Caller, id: InstanceId) -> Result<()> {
        let wish = Wish { operation: "instance_stop", intent: "stop", status: None, task: Task::PoweringOff };
        self.intend(caller, id, Verb::Stop, wish).await
    }

    async fn instance_reboot(&self, caller: &Caller, id: InstanceId, hard: bool) -> Result<()> {
        let (verb, operation, status, task) = if hard {
            (Verb::HardReboot, "instance_hard_reboot", Status::HardReboot, Task::RebootingHard)
        } else {
            (Verb::Reboot, "instance_reboot", Status::Reboot, Task::Rebooting)
        };
        self.intend(caller, id, verb, Wish { operation, intent: "run", status: Some(status), task }).await
    }

    async fn instance_delete(&self, caller: &Caller, id: InstanceId) -> Result<()> {
        let wish = Wish { operation: "instance_delete", intent: "delete", status: None, task: Task::Deleting };
        self.intend(caller, id, Verb::Delete, wish).await
    }

    async fn instance_snapshot(&self, caller: &Caller, id: InstanceId, name: &str) -> Result<ImageId> {
        self.snapshot(caller, id, name).await
    }

    async fn instance_log(&self, caller: &Caller, id: InstanceId, from: Option<u64>) -> Result<ConsoleLog> {
        authz::require(caller, Action::Read)?;
        self.find(caller, id).await?;
        match self.hypervisor.console_log(id, from, LOG_PART).await {
            Ok(part) => Ok(ConsoleLog {
                text: console_text::plain(&part.bytes),
                next: part.end,
                truncated: from.is_none() && part.start > 0,
            }),
            // Nothing has been written yet.
            Err(HypervisorError::Missing(_)) => Ok(ConsoleLog::default()),
            Err(error) => Err(unavailable(error)),
        }
    }

    async fn flavor_list(&self, caller: &Caller) -> Result<Vec<Flavor>> {
        authz::require(caller, Action::Read)?;
        Ok(store::flavor_list(self.core.db.read(), Some(caller.project)).await?)
    }

    async fn keypair_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<Keypair>> {
        keypair::list(&self.core, caller, query).await
    }

    async fn keypair_show(&self, caller: &Caller, id: KeypairId) -> Result<Keypair> {
        keypair::show(&self.core, caller, id).await
    }

    async fn keypair_create(&self, caller: &Caller, name: &str, kind: KeyType) -> Result<NewKeypair> {
        keypair::create(&self.core, caller, name, kind).await
    }

    async fn keypair_import(&self, caller: &Caller, name: &str, public_key: &str) -> Result<Keypair> {
        keypair::import(&self.core, caller, name, public_key).await
    }

    async fn keypair_delete(&self, caller: &Caller, id: KeypairId) -> Result<()> {
        keypair::delete(&self.core, caller, id).await
    }

    async fn properties_show(&self, caller: &Caller, of: Carrier) -> Result<Properties> {
        self.properties(caller, of).await
    }

    async fn properties_set(&self, caller: &Caller, of: Carrier, change: PropertyChange) -> Result<()> {
        self.set_properties(caller, of, change).await
    }

    async fn hypervisor_list(&self, caller: &Caller) -> Result<Vec<HypervisorHost>> {
        authz::require(caller, Action::ReadHosts)?;
        Ok(store::host_list(self.core.db.read()).await?)
    }
}
