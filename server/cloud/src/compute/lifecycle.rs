//! What to do next for one instance: pure rules from its row and what the hypervisor shows.
//!
//! ```text
//!  launch ──▶ BUILD ──Run──▶ ACTIVE ◀──Run── SHUTOFF          any ──Remove──▶ gone
//!               │              │  ▲             ▲
//!               │ fails        │  └──Run── (REBOOT, HARD_REBOOT: off, then on)
//!               ▼              │                │
//!             ERROR            └──Press, then ForceOff after a while
//! ```
//!
//! While a task is set, the row's intent is pursued: the plan is the next step towards it from whatever the hypervisor shows, so it does
//! not matter how often or where the work was interrupted. Without a task the instance has settled, and what the hypervisor shows is
//! recorded: a guest that was switched off by hand is shown as SHUTOFF, not started again.

use super::hypervisor::Power;
use api::Micros;
use api::compute::{PowerState, Status, Task};

/// How long a guest may take to go off after its power button was pressed, before the plug is pulled, if its image says nothing else: Nova's
/// `shutdown_timeout`.
pub const SHUTDOWN_TIMEOUT: Micros = 60_000_000;
/// The button is pressed again after this long: a guest still booting does not hear the first press (Nova's `SHUTDOWN_RETRY_INTERVAL`).
pub const PRESS_INTERVAL: Micros = 10_000_000;

/// The parts of an instance's row that decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub status: Status,
    pub task: Option<Task>,
    pub power: PowerState,
    /// The boot last recorded; empty before the first.
    pub boot: String,
    /// When the task began.
    pub since: Micros,
    /// How often the present task's step was tried: presses of the power button, or failed attempts.
    pub attempts: i64,
    /// It has run at least once.
    pub launched: bool,
    /// It has a fault.
    pub faulty: bool,
    /// The image that is being made of it is still on its way.
    pub arriving: bool,
    /// How long its guest may take to go off.
    pub shutdown: Micros,
}

/// What the hypervisor shows of it: nothing, or a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    pub power: Power,
    pub boot: String,
}

/// The next thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing: all is as it should be.
    Rest,
    /// Nothing before this moment, unless something changes.
    Wait(Micros),
    /// Define the domain and power it on.
    Run,
    /// Press the power button.
    Press,
    /// Pull the plug.
    ForceOff,
    /// Remove the domain with its files, then the row.
    Remove,
    /// Go on with the snapshot, if nobody does.
    Snapshot,
    /// Write down what is seen; the task, if there is one, has ended.
    Record(Seen),
}

/// What is written down when an instance has settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub status: Status,
    pub power: PowerState,
    pub boot: String,
    /// Something that the owner should know.
    pub remark: Option<Remark>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remark {
    /// The domain has vanished from the hypervisor.
    Undefined,
    Crashed,
}

impl Remark {
    pub fn text(self) -> &'static str {
        match self {
            Self::Undefined => {
                "The domain was removed from the hypervisor outside Offing. The disk is kept: start the instance to define it anew."
            }
            Self::Crashed => "The guest crashed. Look at its console log, then start it again.",
        }
    }
}

/// The next step for an instance at this moment.
pub fn plan(row: &Row, sight: Option<&Sight>, now: Micros) -> Step {
    match row.task {
        Some(Task::Deleting) => Step::Remove,
        Some(Task::PoweringOff) => turn_off(row, sight, now),
        Some(Task::Rebooting) => match sight {
            Some(sight) if is_on(sight) && sight.boot == row.boot => press(row, sight, now),
            _ => turn_on(sight),
        },
        Some(Task::RebootingHard) => match sight {
            Some(sight) if is_on(sight) && sight.boot == row.boot => Step::ForceOff,
            _ => turn_on(sight),
        },
        Some(Task::Scheduling | Task::Networking | Task::BlockDeviceMapping | Task::Spawning | Task::PoweringOn) => {
            turn_on(sight)
        }
        Some(Task::ImageSnapshot | Task::ImageUploading) if row.arriving => Step::Snapshot,
        // The image is there, or has failed or been deleted: what may have happened to the guest meanwhile is recorded now.
        Some(Task::ImageSnapshot | Task::ImageUploading) => Step::Record(settled(sight)),
        None => watch(row, sight),
    }
}

