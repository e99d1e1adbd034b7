//! Uploads by chunks: each is a request of its own, and what has come in stays for the next one, whether that comes from the same page,
//! from one that was loaded again, or to a program that was started again.

use super::checksum::Checksum;
use super::file::Incoming;
use super::intake::{Intake, on_disk};
use super::service::{self, ImageService};
use super::store::{self, NewTransfer, Transfer, TransferKind};
use super::upload::{self, Batch, Entry, Piece, send};
use super::{file, reconcile};
use crate::authz::{self, Action};
use crate::fault::{StoreError, incident};
use api::error::Conflict;
use api::image::{ImageStatus, NewUpload, UploadState, Visibility};
use api::{Caller, Error, ImageId, Kind, Result, Why};
use bytes::Bytes;
use futures::Stream;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;

/// The first bytes by which a file that is chosen again is known, in bytes.
const HEAD: u64 = 1 << 20;
/// The longest name of a file, in characters.
const FILE_NAME_MAX: usize = 255;
const WAITING: usize = 4;

/// The files of uploads that are under way, between their chunks: with the hashes so far.
#[derive(Default)]
pub struct Open(Mutex<HashMap<ImageId, Incoming>>);

impl Open {
    fn take(&self, id: ImageId) -> Option<Incoming> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id)
    }

    fn put(&self, id: ImageId, file: Incoming) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, file);
    }
}

impl ImageService {
    pub(super) async fn begin_upload(&self, caller: &Caller, new: NewUpload) -> Result<ImageId> {
        authz::require(caller, Action::Write)?;
        let form = service::read(new.image)?;
        if form.visibility == Visibility::Public {
            authz::require(caller, Action::PublishImage)?;
        }
        if new.size == 0 {
            return Err(Error::field("file", Why::Required));
        }
        let transfer = NewTransfer {
            expected: Some(new.size),
            file_name: new.file_name.chars().filter(|c| !c.is_control()).take(FILE_NAME_MAX).collect(),
            checksum: form.checksum.as_ref().map(|sum| sum.hex().to_owned()).unwrap_or_default(),
            ..NewTransfer::default()
        };
        let id = ImageId::from(uuid::Uuid::new_v4());
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let mut intake = Intake {
            core: self.core.clone(),
            id,
            project: caller.project,
            user: caller.user,
            audience: (form.visibility == Visibility::Private).then_some(caller.project),
            operation: api::OperationId(uuid::Uuid::nil()),
            expected: Some(new.size),
            received: 0,
            counted: 0,
        };
        intake.require_quota(&mut tx, new.size).await?;
        intake.operation = upload::enter(&self.core, &mut tx, caller, id, &form, "image_upload").await?;
        store::transfer::begin(&mut tx, id, caller.user, &transfer, self.core.clock.now()).await?;
        tx.commit().await.map_err(StoreError)?;
        intake.tell();
        Ok(id)
    }

    pub(super) async fn show_upload(&self, caller: &Caller, id: ImageId) -> Result<Option<UploadState>> {
        authz::require(caller, Action::Read)?;
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let Some(transfer) = store::transfer::transfer(&mut db, caller.project, id).await? else { return Ok(None) };
        drop(db);
        if transfer.kind != TransferKind::Upload
            || !matches!(transfer.status, ImageStatus::Queued | ImageStatus::Saving)
        {
            return Ok(None);
        }
        let (data, size) = (self.core.data.clone(), transfer.size);
        // Only looked at: whoever is writing goes on.
        let (offset, head) = on_disk(move || file::begun(&data, id, size, HEAD)).await?;
        Ok(Some(UploadState {
            offset,
            size: transfer.expected.unwrap_or(0),
            file_name: transfer.file_name,
            head_bytes: offset.min(HEAD),
            head,
            busy: self.uploads.is_busy(id),
        }))
    }

    /// Takes the chunk that begins at `offset`; `digest` is its SHA-256, if the sender counts it. Answers with what the image has then;
    /// once all is there, with how the inspection ended.
    ///
    /// # Errors
    /// `Conflict::Offset` with the right one where another chunk is due; `Invalid` with the field `file` where the image is refused: then
    /// nothing of it stays, as where the disk is full. A chunk that breaks off leaves what has come, one whose digest is another leaves nothing.
    pub async fn image_append(
        &self,
        caller: &Caller,
        id: ImageId,
        offset: u64,
        digest: Option<String>,
        stream: impl Stream<Item = io::Result<Bytes>> + Send,
    ) -> Result<u64> {
        authz::require(caller, Action::Write)?;
        let transfer = self.transfer(caller, id).await?;
        let Some(entry) = self.uploads.try_enter(id) else {
            let (data, counted) = (self.core.data.clone(), transfer.size);
            let (offset, _) = on_disk(move || file::begun(&data, id, counted, 0)).await?;
            return Err(Error::Conflict(Conflict::Offset { offset }));
        };
        // Read again, now that nobody else works on it: the last chunk may have come meanwhile by another request.
        let transfer = self.transfer(caller, id).await?;
        let (feed, pieces) = mpsc::channel(WAITING);
        let work = Chunk { intake: intake(&self.core, &transfer), transfer, open: self.open.clone(), digest };
        // A task of its own, which the request feeds: one that is dropped half-way leaves nothing half-done.
        let work = tokio::spawn(work.run(entry, offset, pieces));
        send(feed, stream).await;
        match work.await {
            Ok(result) => result,
            Err(error) => Err(incident("image upload", &error)),
        }
    }

