//! The consoles of an instance in the browser: WebSockets that carry the hypervisor's own streams, RFB for noVNC and the serial line for
//! xterm.js, in binary frames.
//!
//! No token, no port: the address is the instance's page, and session, origin and membership are checked as for any page. The stream
//! behind is opened for this instance by its id, so it cannot become another's. It closes when the instance, the right or the server goes.

use crate::Edge;
use crate::failure::Failure;
use crate::metrics::{CONSOLES, Open};
use crate::standing::{Opener, Standing};
use api::{Caller, Error, Event, InstanceId, Kind};
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use cloud::compute::Console;
use cloud::compute::hypervisor::BoxStream;
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt as _, StreamExt as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, ReadHalf, WriteHalf, split};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// The largest message a browser may send, in bytes: keystrokes, pointer moves, a pasted text.
const MESSAGE_MAX: usize = 256 * 1024;
/// How much of the hypervisor's stream goes into one message.
const CHUNK: usize = 16 * 1024;

type Upgrade = Result<WebSocketUpgrade, WebSocketUpgradeRejection>;

pub async fn vnc(
    state: State<Edge>,
    path: Path<(String, String)>,
    opener: Opener,
    upgrade: Upgrade,
) -> Result<Response, Failure> {
    open(state, path, opener, upgrade, Console::Vnc).await
}

pub async fn serial(
    state: State<Edge>,
    path: Path<(String, String)>,
    opener: Opener,
    upgrade: Upgrade,
) -> Result<Response, Failure> {
    open(state, path, opener, upgrade, Console::Serial).await
}

async fn open(
    State(edge): State<Edge>,
    Path((project, id)): Path<(String, String)>,
    opener: Opener,
    upgrade: Upgrade,
    console: Console,
) -> Result<Response, Failure> {
    let hub = edge.cloud.hub().subscribe();
    let (standing, caller) = Standing::of(&edge, opener, &project).await?;
    let instance: InstanceId = id.parse().map_err(|_| Error::not_found(Kind::Instance, &id))?;
    let stream = edge.cloud.compute.console_open(&caller, instance, console).await?;
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(refused) => return Ok(refused.into_response()),
    };
    tracing::info!(%instance, user = caller.user_name, ?console, "console opened");
    let session = Session { edge, standing, caller, instance, hub, _open: Open::new(CONSOLES) };
    let upgrade = upgrade.max_message_size(MESSAGE_MAX).max_frame_size(MESSAGE_MAX);
    Ok(upgrade.on_upgrade(move |socket| session.carry(socket, stream)))
}

/// An open console.
struct Session {
    edge: Edge,
    standing: Standing,
    caller: Caller,
    instance: InstanceId,
    hub: Receiver<Event>,
    _open: Open,
}

impl Session {
    async fn carry(mut self, socket: WebSocket, stream: BoxStream) {
        let (mut sink, source) = socket.split();
        let (reader, writer) = split(stream);
        // Each direction waits for its receiver before it reads on, so neither piles up.
        let (code, reason) = tokio::select! {
            end = to_browser(reader, &mut sink) => end,
            end = from_browser(source, writer) => end,
            end = self.ended() => end,
        };
        tracing::info!(instance = %self.instance, user = self.caller.user_name, reason, "console closed");
        let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
        // The browser may be gone already, and may then not take the farewell.
        let farewell = async {
            sink.send(close).await?;
            sink.close().await
        };
        if let Ok(Err(error)) = tokio::time::timeout(std::time::Duration::from_secs(1), farewell).await {
            tracing::debug!(%error, "console's farewell");
        }
    }

    /// Resolves when the console may not go on.
    async fn ended(&mut self) -> End {
        loop {
            tokio::select! {
                () = self.edge.drain.cancelled() => return (close_code::AWAY, "The server is being stopped."),
                () = self.standing.doubted() => {}
                event = self.hub.recv() => match event {
                    Ok(event) if self.standing.is_touched_by(&event) => {}
                    Ok(event) if event.kind == Kind::Instance && event.id == self.instance.to_string() => {}
                    Ok(_) => continue,
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return (close_code::AWAY, "The server is being stopped."),
                },
            }
            match self.standing.caller().await {
                Ok(caller) => self.caller = caller,
                Err(_) => return (close_code::POLICY, "Your session or your role in the project has ended."),
            }
            match self.edge.cloud.compute.console_keep(&self.caller, self.instance).await {
                Ok(()) => {}
                Err(Error::Forbidden { .. }) => {
                    return (close_code::POLICY, "Your role in the project no longer allows a console.");
                }
                Err(_) => return (close_code::NORMAL, "The instance has been deleted."),
            }
        }
    }
}

/// Why a console has ended: the WebSocket's close code and a sentence.
type End = (u16, &'static str);

async fn to_browser(mut reader: ReadHalf<BoxStream>, sink: &mut SplitSink<WebSocket, Message>) -> End {
    let mut chunk = vec![0; CHUNK];
    loop {
        match reader.read(&mut chunk).await {
            Ok(0) => return (close_code::NORMAL, "The instance has closed its console."),
            Ok(n) => {
                if sink.send(Message::Binary(bytes::Bytes::copy_from_slice(&chunk[..n]))).await.is_err() {
                    return (close_code::NORMAL, "The browser has gone.");
                }
            }
            Err(error) => {
                tracing::debug!(%error, "console stream");
                return (close_code::ERROR, "The instance's console has failed.");
            }
        }
    }
}

async fn from_browser(mut source: SplitStream<WebSocket>, mut writer: WriteHalf<BoxStream>) -> End {
    while let Some(message) = source.next().await {
        let bytes = match message {
            Ok(Message::Binary(bytes)) => bytes,
            Ok(Message::Text(text)) => text.into(),
            Ok(Message::Ping(_) | Message::Pong(_)) => continue,
            Ok(Message::Close(_)) => break,
            Err(error) => {
                tracing::debug!(%error, "console socket");
                return (close_code::PROTOCOL, "What the browser sent could not be read.");
            }
        };
        let written = async {
            writer.write_all(&bytes).await?;
            writer.flush().await
        };
        if written.await.is_err() {
            return (close_code::NORMAL, "The instance has closed its console.");
        }
    }
    (close_code::NORMAL, "The browser has gone.")
}
