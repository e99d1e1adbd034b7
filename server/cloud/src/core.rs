//! What every service has in common.

use crate::clock::Clock;
use crate::db::Db;
use crate::hub::Hub;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Notify;

#[derive(Debug)]
pub struct Core {
    pub db: Db,
    pub hub: Hub,
    pub clock: Clock,
    /// Where images and instances keep their files.
    pub data: PathBuf,
}

/// Wakes a reconciler. Carries nothing: a pass looks at everything, so that a restart is a pass like any other.
#[derive(Clone, Debug, Default)]
pub struct Poke(Arc<Notify>);

impl Poke {
    pub fn poke(&self) {
        self.0.notify_one();
    }

    /// Resolves at the next poke, or at once if there has been one since the last.
    pub async fn poked(&self) {
        self.0.notified().await;
    }
}

/// Runs a reconciler's pass and records how long it took and whether it failed.
pub async fn measured<T>(service: &'static str, pass: impl Future<Output = api::Result<T>>) -> api::Result<T> {
    let begun = Instant::now();
    let passed = pass.await;
    metrics::histogram!("offing_reconcile_duration_seconds", "service" => service)
        .record(begun.elapsed().as_secs_f64());
    if passed.is_err() {
        metrics::counter!("offing_reconcile_failures_total", "service" => service).increment(1);
    }
    passed
}
