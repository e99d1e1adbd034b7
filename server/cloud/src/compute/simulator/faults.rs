//! What tests make go wrong on the simulated host: failing calls, a daemon that does not answer, a guest that ignores its power button,
//! and the program's own death between two calls.

use super::super::hypervisor::HypervisorError;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, watch};

/// A call that changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    Define,
    Start,
    Shutdown,
    ForceOff,
    Remove,
    Snapshot,
}

/// What happens at a given call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trip {
    /// The call changes nothing and fails with this text.
    Fail(String),
    /// The call takes effect, but neither it nor any later one ever returns, as if the program had been killed while it waited: drop
    /// the program's tasks, then call [`Faults::resume`] and start anew.
    Halt,
}

/// The faults of one simulated host. None at first.
#[derive(Debug, Default)]
pub struct Faults {
    plan: Mutex<Plan>,
    halted: watch::Sender<bool>,
    /// Wakes `changed()`.
    pub(super) wake: Notify,
}

#[derive(Debug, Default)]
struct Plan {
    calls: u64,
    at: Option<(u64, Trip)>,
    next: Vec<(Call, String)>,
    unreachable: bool,
    deaf: bool,
}

impl Faults {
    /// The next call of this kind fails with `why`; it may be asked for several times over.
    pub fn fail_next(&self, call: Call, why: &str) {
        self.plan().next.push((call, why.into()));
    }

    /// The `n`-th changing call from now (1 is the next one) meets `trip`.
    pub fn trip_at(&self, n: u64, trip: Trip) {
        let mut plan = self.plan();
        plan.at = Some((plan.calls + n, trip));
    }

    /// Whether the trip set by [`Faults::trip_at`] is still ahead: a test that tries every call in turn ends when it is.
    pub fn trip_pending(&self) -> bool {
        self.plan().at.is_some()
    }

    /// Resolves when a call has met [`Trip::Halt`].
    pub async fn halted(&self) {
        // The sender lives as long as `self`, so this can only end by the value.
        let _ = self.halted.subscribe().wait_for(|halted| *halted).await;
    }

    /// Ends the halt: calls made from now on work again; those that hang go on hanging.
    pub fn resume(&self) {
        self.halted.send_replace(false);
    }

    /// While `on`, every call fails as it does when the daemon is gone. Domains go on running.
    pub fn unreachable(&self, on: bool) {
        self.plan().unreachable = on;
        self.wake.notify_one();
    }

    /// While `on`, guests ignore the power button.
    pub fn ignore_power_button(&self, on: bool) {
        self.plan().deaf = on;
    }

    pub(super) fn power_button_ignored(&self) -> bool {
        self.plan().deaf
    }

    /// Passed by every call on its way in.
    pub(super) async fn reach(&self) -> Result<(), HypervisorError> {
        if *self.halted.borrow() {
            std::future::pending::<()>().await;
        }
        match self.plan().unreachable {
            true => Err(HypervisorError::Unreachable("the simulated daemon is down".into())),
            false => Ok(()),
        }
    }

    /// Passed by every changing call before it takes effect; true means that the program halts after it.
    pub(super) fn enter(&self, call: Call) -> Result<bool, HypervisorError> {
        let mut plan = self.plan();
        plan.calls += 1;
        if let Some(index) = plan.next.iter().position(|(at, _)| *at == call) {
            return Err(HypervisorError::Failed(plan.next.remove(index).1));
        }
        let calls = plan.calls;
        match plan.at.take_if(|(n, _)| *n == calls) {
            None => Ok(false),
            Some((_, Trip::Fail(why))) => Err(HypervisorError::Failed(why)),
            Some((_, Trip::Halt)) => Ok(true),
        }
    }

    /// Never returns.
    pub(super) async fn halt(&self) {
        self.halted.send_replace(true);
        std::future::pending().await
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