/// What an instance without a task is.
fn settled(sight: Option<&Sight>) -> Seen {
    let Some(sight) = sight else {
        return Seen {
            status: Status::Shutoff,
            power: PowerState::NoState,
            boot: String::new(),
            remark: Some(Remark::Undefined),
        };
    };
    match sight.power {
        Power::Running => seen(Status::Active, sight),
        Power::Paused => seen(Status::Paused, sight),
        Power::Off => seen(Status::Shutoff, sight),
        Power::Crashed => Seen { remark: Some(Remark::Crashed), ..seen(Status::Shutoff, sight) },
    }
}

fn is_on(sight: &Sight) -> bool {
    matches!(sight.power, Power::Running | Power::Paused)
}

fn turn_on(sight: Option<&Sight>) -> Step {
    match sight {
        Some(sight) if sight.power == Power::Running => Step::Record(seen(Status::Active, sight)),
        _ => Step::Run,
    }
}

fn turn_off(row: &Row, sight: Option<&Sight>, now: Micros) -> Step {
    match sight {
        Some(sight) if is_on(sight) => press(row, sight, now),
        Some(sight) => Step::Record(seen(Status::Shutoff, sight)),
        None => Step::Record(Seen {
            status: Status::Shutoff,
            power: PowerState::NoState,
            boot: String::new(),
            remark: None,
        }),
    }
}

fn press(row: &Row, sight: &Sight, now: Micros) -> Step {
    let next = row.since + row.attempts * PRESS_INTERVAL;
    if sight.power == Power::Paused || now >= row.since + row.shutdown {
        // A paused guest hears no button.
        Step::ForceOff
    } else if now >= next {
        Step::Press
    } else {
        Step::Wait(next.min(row.since + row.shutdown))
    }
}

fn watch(row: &Row, sight: Option<&Sight>) -> Step {
    // What failed stays as it failed, until somebody starts or deletes it; what was built once may also start by itself.
    let failed = row.status == Status::Error && !(row.launched && sight.is_some_and(is_on));
    if failed {
        return Step::Rest;
    }
    let now = settled(sight);
    let same = row.status == now.status && row.power == now.power && row.boot == now.boot;
    if same && (now.remark.is_none() || row.faulty) { Step::Rest } else { Step::Record(now) }
}

