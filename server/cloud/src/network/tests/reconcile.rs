//! The reconciler: statuses follow the engine.

use super::*;
use crate::network::store::snapshot;
use crate::network::topology::{Outcome, observe};
use api::{FloatingIpId, Kind};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// A project with a network, an instance and a floating IP in front of it.
async fn peopled() -> (World, Caller, NetworkId, InstancePort, FloatingIpId) {
    let world = world().await;
    let ann = world.project("ann").await;
    let network = world.networks.starter_network_create(&ann).await.unwrap();
    let port = world.port(&ann, "web", network, &[]).await.unwrap();
    let floating_ip = world.networks.floating_ip_give(&ann, port.instance).await.unwrap();
    (world, ann, network, port, floating_ip)
}

/// Status of network, router, port and floating IP.
async fn statuses(world: &World, caller: &Caller, network: NetworkId) -> [NetStatus; 4] {
    let shown = world.networks.network_show(caller, network).await.unwrap();
    let port = shown.ports.iter().find(|port| port.instance.is_some()).unwrap();
    let router = world.networks.router_list(caller).await.unwrap().remove(0);
    let floating_ip = world.networks.floating_ip_list(caller, &Default::default()).await.unwrap().items.remove(0);
    [shown.network.status, router.status, port.status, floating_ip.status]
}

#[tokio::test]
async fn engine_does_not_answer_and_comes_back() {
    use NetStatus::*;
    let (world, ann, network, ..) = peopled().await;
    world.host.simulator.set_unreachable(true);
    world.settle().await;
    assert_eq!(statuses(&world, &ann, network).await, [Down, Down, Build, Down]);
    assert!(world.networks.fault().unwrap().contains("does not answer"));
    world.host.simulator.set_unreachable(false);
    world.settle().await;
    assert_eq!(statuses(&world, &ann, network).await, [Active; 4]);
    assert_eq!(world.networks.fault(), None);
    // The port stays as last seen: packets flow on without the engine's daemons.
    world.host.simulator.set_unreachable(true);
    world.settle().await;
    assert_eq!(statuses(&world, &ann, network).await, [Down, Down, Active, Down]);
}

#[tokio::test]
async fn engine_refuses_what_is_new() {
    use NetStatus::*;
    let (world, ann, network, port, floating_ip) = peopled().await;
    world.host.simulator.fail_next(EngineError::Failed("no such bridge".to_owned()));
    assert!(world.networks.pass().await.unwrap());
    assert_eq!(statuses(&world, &ann, network).await, [Error, Error, Build, Error]);
    assert_eq!(world.networks.fault().as_deref(), Some("no such bridge"));
    world.settle().await;
    assert_eq!(statuses(&world, &ann, network).await, [Active; 4]);
    // What was there before is there still.
    world.networks.floating_ip_disassociate(&ann, floating_ip).await.unwrap();
    world.host.simulator.fail_next(EngineError::Failed("no".to_owned()));
    world.networks.pass().await.unwrap();
    assert_eq!(statuses(&world, &ann, network).await, [Active, Active, Active, Error]);
    world.settle().await;
    assert_eq!(statuses(&world, &ann, network).await, [Active, Active, Active, Down]);
    world.networks.floating_ip_associate(&ann, floating_ip, port.instance).await.unwrap();
    world.settle().await;
    assert_eq!(statuses(&world, &ann, network).await, [Active; 4]);
}

#[tokio::test]
async fn restart_changes_nothing() {
    let (world, ann, network, ..) = peopled().await;
    world.settle().await;
    let changes = world.host.simulator.changes();
    let again = NetworkService::new(world.core.clone(), world.host.clone());
    assert!(!again.pass().await.unwrap(), "the rows say what is so");
    assert_eq!(world.host.simulator.changes(), changes, "the engine has nothing to do");
    assert_eq!(again.network_show(&ann, network).await.unwrap().network.status, NetStatus::Active);
}

#[tokio::test]
async fn older_intent_does_not_overwrite_a_newer_one() {
    let (world, ann, _, port, floating_ip) = peopled().await;
    world.settle().await;
    let rows = snapshot::read(world.core.db.read()).await.unwrap();
    world.networks.floating_ip_disassociate(&ann, floating_ip).await.unwrap();
    let seen = observe(&rows, &Outcome::Unreachable);
    let seen = seen.iter().find(|seen| seen.kind == Kind::FloatingIp).unwrap();
    let mut tx = world.begin().await;
    assert!(!snapshot::observed(&mut tx, seen).await.unwrap());
    tx.commit().await.unwrap();
    world.settle().await;
    assert!(world.applied().floating_ips.is_empty());
    assert_eq!(world.applied().ports[0].id, port.id);
}

#[tokio::test]
async fn only_the_owner_is_told() {
    let (world, ann, network, ..) = peopled().await;
    let mut events = world.core.hub.subscribe();
    world.settle().await;
    let mut told = Vec::new();
    while let Ok(event) = events.try_recv() {
        told.push((event.kind, event.project));
        assert!(event.kind != Kind::Network || event.project.is_none() || event.id == network.to_string());
    }
    for kind in [Kind::Network, Kind::Router, Kind::Port, Kind::FloatingIp] {
        assert!(told.contains(&(kind, Some(ann.project))), "{kind:?}: {told:?}");
    }
    // The external network is everybody's.
    assert!(told.contains(&(Kind::Network, None)), "{told:?}");
    assert!(told.iter().all(|(kind, project)| *kind == Kind::Network || *project == Some(ann.project)));
    world.settle().await;
    assert!(events.try_recv().is_err(), "nothing new, nothing said");
}

#[tokio::test]
async fn pulled_tap_is_seen_and_changes_are_made_at_once() {
    let (world, ann, network, port, _) = peopled().await;
    let mut events = world.core.hub.subscribe();
    let stop = CancellationToken::new();
    let running = tokio::spawn({
        let (networks, stop) = (world.networks.clone(), stop.clone());
        async move { networks.run(stop).await }
    });
    // Well below the timer's period, so it is the engine's and the service's own word that wakes it.
    let mut until = async |wanted: [NetStatus; 4]| {
        let seen = async {
            while statuses(&world, &ann, network).await != wanted {
                events.recv().await.unwrap();
            }
        };
        tokio::time::timeout(Duration::from_secs(3), seen).await.expect("the statuses in time");
    };
    let up = NetStatus::Active;
    until([up; 4]).await;
    world.host.unplug(port.id);
    until([up, up, NetStatus::Down, up]).await;
    let floating_ip = world.networks.floating_ip_list(&ann, &Default::default()).await.unwrap().items.remove(0);
    world.networks.floating_ip_disassociate(&ann, floating_ip.id).await.unwrap();
    until([up, up, NetStatus::Down, NetStatus::Down]).await;
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(3), running).await.expect("it stops").unwrap();
}
