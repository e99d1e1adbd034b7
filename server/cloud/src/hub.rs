//! The hub: tells whoever listens that something has changed.
//!
//! Events are hints, not data, so one that is lost to a slow listener costs nothing but a refresh of everything: the listener is told
//! that it has lagged.

use crate::clock::Clock;
use api::{Event, Kind, ProjectId};
use tokio::sync::broadcast;

/// How many events a listener may fall behind before it is told to refresh everything.
const BACKLOG: usize = 1024;

#[derive(Clone, Debug)]
pub struct Hub {
    sender: broadcast::Sender<Event>,
    clock: Clock,
}

impl Hub {
    pub fn new(clock: Clock) -> Self {
        Self { sender: broadcast::channel(BACKLOG).0, clock }
    }

    /// Says that a thing has changed; call it after the commit.
    pub fn changed(&self, kind: Kind, id: impl ToString, project: impl Into<Option<ProjectId>>) {
        // No listener is no fault.
        let _ = self.sender.send(Event { kind, id: id.to_string(), project: project.into(), at: self.clock.now() });
    }

    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.sender.subscribe()
    }
}
