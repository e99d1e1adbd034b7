//! What every way in has in common: bytes are counted in one transaction with the quota before they are written, and what is complete is
//! inspected, kept and made active. A way in that fails leaves nothing but its reason.

use super::checksum::Checksum;
use super::convert::{self, ConvertError, Limits};
use super::file::{self, Incoming};
use super::inspect::{Format, Rejection, Verdict};
use super::store::{self, Hashes};
use crate::core::Core;
use crate::db::Tx;
use crate::fault::{StoreError, incident};
use crate::{operation, quota};
use api::error::Conflict;
use api::quota::Resource;
use api::{Error, ImageId, Kind, OperationId, ProjectId, Result, UserId, Why};
use std::io;
use std::sync::Arc;
use tokio::task::spawn_blocking;

/// An image whose data is on its way in.
pub struct Intake {
    pub core: Arc<Core>,
    pub id: ImageId,
    pub project: ProjectId,
    pub user: UserId,
    /// Who hears of it: the project, or everybody.
    pub audience: Option<ProjectId>,
    pub operation: OperationId,
    /// What the sender says will come in all; good for refusing at once, for counting ahead and for progress, and not relied on.
    pub expected: Option<u64>,
    /// Bytes that have come in.
    pub received: u64,
    /// Bytes that are counted: those, and some that are about to come.
    pub counted: u64,
}

/// The most that is counted before it has come, in bytes: counting is a transaction, and what comes waits for it.
const AHEAD: u64 = 16 << 20;

impl Intake {
    /// Before bytes are written they are counted: two ways in at once cannot pass the quota together.
    pub async fn count(&mut self, bytes: u64) -> Result<()> {
        let received = self.received + bytes;
        if received > self.counted {
            let expected = self.expected.unwrap_or(0);
            // No more than a percent, so that there is progress to be seen; nothing where a percent is no more than comes at a time.
            let ahead = expected.saturating_sub(received).min(AHEAD).min(expected / 100);
            let ahead = if ahead > bytes { ahead } else { 0 };
            let (before, percent) = (self.percent(self.received), self.percent(received));
            let counted = match self.count_to(received + ahead, percent).await {
                // What is expected may be a little more than what will come.
                Err(_) if ahead > 0 => self.count_to(received, percent).await,
                counted => counted,
            };
            counted?;
            if percent > before || self.expected.is_none() {
                self.tell();
            }
        }
        self.received = received;
        Ok(())
    }

    async fn count_to(&mut self, counted: u64, percent: u8) -> Result<()> {
        let (now, bytes) = (self.core.clock.now(), counted - self.counted);
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        self.require_quota(&mut tx, bytes).await?;
        if !store::receive(&mut tx, self.id, bytes, now).await? {
            return Err(self.gone());
        }
        operation::progress(&mut tx, self.operation, percent, now).await?;
        tx.commit().await.map_err(StoreError)?;
        self.counted = counted;
        Ok(())
    }

    /// Gives back what was counted and has not come.
    pub async fn settle(&mut self) -> Result<()> {
        if self.counted == self.received { Ok(()) } else { self.rewind(self.received).await }
    }

    /// Gives bytes back that did not come to stay.
    pub async fn rewind(&mut self, to: u64) -> Result<()> {
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        store::rewind(&mut tx, self.id, to).await?;
        tx.commit().await.map_err(StoreError)?;
        (self.received, self.counted) = (to, to);
        Ok(())
    }

    pub async fn require_quota(&self, tx: &mut Tx, bytes: u64) -> Result<()> {
        let asked = [(Resource::ImageBytes, i64::try_from(bytes).unwrap_or(i64::MAX))];
        match quota::require(tx, self.project, self.user, &asked).await {
            // What this very image has taken so far is about to be given back.
            Err(Error::Quota { limit, used, .. }) => {
                Err(Error::field("file", Why::ImageQuota { limit, used: used - self.counted as i64 }))
            }
            other => other,
        }
    }

    /// How large a converted file may become, where the disk takes `room` bytes: so large as the project's quota still lets it; and what is
    /// wrong with one that grows beyond.
    pub async fn room(&self, room: u64) -> Result<(u64, Error)> {
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        match self.require_quota(&mut tx, i64::MAX as u64).await {
            Err(error) => match error.of_field("file") {
                Some(&Why::ImageQuota { limit, used }) if ((limit - used).max(0) as u64) < room => {
                    Ok(((limit - used).max(0) as u64, error))
                }
                Some(Why::ImageQuota { .. }) => Ok((room, Error::field("file", Why::StoreFull))),
                _ => Err(error),
            },
            Ok(()) => Ok((room, Error::field("file", Why::StoreFull))),
        }
    }

