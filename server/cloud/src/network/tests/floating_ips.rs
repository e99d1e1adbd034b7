//! Floating IPs.

use super::*;
use api::compute::{Refusal, Task};
use api::network::FloatingIp;
use api::{FloatingIpId, Kind, ListQuery};

async fn list(world: &World, caller: &Caller) -> Vec<FloatingIp> {
    world.networks.floating_ip_list(caller, &ListQuery::default()).await.unwrap().items
}

async fn one(world: &World, caller: &Caller, id: FloatingIpId) -> FloatingIp {
    list(world, caller).await.into_iter().find(|floating_ip| floating_ip.id == id).unwrap()
}

#[tokio::test]
async fn from_allocation_to_release() {
    let world = world().await;
    let ann = world.project("ann").await;
    let network = world.networks.starter_network_create(&ann).await.unwrap();
    let web = world.instance(&ann, "web", network).await;
    let db = world.instance(&ann, "db", network).await;
    let id = world.networks.floating_ip_allocate(&ann).await.unwrap();
    world.settle().await;
    let idle = one(&world, &ann, id).await;
    assert_eq!((idle.address.as_str(), idle.status, idle.pool.as_str()), ("203.0.113.3", NetStatus::Down, "external"));
    assert!(world.applied().floating_ips.is_empty());

    world.networks.floating_ip_associate(&ann, id, web).await.unwrap();
    assert_eq!(one(&world, &ann, id).await.status, NetStatus::Build);
    world.settle().await;
    let used = one(&world, &ann, id).await;
    assert_eq!((used.status, used.instance), (NetStatus::Active, Some((web, "web".to_owned()))));
    assert_eq!(used.fixed_address.as_deref(), Some("10.0.0.3"));
    let applied = world.applied().floating_ips.remove(0);
    assert_eq!(
        (applied.address.to_string(), applied.fixed_address.to_string()),
        ("203.0.113.3".into(), "10.0.0.3".into())
    );

    // One instance for each floating IP, and one floating IP for each port.
    let twice = world.networks.floating_ip_associate(&ann, id, db).await;
    assert_eq!(conflict(twice), Conflict::InUse { kind: Kind::FloatingIp, by: "web".into() });
    let second = world.networks.floating_ip_give(&ann, web).await;
    assert_eq!(conflict(second), Conflict::InUse { kind: Kind::Port, by: "203.0.113.3".into() });
    assert_eq!(list(&world, &ann).await.len(), 1, "what could not be given is not kept");

    world.networks.floating_ip_disassociate(&ann, id).await.unwrap();
    world.networks.floating_ip_disassociate(&ann, id).await.unwrap();
    world.settle().await;
    assert_eq!(one(&world, &ann, id).await.status, NetStatus::Down);
    assert!(world.applied().floating_ips.is_empty());

    assert_eq!(world.networks.floating_ip_give(&ann, db).await.unwrap(), id, "the idle one is used again");
    world.networks.floating_ip_release(&ann, id).await.unwrap();
    world.settle().await;
    assert!(list(&world, &ann).await.is_empty());
    assert!(world.applied().floating_ips.is_empty());
    let again = world.networks.floating_ip_allocate(&ann).await.unwrap();
    assert_eq!(one(&world, &ann, again).await.address, "203.0.113.3", "a released address is free");
}

#[tokio::test]
async fn needs_a_way_in() {
    let world = world().await;
    let ann = world.project("ann").await;
    let island = world.network(&ann, "10.0.0.0/24", false).await.unwrap();
    let web = world.instance(&ann, "web", island).await;
    assert_eq!(conflict(world.networks.floating_ip_give(&ann, web).await), Conflict::NotRouted);
    let nobody = InstanceId(Uuid::new_v4());
    let refused = world.networks.floating_ip_give(&ann, nobody).await.unwrap_err();
    assert_eq!(refused, Error::not_found(Kind::Instance, nobody));
    let mut tx = world.begin().await;
    fixture::instance_task(&mut tx, web, Task::Deleting.as_str()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.networks.floating_ip_give(&ann, web).await.unwrap_err(), Error::Refused(Refusal::Deleting));
    assert!(list(&world, &ann).await.is_empty());
}

