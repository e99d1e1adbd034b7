//! `GET /events?project=<id>`: the changes in a project as server-sent events, so that pages stay true without reloading.
//!
//! With `&since=<mark>`, the hub's mark from before the page was drawn, the page is told to read everything again only if something has
//! changed meanwhile; without, it always is. Each message is an `api::Event` as JSON: a hint to read again, no data. An event named `refresh` says that hints were lost and
//! everything may have changed. The stream ends with the session, the membership or the server; browsers open it anew by themselves and
//! are then told what has become of their right.

use crate::Edge;
use crate::failure::Failure;
use crate::metrics::{Open, STREAMS};
use crate::standing::{Opener, Standing};
use api::{Caller, Event, Kind};
use axum::extract::{Query, State};
use axum::response::sse::{self, KeepAlive, Sse};
use cloud::authz::{self, Action};
use futures::Stream;
use futures::stream::unfold;
use serde::Deserialize;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// Keeps proxies from taking a quiet stream for a dead one.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a browser waits before it opens a broken stream again.
const RETRY: Duration = Duration::from_secs(2);

#[derive(Deserialize)]
pub struct Of {
    project: String,
    since: Option<String>,
}

pub async fn stream(
    State(edge): State<Edge>,
    Query(of): Query<Of>,
    opener: Opener,
) -> Result<Sse<impl Stream<Item = Result<sse::Event, Infallible>>>, Failure> {
    let hub = edge.cloud.hub().subscribe();
    let (standing, caller) = Standing::of(&edge, opener, &of.project).await?;
    let missed = (of.since != Some(edge.cloud.hub().mark())).then(refresh);
    // Answered at once, so that the browser knows that it is connected.
    let hello = [sse::Event::default().retry(RETRY).comment("connected")].into_iter().chain(missed);
    let hello = futures::stream::iter(hello.map(Ok));
    let listener = Listener { edge, hub, standing, caller, _open: Open::new(STREAMS) };
    let changes = unfold(listener, |mut listener| async {
        let event = listener.next().await?;
        Some((Ok(event), listener))
    });
    Ok(Sse::new(futures::StreamExt::chain(hello, changes)).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}

struct Listener {
    edge: Edge,
    hub: Receiver<Event>,
    standing: Standing,
    caller: Caller,
    _open: Open,
}

impl Listener {
    /// The next message; `None` when the right has ended or the server goes.
    async fn next(&mut self) -> Option<sse::Event> {
        loop {
            tokio::select! {
                () = self.edge.drain.cancelled() => return None,
                () = self.standing.doubted() => self.caller = self.standing.caller().await.ok()?,
                event = self.hub.recv() => match event {
                    Ok(event) => {
                        if self.standing.is_touched_by(&event) {
                            let before = std::mem::replace(&mut self.caller, self.standing.caller().await.ok()?);
                            if Standing::differs(&before, &self.caller) {
                                // The page's frame shows who one is: that has changed, whatever the reason.
                                let user = self.caller.user.to_string();
                                return message(&Event { kind: Kind::User, id: user, ..event });
                            }
                        }
                        if is_own(&event, &self.caller) || is_visible(&event, &self.caller) {
                            return message(&event);
                        }
                    }
                    Err(RecvError::Lagged(_)) => {
                        self.caller = self.standing.caller().await.ok()?;
                        return Some(refresh());
                    }
                    Err(RecvError::Closed) => return None,
                },
            }
        }
    }
}

fn refresh() -> sse::Event {
    sse::Event::default().event("refresh").data("{}")
}

fn message(event: &Event) -> Option<sse::Event> {
    metrics::counter!(crate::metrics::EVENTS, "kind" => event.kind.as_str()).increment(1);
    sse::Event::default().json_data(event).ok()
}

/// About the listener, or the project that they are in.
fn is_own(event: &Event, caller: &Caller) -> bool {
    match event.kind {
        Kind::User | Kind::ApplicationCredential | Kind::Class => event.id == caller.user.to_string(),
        Kind::Project => event.id == caller.project.to_string(),
        _ => false,
    }
}

/// What of the whole cloud's changes somebody may know of: their project's, and what all projects share.
fn is_visible(event: &Event, caller: &Caller) -> bool {
    match (event.project, event.kind) {
        (Some(project), _) => project == caller.project,
        (None, Kind::Session) => authz::require(caller, Action::ManageSessions).is_ok(),
        (None, Kind::ApplicationCredential) => authz::require(caller, Action::EveryCredential).is_ok(),
        (None, Kind::User | Kind::Assignment) => authz::require(caller, Action::ReadUsers).is_ok(),
        (None, Kind::Project) => authz::require(caller, Action::ReadProjects).is_ok(),
        (None, Kind::Domain | Kind::Group | Kind::Role) => authz::require(caller, Action::ReadDomains).is_ok(),
        (None, Kind::Class | Kind::Seat) => authz::require(caller, Action::ReadClasses).is_ok(),
        (None, Kind::Quota) => authz::require(caller, Action::ReadQuotas).is_ok(),
        (None, Kind::Host) => authz::require(caller, Action::ReadHosts).is_ok(),
        (None, _) => true,
    }
}