    /// All bytes are there: the image is active afterwards.
    pub async fn finish(&mut self, file: Incoming, checksum: Option<Checksum>) -> Result<()> {
        self.settle().await?;
        let (verdict, file) = on_disk(move || Ok((file.inspect(), file))).await?;
        let mut verdict = verdict.map_err(refused)?;
        let (matches, mut file) = on_disk(move || {
            let mut file = file;
            let is = checksum.map(|checksum| file.matches(checksum)).transpose()?;
            Ok((is, file))
        })
        .await?;
        if let Some(Err(is)) = matches {
            return Err(Error::field("file", is));
        }
        if !verdict.format.is_stored() {
            (file, verdict) = self.converted(verdict).await?;
        }
        let hashes = on_disk(move || file.keep()).await?;
        self.activate(&verdict, &hashes).await
    }

    /// The same disk in the store's own format. It is counted by what it takes then.
    async fn converted(&mut self, verdict: Verdict) -> Result<(Incoming, Verdict)> {
        let from = file::incoming(&self.core.data, self.id);
        let to = file::converting(&self.core.data, self.id);
        let place = to.clone();
        let room = on_disk(move || file::make_room(&place)).await?;
        let (room, full) = self.room(room).await?;
        let made = convert::convert(&from, &verdict, None, &to, Limits::within(room)).await;
        if let Err(error) = made {
            tracing::info!(image = %self.id, %error, "an image could not be converted");
            on_disk(move || file::remove(&to)).await?;
            if matches!(error, ConvertError::TooLarge(limit) if limit >= room) {
                return Err(full);
            }
            let what = format!(
                "The file is a {} image, and could not be converted to qcow2: {error}.",
                verdict.format.name().to_uppercase()
            );
            return Err(Error::field("file", Why::Image { what }));
        }
        let (data, id) = (self.core.data.clone(), self.id);
        let file = on_disk(move || Incoming::adopt(&data, id, &to)).await?;
        let now = file.len();
        if now > self.received {
            // No more will come.
            self.expected = None;
            self.count(now - self.received).await?;
        } else {
            self.rewind(now).await?;
        }
        let (of_new, file) = on_disk(move || Ok((file.inspect(), file))).await?;
        let of_new = of_new.map_err(refused)?;
        if of_new.format != Format::Qcow2 {
            let what = "What came of the conversion is not qcow2.".to_owned();
            return Err(Error::field("file", Why::Image { what }));
        }
        let evidence = format!("{}, converted to {}", verdict.evidence, of_new.evidence);
        Ok((file, Verdict { evidence: evidence.into(), ..of_new }))
    }

    async fn activate(&self, verdict: &Verdict, hashes: &Hashes) -> Result<()> {
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let Some(data) = store::activate(&mut tx, self.id, verdict, hashes, now).await? else {
            return Err(self.gone());
        };
        operation::end(&mut tx, self.operation, None, now).await?;
        tx.commit().await.map_err(StoreError)?;
        if data != self.id {
            // The same content is there already, and nothing needs it twice.
            let own = file::kept(&self.core.data, self.id);
            on_disk(move || file::remove(&own)).await?;
        }
        tracing::info!(image = %self.id, project = %self.project, bytes = self.received, "image stored");
        Ok(())
    }

    /// How far it is with so many bytes; the last percent is the inspection.
    fn percent(&self, received: u64) -> u8 {
        let expected = self.expected.unwrap_or(u64::MAX).max(1);
        (u128::from(received) * 100 / u128::from(expected)).min(99) as u8
    }

    pub fn gone(&self) -> Error {
        Error::not_found(Kind::Image, self.id)
    }

    pub fn tell(&self) {
        self.core.hub.changed(Kind::Image, self.id, self.audience);
        operation::announce(&self.core, self.project);
    }
}

/// Passes if images may come into the project at all: asked by every way in, in the transaction that makes the row.
pub async fn may_come(tx: &mut Tx, project: ProjectId) -> Result<()> {
    if store::is_bound(tx, project).await? { Err(Error::Conflict(Conflict::ImagesBound)) } else { Ok(()) }
}

/// Runs what blocks where it may.
pub async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T> {
    match spawn_blocking(work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(failed(error)),
        Err(error) => Err(incident("image store thread", &error)),
    }
}

pub fn failed(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::field("file", Why::StoreFull),
        _ => incident("image store", &error),
    }
}

pub fn refused(rejection: Rejection) -> Error {
    match rejection {
        Rejection::Unreadable(error) => failed(error),
        rejection => Error::field("file", Why::Image { what: rejection.to_string() }),
    }
}
