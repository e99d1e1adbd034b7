//! Snapshots: an image is made of an instance's root disk. The row's task says that it is wanted; whoever finds it so in a pass, and nobody at
//! work on it, begins: after a restart from the start.

use super::hardware;
use super::hypervisor::{Frozen, Hypervisor};
use super::service::{ComputeService, unavailable};
use super::store::{self, InstanceRow};
use crate::authz::{self, Action};
use crate::core::{Core, Poke};
use crate::fault::StoreError;
use crate::image::{self, Entry, ImageService, NewSnapshot};
use crate::operation;
use api::compute::{Task, Verb};
use api::image::DiskFormat;
use api::{Caller, Error, ImageId, InstanceId, Kind, Result};
use std::path::PathBuf;
use std::sync::Arc;

/// Once more, since a guest may go off while its disk is copied: then the disk itself is read.
const ATTEMPTS: usize = 2;

impl ComputeService {
    pub(super) async fn snapshot(&self, caller: &Caller, id: InstanceId, name: &str) -> Result<ImageId> {
        authz::require(caller, Action::Write)?;
        let now = self.core.clock.now();
        let mut tx = self.begin().await?;
        let row =
            store::instance(&mut tx, caller.project, id).await?.ok_or_else(|| Error::not_found(Kind::Instance, id))?;
        row.state.can(Verb::Snapshot).map_err(Error::Refused)?;
        let kept = row.hardware();
        let new = NewSnapshot {
            name,
            instance: id,
            instance_name: &row.name,
            base: row.image,
            disk_gb: row.disk_gb,
            properties: hardware::of_snapshot(&kept),
        };
        let image = self.images.snapshot_enter(&mut tx, caller, new).await?;
        store::snapshot_begin(&mut tx, id, image, now).await?;
        tx.commit().await.map_err(StoreError)?;
        self.core.hub.changed(Kind::Image, image, caller.project);
        self.announce(caller, id);
        Ok(image)
    }

    /// Part of a pass: begins, unless somebody is at it.
    pub(super) fn go_on_with_snapshot(&self, row: InstanceRow) {
        let Some(entry) = row.snapshot.and_then(|image| self.images.snapshot_begin(image)) else { return };
        let snapshot = Snapshot {
            core: self.core.clone(),
            hypervisor: self.hypervisor.clone(),
            images: self.images.clone(),
            poke: self.poke.clone(),
            row,
        };
        tokio::spawn(snapshot.run(entry));
    }
}

struct Snapshot {
    core: Arc<Core>,
    hypervisor: Arc<dyn Hypervisor>,
    images: Arc<ImageService>,
    poke: Poke,
    row: InstanceRow,
}

impl Snapshot {
    async fn run(self, entry: Entry) {
        let (instance, Some(image)) = (self.row.id, self.row.snapshot) else { return };
        let taken = tokio::select! {
            () = entry.cancelled.cancelled() => Err(Error::not_found(Kind::Instance, instance)),
            taken = self.take(image) => taken,
        };
        if let Err(error) = self.hypervisor.snapshot_end(instance).await {
            tracing::warn!(%instance, %error, "what a snapshot was made from could not be removed");
        }
        if let Err(error) = taken {
            tracing::info!(%instance, %image, %error, "a snapshot failed");
            if let Err(error) = self.images.snapshot_fail(image, &error).await {
                tracing::warn!(%image, %error, "the end of a snapshot could not be written down");
            }
        }
        drop(entry);
        operation::announce(&self.core, self.row.project);
        self.poke.poke();
    }

    async fn take(&self, image: ImageId) -> Result<()> {
        let base = self.base().await?;
        let mut attempt = 1;
        let frozen = loop {
            match self.hypervisor.snapshot(self.row.id).await {
                Ok(frozen) => break frozen,
                Err(error) if attempt == ATTEMPTS => return Err(unavailable(error)),
                Err(error) => tracing::info!(instance = %self.row.id, %error, "a root disk could not be held"),
            }
            attempt += 1;
        };
        self.reached().await?;
        let Frozen { disk, overlay } = frozen;
        self.images.snapshot_fill(image, image::RootDisk { disk, base: base.filter(|_| overlay) }).await
    }

    /// What the root disk stands on; nothing where the instance was launched from an ISO.
    async fn base(&self) -> Result<Option<(PathBuf, &'static str)>> {
        let found = image::base(self.core.db.read(), &self.core.data, self.row.image).await?;
        let (path, format) = found.ok_or_else(|| Error::not_found(Kind::Image, self.row.image))?;
        let driver = if format == DiskFormat::Qcow2 { "qcow2" } else { "raw" };
        if format == DiskFormat::Iso {
            return Ok(None);
        }
        let file = path.clone();
        let verified = tokio::task::spawn_blocking(move || image::verify(&file, format)).await;
        let verified = verified.map_err(|error| crate::fault::incident("inspection thread", &error))?;
        let unsafe_now = |why: image::inspect::Rejection| Error::Unavailable {
            what: format!("The image “{}”", self.row.image_name),
            why: why.to_string(),
        };
        verified.map_err(unsafe_now)?;
        Ok(Some((path, driver)))
    }

    /// The disk holds still; now it is read.
    async fn reached(&self) -> Result<()> {
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        store::task_set(&mut tx, &self.row, Task::ImageUploading, &self.row.host, now).await?;
        tx.commit().await.map_err(StoreError)?;
        self.core.hub.changed(Kind::Instance, self.row.id, self.row.project);
        Ok(())
    }
}
