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
use host::Host;
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

#[tokio::test]
async fn real_changes_are_announced() {
    let Some(host) = Host::take().await else { return };
    changes_are_announced(&host).await;
}
