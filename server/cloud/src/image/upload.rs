//! Uploads: data comes in, is counted, hashed and inspected, and becomes an active image, or nothing of it stays.
//!
//! An upload is a task of its own, which the request feeds. So there is one way out for whatever may happen: a request that is dropped
//! half-way closes the feed, and the task cleans up behind it as it does behind a file that is refused.

use super::file::{self, Incoming};
use super::inspect::{Rejection, Verdict};
use super::service::Form;
use super::store::Hashes;
use super::{reconcile, store};
use crate::core::{Core, Poke};
use crate::db::Tx;
use crate::fault::{StoreError, incident};
use crate::{operation, quota};
use api::image::Visibility;
use api::quota::Resource;
use api::{Caller, Error, ImageId, Kind, OperationId, Result, Why};
use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use std::collections::HashMap;
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Bytes that are counted, hashed and written at a time.
const BATCH: u64 = 4 << 20;
/// Pieces of the request's body that may wait for the disk.
const WAITING: usize = 16;
/// A sender that is silent for so long has gone; its connection may not know yet.
const SILENCE: Duration = Duration::from_secs(120);
/// What a form may put around the file, in bytes: its other fields, and the lines between.
const ENVELOPE: u64 = 64 << 10;

/// A piece of the request's body.
#[derive(Debug)]
pub enum Piece {
    Data(Bytes),
    /// The body is complete. Without it, the feed has broken off.
    End,
}

/// The uploads that this process is busy with: a row that is queued or saving and not among them was left by one that died.
#[derive(Clone, Debug, Default)]
pub struct Uploads {
    busy: Arc<Mutex<HashMap<ImageId, CancellationToken>>>,
    /// Wakes the reconciler, which also cleans up where an upload could not.
    pub poke: Poke,
}

impl Uploads {
    fn with<T>(&self, f: impl FnOnce(&mut HashMap<ImageId, CancellationToken>) -> T) -> T {
        f(&mut self.busy.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Comes before the row.
    fn enter(&self, id: ImageId) -> Entry {
        let cancelled = CancellationToken::new();
        self.with(|busy| busy.insert(id, cancelled.clone()));
        Entry { uploads: self.clone(), id, cancelled }
    }

    pub fn is_busy(&self, id: ImageId) -> bool {
        self.with(|busy| busy.contains_key(&id))
    }

    /// The row has gone: so must the work for it.
    pub fn cancel(&self, id: ImageId) {
        self.with(|busy| busy.get(&id).map(CancellationToken::cancel));
    }
}

/// An upload's place among those that are busy; given up by dropping it, after the last commit.
#[derive(Debug)]
struct Entry {
    uploads: Uploads,
    id: ImageId,
    cancelled: CancellationToken,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.uploads.with(|busy| busy.remove(&self.id));
        self.uploads.poke.poke();
    }
}

/// Starts an upload and feeds it from the stream. `announced` is how many bytes the sender says will come; it is only good for refusing at
/// once and for showing progress, and may count a form around the file.
pub async fn upload(
    core: &Arc<Core>,
    uploads: &Uploads,
    caller: &Caller,
    form: Form,
    announced: Option<u64>,
    stream: impl Stream<Item = io::Result<Bytes>> + Send,
) -> Result<ImageId> {
    let (feed, pieces) = mpsc::channel(WAITING);
    let id = ImageId::from(uuid::Uuid::new_v4());
    let upload = Upload { core: core.clone(), caller: caller.clone(), form, announced, id, received: 0 };
    let work = tokio::spawn(upload.run(uploads.enter(id), pieces));
    send(feed, stream).await;
    match work.await {
        Ok(result) => result.map(|()| id),
        Err(error) => Err(incident("image upload", &error)),
    }
}

/// Passes the stream on until it ends or breaks, or nobody takes it any more.
async fn send(feed: mpsc::Sender<Piece>, stream: impl Stream<Item = io::Result<Bytes>> + Send) {
    let mut stream = pin!(stream);
    loop {
        let piece = tokio::select! {
            () = feed.closed() => return,
            piece = stream.next() => piece,
        };
        let piece = match piece {
            Some(Ok(data)) => Piece::Data(data),
            Some(Err(error)) => return tracing::info!(%error, "an upload broke off"),
            None => Piece::End,
        };
        let is_end = matches!(piece, Piece::End);
        if feed.send(piece).await.is_err() || is_end {
            return;
        }
    }
}

struct Upload {
    core: Arc<Core>,
    caller: Caller,
    form: Form,
    announced: Option<u64>,
    id: ImageId,
    /// Bytes counted so far.
    received: u64,
}

impl Upload {
    async fn run(mut self, entry: Entry, mut pieces: mpsc::Receiver<Piece>) -> Result<()> {
        let operation = self.begin().await?;
        self.tell();
        let done = self.receive(operation, &entry.cancelled, &mut pieces).await;
        match &done {
            Ok(()) => {
                tracing::info!(image = %self.id, project = %self.caller.project, bytes = self.received, "image stored")
            }
            Err(error) => {
                tracing::info!(image = %self.id, project = %self.caller.project, %error, "image upload failed");
                // What this cannot do, the reconciler's next pass does.
                if let Err(error) = reconcile::discard(&self.core, self.id, error).await {
                    tracing::warn!(image = %self.id, %error, "the remains of an upload could not be removed yet");
                }
            }
        }
        self.tell();
        done
    }

