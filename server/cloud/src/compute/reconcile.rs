//! The reconciler of compute: the only writer of what is observed, and the only one that asks the hypervisor to do anything.
//!
//! One pass looks at every domain by one call, works out what has to happen for the instances that are on their way or look different from
//! the last time, does one step for each, and writes down what came of it. A pass takes no arguments: after a restart the first pass does
//! what any other would have done. Removing a domain of ours that has no row is part of it.

use super::hardware;
use super::hypervisor::{DomainSpec, HypervisorError, Nic, RootDisk, Virtualisation};
use super::lifecycle::{self, Seen, Sight, Step};
use super::service::{ComputeService, unavailable};
use super::store::{self, InstanceRow};
use crate::core::measured;
use crate::fault::StoreError;
use crate::{image, network, operation};
use api::compute::Task;
use api::image::DiskFormat;
use api::{Error, InstanceId, Kind, Micros, Result};
use futures::StreamExt as _;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Steps that run at the same time.
const AT_ONCE: usize = 8;
/// A failed step is tried this often before its task fails.
const ATTEMPTS: i64 = 3;
/// How long to wait before a failed step is tried again.
const RETRY: Micros = 2_000_000;
/// The longest time between two passes: what is changed behind Offing's back is seen at the latest then.
const PERIOD: Duration = Duration::from_secs(2);
/// How often the host is asked what it offers.
const HOST_PERIOD: Micros = 60_000_000;

/// What the reconciler remembers from pass to pass. Losing it costs one full look at everything.
#[derive(Debug, Default)]
pub struct Memory(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// As seen by the last pass; `None` before the first.
    sights: Option<HashMap<InstanceId, Sight>>,
    host_at: Option<Micros>,
    host: String,
    /// Failed steps are not tried again before this.
    not_before: HashMap<InstanceId, Micros>,
    unreachable: bool,
}

