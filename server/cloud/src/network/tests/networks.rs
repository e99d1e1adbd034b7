//! Networks, subnets and routers.

use super::*;

use api::network::NewSubnet;
use api::operation::Operations;
use api::{Kind, ListQuery};

#[tokio::test]
async fn starter_network_leads_out() {
    let world = world().await;
    let ann = world.project("ann").await;
    let id = world.networks.starter_network_create(&ann).await.unwrap();
    let network = world.show(&ann, id).await;
    assert_eq!((network.name.as_str(), network.status), ("starter-network", NetStatus::Build));
    world.settle().await;

    let network = world.show(&ann, id).await;
    assert_eq!((network.status, network.mtu, network.ports), (NetStatus::Active, 1442, 0));
    assert_eq!(network.subnets[0].cidr, "10.0.0.0/24");
    assert_eq!(network.subnets[0].gateway.as_deref(), Some("10.0.0.1"));
    assert_eq!(network.router.unwrap().1, "starter-router");
    let router = world.networks.router_list(&ann).await.unwrap().remove(0);
    assert_eq!((router.status, router.interfaces), (NetStatus::Active, 1));
    assert_eq!(router.external_address.as_deref(), Some("203.0.113.2"));

    let applied = world.applied();
    assert_eq!(applied.external.unwrap().physical_network, "ext");
    assert_eq!(applied.networks[0].subnets[0].service_address.to_string(), "10.0.0.2");
    assert_eq!(applied.routers[0].external_address.unwrap().to_string(), "203.0.113.2");
    assert_eq!(applied.routers[0].interfaces[0].address.to_string(), "10.0.0.1");

    let operations = crate::operation::OperationService::new(world.core.clone());
    let done = operations.operation_list(&ann, 10).await.unwrap();
    assert_eq!((done[0].verb.as_str(), done[0].target.clone()), ("starter_network_create", id.to_string()));
}

#[tokio::test]
async fn starter_network_once_per_project() {
    let world = world().await;
    let (ann, bob) = (world.project("ann").await, world.project("bob").await);
    let id = world.networks.starter_network_create(&ann).await.unwrap();
    assert_eq!(conflict(world.networks.starter_network_create(&ann).await), Conflict::StarterExists);
    // Others have the same range and do not see each other.
    world.networks.starter_network_create(&bob).await.unwrap();
    // When it has gone there may be another, on the router that is there.
    world.networks.network_delete(&ann, id).await.unwrap();
    world.networks.starter_network_create(&ann).await.unwrap();
    let routers = world.networks.router_list(&ann).await.unwrap();
    assert_eq!((routers.len(), routers[0].interfaces), (1, 1));
}

#[tokio::test]
async fn starter_network_needs_an_outside() {
    let world = island().await;
    let ann = world.project("ann").await;
    assert_eq!(conflict(world.networks.starter_network_create(&ann).await), Conflict::NoExternalNetwork);
    let left = world.networks.network_list(&ann, &ListQuery::default()).await.unwrap();
    assert_eq!(left.total, 0, "nothing is left behind");
    let unrouted = world.network(&ann, "10.0.0.0/24", false).await.unwrap();
    assert_eq!(world.show(&ann, unrouted).await.router, None);
}

