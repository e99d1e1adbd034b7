//! The reconciler of images: removes what uploads of a dead process left behind, files without a row, and deleted images that nothing
//! stands on any more; notices files that are not what they were. A pass takes no arguments: after a restart the first pass does what any other would have done.

use super::intake::on_disk;
use super::service::ImageService;
use super::{file, store};
use crate::core::{Core, measured};
use crate::fault::StoreError;
use crate::operation;
use api::image::ImageStatus;
use api::{Error, ImageId, Kind, Result, Why};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// An upload by chunks that nobody has gone on with for so long is given up.
const PATIENCE: Duration = Duration::from_secs(24 * 3600);
/// The longest time between two passes.
const PERIOD: Duration = Duration::from_secs(60);

impl ImageService {
    /// Passes, one after the other, until told to stop.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        loop {
            if let Err(error) = measured("image", self.pass()).await {
                tracing::warn!(%error, "image pass failed");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.uploads.poke.poked() => {}
                () = tokio::time::sleep(self.until_next_import().await.min(PERIOD)) => {}
            }
        }
    }

    /// One look at all rows and files. Answers whether there was anything to do.
    pub async fn pass(&self) -> Result<bool> {
        self.give_up_abandoned().await?;
        let orphans = self.remove_orphans().await?;
        let mut collected = store::collectable(self.core.db.read()).await?;
        // An upload whose row was deleted under way cleans up by itself.
        collected.retain(|id| !self.uploads.is_busy(*id));
        for id in &collected {
            discard(&self.core, *id, &Error::field("file", Why::Restarted)).await?;
        }
        let changed = self.look_at_files().await?;
        self.go_on_importing().await?;
        Ok(orphans || !collected.is_empty() || changed)
    }

    /// An upload of a process that has died is as good as deleted.
    async fn give_up_abandoned(&self) -> Result<()> {
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        for id in store::unfinished(&mut tx, now - PATIENCE.as_micros() as i64).await? {
            // An upload is busy from before its row is there until after its last commit, and no other commit comes between here.
            if !self.uploads.is_busy(id) {
                store::delete(&mut tx, id, now).await?;
            }
        }
        tx.commit().await.map_err(StoreError)?;
        Ok(())
    }

    async fn remove_orphans(&self) -> Result<bool> {
        // Files before rows: an upload that begins in between has a row and no file seen here.
        let data = self.core.data.clone();
        let list = move || {
            let folders = [file::incoming_folder(&data), file::folder(&data), file::converting_folder(&data)];
            let [incoming, kept, converting] = folders.map(|folder| file::list(&folder));
            Ok((incoming?, kept?, converting?))
        };
        let (incoming, kept, converting) = on_disk(list).await?;
        let (ids, files) = store::all(self.core.db.read()).await?;
        let incoming =
            incoming.into_iter().filter(|id| !ids.contains(id)).map(|id| file::incoming(&self.core.data, id));
        let kept = kept.into_iter().filter(|id| !files.contains(id)).map(|id| file::kept(&self.core.data, id));
        let converting = converting.into_iter().filter(|id| !self.uploads.is_busy(*id));
        let converting = converting.map(|id| file::converting(&self.core.data, id));
        let orphans: Vec<_> = incoming.chain(kept).chain(converting).collect();
        let any = !orphans.is_empty();
        for path in orphans {
            tracing::warn!(path = %path.display(), "removing an image file that has no row");
            on_disk(move || file::remove(&path)).await?;
        }
        Ok(any)
    }

    /// An image whose file is missing or cut off is killed, with the reason; one whose file is back, byte for byte, is active again.
    async fn look_at_files(&self) -> Result<bool> {
        let accepted = store::accepted(self.core.db.read()).await?;
        let data = self.core.data.clone();
        let look = move || {
            let seen = accepted.into_iter().map(|image| (file::damage(&data, image.file, image.size), image));
            Ok(seen
                .filter(|(damage, image)| damage.is_none() == (image.status == ImageStatus::Killed))
                .collect::<Vec<_>>())
        };
        let mut changed = false;
        for (damage, image) in on_disk(look).await? {
            if damage.is_none() && !self.is_same(&image).await? {
                continue;
            }
            tracing::warn!(image = %image.id, damage, "an image file has changed behind our back");
            let mut tx = self.core.db.begin().await.map_err(StoreError)?;
            store::found(&mut tx, image.id, damage.as_deref(), self.core.clock.now()).await?;
            tx.commit().await.map_err(StoreError)?;
            self.core.hub.changed(Kind::Image, image.id, image.project);
            changed = true;
        }
        Ok(changed)
    }

    async fn is_same(&self, image: &store::Accepted) -> Result<bool> {
        let path = file::kept(&self.core.data, image.file);
        Ok(on_disk(move || file::checksum(&path)).await? == image.checksum)
    }
}

/// Removes an image for good. The row goes first, so that nothing can come to stand on a file that is about to go; a file that stays
/// behind because the program dies in between is an orphan to the next pass. If its upload was still under way, `why` is how that ends.
pub async fn discard(core: &Core, id: ImageId, why: &Error) -> Result<()> {
    let mut tx = core.db.begin().await.map_err(StoreError)?;
    let removed = store::remove(&mut tx, id).await?;
    if let Some(removed) = &removed {
        operation::end(&mut tx, removed.operation, Some(why), core.clock.now()).await?;
    }
    tx.commit().await.map_err(StoreError)?;
    let incoming = file::incoming(&core.data, id);
    let kept = removed.as_ref().and_then(|removed| Some(file::kept(&core.data, removed.file?)));
    on_disk(move || {
        file::remove(&incoming)?;
        kept.map_or(Ok(()), |kept| file::remove(&kept))
    })
    .await?;
    if let Some(removed) = removed {
        core.hub.changed(Kind::Image, id, removed.project);
    }
    Ok(())
}
