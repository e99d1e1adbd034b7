//! Security groups and their rules.

use super::*;
use crate::network::engine::{Direction, Protocol, Remote};
use api::Kind;
use api::network::{NewRule, SecurityGroup};

fn ssh() -> NewRule {
    NewRule { direction: "ingress".into(), protocol: "tcp".into(), port_first: "22".into(), ..NewRule::default() }
}

/// The rules as a person would read them.
fn read(group: &SecurityGroup) -> Vec<String> {
    let rule = |rule: &api::network::SecurityGroupRule| {
        let group = rule.remote_group.as_ref().map(|(_, name)| name.as_str()).unwrap_or_default();
        format!("{} {} {:?} {}{group}", rule.direction, rule.protocol, rule.ports, rule.remote_cidr)
    };
    group.rules.iter().map(rule).collect()
}

#[tokio::test]
async fn default_group_lets_out_and_lets_its_members_in() {
    let world = world().await;
    let ann = world.project("ann").await;
    let groups = world.networks.security_group_list(&ann).await.unwrap();
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0].name, "default");
    let mut rules = read(&groups[0]);
    rules.sort();
    assert_eq!(rules, ["egress  None ", "ingress  None default"]);
    // Made once, however often it is asked for.
    let mut tx = world.begin().await;
    let again = default_group_ensure(&mut tx, ann.project, 5).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(again, groups[0].id);
    assert_eq!(world.networks.security_group_show(&ann, again).await.unwrap(), groups[0]);
    assert_eq!(conflict(world.networks.security_group_delete(&ann, again).await), Conflict::DefaultGroup);

    let network = world.network(&ann, "10.0.0.0/24", false).await.unwrap();
    let web = world.port(&ann, "web", network, &[]).await.unwrap();
    world.settle().await;
    let applied = world.applied();
    let port = applied.ports.iter().find(|port| port.id == web.id).unwrap();
    assert_eq!(port.security_groups, [again]);
    let group = applied.security_groups.iter().find(|group| group.id == again).unwrap();
    assert!(group.rules.iter().any(|rule| rule.direction == Direction::Ingress && rule.remote == Remote::Group(again)));
}

#[tokio::test]
async fn rules_come_and_go() {
    let world = world().await;
    let ann = world.project("ann").await;
    let default = default_group(&world, &ann).await;
    let id = world.networks.security_group_rule_create(&ann, default, ssh()).await.unwrap();
    world.settle().await;
    let applied = |world: &World| {
        let groups = world.applied().security_groups;
        let rules = groups.into_iter().find(|group| group.id == default).unwrap().rules;
        rules.iter().any(|rule| rule.protocol == Protocol::Tcp(22, 22))
    };
    assert!(applied(&world));
    let twice = NewRule { port_last: "22".into(), remote_cidr: "0.0.0.0/0".into(), ..ssh() };
    let same = world.networks.security_group_rule_create(&ann, default, twice).await;
    assert_eq!(conflict(same), Conflict::RuleExists, "another way to write the same");
    world.networks.security_group_rule_delete(&ann, id).await.unwrap();
    world.settle().await;
    assert!(!applied(&world));
    world.limit(&ann, Resource::SecurityGroupRules, 2).await;
    let refused = world.networks.security_group_rule_create(&ann, default, ssh()).await;
    assert!(matches!(refused, Err(Error::Quota { used: 2, .. })), "{refused:?}");
}

#[tokio::test]
async fn group_in_use_stays() {
    let world = world().await;
    let ann = world.project("ann").await;
    let web = world.networks.security_group_create(&ann, "web", "").await.unwrap();
    let taken = world.networks.security_group_create(&ann, " web ", "").await;
    assert_eq!(conflict(taken), Conflict::NameTaken { kind: Kind::SecurityGroup, name: "web".into() });
    assert_eq!(read(&world.networks.security_group_show(&ann, web).await.unwrap()), ["egress  None "]);
    let default = default_group(&world, &ann).await;
    let from_web = NewRule { remote_group: web.to_string(), ..ssh() };
    world.networks.security_group_rule_create(&ann, default, from_web).await.unwrap();

    let network = world.network(&ann, "10.0.0.0/24", false).await.unwrap();
    let port = world.port(&ann, "vm", network, &[web, default]).await.unwrap();
    world.settle().await;
    assert_eq!(world.applied().ports[0].security_groups.len(), 2);
    let refused = conflict(world.networks.security_group_delete(&ann, web).await);
    assert_eq!(refused, Conflict::InUse { kind: Kind::SecurityGroup, by: "vm".into() });
    world.release(&ann, port.instance).await;
    world.networks.security_group_delete(&ann, web).await.unwrap();
    let left = world.networks.security_group_list(&ann).await.unwrap();
    assert_eq!(left.iter().map(|group| group.rules.len()).collect::<Vec<_>>(), [2], "rules that named it are gone");
}