    /// Writes the row and its operation, unless what was announced is too much already.
    async fn begin(&self) -> Result<OperationId> {
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        self.require_quota(&mut tx, self.expected()).await?;
        let id = self.id.to_string();
        let target = operation::Target { kind: Kind::Image, id: &id, name: self.form.name.as_str() };
        let operation = operation::begin(&mut tx, &self.caller, "image_upload", target, now).await?;
        store::insert(&mut tx, self.id, self.caller.project, &self.form, operation, now).await?;
        tx.commit().await.map_err(StoreError)?;
        Ok(operation)
    }

    async fn receive(
        &mut self,
        operation: OperationId,
        cancelled: &CancellationToken,
        pieces: &mut mpsc::Receiver<Piece>,
    ) -> Result<()> {
        let (data, id, expected) = (self.core.data.clone(), self.id, self.expected());
        let mut file = on_disk(move || Incoming::create(&data, id, expected)).await?;
        loop {
            let batch = tokio::select! {
                () = cancelled.cancelled() => return Err(self.gone()),
                batch = Batch::take(pieces) => batch?,
            };
            self.count(operation, batch.len).await?;
            file = on_disk(move || file.append(&batch.chunks).map(|()| file)).await?;
            if batch.last {
                break;
            }
        }
        let (verdict, file) = on_disk(move || Ok((file.inspect(), file))).await?;
        let verdict = verdict.map_err(refused)?;
        let hashes = on_disk(move || file.keep()).await?;
        self.activate(operation, &verdict, &hashes).await
    }

    /// Before bytes are written they are counted, in one transaction with the quota: two uploads at once cannot pass it together.
    async fn count(&mut self, operation: OperationId, bytes: u64) -> Result<()> {
        let now = self.core.clock.now();
        let before = self.percent();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        self.require_quota(&mut tx, bytes).await?;
        if !store::receive(&mut tx, self.id, bytes, now).await? {
            return Err(self.gone());
        }
        self.received += bytes;
        operation::progress(&mut tx, operation, self.percent(), now).await?;
        tx.commit().await.map_err(StoreError)?;
        if self.percent() > before || self.announced.is_none() {
            self.tell();
        }
        Ok(())
    }

    async fn activate(&self, operation: OperationId, verdict: &Verdict, hashes: &Hashes) -> Result<()> {
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let Some(data) = store::activate(&mut tx, self.id, verdict, hashes, now).await? else {
            return Err(self.gone());
        };
        operation::end(&mut tx, operation, None, now).await?;
        tx.commit().await.map_err(StoreError)?;
        if data != self.id {
            // The same content is there already, and nothing needs it twice.
            let own = file::kept(&self.core.data, self.id);
            on_disk(move || file::remove(&own)).await?;
        }
        Ok(())
    }

    async fn require_quota(&self, tx: &mut Tx, bytes: u64) -> Result<()> {
        let asked = [(Resource::ImageBytes, i64::try_from(bytes).unwrap_or(i64::MAX))];
        match quota::require(tx, self.caller.project, self.caller.user, &asked).await {
            // What this very upload has taken so far is about to be given back.
            Err(Error::Quota { limit, used, .. }) => {
                Err(Error::field("file", Why::ImageQuota { limit, used: used - self.received as i64 }))
            }
            other => other,
        }
    }

    /// The least that will come, by the sender's word.
    fn expected(&self) -> u64 {
        self.announced.map_or(0, |announced| announced.saturating_sub(ENVELOPE))
    }

    /// How far it is; the last percent is the inspection.
    fn percent(&self) -> u8 {
        let announced = self.announced.unwrap_or(u64::MAX).max(1);
        (u128::from(self.received) * 100 / u128::from(announced)).min(99) as u8
    }

    fn gone(&self) -> Error {
        Error::not_found(Kind::Image, &self.form.name)
    }

    fn tell(&self) {
        let project = Some(self.caller.project).filter(|_| self.form.visibility == Visibility::Private);
        self.core.hub.changed(Kind::Image, self.id, project);
        operation::announce(&self.core, self.caller.project);
    }
}

/// What is counted, hashed and written together.
pub struct Batch {
    chunks: Vec<Bytes>,
    len: u64,
    last: bool,
}

impl Batch {
    pub async fn take(pieces: &mut mpsc::Receiver<Piece>) -> Result<Self> {
        let mut batch = Self { chunks: Vec::new(), len: 0, last: false };
        while batch.len < BATCH && !batch.last {
            match timeout(SILENCE, pieces.recv()).await {
                Ok(Some(Piece::Data(chunk))) => {
                    batch.len += chunk.len() as u64;
                    batch.chunks.push(chunk);
                }
                Ok(Some(Piece::End)) => batch.last = true,
                Ok(None) | Err(_) => return Err(Error::field("file", Why::Incomplete)),
            }
        }
        Ok(batch)
    }
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

fn refused(rejection: Rejection) -> Error {
    match rejection {
        Rejection::Unreadable(error) => failed(error),
        rejection => Error::field("file", Why::Image { what: rejection.to_string() }),
    }
}