impl Memory {
    fn with<T>(&self, f: impl FnOnce(&mut Inner) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What a pass came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pass {
    /// Something was done: another pass may find more to do at once.
    pub worked: bool,
    /// Nothing more to do before this moment.
    pub wait: Option<Micros>,
}

impl ComputeService {
    /// Passes, one after the other, until told to stop.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        loop {
            let pass = match measured("compute", self.pass()).await {
                Ok(pass) => pass,
                Err(error) => {
                    tracing::warn!(%error, "compute pass failed");
                    Pass::default()
                }
            };
            if pass.worked && !stop.is_cancelled() {
                continue;
            }
            let now = self.core.clock.now();
            let wait = pass.wait.map_or(PERIOD, |at| Duration::from_micros((at - now).max(10_000) as u64)).min(PERIOD);
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.poke.poked() => {}
                () = self.hypervisor.changed() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// One look at everything and one step for whatever needs one.
    pub async fn pass(&self) -> Result<Pass> {
        self.host_look().await?;
        let seen = match self.hypervisor.list().await {
            Ok(seen) => seen,
            Err(error) => {
                self.hosts_answer(false).await?;
                return Err(unavailable(error));
            }
        };
        self.hosts_answer(true).await?;
        let sights: HashMap<InstanceId, Sight> = seen
            .into_iter()
            .map(|seen| (seen.instance, Sight { power: seen.power, boot: seen.boot.to_string() }))
            .collect();
        let (rows, orphans) = self.look_at(&sights).await?;

        let making = rows.iter().any(|row| row.snapshot.is_some());
        let arriving = if making { self.images.snapshots_arriving().await? } else { HashSet::new() };
        let now = self.core.clock.now();
        let mut pass = Pass::default();
        let mut steps = Vec::new();
        for row in rows {
            if let Some(at) = self.memory.with(|memory| memory.not_before.get(&row.id).copied()).filter(|at| *at > now)
            {
                pass.wait = Some(pass.wait.map_or(at, |wait| wait.min(at)));
                continue;
            }
            let facts = lifecycle::Row {
                arriving: row.snapshot.is_some_and(|image| arriving.contains(&image)),
                ..row.lifecycle()
            };
            match lifecycle::plan(&facts, sights.get(&row.id), now) {
                Step::Rest => {}
                Step::Snapshot => self.go_on_with_snapshot(row),
                Step::Wait(at) => pass.wait = Some(pass.wait.map_or(at, |wait| wait.min(at))),
                step => steps.push((row, step)),
            }
        }
        pass.worked = !steps.is_empty() || !orphans.is_empty();
        let done = futures::stream::iter(steps).map(|(row, step)| self.step(row, step)).buffer_unordered(AT_ONCE);
        let failures: Vec<Error> = done.filter_map(|result| async { result.err() }).collect().await;
        for instance in orphans {
            tracing::warn!(%instance, "removing a domain that carries our mark and has no row");
            if let Err(error) = self.hypervisor.remove(instance).await {
                tracing::warn!(%instance, %error, "an orphan cannot be removed");
            }
        }
        // Remembered only now: a pass that was interrupted is done over.
        self.memory.with(|memory| memory.sights = Some(sights));
        failures.into_iter().next().map_or(Ok(pass), Err)
    }

    /// The rows that a plan is needed for, and the domains that have none. Instances that have settled and look as they did are left out,
    /// so that a pass costs nothing for them.
    async fn look_at(&self, sights: &HashMap<InstanceId, Sight>) -> Result<(Vec<InstanceRow>, Vec<InstanceId>)> {
        let db = self.core.db.read();
        let mut rows = store::moving(db).await?;
        let moving: HashSet<InstanceId> = rows.iter().map(|row| row.id).collect();
        let differing = self.memory.with(|memory| memory.sights.as_ref().map(|last| differing(last, sights)));
        let mut differing = match differing {
            Some(differing) => differing,
            None => {
                let ids = store::all_ids(db).await?;
                let known: HashSet<InstanceId> = ids.iter().copied().collect();
                let unknown = sights.keys().filter(|id| !known.contains(id)).copied();
                ids.into_iter().chain(unknown).collect()
            }
        };
        differing.retain(|id| !moving.contains(id));
        let found = store::rows(db, &differing).await?;
        let known: HashSet<InstanceId> = found.iter().map(|row| row.id).collect();
        let orphans = differing.into_iter().filter(|id| !known.contains(id) && sights.contains_key(id)).collect();
        rows.extend(found);
        Ok((rows, orphans))
    }

    async fn step(&self, row: InstanceRow, step: Step) -> Result<()> {
        let done = match &step {
            Step::Rest | Step::Wait(_) | Step::Snapshot => Ok(()),
            Step::Record(seen) => return self.record(&row, seen).await,
            Step::Run => match self.build(&row).await? {
                Ok(()) => Ok(()),
                Err(why) => return self.task_failed(&row, why).await,
            },
            Step::Press => {
                self.count(&row).await?;
                self.hypervisor.shutdown(row.id).await
            }
            Step::ForceOff => self.hypervisor.force_off(row.id).await,
            Step::Remove => match self.hypervisor.remove(row.id).await {
                Ok(()) => return self.forget(&row).await,
                Err(error) => Err(error),
            },
        };
        match done {
            Ok(()) => {
                self.memory.with(|memory| memory.not_before.remove(&row.id));
                Ok(())
            }
            Err(error) => self.failed(&row, &step, error).await,
        }
    }

    /// Defines the domain as the rows say and powers it on. The inner error is one that trying again will not mend.
    async fn build(&self, row: &InstanceRow) -> Result<std::result::Result<(), HypervisorError>> {
        let host = self.memory.with(|memory| memory.host.clone());
        if row.state.task == Some(Task::Scheduling) {
            self.reached(row, Task::BlockDeviceMapping, &host, 20).await?;
        }
        let spec = match self.spec(row).await? {
            Ok(spec) => spec,
            Err(why) => return Ok(Err(HypervisorError::Failed(why))),
        };
        if let Err(error) = self.hypervisor.define(&spec).await {
            return self.retry(row, error).await;
        }
        if matches!(row.state.task, Some(Task::Scheduling | Task::BlockDeviceMapping)) {
            self.reached(row, Task::Spawning, &host, 60).await?;
        }
        match self.hypervisor.start(row.id).await {
            Ok(()) => Ok(Ok(())),
            Err(error) => self.retry(row, error).await,
        }
    }

    /// Whether a failed build is tried again: always while the hypervisor does not answer, else a few times.
    async fn retry(
        &self,
        row: &InstanceRow,
        error: HypervisorError,
    ) -> Result<std::result::Result<(), HypervisorError>> {
        tracing::warn!(instance = %row.id, %error, attempts = row.attempts, "an instance could not be powered on");
        if matches!(error, HypervisorError::Unreachable(_)) {
            self.later(row.id);
            return Ok(Ok(()));
        }
        if row.attempts + 1 >= ATTEMPTS {
            return Ok(Err(error));
        }
        self.count(row).await?;
        self.later(row.id);
        Ok(Ok(()))
    }

    /// Something that has to be done in the end, such as removing: tried again for as long as it takes.
    async fn failed(&self, row: &InstanceRow, step: &Step, error: HypervisorError) -> Result<()> {
        tracing::warn!(instance = %row.id, ?step, %error, "a step failed and will be tried again");
        self.later(row.id);
        Ok(())
    }

    fn later(&self, instance: InstanceId) {
        let at = self.core.clock.now() + RETRY;
        self.memory.with(|memory| memory.not_before.insert(instance, at));
    }

    async fn count(&self, row: &InstanceRow) -> Result<()> {
        let mut tx = self.begin().await?;
        store::attempt(&mut tx, row, self.core.clock.now()).await?;
        tx.commit().await.map_err(StoreError)?;
        Ok(())
    }

    /// All that the domain is made from; the inner error says why it cannot be.
    pub(super) async fn spec(&self, row: &InstanceRow) -> Result<std::result::Result<DomainSpec, String>> {
        let Some((path, format)) = image::base(self.core.db.read(), &self.core.data, row.image).await? else {
            return Ok(Err(format!("The image “{}” is gone.", row.image_name)));
        };
        let verified = tokio::task::spawn_blocking({
            let path = path.clone();
            move || image::verify(&path, format)
        });
        match verified.await {
            Ok(Ok(())) => {}
            Ok(Err(rejection)) => {
                return Ok(Err(format!("The image “{}” is not safe to use: {rejection}", row.image_name)));
            }
            Err(error) => return Err(crate::fault::incident("inspection thread", &error)),
        }
        let hardware = match hardware::hardware(&row.hardware(), row.vcpus) {
            Ok(hardware) => hardware,
            Err((_, why)) => return Ok(Err(why.to_string())),
        };
        let facts = self.facts(row).await?;
        let nics = facts.nics.iter().map(|nic| Nic { port: nic.port, mac: nic.mac.clone(), mtu: nic.mtu }).collect();
        Ok(Ok(DomainSpec {
            instance: row.id,
            project: row.project,
            name: row.name.clone(),
            vcpus: row.vcpus,
            memory_mb: row.ram_mb,
            root: RootDisk {
                image: row.image,
                base: path,
                base_format: if format == DiskFormat::Qcow2 { "qcow2" } else { "raw" },
                size: row.disk_gb << 30,
                cdrom: format == DiskFormat::Iso,
            },
            hardware,
            config_drive: facts.files(),
            nics,
        }))
    }

    async fn reached(&self, row: &InstanceRow, task: Task, host: &str, percent: u8) -> Result<()> {
        let now = self.core.clock.now();
        let mut tx = self.begin().await?;
        store::task_set(&mut tx, row, task, host, now).await?;
        if let Some(id) = row.operation {
            operation::progress(&mut tx, id, percent, now).await?;
        }
        tx.commit().await.map_err(StoreError)?;
        self.tell(row);
        Ok(())
    }

    async fn record(&self, row: &InstanceRow, seen: &Seen) -> Result<()> {
        let now = self.core.clock.now();
        let mut tx = self.begin().await?;
        if store::settle(&mut tx, row, seen, now).await?
            && let Some(id) = row.operation
        {
            operation::end(&mut tx, id, None, now).await?;
        }
        tx.commit().await.map_err(StoreError)?;
        self.memory.with(|memory| memory.not_before.remove(&row.id));
        self.tell(row);
        Ok(())
    }

    async fn task_failed(&self, row: &InstanceRow, error: HypervisorError) -> Result<()> {
        let now = self.core.clock.now();
        let fault = error.to_string();
        let mut tx = self.begin().await?;
        if store::fail(&mut tx, row, &fault, now).await?
            && let Some(id) = row.operation
        {
            operation::end(&mut tx, id, Some(&unavailable(error)), now).await?;
        }
        tx.commit().await.map_err(StoreError)?;
        self.tell(row);
        Ok(())
    }

    /// The domain is gone, so the row may go, and with it the ports and their addresses.
    async fn forget(&self, row: &InstanceRow) -> Result<()> {
        let now = self.core.clock.now();
        let mut tx = self.begin().await?;
        let touched = network::ports_release(&mut tx, row.id).await?;
        store::instance_delete(&mut tx, row.id).await?;
        if let Some(id) = row.operation {
            operation::end(&mut tx, id, None, now).await?;
        }
        tx.commit().await.map_err(StoreError)?;
        self.memory.with(|memory| memory.not_before.remove(&row.id));
        self.network.announce(row.project, &touched);
        self.images.poke();
        self.tell(row);
        Ok(())
    }

    fn tell(&self, row: &InstanceRow) {
        self.core.hub.changed(Kind::Instance, row.id, row.project);
        operation::announce(&self.core, row.project);
    }

    /// Asks the host what it offers, now and then, and keeps the answer for the pages.
    async fn host_look(&self) -> Result<()> {
        let now = self.core.clock.now();
        if self.memory.with(|memory| memory.host_at).is_some_and(|at| now < at + HOST_PERIOD) {
            return Ok(());
        }
        let Ok(host) = self.hypervisor.host().await else { return Ok(()) };
        let virtualisation = match host.virtualisation {
            Virtualisation::Kvm => "kvm",
            Virtualisation::Tcg => "qemu",
            Virtualisation::Simulated => "simulated",
        };
        let mut tx = self.begin().await?;
        store::host_save(&mut tx, &host, virtualisation, now).await?;
        tx.commit().await.map_err(StoreError)?;
        self.memory.with(|memory| {
            memory.host_at = Some(now);
            memory.host = host.name.clone();
        });
        self.core.hub.changed(Kind::Host, host.name, None);
        Ok(())
    }

    async fn hosts_answer(&self, up: bool) -> Result<()> {
        if self.memory.with(|memory| std::mem::replace(&mut memory.unreachable, !up)) != up {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        store::hosts_up(&mut tx, up).await?;
        tx.commit().await.map_err(StoreError)?;
        self.core.hub.changed(Kind::Host, "", None);
        Ok(())
    }
}

/// What has come, gone or changed between two looks.
fn differing(last: &HashMap<InstanceId, Sight>, now: &HashMap<InstanceId, Sight>) -> Vec<InstanceId> {
    let new = now.iter().filter(|(id, sight)| last.get(id) != Some(sight)).map(|(id, _)| *id);
    let gone = last.keys().filter(|id| !now.contains_key(id)).copied();
    new.chain(gone).collect()
}
