//! A client of OVSDB servers (RFC 7047) over their Unix sockets: it keeps a copy of the tables it is asked to watch, and runs transactions.
//!
//! One task owns the connection. When it is lost, the task tries again, ever more slowly up to a second, and fetches the copy anew. A
//! server sends the updates that a transaction causes before the transaction's own answer, and the task takes them in that order: after
//! `transact` the copy shows what was written.

mod data;
mod frames;

pub use data::{Atom, Datum, Operation, Row, Snapshot, Tables};

use frames::Frames;
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::net::UnixStream;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::codec::Framed;

/// How long a server may take to answer before it counts as gone.
const ANSWER: Duration = Duration::from_secs(30);
/// The first and the longest pause between two attempts to connect.
const PAUSE: [Duration; 2] = [Duration::from_millis(50), Duration::from_secs(1)];

/// A failed call to an OVSDB server.
#[derive(Clone, Debug, thiserror::Error)]
pub enum OvsdbError {
    /// No server answers at the socket.
    #[error("{socket}: {why}")]
    Unreachable { socket: PathBuf, why: String },
    /// The server refused the transaction, all of it.
    #[error("the database refused the change: {error}: {details} (in {operation})")]
    Refused { error: String, details: String, operation: String },
}

/// Where the connection stands.
#[derive(Clone, Debug)]
enum Link {
    Connecting,
    Up,
    Down(String),
}

/// What a waiter may have missed: each number only grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// How often the copy was fetched anew.
    pub connections: u64,
    /// How often it changed.
    pub updates: u64,
}

#[derive(Debug)]
struct Request {
    operations: Value,
    answer: oneshot::Sender<Result<Value, String>>,
}

/// The connection to one database. The task behind it ends when the client is dropped.
#[derive(Debug)]
pub struct Client {
    socket: PathBuf,
    copy: Arc<RwLock<Snapshot>>,
    link: watch::Receiver<Link>,
    seen: watch::Receiver<Seen>,
    requests: mpsc::Sender<Request>,
}

impl Client {
    /// Starts to connect and returns at once; must be called inside a Tokio runtime.
    pub fn open(socket: &Path, database: &'static str, tables: Tables) -> Self {
        let copy = Arc::new(RwLock::new(Snapshot::new()));
        let (link_sender, link) = watch::channel(Link::Connecting);
        let (seen_sender, seen) = watch::channel(Seen::default());
        let (requests, inbox) = mpsc::channel(16);
        let task = Task { database, tables, copy: copy.clone(), link: link_sender, seen: seen_sender, inbox };
        tokio::spawn(task.run(socket.to_owned()));
        Self { socket: socket.to_owned(), copy, link, seen, requests }
    }

