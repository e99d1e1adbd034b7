//! What time it is. Tests hold the hands of the clock themselves.

use api::Micros;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The services' only source of time.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    #[default]
    System,
    /// Stands still until it is moved, but for a microsecond at each look, so that what comes later has a later time.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at the given moment.
    pub fn manual(at: Micros) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(at)))
    }

    pub fn now(&self) -> Micros {
        match self {
            Self::System => {
                SystemTime::now().duration_since(UNIX_EPOCH).map(|since| since.as_micros() as Micros).unwrap_or(0)
            }
            Self::Manual(at) => at.fetch_add(1, Ordering::SeqCst),
        }
    }

    /// Moves a manual clock on; a system clock cannot be moved.
    pub fn advance(&self, by: Duration) {
        if let Self::Manual(at) = self {
            at.fetch_add(by.as_micros() as i64, Ordering::SeqCst);
        }
    }
}
