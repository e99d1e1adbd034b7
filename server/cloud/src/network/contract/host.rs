//! The testbed: a host of its own with Open vSwitch and OVN, taken by one test at a time.

use super::{Place, until};
use crate::network::engine::{Engine, Topology};
use crate::network::ovn::{Options, Ovn};
use crate::network::ovsdb::{Client, Tables};
use async_trait::async_trait;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex as SyncMutex};
use tokio::sync::{Mutex, MutexGuard};

/// Every table of the northbound database that an engine may write to.
const NORTHBOUND: Tables = &[
    ("Logical_Switch", &["external_ids"]),
    ("Logical_Switch_Port", &["external_ids"]),
    ("DHCP_Options", &["external_ids"]),
    ("Port_Group", &["external_ids"]),
    ("ACL", &["external_ids"]),
    ("Address_Set", &["external_ids"]),
    ("DNS", &["external_ids"]),
    ("Logical_Router", &["external_ids"]),
    ("Logical_Router_Port", &["external_ids"]),
    ("Gateway_Chassis", &["external_ids"]),
    ("NAT", &["external_ids"]),
    ("Logical_Router_Static_Route", &["external_ids"]),
];

static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// The host and, while it is held, the right to change it.
pub struct Host {
    engines: SyncMutex<Vec<Arc<Ovn>>>,
    /// Writes of engines that are gone.
    past_writes: AtomicU64,
    _turn: MutexGuard<'static, ()>,
}

/// Runs a program and returns what it says; panics when it fails.
pub fn run(program: &str, line: &str) -> String {
    let output = Command::new(program).args(line.split_whitespace()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {line}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

impl Host {
    /// Waits for its turn on the testbed and clears it; `None`, and a word about it, where there is none.
    pub async fn take() -> Option<Self> {
        if std::env::var_os("OFFING_TESTBED").is_none() {
            println!("left out: needs the testbed");
            return None;
        }
        let host =
            Self { engines: SyncMutex::default(), past_writes: AtomicU64::new(0), _turn: ONE_AT_A_TIME.lock().await };
        host.ovn().apply(&Topology::default()).await.unwrap();
        Some(host)
    }

    /// A new engine.
    pub fn ovn(&self) -> Arc<Ovn> {
        let engine = Arc::new(Ovn::connect(Options::default()));
        self.engines.lock().unwrap().push(engine.clone());
        engine
    }

    /// Waits until the host does all that the northbound database says.
    pub async fn settled(&self) {
        tokio::task::spawn_blocking(|| run("ovn-nbctl", "--timeout=30 --wait=hv sync")).await.unwrap();
    }

    /// OVN has no flow left of anything that was there.
    pub async fn no_flows(&self) {
        until("the southbound database has no flow", || async {
            run("ovn-sbctl", "--timeout=30 --bare --columns=_uuid list logical_flow").trim().is_empty().then_some(())
        })
        .await;
    }
}

#[async_trait]
impl Place for Host {
    fn connect(&self) -> Arc<dyn Engine> {
        // The one before is gone when its successor starts, as after a restart.
        self.engines.lock().unwrap().retain(|engine| {
            let stays = Arc::strong_count(engine) > 1;
            if !stays {
                self.past_writes.fetch_add(engine.transactions(), Ordering::Relaxed);
            }
            stays
        });
        self.ovn()
    }

    fn writes(&self) -> u64 {
        let present: u64 = self.engines.lock().unwrap().iter().map(|engine| engine.transactions()).sum();
        self.past_writes.load(Ordering::Relaxed) + present
    }

    async fn remains(&self) -> Vec<String> {
        let northbound = Client::open(&Options::default().northbound, "OVN_Northbound", NORTHBOUND);
        let rows = northbound.read(Clone::clone).await.unwrap();
        let rows =
            rows.into_iter().flat_map(|(table, rows)| rows.into_keys().map(move |uuid| format!("row {table} {uuid}")));
        let mut remains: Vec<String> = rows.collect();
        let ports = run("ovs-vsctl", "--timeout=30 list-ports br-int");
        remains.extend(ports.lines().filter(|port| port.starts_with("ofs")).map(|port| format!("switch port {port}")));
        let namespaces = std::fs::read_dir("/run/netns").unwrap().map(|entry| entry.unwrap());
        // The inode tells a namespace from another of the same name.
        let inode = |entry: &std::fs::DirEntry| std::os::unix::fs::MetadataExt::ino(&entry.metadata().unwrap());
        let namespaces = namespaces.map(|entry| format!("namespace {} {}", entry.file_name().display(), inode(&entry)));
        remains.extend(namespaces.filter(|line| line.contains("offing-")));
        let devices = std::fs::read_dir("/sys/class/net").unwrap().map(|entry| entry.unwrap().file_name());
        remains.extend(
            devices
                .filter(|name| name.to_string_lossy().starts_with("ofs"))
                .map(|name| format!("device {}", name.display())),
        );
        remains.sort();
        remains
    }
}
