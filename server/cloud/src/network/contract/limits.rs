//! How long it takes.

use super::Place;
use super::host::Host;
use super::sample::Sample;
use crate::network::engine::Engine;
use std::time::{Duration, Instant};

async fn timed(what: &str, work: impl Future<Output = ()>) -> Duration {
    let begun = Instant::now();
    work.await;
    let took = begun.elapsed();
    println!("{what}: {took:.1?}");
    took
}

#[tokio::test]
async fn real_a_starter_network_is_quick() {
    let Some(host) = Host::take().await else { return };
    let mut sample = Sample::new();
    let engine = host.connect();
    let network = sample.network("10.0.0.0/24");
    let group = sample.open_group();
    sample.router(9, &[network]);
    sample.port(network, 11, &[group]);
    let took =
        timed("apply of a network, router and port", async { engine.apply(&sample.topology).await.unwrap() }).await;
    timed("until the host does it", host.settled()).await;
    assert!(took < Duration::from_secs(5), "{took:?}");
    timed("apply of nothing new", async { engine.apply(&sample.topology).await.unwrap() }).await;
}

#[tokio::test]
async fn real_a_thousand_ports_at_rest_cost_nothing() {
    let Some(host) = Host::take().await else { return };
    let mut sample = Sample::new();
    let engine = host.ovn();
    let group = sample.open_group();
    for _ in 0..10 {
        let network = sample.network("10.0.0.0/16");
        for port in 0..100 {
            sample.port(network, 11 + port, &[group]);
        }
    }
    timed("apply of 10 networks with 100 ports each", async { engine.apply(&sample.topology).await.unwrap() }).await;
    timed("until the host does it", host.settled()).await;
    let before = host.writes();
    let took =
        timed("apply of nothing new at 1,000 ports", async { engine.apply(&sample.topology).await.unwrap() }).await;
    assert_eq!(host.writes(), before);
    assert!(took < Duration::from_secs(1), "{took:?}");
    let network = sample.topology.networks[0].id;
    sample.port(network, 900, &[group]);
    timed("apply of one more port", async { engine.apply(&sample.topology).await.unwrap() }).await;
    assert_eq!(host.writes(), before + 1);
}
