//! The driver for OVN: one host, through its northbound database and the host's own switch database.
//!
//! `apply` compares what should be with a copy of both databases that the servers keep up to date, and writes the difference, at most one
//! transaction each. OVN's own daemons do the rest; nobody waits for them. A port is up when OVN says so: something with the port's id is
//! plugged into the integration bridge and every flow for it is in place.

mod diff;
mod feet;
mod rows;

use super::engine::{Engine, EngineError, GuestSockets, Topology};
use super::ovsdb::{Atom, Client, Operation, OvsdbError, Seen, Snapshot};
use api::PortId;
use async_trait::async_trait;
use diff::diff;
use feet::{Feet, Outcome};
use rows::{ROOTS, Site};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use tokio::sync::{Mutex, mpsc, watch};

/// Where OVN is found on this host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Socket of the northbound database.
    pub northbound: PathBuf,
    /// Socket of this host's Open vSwitch database.
    pub switch: PathBuf,
    /// The bridge that OVN controls.
    pub bridge: String,
    /// The DNS domain that guests learn by DHCP, such as `cloud.internal`.
    pub domain: String,
}

impl Default for Options {
    /// What Debian's and Ubuntu's packages set up.
    fn default() -> Self {
        Self {
            northbound: "/run/ovn/ovnnb_db.sock".into(),
            switch: "/run/openvswitch/db.sock".into(),
            bridge: "br-int".to_owned(),
            domain: "cloud.internal".to_owned(),
        }
    }
}

/// The driver. See the module.
#[derive(Debug)]
pub struct Ovn {
    options: Options,
    northbound: Client,
    switch: Client,
    feet: Arc<std::sync::Mutex<Feet>>,
    /// One `apply` at a time.
    applying: Mutex<()>,
    transactions: AtomicU64,
    hand_out: mpsc::UnboundedSender<GuestSockets>,
    handed_out: Mutex<mpsc::UnboundedReceiver<GuestSockets>>,
    watched: Mutex<Watched>,
}

#[derive(Debug)]
struct Watched {
    seen: watch::Receiver<Seen>,
    connections: u64,
    up: HashMap<PortId, bool>,
}

impl From<OvsdbError> for EngineError {
    fn from(error: OvsdbError) -> Self {
        match error {
            OvsdbError::Unreachable { .. } => Self::Unreachable(error.to_string()),
            OvsdbError::Refused { .. } => Self::Failed(error.to_string()),
        }
    }
}

impl Ovn {
    /// Starts to connect and returns at once; must be called inside a Tokio runtime. While OVN is away calls fail with `Unreachable`, and
    /// it is found again by itself.
    pub fn connect(options: Options) -> Self {
        let northbound = Client::open(&options.northbound, "OVN_Northbound", rows::TABLES);
        let switch = Client::open(&options.switch, "Open_vSwitch", feet::TABLES);
        let (hand_out, handed_out) = mpsc::unbounded_channel();
        let watched = Watched { seen: northbound.watch(), connections: 0, up: HashMap::new() };
        Self {
            options,
            northbound,
            switch,
            feet: Arc::default(),
            applying: Mutex::new(()),
            transactions: AtomicU64::new(0),
            hand_out,
            handed_out: Mutex::new(handed_out),
            watched: Mutex::new(watched),
        }
    }

    /// How many transactions it has sent.
    pub fn transactions(&self) -> u64 {
        self.transactions.load(Ordering::Relaxed)
    }

    async fn write(&self, database: &Client, operations: &[Operation]) -> Result<(), EngineError> {
        if operations.is_empty() {
            return Ok(());
        }
        self.transactions.fetch_add(1, Ordering::Relaxed);
        Ok(database.transact(operations).await?)
    }

    async fn apply_northbound(&self, desired: &Topology) -> Result<(), EngineError> {
        let chassis = self.switch.read(feet::chassis).await?.ok_or_else(|| {
            EngineError::Failed(
                "this host has no name in OVN; give it one: ovs-vsctl set open_vswitch . external_ids:system-id=<name>"
                    .to_owned(),
            )
        })?;
        let wanted = rows::rows(desired, Site { chassis: &chassis, domain: &self.options.domain });
        let operations = self.northbound.read(|copy| diff(&wanted, copy, &HashMap::new(), ROOTS)).await?;
        self.write(&self.northbound, &operations).await
    }

    async fn apply_feet(&self, desired: &Topology) -> Result<(), EngineError> {
        let wanted = feet::wanted(desired);
        let (feet, hand_out) = (self.feet.clone(), self.hand_out.clone());
        let converge = move || {
            let mut feet = feet.lock().unwrap_or_else(PoisonError::into_inner);
            feet.converge(&wanted, |sockets| {
                // Without a receiver the driver is gone, and the sockets with it.
                let _ = hand_out.send(sockets);
            })
        };
        let outcome =
            tokio::task::spawn_blocking(converge).await.map_err(|error| EngineError::Failed(error.to_string()))?;
        let failed = |why: String| EngineError::Failed(format!("the metadata service cannot be set up: {why}"));
        let Outcome { devices, failures } = outcome.map_err(|error| failed(error.to_string()))?;

        let name = &self.options.bridge;
        let operations = self.switch.read(|copy| {
            let bridge = feet::bridge(name);
            let adopted = HashMap::from([(bridge.clone(), feet::find_bridge(copy, name)?)]);
            Some(diff(&feet::rows(&devices, bridge), copy, &adopted, &[]))
        });
        let missing =
            || EngineError::Failed(format!("the bridge {name} does not exist; ovn-controller makes it when it runs"));
        self.write(&self.switch, &operations.await?.ok_or_else(missing)?).await?;
        match failures.as_slice() {
            [] => Ok(()),
            [first, rest @ ..] => {
                let more = if rest.is_empty() { String::new() } else { format!(" (and {} more)", rest.len()) };
                Err(failed(format!("{first}{more}")))
            }
        }
    }
}

#[async_trait]
impl Engine for Ovn {
    async fn apply(&self, desired: &Topology) -> Result<(), EngineError> {
        let _one = self.applying.lock().await;
        self.apply_northbound(desired).await?;
        self.apply_feet(desired).await
    }

    async fn ports_up(&self) -> Result<HashMap<PortId, bool>, EngineError> {
        Ok(self.northbound.read(ports_up).await?)
    }

    async fn guest_sockets(&self) -> GuestSockets {
        match self.handed_out.lock().await.recv().await {
            Some(sockets) => sockets,
            None => std::future::pending().await,
        }
    }

    async fn changed(&self) {
        let mut watched = self.watched.lock().await;
        while watched.seen.changed().await.is_ok() {
            let connections = watched.seen.borrow_and_update().connections;
            let Ok(up) = self.northbound.read(ports_up).await else { continue };
            if connections != watched.connections || up != watched.up {
                watched.connections = connections;
                watched.up = up;
                return;
            }
        }
        std::future::pending().await
    }
}

/// The instances' ports, and whether OVN calls them up.
fn ports_up(northbound: &Snapshot) -> HashMap<PortId, bool> {
    let rows = northbound.get("Logical_Switch_Port").into_iter().flatten();
    let up = rows.filter_map(|(_, row)| {
        let key = diff::Key::of("Logical_Switch_Port", row).filter(|key| key.kind == rows::PORT)?;
        Some((key.id.parse().ok()?, row.get("up")?.contains(&Atom::Boolean(true))))
    });
    up.collect()
}
