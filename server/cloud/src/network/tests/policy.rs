//! Who may call what: no call answers for another project's things, and none changes anything for a reader.

use super::*;
use api::network::{NewRule, NewSubnet};
use api::{FloatingIpId, Kind, ListQuery, RouterId, SecurityGroupRuleId, SubnetId};

/// One of each thing that a call may name.
struct Things {
    network: NetworkId,
    subnet: SubnetId,
    router: RouterId,
    instance: InstanceId,
    floating_ip: FloatingIpId,
    group: SecurityGroupId,
    rule: SecurityGroupRuleId,
}

async fn things(world: &World, caller: &Caller) -> Things {
    let network = world.networks.starter_network_create(caller).await.unwrap();
    let shown = world.show(caller, network).await;
    let group = world.networks.security_group_list(caller).await.unwrap().remove(0);
    Things {
        network,
        subnet: shown.subnets[0].id,
        router: shown.router.unwrap().0,
        instance: world.instance(caller, "vm", network).await,
        floating_ip: world.networks.floating_ip_allocate(caller).await.unwrap(),
        group: group.id,
        rule: group.rules[0].id,
    }
}

fn subnet() -> NewSubnet {
    NewSubnet { cidr: "10.9.0.0/24".into(), ..NewSubnet::default() }
}

fn rule() -> NewRule {
    NewRule { direction: "ingress".into(), protocol: "icmp".into(), ..NewRule::default() }
}

/// Every call that names a thing, and the kind that is not there for a stranger.
async fn naming(world: &World, caller: &Caller, own: &Things, of: &Things) -> Vec<(&'static str, Kind, Option<Error>)> {
    let networks = &world.networks;
    vec![
        ("network_show", Kind::Network, networks.network_show(caller, of.network).await.err()),
        ("network_delete", Kind::Network, networks.network_delete(caller, of.network).await.err()),
        ("subnet_create", Kind::Network, networks.subnet_create(caller, of.network, subnet()).await.err()),
        ("subnet_delete", Kind::Subnet, networks.subnet_delete(caller, of.subnet).await.err()),
        ("router_delete", Kind::Router, networks.router_delete(caller, of.router).await.err()),
        (
            "floating_ip_associate",
            Kind::FloatingIp,
            networks.floating_ip_associate(caller, of.floating_ip, own.instance).await.err(),
        ),
        (
            "floating_ip_associate, instance",
            Kind::Instance,
            networks.floating_ip_associate(caller, own.floating_ip, of.instance).await.err(),
        ),
        ("floating_ip_give", Kind::Instance, networks.floating_ip_give(caller, of.instance).await.err()),
        (
            "floating_ip_disassociate",
            Kind::FloatingIp,
            networks.floating_ip_disassociate(caller, of.floating_ip).await.err(),
        ),
        ("floating_ip_release", Kind::FloatingIp, networks.floating_ip_release(caller, of.floating_ip).await.err()),
        ("security_group_show", Kind::SecurityGroup, networks.security_group_show(caller, of.group).await.err()),
        ("security_group_delete", Kind::SecurityGroup, networks.security_group_delete(caller, of.group).await.err()),
        (
            "security_group_rule_create",
            Kind::SecurityGroup,
            networks.security_group_rule_create(caller, of.group, rule()).await.err(),
        ),
        (
            "security_group_rule_delete",
            Kind::SecurityGroupRule,
            networks.security_group_rule_delete(caller, of.rule).await.err(),
        ),
    ]
}

#[tokio::test]
async fn strangers_things_are_not_there() {
    let world = world().await;
    let (ann, bob) = (world.project("ann").await, world.project("bob").await);
    let (anns, bobs) = (things(&world, &ann).await, things(&world, &bob).await);
    world.settle().await;
    let before = world.applied();
    for (call, expected, error) in naming(&world, &bob, &bobs, &anns).await {
        assert!(matches!(error, Some(Error::NotFound { kind, .. }) if kind == expected), "{call}: {error:?}");
    }
    let query = ListQuery::default();
    assert_eq!(world.networks.network_list(&bob, &query).await.unwrap().items[0].id, bobs.network);
    assert_eq!(world.networks.network_list(&bob, &query).await.unwrap().total, 1);
    assert_eq!(world.networks.floating_ip_list(&bob, &query).await.unwrap().total, 1);
    assert_eq!(world.networks.router_list(&bob).await.unwrap().len(), 1);
    assert_eq!(world.networks.security_group_list(&bob).await.unwrap().len(), 1);
    world.settle().await;
    assert_eq!(world.applied(), before);
}

#[tokio::test]
async fn readers_change_nothing() {
    let world = world().await;
    let ann = world.project("ann").await;
    let things = things(&world, &ann).await;
    let reader = Caller { role: Role::Reader, ..ann.clone() };
    let networks = &world.networks;
    let new = NewNetwork { name: "net".into(), cidr: "10.8.0.0/24".into(), ..NewNetwork::default() };
    let mut calls = naming(&world, &reader, &things, &things).await;
    calls.retain(|(call, ..)| !call.ends_with("_show"));
    calls.extend([
        ("starter_network_create", Kind::Network, networks.starter_network_create(&reader).await.err()),
        ("network_create", Kind::Network, networks.network_create(&reader, new).await.err()),
        ("floating_ip_allocate", Kind::FloatingIp, networks.floating_ip_allocate(&reader).await.err()),
        ("security_group_create", Kind::SecurityGroup, networks.security_group_create(&reader, "web", "").await.err()),
    ]);
    for (call, _, error) in calls {
        assert_eq!(error, Some(Error::Forbidden { needs: "member".into() }), "{call}");
    }
    networks.network_show(&reader, things.network).await.unwrap();
    networks.security_group_show(&reader, things.group).await.unwrap();
}