#[tokio::test]
async fn ranges_on_one_router_do_not_overlap() {
    let world = world().await;
    let ann = world.project("ann").await;
    let first = world.network(&ann, "10.1.0.0/24", true).await.unwrap();
    let overlap = |cidr: &str, other: &str| Why::Overlaps { cidr: cidr.into(), other: other.into() };
    let clash = world.network(&ann, "10.1.0.0/16", true).await;
    assert_eq!(why(clash, "cidr"), overlap("10.1.0.0/16", "10.1.0.0/24"));
    let outside = world.network(&ann, "203.0.113.0/28", true).await;
    assert_eq!(why(outside, "cidr"), overlap("203.0.113.0/28", "203.0.113.0/24"));
    // Off the router everything is free.
    let island = world.network(&ann, "10.1.0.0/16", false).await.unwrap();
    world.network(&ann, "10.2.0.0/24", true).await.unwrap();
    assert_eq!(world.networks.router_list(&ann).await.unwrap().len(), 1, "one router for all of them");

    let subnet = |cidr: &str| NewSubnet { cidr: cidr.into(), ..NewSubnet::default() };
    let same = world.networks.subnet_create(&ann, island, subnet("10.1.4.0/24")).await;
    assert_eq!(why(same, "cidr"), overlap("10.1.4.0/24", "10.1.0.0/16"));
    let neighbour = world.networks.subnet_create(&ann, first, subnet("10.2.0.0/25")).await;
    assert_eq!(why(neighbour, "cidr"), overlap("10.2.0.0/25", "10.2.0.0/24"));
    // Another subnet of a routed network is routed too.
    world.networks.subnet_create(&ann, first, subnet("10.3.0.0/24")).await.unwrap();
    world.settle().await;
    let addresses: HashSet<_> =
        world.applied().routers[0].interfaces.iter().map(|interface| interface.address.to_string()).collect();
    assert_eq!(addresses, ["10.1.0.1", "10.2.0.1", "10.3.0.1"].map(String::from).into());
    assert_eq!(world.show(&ann, first).await.subnets.len(), 2);
}

#[tokio::test]
async fn faults_stand_by_their_fields() {
    let world = world().await;
    let ann = world.project("ann").await;
    let new = NewNetwork { name: "x".repeat(300), cidr: "10.0.0.0/33".into(), ..NewNetwork::default() };
    let error = world.networks.network_create(&ann, new).await.unwrap_err();
    assert_eq!(error.of_field("name"), Some(&Why::TooLong { max: 255, is: 300 }));
    assert_eq!(error.of_field("cidr"), Some(&Why::NotACidr));
}

#[tokio::test]
async fn network_in_use_stays() {
    let world = world().await;
    let ann = world.project("ann").await;
    let id = world.networks.starter_network_create(&ann).await.unwrap();
    let web = world.instance(&ann, "web", id).await;
    world.settle().await;
    let network = world.show(&ann, id).await;
    assert_eq!(network.ports, 1);
    let in_use = |kind, by: &str| Conflict::InUse { kind, by: by.into() };
    assert_eq!(conflict(world.networks.network_delete(&ann, id).await), in_use(Kind::Network, "web"));
    let subnet = network.subnets[0].id;
    assert_eq!(conflict(world.networks.subnet_delete(&ann, subnet).await), in_use(Kind::Subnet, "web"));
    let router = network.router.unwrap().0;
    let refused = conflict(world.networks.router_delete(&ann, router).await);
    assert_eq!(refused, in_use(Kind::Router, "starter-network"));

    world.release(&ann, web).await;
    world.networks.subnet_delete(&ann, subnet).await.unwrap();
    world.networks.network_delete(&ann, id).await.unwrap();
    world.networks.router_delete(&ann, router).await.unwrap();
    world.settle().await;
    let left = Topology {
        external: world.applied().external,
        security_groups: world.applied().security_groups,
        ..Topology::default()
    };
    assert_eq!(world.applied(), left);
}

#[tokio::test]
async fn external_network_is_the_providers() {
    let world = world().await;
    let ann = world.project("ann").await;
    let mine = world.networks.network_list(&world.admin, &ListQuery::default()).await.unwrap().items.remove(0);
    assert!(mine.external);
    let delete = world.networks.network_delete(&world.admin, mine.id).await;
    assert_eq!(conflict(delete), Conflict::ExternalNetwork);
    let delete = world.networks.subnet_delete(&world.admin, mine.subnets[0].id).await;
    assert_eq!(conflict(delete), Conflict::ExternalNetwork);
    let subnet = NewSubnet { cidr: "10.9.0.0/24".into(), ..NewSubnet::default() };
    let create = world.networks.subnet_create(&world.admin, mine.id, subnet).await;
    assert_eq!(conflict(create), Conflict::ExternalNetwork);
    // Everybody may look, and sees nobody else's ports.
    world.networks.starter_network_create(&world.admin).await.unwrap();
    let detail = world.networks.network_show(&ann, mine.id).await.unwrap();
    assert_eq!((detail.network.name.as_str(), detail.ports.len()), ("external", 0));
    assert_eq!(world.networks.network_list(&ann, &ListQuery::default()).await.unwrap().total, 0);
}