    /// The project's upload under way.
    async fn transfer(&self, caller: &Caller, id: ImageId) -> Result<Transfer> {
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let found = store::transfer::transfer(&mut db, caller.project, id).await?;
        found.filter(|transfer| transfer.kind == TransferKind::Upload).ok_or_else(|| Error::not_found(Kind::Image, id))
    }
}

/// The way in that a transfer stands for.
pub fn intake(core: &Arc<crate::core::Core>, transfer: &Transfer) -> Intake {
    Intake {
        core: core.clone(),
        id: transfer.image,
        project: transfer.project,
        user: transfer.user,
        audience: transfer.private.then_some(transfer.project),
        operation: transfer.operation,
        expected: transfer.expected,
        received: transfer.size,
        counted: transfer.size,
    }
}

struct Chunk {
    intake: Intake,
    transfer: Transfer,
    open: Arc<Open>,
    digest: Option<String>,
}

impl Chunk {
    async fn run(mut self, entry: Entry, offset: u64, mut pieces: mpsc::Receiver<Piece>) -> Result<u64> {
        let file = match self.file().await {
            Ok(file) => file,
            Err(error) => return self.broken(error).await,
        };
        let start = file.len();
        if offset != start {
            self.open.put(self.intake.id, file);
            return Err(Error::Conflict(Conflict::Offset { offset: start }));
        }
        let (mut file, sum) = match self.take(&entry, file, &mut pieces).await {
            Ok(taken) => taken,
            Err(error) => return self.broken(error).await,
        };
        if self.digest != sum {
            // Changed on its way: it has to be sent again.
            file = on_disk(move || file.truncate(start).map(|()| file)).await?;
            self.intake.rewind(start).await?;
            self.open.put(self.intake.id, file);
            return Err(Error::Conflict(Conflict::Offset { offset: start }));
        }
        let len = file.len();
        if self.intake.expected.is_some_and(|expected| len < expected) {
            self.open.put(self.intake.id, file);
            return Ok(len);
        }
        let checksum = Checksum::parse(&self.transfer.checksum).unwrap_or_default();
        let done = self.intake.finish(file, checksum).await;
        if let Err(error) = &done {
            tracing::info!(image = %self.intake.id, %error, "image upload failed");
            reconcile::discard(&self.intake.core, self.intake.id, error).await?;
        }
        self.intake.tell();
        done.map(|()| len)
    }

    /// A chunk could not be taken. What has come before stays for the next one, but not on a disk that is full: it would only keep it so.
    async fn broken(self, error: Error) -> Result<u64> {
        if error == Error::field("file", Why::StoreFull) {
            reconcile::discard(&self.intake.core, self.intake.id, &error).await?;
            self.intake.tell();
        }
        Err(error)
    }

    /// Where the last chunk has left off.
    async fn file(&mut self) -> Result<Incoming> {
        if let Some(file) = self.open.take(self.intake.id).filter(|file| file.len() <= self.transfer.size) {
            self.intake.received = file.len();
            return Ok(file);
        }
        let (data, id, counted) = (self.intake.core.data.clone(), self.intake.id, self.transfer.size);
        let file = on_disk(move || Incoming::resume(&data, id, counted)).await?;
        self.intake.rewind(file.len()).await?;
        Ok(file)
    }

    /// Writes what comes. What has come before something goes wrong stays for the next chunk.
    async fn take(
        &mut self,
        entry: &Entry,
        mut file: Incoming,
        pieces: &mut mpsc::Receiver<Piece>,
    ) -> Result<(Incoming, Option<String>)> {
        let mut sum = self.digest.is_some().then(Sha256::new);
        let mut next = Batch::take(&entry.cancelled, pieces).await;
        let ended = loop {
            let batch = match next {
                Some(Ok(batch)) => batch,
                Some(Err(error)) => break Err(error),
                None => return Err(self.intake.gone()),
            };
            let len = batch.data.len() as u64;
            let (is, max) = (file.len() + len, self.intake.expected.unwrap_or(0));
            if is > max {
                break Err(Error::field("file", Why::TooLarge { max, is }));
            }
            if let Err(error) = self.intake.count(len).await {
                break Err(error);
            }
            let last = batch.last;
            let write = on_disk(move || {
                std::thread::scope(|scope| {
                    if let Some(sum) = &mut sum {
                        scope.spawn(|| sum.update(&batch.data));
                    }
                    file.append(&batch.data)
                })?;
                Ok((file, sum))
            });
            // While it is written, what follows comes in.
            let (written, following) = tokio::join!(write, Batch::take(&entry.cancelled, pieces));
            (file, sum) = written?;
            if last {
                break Ok(());
            }
            next = following;
        };
        match ended {
            Ok(()) => Ok((file, sum.map(|sum| hex::encode(sum.finalize())))),
            Err(error) => {
                self.intake.settle().await?;
                self.open.put(self.intake.id, file);
                Err(error)
            }
        }
    }
}