fn seen(status: Status, sight: &Sight) -> Seen {
    let power = match sight.power {
        Power::Running => PowerState::Running,
        Power::Paused => PowerState::Paused,
        Power::Off => PowerState::Shutdown,
        Power::Crashed => PowerState::Crashed,
    };
    Seen { status, power, boot: sight.boot.clone(), remark: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Power::{Crashed, Off, Paused, Running};

    /// A row as it is `seconds` after its task began, on boot 1.
    fn row(status: Status, task: Option<Task>) -> Row {
        let power = match status {
            Status::Active => PowerState::Running,
            Status::Paused => PowerState::Paused,
            Status::Shutoff => PowerState::Shutdown,
            _ => PowerState::NoState,
        };
        Row {
            status,
            task,
            power,
            boot: "1".into(),
            since: 0,
            attempts: 0,
            launched: true,
            faulty: false,
            arriving: false,
            shutdown: SHUTDOWN_TIMEOUT,
        }
    }

    fn sight(power: Power, boot: &str) -> Option<Sight> {
        Some(Sight { power, boot: boot.into() })
    }

    fn check(row: &Row, sight: Option<Sight>, seconds: i64, expected: &str) {
        let step = match plan(row, sight.as_ref(), seconds * 1_000_000) {
            Step::Record(seen) => match seen.remark {
                Some(remark) => format!("{} {remark:?}", seen.status.as_str()),
                None => seen.status.as_str().to_owned(),
            },
            Step::Wait(until) => format!("wait {}", until / 1_000_000),
            step => format!("{step:?}"),
        };
        assert_eq!(step, expected, "{row:?} {sight:?}");
    }

    #[test]
    fn launching_goes_on_from_wherever_it_stopped() {
        let build = Row { boot: String::new(), launched: false, ..row(Status::Build, Some(Task::Scheduling)) };
        check(&build, None, 0, "Run");
        check(&build, sight(Off, ""), 0, "Run");
        check(&build, sight(Running, "1"), 0, "ACTIVE");
    }

    #[test]
    fn stopping_presses_then_pulls_the_plug() {
        let stop = row(Status::Active, Some(Task::PoweringOff));
        check(&stop, sight(Running, "1"), 0, "Press");
        let pressed = Row { attempts: 1, ..stop.clone() };
        check(&pressed, sight(Running, "1"), 1, "wait 10");
        check(&pressed, sight(Running, "1"), 10, "Press");
        check(&pressed, sight(Running, "1"), 60, "ForceOff");
        check(&pressed, sight(Paused, "1"), 1, "ForceOff");
        check(&pressed, sight(Off, "1"), 1, "SHUTOFF");
        check(&pressed, None, 1, "SHUTOFF");
        let patient = Row { shutdown: 300_000_000, attempts: 30, ..stop.clone() };
        check(&patient, sight(Running, "1"), 60, "wait 300");
        check(&patient, sight(Running, "1"), 300, "ForceOff");
        let hurried = Row { shutdown: 0, ..stop };
        check(&hurried, sight(Running, "1"), 0, "ForceOff");
    }

    #[test]
    fn starting() {
        let start = row(Status::Shutoff, Some(Task::PoweringOn));
        check(&start, sight(Off, "1"), 0, "Run");
        check(&start, None, 0, "Run");
        check(&start, sight(Crashed, "1"), 0, "Run");
        check(&start, sight(Running, "2"), 0, "ACTIVE");
    }

    #[test]
    fn rebooting_ends_with_another_boot() {
        let soft = row(Status::Reboot, Some(Task::Rebooting));
        check(&soft, sight(Running, "1"), 0, "Press");
        check(&soft, sight(Running, "1"), 61, "ForceOff");
        check(&soft, sight(Off, "1"), 5, "Run");
        check(&soft, sight(Running, "2"), 6, "ACTIVE");
        let hard = row(Status::HardReboot, Some(Task::RebootingHard));
        check(&hard, sight(Running, "1"), 0, "ForceOff");
        check(&hard, sight(Paused, "1"), 0, "ForceOff");
        check(&hard, sight(Off, "1"), 0, "Run");
        check(&hard, None, 0, "Run");
        check(&hard, sight(Running, "2"), 0, "ACTIVE");
    }

    #[test]
    fn snapshots_leave_the_guest_alone_and_then_show_what_is() {
        for task in [Task::ImageSnapshot, Task::ImageUploading] {
            let done = row(Status::Active, Some(task));
            let making = Row { arriving: true, ..done.clone() };
            for seen in [None, sight(Running, "1"), sight(Off, "1")] {
                check(&making, seen, 0, "Snapshot");
            }
            check(&done, sight(Running, "1"), 0, "ACTIVE");
            check(&done, sight(Paused, "1"), 0, "PAUSED");
            check(&done, sight(Off, "1"), 0, "SHUTOFF");
            check(&done, None, 0, "SHUTOFF Undefined");
        }
    }

    #[test]
    fn deleting_removes_whatever_is_there() {
        for seen in [None, sight(Running, "1"), sight(Off, "1")] {
            check(&row(Status::Error, Some(Task::Deleting)), seen, 0, "Remove");
        }
    }

    #[test]
    fn settled_instances_show_what_is() {
        check(&row(Status::Active, None), sight(Running, "1"), 0, "Rest");
        check(&row(Status::Active, None), sight(Running, "2"), 0, "ACTIVE");
        check(&row(Status::Active, None), sight(Off, "1"), 0, "SHUTOFF");
        check(&row(Status::Active, None), sight(Paused, "1"), 0, "PAUSED");
        check(&row(Status::Active, None), sight(Crashed, "1"), 0, "SHUTOFF Crashed");
        check(&row(Status::Active, None), None, 0, "SHUTOFF Undefined");
        check(&row(Status::Shutoff, None), sight(Off, "1"), 0, "Rest");
        check(&row(Status::Shutoff, None), sight(Running, "2"), 0, "ACTIVE");
        let gone = Row { power: PowerState::NoState, boot: String::new(), faulty: true, ..row(Status::Shutoff, None) };
        check(&gone, None, 0, "Rest");
    }

    #[test]
    fn errors_stay_until_somebody_acts() {
        let never = Row { launched: false, ..row(Status::Error, None) };
        check(&never, None, 0, "Rest");
        check(&never, sight(Running, "1"), 0, "Rest");
        let once = row(Status::Error, None);
        check(&once, sight(Off, "1"), 0, "Rest");
        check(&once, None, 0, "Rest");
        check(&once, sight(Running, "2"), 0, "ACTIVE");
    }
}