#[tokio::test]
async fn second_port_takes_the_second_address() {
    let world = world().await;
    let ann = world.project("ann").await;
    let first = world.network(&ann, "10.1.0.0/24", true).await.unwrap();
    let second = world.network(&ann, "10.2.0.0/24", true).await.unwrap();
    let web = world.instance(&ann, "web", first).await;
    let mut tx = world.begin().await;
    let port = port_create(&mut tx, &ann, second, web, &[], world.core.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    for address in ["10.1.0.3", "10.2.0.3"] {
        let id = world.networks.floating_ip_give(&ann, web).await.unwrap();
        assert_eq!(one(&world, &ann, id).await.fixed_address.as_deref(), Some(address));
    }
    assert_eq!(port.address.to_string(), "10.2.0.3");
    assert!(matches!(conflict(world.networks.floating_ip_give(&ann, web).await), Conflict::InUse { .. }));
}

#[tokio::test]
async fn no_address_is_given_twice() {
    let world = world().await;
    world.external("203.0.113.0/27", "203.0.113.1").await.unwrap();
    let (ann, bob) = (world.project("ann").await, world.project("bob").await);
    let asked = (0..40).map(|n| world.networks.floating_ip_allocate(if n % 2 == 0 { &ann } else { &bob }));
    let given = futures::future::join_all(asked).await;
    let full = Error::Conflict(Conflict::NoFreeAddress { pool: "external".into() });
    let (given, refused): (Vec<_>, Vec<_>) = given.into_iter().partition(Result::is_ok);
    assert!(refused.iter().all(|result| result.as_ref() == Err(&full)), "{refused:?}");
    let mut addresses: HashSet<String> = HashSet::new();
    for owner in [&ann, &bob] {
        addresses.extend(list(&world, owner).await.into_iter().map(|floating_ip| floating_ip.address));
    }
    // 30 hosts, one of which is the gateway.
    assert_eq!((given.len(), addresses.len()), (29, 29));
}

#[tokio::test]
async fn quota_holds_when_many_ask_at_once() {
    let world = world().await;
    let ann = world.project("ann").await;
    world.limit(&ann, Resource::FloatingIps, 7).await;
    let given = futures::future::join_all((0..20).map(|_| world.networks.floating_ip_allocate(&ann))).await;
    assert_eq!(given.iter().filter(|result| result.is_ok()).count(), 7);
    let refused = Error::Quota { what: "floating_ips".into(), limit: 7, used: 7, asked: 1 };
    assert!(given.iter().all(|result| result.is_ok() || result.as_ref() == Err(&refused)));
    assert_eq!(list(&world, &ann).await.len(), 7);
}

#[tokio::test]
async fn list_sorts_addresses_as_numbers() {
    let world = world().await;
    let ann = world.project("ann").await;
    let network = world.networks.starter_network_create(&ann).await.unwrap();
    let web = world.instance(&ann, "web", network).await;
    for _ in 0..9 {
        world.networks.floating_ip_allocate(&ann).await.unwrap();
    }
    world.networks.floating_ip_give(&ann, web).await.unwrap();
    let ends = async |query: ListQuery| {
        let page = world.networks.floating_ip_list(&ann, &query).await.unwrap();
        let ends: Vec<_> = page.items.iter().map(|ip| ip.address.rsplit('.').next().unwrap().to_owned()).collect();
        ends.join(",")
    };
    assert_eq!(ends(ListQuery::default()).await, "3,4,5,6,7,8,9,10,11");
    assert_eq!(ends(ListQuery { sort: "-address".into(), limit: 3, ..ListQuery::default() }).await, "11,10,9");
    assert_eq!(ends(ListQuery { search: "WEB".into(), ..ListQuery::default() }).await, "3");
    assert_eq!(ends(ListQuery { search: "10.0.0.3".into(), ..ListQuery::default() }).await, "3");
    world.settle().await;
    assert_eq!(ends(ListQuery { status: "ACTIVE".into(), ..ListQuery::default() }).await, "3");
}