    /// Looks at the copy. Waits for the first connection; fails while there is none.
    pub async fn read<T>(&self, look: impl FnOnce(&Snapshot) -> T) -> Result<T, OvsdbError> {
        self.connected().await?;
        Ok(look(&self.copy.read().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Runs the operations as one transaction: all of them or none. When the connection breaks meanwhile nobody knows whether it ran.
    pub async fn transact(&self, operations: &[Operation]) -> Result<(), OvsdbError> {
        self.connected().await?;
        let request = operations.iter().map(Operation::to_json).collect::<Vec<_>>();
        let (sender, answer) = oneshot::channel();
        let lost = || self.unreachable("the connection was lost".to_owned());
        self.requests.send(Request { operations: Value::Array(request), answer: sender }).await.map_err(|_| lost())?;
        let answer = tokio::time::timeout(ANSWER, answer).await;
        let answer = answer.map_err(|_| self.unreachable(format!("no answer within {} s", ANSWER.as_secs())))?;
        check(&answer.map_err(|_| lost())?.map_err(|why| self.unreachable(why))?, operations)
    }

    /// A receiver that tells when the copy has changed or was fetched anew.
    pub fn watch(&self) -> watch::Receiver<Seen> {
        self.seen.clone()
    }

    async fn connected(&self) -> Result<(), OvsdbError> {
        let mut link = self.link.clone();
        let settled = link.wait_for(|link| !matches!(link, Link::Connecting)).await;
        match settled.as_deref() {
            Ok(Link::Down(why)) => Err(self.unreachable(why.clone())),
            Ok(_) => Ok(()),
            Err(_) => Err(self.unreachable("the connection's task has ended".to_owned())),
        }
    }

    fn unreachable(&self, why: String) -> OvsdbError {
        OvsdbError::Unreachable { socket: self.socket.clone(), why }
    }
}

/// Finds the failed operation in a transaction's answer: each has its entry, and one more follows when the whole fails at its end.
fn check(answer: &Value, operations: &[Operation]) -> Result<(), OvsdbError> {
    let entries = answer.as_array().map(Vec::as_slice).unwrap_or_default();
    let failed = entries.iter().enumerate().find_map(|(at, entry)| Some((at, entry, entry.get("error")?)));
    match failed {
        Some((at, entry, error)) => Err(OvsdbError::Refused {
            error: text(error),
            details: entry.get("details").map(text).unwrap_or_default(),
            operation: operations
                .get(at)
                .map_or_else(|| "the transaction as a whole".to_owned(), |one| one.to_json().to_string()),
        }),
        None => Ok(()),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

type Connection = Framed<UnixStream, Frames>;

/// The task that owns the connection.
struct Task {
    database: &'static str,
    tables: Tables,
    copy: Arc<RwLock<Snapshot>>,
    link: watch::Sender<Link>,
    seen: watch::Sender<Seen>,
    inbox: mpsc::Receiver<Request>,
}

impl Task {
    async fn run(mut self, socket: PathBuf) {
        let mut pause = PAUSE[0];
        while !self.inbox.is_closed() {
            let why = match tokio::time::timeout(ANSWER, self.connect(&socket)).await {
                Ok(Ok(connection)) => {
                    pause = PAUSE[0];
                    self.serve(connection).await
                }
                Ok(Err(why)) => why,
                Err(_) => format!("no answer within {} s", ANSWER.as_secs()),
            };
            tracing::debug!(socket = %socket.display(), why, "no connection to the database");
            self.link.send_replace(Link::Down(why));
            self.refuse(pause).await;
            pause = (pause * 2).min(PAUSE[1]);
        }
    }

    /// Answers requests that came in while the connection broke, for as long as the pause lasts.
    async fn refuse(&mut self, pause: Duration) {
        let _ = tokio::time::timeout(pause, async {
            while let Some(request) = self.inbox.recv().await {
                let _ = request.answer.send(Err("the connection was lost".to_owned()));
            }
        })
        .await;
    }

    /// Connects and fetches the watched tables.
    async fn connect(&mut self, socket: &Path) -> Result<Connection, String> {
        let stream = UnixStream::connect(socket).await.map_err(|error| format!("cannot connect: {error}"))?;
        let mut connection = Framed::new(stream, Frames::default());
        let tables = self.tables.iter().map(|(table, columns)| ((*table).to_owned(), json!([{"columns": columns}])));
        let watched = Value::Object(tables.collect());
        send(&mut connection, json!({"method": "monitor", "params": [self.database, null, watched], "id": 0})).await?;
        loop {
            let message = receive(&mut connection).await?;
            if message.get("method").is_some() {
                answer_echo(&mut connection, &message).await?;
            } else if let Some(error) = message.get("error").filter(|error| !error.is_null()) {
                return Err(format!("cannot watch {}: {}", self.database, error));
            } else {
                let mut fresh = Snapshot::new();
                data::update(&mut fresh, self.tables, &message["result"]).ok_or("the tables cannot be understood")?;
                *self.copy.write().unwrap_or_else(PoisonError::into_inner) = fresh;
                self.link.send_replace(Link::Up);
                self.seen.send_modify(|seen| seen.connections += 1);
                return Ok(connection);
            }
        }
    }

    /// Carries requests and updates until the connection breaks; says why it did.
    async fn serve(&mut self, mut connection: Connection) -> String {
        let mut waiting = HashMap::new();
        let mut next = 1_u64;
        loop {
            let step = tokio::select! {
                message = receive(&mut connection) => match message {
                    Ok(message) => self.take(&mut connection, &mut waiting, message).await,
                    Err(why) => Err(why),
                },
                request = self.inbox.recv() => match request {
                    Some(Request { operations: Value::Array(operations), answer }) => {
                        let params: Vec<Value> = [json!(self.database)].into_iter().chain(operations).collect();
                        let sent = send(&mut connection, json!({"method": "transact", "params": params, "id": next})).await;
                        waiting.insert(next, answer);
                        next += 1;
                        sent
                    }
                    Some(_) => Ok(()),
                    None => Err("nobody needs it any more".to_owned()),
                },
            };
            if let Err(why) = step {
                return why;
            }
        }
    }

    async fn take(&self, connection: &mut Connection, waiting: &mut Waiting, mut message: Value) -> Result<(), String> {
        match message.get("method").and_then(Value::as_str) {
            Some("update") => {
                let mut copy = self.copy.write().unwrap_or_else(PoisonError::into_inner);
                data::update(&mut copy, self.tables, &message["params"][1]).ok_or("an update cannot be understood")?;
                drop(copy);
                self.seen.send_modify(|seen| seen.updates += 1);
                Ok(())
            }
            Some(_) => answer_echo(connection, &message).await,
            None => {
                if let Some(answer) = message["id"].as_u64().and_then(|id| waiting.remove(&id)) {
                    let error = message["error"].take();
                    let result = if error.is_null() { Ok(message["result"].take()) } else { Err(text(&error)) };
                    let _ = answer.send(result);
                }
                Ok(())
            }
        }
    }
}

type Waiting = HashMap<u64, oneshot::Sender<Result<Value, String>>>;

async fn send(connection: &mut Connection, message: Value) -> Result<(), String> {
    connection.send(message).await.map_err(|error| format!("cannot send: {error}"))
}

async fn receive(connection: &mut Connection) -> Result<Value, String> {
    match connection.next().await {
        Some(message) => message.map_err(|error| format!("cannot receive: {error}")),
        None => Err("the server closed the connection".to_owned()),
    }
}

/// A server that hears no echo from a client drops it (RFC 7047 §4.1.11).
async fn answer_echo(connection: &mut Connection, message: &Value) -> Result<(), String> {
    if message["method"] == "echo" {
        send(connection, json!({"result": message["params"], "error": null, "id": message["id"]})).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
