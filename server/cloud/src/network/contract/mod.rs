//! What every network engine must do, as tests over `dyn Engine`: run against the simulator and against real OVN.
//!
//! The real ones need a host of their own (`cargo xtask testbed -- cargo test -p cloud`) and say so when they are left out.

mod frames;
mod guest;
mod host;
mod limits;
mod packets;
mod sample;
mod security;

use super::engine::{Engine, Topology};
use super::simulator::Simulator;
use async_trait::async_trait;
use guest::Guest;
use host::{Host, run};
use sample::Sample;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// How long the real engine may take until what was applied is so.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where an engine is put to the test.
#[async_trait]
trait Place: Send + Sync {
    /// A new engine over the world as it is.
    fn connect(&self) -> Arc<dyn Engine>;
    /// How many writes the engine has made.
    fn writes(&self) -> u64;
    /// Everything in the world that an engine has made, one line each.
    async fn remains(&self) -> Vec<String>;
}

/// Waits until `look` finds something; panics with `what` when that takes longer than `PATIENCE`.
async fn until<T, F: Future<Output = Option<T>>>(what: &str, mut look: impl FnMut() -> F) -> T {
    let search = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, search).await.unwrap_or_else(|_| panic!("waited in vain until {what}"))
}

/// From nothing to a router with two networks and back, each step twice.
async fn converges(place: &impl Place) {
    let mut sample = Sample::new();
    let engine = place.connect();
    engine.apply(&Topology::default()).await.unwrap();
    assert!(place.remains().await.is_empty());

    let a = sample.network("10.0.0.0/24");
    let b = sample.network("10.0.1.0/24");
    let group = sample.open_group();
    sample.router(9, &[a, b]);
    let ports = [sample.port(a, 11, &[group]), sample.port(a, 12, &[group]), sample.port(b, 11, &[])];
    sample.floating_ip(ports[0], 20);
    engine.apply(&sample.topology).await.unwrap();
    let full = place.remains().await;
    assert!(!full.is_empty());
    let mut known: Vec<_> = engine.ports_up().await.unwrap().into_keys().collect();
    let mut expected = ports.to_vec();
    known.sort();
    expected.sort();
    assert_eq!(known, expected);

    let writes = place.writes();
    engine.apply(&sample.topology).await.unwrap();
    assert_eq!((place.writes(), place.remains().await), (writes, full.clone()), "the second time changes nothing");

    drop(engine);
    let engine = place.connect();
    engine.apply(&sample.topology).await.unwrap();
    assert_eq!((place.writes(), place.remains().await), (writes, full), "nor does a restart");

    sample.topology.ports.pop();
    sample.topology.networks.pop();
    sample.topology.routers[0].interfaces.pop();
    engine.apply(&sample.topology).await.unwrap();
    assert_eq!(engine.ports_up().await.unwrap().len(), 2);

    engine.apply(&Topology::default()).await.unwrap();
    assert_eq!(place.remains().await, Vec::<String>::new(), "nothing remains");
    assert!(engine.ports_up().await.unwrap().is_empty());
}

async fn changes_are_announced(place: &impl Place) {
    let mut sample = Sample::new();
    let engine = place.connect();
    let network = sample.network("10.0.0.0/24");
    sample.port(network, 11, &[]);
    let announced = tokio::spawn({
        let engine = engine.clone();
        async move {
            while engine.ports_up().await.map_or(true, |ports| ports.is_empty()) {
                engine.changed().await;
            }
        }
    });
    engine.apply(&sample.topology).await.unwrap();
    tokio::time::timeout(PATIENCE, announced).await.expect("a new port is announced").unwrap();
    engine.apply(&Topology::default()).await.unwrap();
}

struct Simulated(Arc<Simulator>);

#[async_trait]
impl Place for Simulated {
    fn connect(&self) -> Arc<dyn Engine> {
        self.0.clone()
    }

    fn writes(&self) -> u64 {
        self.0.changes()
    }

    async fn remains(&self) -> Vec<String> {
        let world = self.0.applied();
        let ports = world.ports.iter().map(|port| format!("{port:?}"));
        let networks = world.networks.iter().map(|network| format!("{network:?}"));
        ports.chain(networks).chain(world.routers.iter().map(|router| format!("{router:?}"))).collect()
    }
}

#[tokio::test]
async fn simulated_converges() {
    converges(&Simulated(Arc::default())).await;
}

#[tokio::test]
async fn simulated_changes_are_announced() {
    changes_are_announced(&Simulated(Arc::default())).await;
}

#[tokio::test]
async fn real_converges() {
    let Some(host) = Host::take().await else { return };
    converges(&host).await;
    host.no_flows().await;
}

/// What others break is mended by the next `apply`; what others own is left alone.
#[tokio::test]
async fn real_mends_its_own_and_leaves_the_rest() {
    let Some(host) = Host::take().await else { return };
    let mut sample = Sample::new();
    let engine = host.connect();
    let network = sample.network("10.0.0.0/24");
    let group = sample.open_group();
    let port = sample.port(network, 11, &[group]);
    run("ovn-nbctl", "ls-add theirs -- lsp-add theirs their-port");
    run("ovs-vsctl", "--timeout=30 add-port br-int their-tap -- set interface their-tap type=internal");
    engine.apply(&sample.topology).await.unwrap();
    run("ovn-nbctl", &format!("lsp-add {network} their-guest"));
    let guest = Guest::set_up(&sample.topology.ports[0]);
    let service = "169.254.169.254".parse().unwrap();
    guest.until_pings(service).await;

    let next = || tokio::time::timeout(PATIENCE, engine.guest_sockets());
    let mut sockets = next().await.unwrap();
    let namespace = format!("offing-{}", &network.0.simple().to_string()[..12]);
    let device = || {
        let ports = run("ovs-vsctl", "--timeout=30 list-ports br-int");
        ports.lines().find(|port| port.starts_with("ofs")).unwrap().to_owned()
    };
    for (program, line) in [
        ("ip", "link delete DEVICE".to_owned()),
        ("ip", format!("netns delete {namespace}")),
        ("ip", format!("-n {namespace} link delete eth0")),
        ("ovs-vsctl", "--timeout=30 del-port br-int DEVICE".to_owned()),
        ("ovn-nbctl", format!("lsp-del {port}")),
        ("ovn-nbctl", format!("lsp-set-addresses {port} unknown -- lsp-set-port-security {port}")),
        ("ovn-nbctl", format!("pg-del offing_{}", group.0.simple())),
    ] {
        let line = line.replace("DEVICE", &device());
        let writes = host.writes();
        run(program, &line);
        // The copies of the databases learn of it by and by.
        until(&line, || async {
            engine.apply(&sample.topology).await.unwrap();
            (host.writes() > writes && guest.pings(service).await).then_some(())
        })
        .await;
        // Sockets in a namespace that is gone are given up for new ones.
        assert_eq!(sockets.closed.is_cancelled(), program == "ip", "{line}");
        if sockets.closed.is_cancelled() {
            sockets = next().await.unwrap();
        }
    }
    engine.apply(&Topology::default()).await.unwrap();
    assert!(run("ovn-nbctl", "show theirs").contains("their-port"));
    assert!(run("ovs-vsctl", "--timeout=30 list-ports br-int").contains("their-tap"));
    run("ovn-nbctl", "ls-del theirs");
    run("ovs-vsctl", "--timeout=30 del-port br-int their-tap");
}

#[tokio::test]
async fn real_changes_are_announced() {
    let Some(host) = Host::take().await else { return };
    changes_are_announced(&host).await;
}