#[tokio::test]
async fn external_network_follows_the_configuration() {
    let world = world().await;
    let ann = world.project("ann").await;
    world.networks.starter_network_create(&ann).await.unwrap();
    world.external("203.0.113.0/24", "203.0.113.1").await.unwrap();
    world.external("203.0.113.0/25", "203.0.113.126").await.unwrap();
    world.settle().await;
    let external = world.applied().external.unwrap();
    assert_eq!(
        (external.cidr.to_string(), external.gateway.to_string()),
        ("203.0.113.0/25".into(), "203.0.113.126".into())
    );
    let lost = world.external("198.51.100.0/24", "198.51.100.1").await;
    assert_eq!(conflict(lost), Conflict::InUse { kind: Kind::Network, by: "203.0.113.2".into() });
    let taken = world.external("203.0.113.0/24", "203.0.113.2").await;
    assert_eq!(conflict(taken), Conflict::InUse { kind: Kind::Network, by: "203.0.113.2".into() });
    let outside = world.external("203.0.113.0/24", "198.51.100.1").await;
    assert_eq!(why(outside, "gateway"), Why::OutsideSubnet { cidr: "203.0.113.0/24".into() });
}

#[tokio::test]
async fn lists_are_sorted_searched_and_counted() {
    let world = world().await;
    let ann = world.project("ann").await;
    for (name, cidr) in [("beta", "10.1.0.0/24"), ("alpha", "10.2.0.0/24"), ("gamma", "192.168.0.0/24")] {
        let new = NewNetwork { name: name.into(), cidr: cidr.into(), ..NewNetwork::default() };
        let id = world.networks.network_create(&ann, new).await.unwrap();
        world.instance(&ann, name, id).await;
    }
    let names = async |query: ListQuery| {
        let page = world.networks.network_list(&ann, &query).await.unwrap();
        let names: Vec<_> = page.items.iter().map(|network| format!("{} {}", network.name, network.ports)).collect();
        names.join(",")
    };
    let search = |search: &str| ListQuery { search: search.into(), ..ListQuery::default() };
    assert_eq!(names(ListQuery::default()).await, "alpha 1,beta 1,gamma 1");
    assert_eq!(names(ListQuery { sort: "-name".into(), limit: 2, ..ListQuery::default() }).await, "gamma 1,beta 1");
    assert_eq!(names(search("AMM")).await, "gamma 1");
    assert_eq!(names(search("10.2")).await, "alpha 1");
    assert_eq!(names(search("%")).await, "");
    assert_eq!(names(ListQuery { status: "ACTIVE".into(), ..ListQuery::default() }).await, "");
    world.settle().await;
    assert_eq!(names(ListQuery { status: "ACTIVE".into(), limit: 1, ..ListQuery::default() }).await, "alpha 1");
}

#[tokio::test]
async fn quotas_are_counted() {
    let world = world().await;
    let ann = world.project("ann").await;
    world.limit(&ann, Resource::Routers, 0).await;
    let refused = world.network(&ann, "10.0.0.0/24", true).await;
    assert!(matches!(refused, Err(Error::Quota { ref what, limit: 0, .. }) if what == "routers"), "{refused:?}");
    world.limit(&ann, Resource::Networks, 1).await;
    world.network(&ann, "10.0.0.0/24", false).await.unwrap();
    let refused = world.network(&ann, "10.1.0.0/24", false).await;
    assert!(matches!(refused, Err(Error::Quota { ref what, used: 1, .. }) if what == "networks"), "{refused:?}");
}
