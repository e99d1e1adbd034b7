//! The reconciler: makes the engine's world equal to the rows and writes down what it sees. The one writer of statuses.

use super::engine::{Engine, EngineError, Topology};
use super::service::NetworkService;
use super::store::{self, snapshot::Snapshot};
use super::topology::{self, Outcome};
use crate::core::measured;
use crate::fault::StoreError;
use api::Result;
use std::sync::PoisonError;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How often it looks without being woken, for what was changed behind its back.
const TICK: Duration = Duration::from_secs(5);
/// How long it waits after a failed pass; doubled by every further one, up to `RETRY_MAX`.
const RETRY: Duration = Duration::from_secs(1);
const RETRY_MAX: Duration = Duration::from_secs(30);

/// What a pass has read, kept for the next one: most find that nobody has written anything since.
pub struct Known {
    version: i64,
    rows: Snapshot,
    desired: Topology,
}

impl NetworkService {
    /// Passes until it is stopped: at every poke, whenever the engine has news, and every few seconds.
    pub async fn run(&self, stop: CancellationToken) {
        let mut retry = RETRY;
        loop {
            let started = Instant::now();
            let passed = tokio::select! {
                passed = measured("network", self.pass()) => passed,
                () = stop.cancelled() => return,
            };
            let wait = if passed.is_ok() && self.fault().is_none() {
                retry = RETRY;
                TICK
            } else {
                let wait = retry;
                retry = (retry * 2).min(RETRY_MAX);
                wait
            };
            // Work no more than half of the time, however often somebody pokes.
            let rest = started.elapsed();
            tokio::select! {
                () = tokio::time::sleep(rest) => {}
                () = stop.cancelled() => return,
            }
            tokio::select! {
                () = self.poke.poked() => {}
                () = self.engine.changed() => {}
                () = tokio::time::sleep(wait) => {}
                () = stop.cancelled() => return,
            }
        }
    }

    /// One look at everything. Answers whether it has changed any row. What the engine has against it is kept in `fault`.
    pub async fn pass(&self) -> Result<bool> {
        let mut passing = self.passing.lock().await;
        // Before reading: a commit in between makes the next pass read again.
        let version = self.core.db.version().await.map_err(StoreError)?;
        let known = match passing.take() {
            Some(known) if known.version == version => known,
            _ => {
                let rows = store::snapshot::read(self.core.db.read()).await?;
                let desired = topology::desired(&rows);
                Known { version, rows, desired }
            }
        };
        let Known { rows, desired, .. } = passing.insert(known);
        let outcome = match realise(self.engine.as_ref(), desired).await {
            Ok(outcome) => {
                self.note(None);
                outcome
            }
            Err(error) => {
                self.note(Some(error.to_string()));
                match error {
                    EngineError::Unreachable(_) => Outcome::Unreachable,
                    EngineError::Failed(_) => Outcome::Refused,
                }
            }
        };
        let seen = topology::observe(rows, &outcome);
        if seen.is_empty() {
            return Ok(false);
        }
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let mut written = Vec::new();
        for observation in seen {
            if store::snapshot::observed(&mut tx, &observation).await? {
                written.push(observation);
            }
        }
        tx.commit().await.map_err(StoreError)?;
        for observation in &written {
            self.core.hub.changed(observation.kind, observation.id, observation.project);
        }
        Ok(!written.is_empty())
    }

    /// Why the last pass could not make the world so; `None` while all is well.
    pub fn fault(&self) -> Option<String> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps the fault, and logs it when it is another one than before.
    fn note(&self, fault: Option<String>) {
        let mut last = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        match &fault {
            same if *same == *last => {}
            Some(why) => tracing::error!(why, "the network engine failed; it is asked again"),
            None => tracing::info!("the network engine works again"),
        }
        *last = fault;
    }
}

async fn realise(engine: &dyn Engine, desired: &Topology) -> std::result::Result<Outcome, EngineError> {
    engine.apply(desired).await?;
    Ok(Outcome::Realised(engine.ports_up().await?))
}
