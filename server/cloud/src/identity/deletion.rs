//! Deleting a project with all that it holds.
//!
//! The request only says so: the project is marked, and nobody enters it any more. Then, pass by pass: instances are wanted gone, and
//! the compute reconciler takes them down with their disks; when the last is gone, one transaction removes networks, addresses, groups
//! and images and the project itself, and the other reconcilers find that the engine and the disk hold what nobody wants. A pass takes
//! no arguments and each step can be repeated, so after a restart it goes on with what is still there.

use super::change::Change;
use super::{project, store};
use crate::authz::Action;
use crate::compute::ComputeService;
use crate::core::{Core, Poke, measured};
use crate::db::Tx;
use crate::fault::StoreError;
use crate::image::ImageService;
use crate::network::NetworkService;
use crate::operation::{self, Target};
use api::error::Conflict;
use api::{Caller, Error, Kind, ProjectId, Result, Why};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often it looks whether the instances are gone while it waits for them.
const SOON: Duration = Duration::from_millis(500);
/// How often it looks without being woken.
const PERIOD: Duration = Duration::from_secs(60);
/// How much of the progress the instances are; the rest is quick.
const INSTANCES: u64 = 90;

pub struct Deletion {
    core: Arc<Core>,
    networks: Arc<NetworkService>,
    images: Arc<ImageService>,
    compute: Arc<ComputeService>,
    poke: Poke,
}

impl Deletion {
    pub fn new(
        core: Arc<Core>,
        networks: Arc<NetworkService>,
        images: Arc<ImageService>,
        compute: Arc<ComputeService>,
    ) -> Self {
        Self { core, networks, images, compute, poke: Poke::default() }
    }

    /// Marks the project. `name` is typed to confirm.
    pub async fn begin(&self, caller: &Caller, id: ProjectId, name: &str) -> Result<()> {
        let mut change = Change::begin(&self.core, caller, Action::ManageProjects).await?;
        let project = project::find(&mut change, id).await?;
        if project.deleting {
            return Ok(());
        }
        if name.trim() != project.name {
            return Err(Error::field("confirm", Why::NotTheName { name: project.name }));
        }
        if id == caller.project {
            return Err(Error::Conflict(Conflict::OwnGround { kind: Kind::Project }));
        }
        if store::project::clouds_own(&mut change.tx).await? == Some(id) {
            return Err(Error::Conflict(Conflict::CloudProject));
        }
        let (_, children) = store::project::family(&mut change.tx, id).await?;
        if !children.is_empty() {
            let count = children.len() as u64;
            return Err(Error::Conflict(Conflict::NotEmpty { kind: Kind::Project, holds: Kind::Project, count }));
        }
        let now = change.now;
        let target = Target { kind: Kind::Project, id: &id.to_string(), name: &project.name };
        let operation = operation::begin_for(&mut change.tx, caller, "project_delete", target, Some(id), now).await?;
        let (total, _) = self.compute.purge(&mut change.tx, id).await?;
        store::project::deletion_begin(&mut change.tx, id, operation, total).await?;
        change.somebody_runs_cloud().await?;
        change.touch(Kind::Project, id);
        change.commit().await?;
        self.compute.wake();
        self.poke.poke();
        Ok(())
    }

    /// Passes, one after the other, until told to stop.
    pub async fn run(&self, stop: CancellationToken) {
        loop {
            let waiting = match measured("project", self.pass()).await {
                Ok(pass) => pass.waiting,
                Err(error) => {
                    tracing::warn!(%error, "a project could not be deleted yet");
                    true
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.poke.poked() => {}
                () = tokio::time::sleep(if waiting { SOON } else { PERIOD }) => {}
            }
        }
    }

    /// One step for every project that is to go.
    pub async fn pass(&self) -> Result<DeletionPass> {
        let mut pass = DeletionPass::default();
        for row in store::project::deleting(self.core.db.read()).await? {
            match self.step(&row).await? {
                Step::Waits { worked } => {
                    pass.waiting = true;
                    pass.worked |= worked;
                }
                Step::Gone => pass.worked = true,
            }
        }
        Ok(pass)
    }

    async fn step(&self, row: &store::project::Deleting) -> Result<Step> {
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        if let Emptied::Waits { left, worked } = self.empty(&mut tx, row.id).await? {
            let gone = row.total.saturating_sub(left) * INSTANCES / row.total.max(1);
            operation::progress(&mut tx, row.operation, gone as u8, now).await?;
            tx.commit().await.map_err(StoreError)?;
            if worked {
                self.wake();
            }
            self.announce(row);
            return Ok(Step::Waits { worked });
        }
        store::project::delete(&mut tx, row.id).await?;
        operation::end(&mut tx, row.operation, None, now).await?;
        tx.commit().await.map_err(StoreError)?;
        self.wake();
        self.core.hub.changed(Kind::Project, row.id, None);
        self.announce(row);
        tracing::info!(project = %row.id, "a project is gone with all that it held");
        Ok(Step::Gone)
    }

    /// Takes all that a project holds, in a transaction of somebody else's, who calls `wake` after the commit: first the instances, and
    /// when the last is gone everything else.
    pub(super) async fn empty(&self, tx: &mut Tx, project: ProjectId) -> Result<Emptied> {
        // What was launched in the meantime is wanted gone too.
        let (left, worked) = self.compute.purge(tx, project).await?;
        if left > 0 {
            return Ok(Emptied::Waits { left, worked });
        }
        let heir = store::project::clouds_own(tx).await?;
        let heir = heir.ok_or_else(|| Error::not_found(Kind::Project, "admin"))?;
        self.networks.purge(tx, project).await?;
        self.images.purge(tx, project, heir).await?;
        Ok(Emptied::Empty)
    }

    /// The other reconcilers have something to do.
    pub(super) fn wake(&self) {
        self.compute.wake();
        self.networks.wake();
        self.images.poke();
    }

    fn announce(&self, row: &store::project::Deleting) {
        if let Some(project) = row.seen_in {
            operation::announce(&self.core, project);
        }
    }
}

/// What a pass has found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeletionPass {
    /// Something is different after it.
    pub worked: bool,
    /// A project waits for its instances.
    pub waiting: bool,
}

/// How far a project is from being empty.
pub(super) enum Emptied {
    /// Instances are still there; `worked` says that one was not wanted gone before.
    Waits {
        left: u64,
        worked: bool,
    },
    Empty,
}

enum Step {
    Waits { worked: bool },
    Gone,
}
