//! Instances' ports: what compute, the metadata service and the DNS service ask for.

use super::*;
use crate::network::{dns_names, groups_of, port_at, ports_of};
use api::Kind;
use api::network::NewSubnet;
use std::net::Ipv4Addr;

#[tokio::test]
async fn lowest_free_address_beside_gateway_and_service() {
    let world = world().await;
    let ann = world.project("ann").await;
    let new = NewNetwork { name: "net".into(), cidr: "10.0.0.0/28".into(), gateway: "10.0.0.3".into(), routed: false };
    let network = world.networks.network_create(&ann, new).await.unwrap();
    let mut given = Vec::new();
    let mut instances = Vec::new();
    for n in 0..12 {
        let port = world.port(&ann, &format!("vm{n}"), network, &[]).await.unwrap();
        assert_eq!((port.mtu, port.gateway), (1442, Some(Ipv4Addr::new(10, 0, 0, 3))));
        given.push(port.address.octets()[3]);
        instances.push(port.instance);
    }
    assert_eq!(given, [2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    let full = conflict(world.port(&ann, "late", network, &[]).await);
    assert_eq!(full, Conflict::NoFreeAddress { pool: "net".into() });
    // An address given back is given out again, and another subnet helps too.
    world.release(&ann, instances[3]).await;
    assert_eq!(world.port(&ann, "again", network, &[]).await.unwrap().address, Ipv4Addr::new(10, 0, 0, 6));
    let more = NewSubnet { cidr: "10.0.1.0/24".into(), ..NewSubnet::default() };
    world.networks.subnet_create(&ann, network, more).await.unwrap();
    assert_eq!(world.port(&ann, "next", network, &[]).await.unwrap().address, Ipv4Addr::new(10, 0, 1, 3));
}

#[tokio::test]
async fn ports_are_refused_by_field() {
    let world = world().await;
    let (ann, bob) = (world.project("ann").await, world.project("bob").await);
    let network = world.network(&ann, "10.0.0.0/24", false).await.unwrap();
    let theirs = world.port(&bob, "vm", network, &[]).await;
    assert_eq!(why(theirs, "network"), Why::Gone { kind: Kind::Network });
    let group = default_group(&world, &bob).await;
    let stranger = world.port(&ann, "vm", network, &[group]).await;
    assert_eq!(why(stranger, "security_groups"), Why::Gone { kind: Kind::SecurityGroup });
    let page = world.networks.network_list(&world.admin, &api::ListQuery::default()).await.unwrap();
    let outside = world.port(&ann, "vm", page.items[0].id, &[]).await;
    assert_eq!(why(outside, "network"), Why::NotAChoice);
    world.limit(&ann, Resource::Ports, 0).await;
    let refused = world.port(&ann, "vm", network, &[]).await;
    assert!(matches!(refused, Err(Error::Quota { .. })), "{refused:?}");
}

#[tokio::test]
async fn lists_metadata_and_names_find_ports() {
    let world = world().await;
    let (ann, bob) = (world.project("ann").await, world.project("bob").await);
    let mine = world.networks.starter_network_create(&ann).await.unwrap();
    let theirs = world.networks.starter_network_create(&bob).await.unwrap();
    let web = world.port(&ann, "web", mine, &[]).await.unwrap();
    let db = world.port(&ann, "db", mine, &[]).await.unwrap();
    let other = world.port(&bob, "web", theirs, &[]).await.unwrap();
    assert_eq!(web.address, other.address, "two projects, one range");
    world.networks.floating_ip_give(&ann, web.instance).await.unwrap();
    world.settle().await;

    let read = world.core.db.read();
    assert_eq!(port_at(read, mine, web.address).await.unwrap(), Some((web.id, web.instance)));
    assert_eq!(port_at(read, theirs, web.address).await.unwrap(), Some((other.id, other.instance)));
    assert_eq!(port_at(read, mine, "10.0.0.1".parse().unwrap()).await.unwrap(), None, "the router is no instance");
    let mut names = dns_names(read, mine).await.unwrap();
    names.sort_by(|one, other| one.1.cmp(&other.1));
    assert_eq!(names, [(db.instance, "db".to_owned(), db.address), (web.instance, "web".to_owned(), web.address)]);

    let ports = ports_of(read, &[web.instance, db.instance]).await.unwrap();
    let floating = Some("203.0.113.4".parse().unwrap());
    let expected = InstancePort { floating, status: NetStatus::Active, ..web.clone() };
    assert_eq!(ports[&web.instance], [expected]);
    assert_eq!(ports[&db.instance], [InstancePort { status: NetStatus::Active, ..db }]);
    assert!(ports_of(read, &[]).await.unwrap().is_empty());
    assert_eq!(
        groups_of(read, web.instance).await.unwrap(),
        [(default_group(&world, &ann).await, "default".to_owned())]
    );

    let shown = world.networks.network_show(&ann, mine).await.unwrap().ports;
    let devices: Vec<_> = shown.iter().map(|port| (port.device_name.as_str(), port.instance)).collect();
    assert_eq!(devices, [("starter-router", None), ("web", Some(web.instance)), ("db", Some(db.instance))]);
}

#[tokio::test]
async fn release_leaves_nothing_of_the_instance() {
    let world = world().await;
    let ann = world.project("ann").await;
    let network = world.networks.starter_network_create(&ann).await.unwrap();
    let web = world.instance(&ann, "web", network).await;
    world.networks.floating_ip_give(&ann, web).await.unwrap();
    world.settle().await;
    assert_eq!((world.applied().ports.len(), world.applied().floating_ips.len()), (1, 1));
    world.release(&ann, web).await;
    world.settle().await;
    assert_eq!((world.applied().ports.len(), world.applied().floating_ips.len()), (0, 0));
    let kept = world.networks.floating_ip_list(&ann, &api::ListQuery::default()).await.unwrap();
    assert_eq!((kept.items[0].status, kept.items[0].instance.clone()), (NetStatus::Down, None));
}
