//! Snapshots: images whose data comes from an instance's root disk. Compute says what of, holds the disk and shows the task; here it is read
//! out into a file that stands by itself, and taken in as any other.

use super::chunks::intake;
use super::convert::{self, ConvertError, Limits};
use super::file::{self, Incoming};
use super::inspect;
use super::intake::{may_come, on_disk, refused};
use super::reconcile;
use super::service::{self, ImageService};
use super::store::{self, NewTransfer, TransferKind};
use super::upload::Entry;
use crate::authz::{self, Action};
use crate::db::Tx;
use crate::operation::Target;
use api::image::NewImage;
use api::{Caller, Error, ImageId, InstanceId, Kind, Result, Why};
use nix::fcntl::OFlag;
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

/// What is known of a snapshot before its data is.
pub struct NewSnapshot<'a> {
    pub name: &'a str,
    pub instance: InstanceId,
    pub instance_name: &'a str,
    /// The image that the instance was launched from.
    pub base: ImageId,
    /// The size of the root disk.
    pub disk_gb: u64,
    /// Properties by their names as the instance has them, whatever the image says by now or no longer; `None`: it has none.
    pub properties: Vec<(&'static str, Option<&'a str>)>,
}

/// A root disk that holds still.
#[derive(Clone, Debug)]
pub struct RootDisk {
    /// qcow2, written by a guest.
    pub disk: PathBuf,
    /// What reads fall through to, with its format as QEMU's drivers are called.
    pub base: Option<(PathBuf, &'static str)>,
}

impl ImageService {
    /// Writes the image's row, queued; its operation is about the instance. `tx` is committed by the caller.
    ///
    /// # Errors
    /// `Invalid` with the field `name`; over quota.
    pub(crate) async fn snapshot_enter(&self, tx: &mut Tx, caller: &Caller, new: NewSnapshot<'_>) -> Result<ImageId> {
        authz::require(caller, Action::Write)?;
        may_come(tx, caller.project).await?;
        let base = store::find(tx, None, new.base).await?.map(|row| row.image);
        let form = service::read(NewImage {
            name: new.name.to_owned(),
            min_disk_gb: new.disk_gb.to_string(),
            min_ram_mb: base.as_ref().map_or(0, |base| base.min_ram_mb).to_string(),
            ..NewImage::default()
        })?;
        let id = ImageId::from(uuid::Uuid::new_v4());
        let now = self.core.clock.now();
        let instance = new.instance.to_string();
        let target = Target { kind: Kind::Instance, id: &instance, name: new.instance_name };
        let operation = crate::operation::begin(tx, caller, "instance_snapshot", target, now).await?;
        store::insert(tx, id, caller.project, &form, operation, now).await?;
        // Nova's properties of snapshots, beside those that the image had.
        let base_id = new.base.to_string();
        let mut properties: Vec<(&str, String)> = base
            .iter()
            .flat_map(|base| &base.properties)
            .map(|(name, value)| (name.as_str(), value.clone()))
            .filter(|(name, _)| !matches!(*name, "image_type" | "instance_uuid" | "base_image_ref"))
            .filter(|(name, _)| new.properties.iter().all(|(own, _)| own != name))
            .collect();
        properties.extend(new.properties.iter().filter_map(|(name, value)| Some((*name, (*value)?.to_owned()))));
        properties.extend([
            ("image_type", "snapshot".to_owned()),
            ("instance_uuid", instance.clone()),
            ("base_image_ref", base_id),
        ]);
        store::set_properties(tx, id, &properties).await?;
        let transfer = NewTransfer { kind: TransferKind::Snapshot, source: instance.clone(), ..NewTransfer::default() };
        store::transfer::begin(tx, id, caller.user, &transfer, now).await?;
        self.at_rest(caller, id, operation).require_quota(tx, 0).await?;
        Ok(id)
    }

    /// Those that are still on their way.
    pub(crate) async fn snapshots_arriving(&self) -> Result<HashSet<ImageId>> {
        Ok(store::transfer::snapshots(self.core.db.read()).await?)
    }

    /// A place among those who work on images; `None` if somebody works on this one already.
    pub(crate) fn snapshot_begin(&self, id: ImageId) -> Option<Entry> {
        self.uploads.try_enter(id)
    }

    /// The instance goes: so does what was being made of it.
    pub(crate) fn snapshot_cancel(&self, id: ImageId) {
        self.uploads.cancel(id);
    }

    /// Reads the disk out and makes the image active.
    pub(crate) async fn snapshot_fill(&self, id: ImageId, from: RootDisk) -> Result<()> {
        let transfer = store::transfer::of(self.core.db.read(), id).await?;
        let transfer = transfer.ok_or_else(|| Error::not_found(Kind::Image, id))?;
        let mut intake = intake(&self.core, &transfer);
        let disk = from.disk.clone();
        let verdict = on_disk(move || {
            // Beside what a guest's QEMU may write to.
            let (folder, name) = disk.parent().zip(disk.file_name()).ok_or(io::ErrorKind::NotFound)?;
            let file = file::open_in(folder, Path::new(name), OFlag::O_RDONLY)?;
            let len = file.metadata()?.len();
            Ok(inspect::overlay(file, len))
        });
        let verdict = verdict.await?.map_err(refused)?;
        let to = file::converting(&self.core.data, id);
        let place = to.clone();
        let room = on_disk(move || file::make_room(&place)).await?;
        let base = from.base.as_ref().map(|(path, driver)| (path.as_path(), *driver));
        let (room, full) = intake.room(room).await?;
        convert::convert(&from.disk, &verdict, base, &to, Limits::within(room)).await.map_err(|error| match error {
            ConvertError::TooLarge(limit) if limit >= room => full,
            error => Error::field("file", Why::Image { what: format!("The root disk could not be read: {error}.") }),
        })?;
        let data = self.core.data.clone();
        let file = on_disk(move || Incoming::adopt(&data, id, &to)).await?;
        intake.expected = Some(file.len());
        intake.rewind(0).await?;
        intake.count(file.len()).await?;
        intake.finish(file, None).await?;
        intake.tell();
        Ok(())
    }

    /// It cannot be made: nothing of it stays but the operation, with the reason.
    pub(crate) async fn snapshot_fail(&self, id: ImageId, why: &Error) -> Result<()> {
        let to = file::converting(&self.core.data, id);
        on_disk(move || file::remove(&to)).await?;
        reconcile::discard(&self.core, id, why).await
    }
}
