//! Uploads: data comes in, is counted, hashed and inspected, and becomes an active image, or nothing of it stays.
//!
//! An upload is a task of its own, which the request feeds. So there is one way out for whatever may happen: a request that is dropped
//! half-way closes the feed, and the task cleans up behind it as it does behind a file that is refused.

use super::file::Incoming;
use super::intake::{Intake, may_come, on_disk};
use super::service::Form;
use super::{reconcile, store};
use crate::core::{Core, Poke};
use crate::db::Tx;
use crate::fault::{StoreError, incident};
use crate::operation;
use api::image::Visibility;
use api::{Caller, Error, ImageId, Kind, OperationId, Result, Why};
use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use std::collections::HashMap;
use std::io;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Bytes that are counted, hashed and written at a time.
const BATCH: usize = 1 << 20;
/// The usual size of a piece at the most, in bytes: by so much a batch may be larger.
const PIECE: usize = 256 << 10;
/// Pieces of the request's body that may wait for the disk.
const WAITING: usize = 4;
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
    pub fn enter(&self, id: ImageId) -> Entry {
        let cancelled = CancellationToken::new();
        self.with(|busy| busy.insert(id, cancelled.clone()));
        Entry { uploads: self.clone(), id, cancelled }
    }

    /// The same, unless somebody is busy with it already.
    pub fn try_enter(&self, id: ImageId) -> Option<Entry> {
        let cancelled = CancellationToken::new();
        self.with(|busy| {
            if busy.contains_key(&id) {
                return None;
            }
            busy.insert(id, cancelled.clone());
            Some(Entry { uploads: self.clone(), id, cancelled })
        })
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
pub struct Entry {
    uploads: Uploads,
    id: ImageId,
    pub cancelled: CancellationToken,
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
    let audience = (form.visibility == Visibility::Private).then_some(caller.project);
    let intake = Intake {
        core: core.clone(),
        id,
        project: caller.project,
        user: caller.user,
        audience,
        // Written with the row.
        operation: OperationId(uuid::Uuid::nil()),
        expected: announced,
        received: 0,
        counted: 0,
    };
    let upload = Upload { caller: caller.clone(), form, intake };
    let work = tokio::spawn(upload.run(uploads.enter(id), pieces));
    send(feed, stream).await;
    match work.await {
        Ok(result) => result.map(|()| id),
        Err(error) => Err(incident("image upload", &error)),
    }
}

/// Passes the stream on until it ends or breaks, or nobody takes it any more.
pub async fn send(feed: mpsc::Sender<Piece>, stream: impl Stream<Item = io::Result<Bytes>> + Send) {
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
    caller: Caller,
    form: Form,
    intake: Intake,
}

impl Upload {
    async fn run(mut self, entry: Entry, mut pieces: mpsc::Receiver<Piece>) -> Result<()> {
        self.begin().await?;
        self.intake.tell();
        let done = self.receive(&entry.cancelled, &mut pieces).await;
        if let Err(error) = &done {
            let intake = &self.intake;
            tracing::info!(image = %intake.id, project = %intake.project, %error, "image upload failed");
            // What this cannot do, the reconciler's next pass does.
            if let Err(error) = reconcile::discard(&intake.core, intake.id, error).await {
                tracing::warn!(image = %intake.id, %error, "the remains of an upload could not be removed yet");
            }
        }
        self.intake.tell();
        done
    }

    /// Writes the row and its operation, unless what was announced is too much already.
    async fn begin(&mut self) -> Result<()> {
        let core = self.intake.core.clone();
        let mut tx = core.db.begin().await.map_err(StoreError)?;
        self.intake.require_quota(&mut tx, self.expected()).await?;
        self.intake.operation = enter(&core, &mut tx, &self.caller, self.intake.id, &self.form, "image_upload").await?;
        tx.commit().await.map_err(StoreError)?;
        Ok(())
    }

    async fn receive(&mut self, cancelled: &CancellationToken, pieces: &mut mpsc::Receiver<Piece>) -> Result<()> {
        let (data, id, expected) = (self.intake.core.data.clone(), self.intake.id, self.expected());
        let mut file = on_disk(move || Incoming::create(&data, id, expected)).await?;
        let mut next = Batch::take(cancelled, pieces).await;
        loop {
            let batch = next.unwrap_or_else(|| Err(self.intake.gone()))?;
            self.intake.count(batch.data.len() as u64).await?;
            let write = on_disk(move || file.append(&batch.data).map(|()| file));
            // While it is written, what follows comes in.
            let (written, following) = tokio::join!(write, Batch::take(cancelled, pieces));
            file = written?;
            if batch.last {
                break;
            }
            next = following;
        }
        self.intake.finish(file, self.form.checksum.take()).await
    }

    /// The least that will come, by the sender's word.
    fn expected(&self) -> u64 {
        self.intake.expected.map_or(0, |announced| announced.saturating_sub(ENVELOPE))
    }
}

/// Writes a new image's row and the operation that brings its data.
pub async fn enter(
    core: &Core,
    tx: &mut Tx,
    caller: &Caller,
    id: ImageId,
    form: &Form,
    verb: &str,
) -> Result<OperationId> {
    may_come(tx, caller.project).await?;
    let now = core.clock.now();
    let text = id.to_string();
    let target = operation::Target { kind: Kind::Image, id: &text, name: form.name.as_str() };
    let operation = operation::begin(tx, caller, verb, target, now).await?;
    store::insert(tx, id, caller.project, form, operation, now).await?;
    Ok(operation)
}

/// What is counted, hashed and written together.
///
/// It is copied: a piece may be a small part of a buffer that stays as long as the piece does.
pub struct Batch {
    pub data: Vec<u8>,
    pub last: bool,
}

impl Batch {
    /// The next; `None` if the upload is cancelled first.
    pub async fn take(cancelled: &CancellationToken, pieces: &mut mpsc::Receiver<Piece>) -> Option<Result<Self>> {
        tokio::select! {
            () = cancelled.cancelled() => None,
            batch = Self::fill(pieces) => Some(batch),
        }
    }

    async fn fill(pieces: &mut mpsc::Receiver<Piece>) -> Result<Self> {
        let mut batch = Self { data: Vec::with_capacity(BATCH + PIECE), last: false };
        while batch.data.len() < BATCH && !batch.last {
            match timeout(SILENCE, pieces.recv()).await {
                Ok(Some(Piece::Data(piece))) => batch.data.extend_from_slice(&piece),
                Ok(Some(Piece::End)) => batch.last = true,
                Ok(None) | Err(_) => return Err(Error::field("file", Why::Incomplete)),
            }
        }
        Ok(batch)
    }
}
