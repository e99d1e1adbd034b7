//! `GET /p/<project>/instances/<id>/log?from=<byte>`: the console log as it grows, as server-sent events of `api::compute::ConsoleLog`.

use crate::Edge;
use crate::failure::Failure;
use crate::metrics::{Open, STREAMS};
use crate::standing::{Opener, Standing};
use api::compute::{Compute as _, ConsoleLog};
use api::{Caller, Error, InstanceId, Kind};
use axum::extract::{Path, Query, State};
use axum::response::sse::{self, KeepAlive, Sse};
use futures::Stream;
use futures::stream::unfold;
use serde::Deserialize;
use std::convert::Infallible;
use std::time::Duration;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// How often the log is looked at: it is a file of the hypervisor's, and nobody says when it grows.
const LOOK: Duration = Duration::from_millis(500);
const HEARTBEAT: Duration = Duration::from_secs(15);

#[derive(Deserialize)]
pub struct From {
    #[serde(default)]
    from: u64,
}

pub async fn stream(
    State(edge): State<Edge>,
    Path((project, id)): Path<(String, String)>,
    Query(From { from }): Query<From>,
    opener: Opener,
) -> Result<Sse<impl Stream<Item = Result<sse::Event, Infallible>>>, Failure> {
    let (standing, caller) = Standing::of(&edge, opener, &project).await?;
    let instance: InstanceId = id.parse().map_err(|_| Error::not_found(Kind::Instance, &id))?;
    // The first look tells whether there is such an instance at all.
    let first = edge.cloud.compute.instance_log(&caller, instance, Some(from)).await?;
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let reader = Reader { edge, standing, caller, instance, from, first: Some(first), look, _open: Open::new(STREAMS) };
    let parts = unfold(reader, |mut reader| async {
        let event = reader.next().await?;
        Some((Ok(event), reader))
    });
    Ok(Sse::new(parts).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}

struct Reader {
    edge: Edge,
    standing: Standing,
    caller: Caller,
    instance: InstanceId,
    from: u64,
    first: Option<ConsoleLog>,
    look: Interval,
    _open: Open,
}

impl Reader {
    /// The next part; `None` when the instance, the right or the server has gone.
    async fn next(&mut self) -> Option<sse::Event> {
        loop {
            let part = match self.first.take() {
                Some(first) => first,
                None => tokio::select! {
                    () = self.edge.drain.cancelled() => return None,
                    () = self.standing.doubted() => {
                        self.caller = self.standing.caller().await.ok()?;
                        continue;
                    }
                    _ = self.look.tick() => {
                        self.edge.cloud.compute.instance_log(&self.caller, self.instance, Some(self.from)).await.ok()?
                    }
                },
            };
            // A log that is shorter than it was has begun anew.
            if part.next != self.from || !part.text.is_empty() {
                self.from = part.next;
                return sse::Event::default().json_data(&part).ok();
            }
        }
    }
}
