//! The hub: tells whoever listens that something has changed.
//!
//! Events are hints, not data, so one that is lost to a slow listener costs nothing but a refresh of everything: the listener is told
//! that it has lagged.

use crate::clock::Clock;
use api::{Event, Kind, ProjectId};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::broadcast;
use uuid::Uuid;

/// How many events a listener may fall behind before it is told to refresh everything.
const BACKLOG: usize = 1024;

#[derive(Clone, Debug)]
pub struct Hub {
    sender: broadcast::Sender<Event>,
    clock: Clock,
    /// Of this start of the program.
    start: Uuid,
    said: Arc<AtomicU64>,
}

impl Hub {
    pub fn new(clock: Clock) -> Self {
        Self { sender: broadcast::channel(BACKLOG).0, clock, start: Uuid::new_v4(), said: Arc::default() }
    }

    /// Says that a thing has changed; call it after the commit.
    pub fn changed(&self, kind: Kind, id: impl ToString, project: impl Into<Option<ProjectId>>) {
        self.said.fetch_add(1, Ordering::AcqRel);
        // No listener is no fault.
        let _ = self.sender.send(Event { kind, id: id.to_string(), project: project.into(), at: self.clock.now() });
    }

    /// A mark that stays the same until something changes. Whoever makes one, then reads, then listens, and finds it the same, has missed
    /// nothing.
    pub fn mark(&self) -> String {
        format!("{}.{}", self.start.simple(), self.said.load(Ordering::Acquire))
    }

    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.sender.subscribe()
    }
}
