//! The domains of a simulated host, and what becomes of them as time passes. Nothing runs in the background: whatever is due by now is
//! brought about when somebody looks.

use super::super::hypervisor::{DomainSpec, Power};
use super::guest::{self, Shell};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

/// Older output than this many bytes is dropped from a console log.
const LOG_MAX: usize = 64 << 10;

/// What the guest finds itself running on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Machine {
    pub hostname: String,
    pub vcpus: u32,
    pub memory_mb: u64,
    /// Bytes of its root disk, on which a simulated guest writes nothing.
    pub disk: u64,
    pub macs: Vec<String>,
}

impl Machine {
    pub fn new(spec: &DomainSpec) -> Self {
        Self {
            hostname: hostname(&spec.config_drive),
            vcpus: spec.vcpus,
            memory_mb: spec.memory_mb,
            disk: spec.root.size,
            macs: spec.nics.iter().map(|nic| nic.mac.clone()).collect(),
        }
    }
}

/// The host name from the config drive, where a real guest finds it too.
fn hostname(config_drive: &[(String, Vec<u8>)]) -> String {
    let metadata = config_drive.iter().find(|(path, _)| path == "openstack/latest/meta_data.json");
    let metadata: Value = metadata.and_then(|(_, bytes)| serde_json::from_slice(bytes).ok()).unwrap_or_default();
    let name = metadata["hostname"].as_str().unwrap_or_default();
    let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.')).take(63).collect();
    if name.is_empty() { "simulated".into() } else { name }
}

/// How far the boot messages of a running domain have got into its log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Messages {
    /// The power came on then; those due by now belong to the log without standing in it, so that a thousand idle guests take no room.
    Since(Instant),
    /// All are due, none stands in the log.
    Due,
    /// They stand in the log.
    Logged,
}

/// One domain.
#[derive(Debug)]
pub(super) struct Domain {
    machine: Machine,
    power: Power,
    boot: u64,
    messages: Messages,
    /// The guest has heard the power button and will be off then.
    off_at: Option<Instant>,
    shell: Shell,
    /// Where in all that was ever printed the log begins.
    log_start: u64,
    log: Vec<u8>,
}

impl Domain {
    pub fn new(machine: Machine) -> Self {
        Self {
            machine,
            power: Power::Off,
            boot: 0,
            messages: Messages::Logged,
            off_at: None,
            shell: Shell::default(),
            log_start: 0,
            log: Vec::new(),
        }
    }

    /// Bytes of its root disk.
    pub fn disk(&self) -> u64 {
        self.machine.disk
    }

    pub fn power(&self) -> Power {
        self.power
    }

    pub fn is_on(&self) -> bool {
        matches!(self.power, Power::Running | Power::Paused)
    }

    /// The number of its last boot.
    pub fn boot(&self) -> u64 {
        self.boot
    }

    pub fn off_at(&self) -> Option<Instant> {
        self.off_at
    }

    /// Defines it anew: what runs keeps running.
    pub fn redefine(&mut self, machine: Machine) {
        self.machine = machine;
    }

    /// Power on, as boot number `boot`; a paused domain goes on instead. False when there was nothing to do.
    pub fn start(&mut self, boot: u64, now: Instant) -> bool {
        match self.power {
            Power::Running => return false,
            Power::Paused => {}
            Power::Off | Power::Crashed => (self.boot, self.messages) = (boot, Messages::Since(now)),
        }
        self.power = Power::Running;
        true
    }

    /// The power button: the guest will be off at `at`.
    pub fn press(&mut self, at: Instant) -> bool {
        let heard = self.power == Power::Running && self.off_at.is_none();
        if heard {
            self.off_at = Some(at);
        }
        heard
    }

    /// Brings about what is due by `now`; true when the guest went off.
    pub fn settle(&mut self, now: Instant, boot_time: Duration) -> bool {
        let due = self.off_at.is_some_and(|at| at <= now);
        if due {
            self.flush(now, boot_time);
            self.print(guest::FAREWELL);
            self.become_power(Power::Off, now, boot_time);
        }
        due
    }

    /// A change of power that the guest has no say in. Running means a start, which `start` does.
    pub fn become_power(&mut self, power: Power, now: Instant, boot_time: Duration) {
        if matches!(power, Power::Off | Power::Crashed) && self.power != power {
            self.flush(now, boot_time);
            self.off_at = None;
            self.shell = Shell::default();
        }
        self.power = power;
    }

    /// All of the log that is kept, and where it begins.
    pub fn text(&self, now: Instant, boot_time: Duration) -> (u64, Vec<u8>) {
        let mut text = self.log.clone();
        let since = match self.messages {
            Messages::Logged => return (self.log_start, text),
            Messages::Due => None,
            Messages::Since(since) => Some(since),
        };
        for (part, line) in guest::boot_lines(&self.machine) {
            if since.is_none_or(|since| since + boot_time.mul_f64(part) <= now) {
                text.extend_from_slice(line.as_bytes());
            }
        }
        (self.log_start, text)
    }

    /// Keys typed at the console. A guest that is still booting does not hear them. True when the guest powers off.
    pub fn type_in(&mut self, bytes: &[u8], now: Instant, boot_time: Duration) -> bool {
        let booting = matches!(self.messages, Messages::Since(since) if since + boot_time > now);
        if self.power != Power::Running || booting {
            return false;
        }
        self.flush(now, boot_time);
        let answer = self.shell.input(bytes, &self.machine.hostname);
        self.print(&answer.text);
        answer.power_off
    }

    fn flush(&mut self, now: Instant, boot_time: Duration) {
        (_, self.log) = self.text(now, boot_time);
        self.messages = Messages::Logged;
    }

    fn print(&mut self, text: &str) {
        self.log.extend_from_slice(text.as_bytes());
        let extra = self.log.len().saturating_sub(LOG_MAX);
        self.log.drain(..extra);
        self.log_start += extra as u64;
    }

    /// What is written to the domain's file.
    pub fn save(&self) -> Value {
        json!({
            "hostname": self.machine.hostname,
            "vcpus": self.machine.vcpus,
            "memory_mb": self.machine.memory_mb,
            "disk": self.machine.disk,
            "macs": self.machine.macs,
            "running": self.power == Power::Running && self.off_at.is_none(),
            "paused": self.power == Power::Paused,
            "logged": self.messages == Messages::Logged,
            "boot": self.boot,
            "log_start": self.log_start,
            "log": String::from_utf8_lossy(&self.log),
        })
    }

    /// The domain as its file says, after the program was away for who knows how long: guests that were booting have booted, those that
    /// had heard the power button are off. Nothing for a file that says something else.
    pub fn load(saved: &Value) -> Option<Self> {
        let macs = saved["macs"].as_array()?.iter().filter_map(|mac| Some(mac.as_str()?.to_owned())).collect();
        let machine = Machine {
            hostname: saved["hostname"].as_str()?.into(),
            vcpus: saved["vcpus"].as_u64()?.try_into().ok()?,
            memory_mb: saved["memory_mb"].as_u64()?,
            // Files of older programs do not say.
            disk: saved["disk"].as_u64().unwrap_or(1 << 30),
            macs,
        };
        Some(Self {
            power: match (saved["running"].as_bool()?, saved["paused"].as_bool()?) {
                (true, _) => Power::Running,
                (_, true) => Power::Paused,
                _ => Power::Off,
            },
            boot: saved["boot"].as_u64()?,
            messages: if saved["logged"].as_bool()? { Messages::Logged } else { Messages::Due },
            log_start: saved["log_start"].as_u64()?,
            log: saved["log"].as_str()?.into(),
            ..Self::new(machine)
        })
    }
}
