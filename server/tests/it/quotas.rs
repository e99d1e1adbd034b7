//! Quotas: never passed, changed by administrators, asked for by members.

use crate::client::Answer;
use crate::directory::text;
use crate::world::{World, world};
use api::compute::{Compute as _, KeyType, NewInstance};
use api::network::Networks as _;
use api::quota::{Quotas as _, Resource};
use api::{Caller, Error, ListQuery, ProjectId, Role, Why};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use scraper::Selector;
use std::collections::BTreeMap;

fn count(answer: &Answer, selector: &str) -> usize {
    answer.html().select(&Selector::parse(selector).unwrap()).count()
}

/// A project with a member, and the limits set.
async fn project(limits: &[(&str, i64)]) -> (World, ProjectId, Caller) {
    let world = world().await;
    let project = world.project("p").await;
    let user = world.user("ann", project, Role::Member).await;
    world.cloud.quotas.quota_update(&world.admin().await, project, map(limits)).await.unwrap();
    let caller = world.caller(user, project).await;
    (world, project, caller)
}

fn map(limits: &[(&str, i64)]) -> BTreeMap<String, String> {
    limits.iter().map(|(key, max)| ((*key).to_owned(), max.to_string())).collect()
}

async fn used(world: &World, caller: &Caller, resource: Resource) -> i64 {
    let usage = world.cloud.quotas.quota_usage(caller).await.unwrap();
    usage.iter().find(|it| it.resource == resource).unwrap().used
}

/// Whatever limits hold and however many ask at the same time: as many get what they ask for as there is room, and no more.
#[tokio::test]
async fn security_10_parallel_creates_never_pass_the_limit() {
    let mut random = StdRng::seed_from_u64(26);
    for _ in 0..6 {
        let (groups, networks, asked) =
            (random.random_range(1..8), random.random_range(0..6), random.random_range(6..20));
        let (world, _, caller) = project(&[("security_groups", groups), ("networks", networks), ("subnets", -1)]).await;
        let before = used(&world, &caller, Resource::SecurityGroups).await;
        let create = |n: i64| {
            let (networks, caller) = (world.cloud.networks.clone(), caller.clone());
            tokio::spawn(async move {
                let new = api::network::NewNetwork {
                    name: format!("n-{n}"),
                    cidr: format!("10.9.{n}.0/24"),
                    ..api::network::NewNetwork::default()
                };
                let network = networks.network_create(&caller, new).await.is_ok();
                (networks.security_group_create(&caller, &format!("g-{n}"), "").await.is_ok(), network)
            })
        };
        let tasks: Vec<_> = (0..asked).map(create).collect();
        let (mut made_groups, mut made_networks) = (0, 0);
        for task in tasks {
            let (group, network) = task.await.unwrap();
            made_groups += i64::from(group);
            made_networks += i64::from(network);
        }
        assert_eq!(made_groups, (groups - before).clamp(0, asked), "of {groups} groups, {asked} asked at once");
        assert_eq!(made_networks, networks.clamp(0, asked), "of {networks} networks, {asked} asked at once");
        assert_eq!(used(&world, &caller, Resource::Networks).await, made_networks);
    }
}

#[tokio::test]
async fn limits_come_from_the_project_then_the_defaults() {
    let (world, project, caller) = project(&[]).await;
    let admin = world.admin().await;
    let limit = async || {
        let usage = world.cloud.quotas.quota_usage(&caller).await.unwrap();
        usage.iter().find(|it| it.resource == Resource::Instances).unwrap().limit
    };
    assert_eq!(limit().await, 10);
    world.cloud.quotas.quota_default_update(&admin, map(&[("instances", 4)])).await.unwrap();
    assert_eq!(limit().await, 4);
    world.cloud.quotas.quota_update(&admin, project, map(&[("instances", -1)])).await.unwrap();
    assert_eq!(limit().await, -1);
    let empty = BTreeMap::from([("instances".to_owned(), String::new())]);
    world.cloud.quotas.quota_update(&admin, project, empty.clone()).await.unwrap();
    assert_eq!(limit().await, 4);
    world.cloud.quotas.quota_default_update(&admin, empty).await.unwrap();
    assert_eq!(limit().await, 10);

    world.cloud.networks.starter_network_create(&caller).await.unwrap();
    let below = world.cloud.quotas.quota_update(&admin, project, map(&[("networks", 0)])).await;
    assert_eq!(below, Err(Error::field("limits[networks]", Why::BelowUse { used: 1 })));
}

#[tokio::test]
async fn a_member_asks_and_an_administrator_answers() {
    let (world, project, caller) = project(&[("cores", 8)]).await;
    let (ann, admin) = (world.sign_in("ann").await, world.sign_in("admin").await);
    let (own, office) = (project.to_string(), world.admin().await.project.to_string());
    let page = format!("/p/{own}/quotas");
    let ask = |asked: &'static str, reason: &'static str| [("resource", "cores"), ("asked", asked), ("reason", reason)];
    let post = async |fields: [(&'static str, &'static str); 3]| {
        let fields: Vec<_> = fields.into_iter().chain([("project", own.as_str())]).collect();
        ann.post_from(&page, "/api/quota_request_create", &fields).await
    };
    assert_eq!(count(&post(ask("4", "term")).await, "[name=asked][aria-invalid=true]"), 1, "less than there is");
    assert_eq!(count(&post(ask("16", " ")).await, "[name=reason][aria-invalid=true]"), 1);
    assert_eq!(post(ask("16", "The course <b>begins</b>")).await.location(), page);
    assert_eq!(count(&post(ask("32", "again")).await, "[name=resource][aria-invalid=true]"), 1, "one at a time");

    let list = format!("/p/{office}/admin/quotas");
    let shown = admin.get(&list).await;
    assert!(shown.text().contains("The course &lt;b&gt;begins"), "text of tenants is text");
    let all = world.cloud.quotas.quota_request_list(&world.admin().await, true, &Default::default()).await.unwrap();
    let id = all.items[0].id.to_string();
    let decide = [("project", office.as_str()), ("id", id.as_str()), ("approve", "true")];
    assert!((300..400).contains(&admin.post_from(&list, "/api/quota_request_decide", &decide).await.status));
    assert_eq!(admin.post_from(&list, "/api/quota_request_decide", &decide).await.status, 409, "answered once");
    let usage = world.cloud.quotas.quota_usage(&caller).await.unwrap();
    assert_eq!(usage.iter().find(|it| it.resource == Resource::Cores).unwrap().limit, 16);

    post(ask("-1", "more")).await;
    let open = world.cloud.quotas.quota_request_list(&caller, false, &Default::default()).await.unwrap();
    let id = open.items[0].id.to_string();
    let refuse = [("project", office.as_str()), ("id", id.as_str()), ("approve", "false"), ("reply", "Too much")];
    admin.post_from(&list, "/api/quota_request_decide", &refuse).await;
    let history = ann.get(&page).await;
    assert!(history.text().contains("Too much"));
    assert_eq!(count(&history, "tbody .state[data-state=approved]"), 1);
    assert_eq!(count(&history, "tbody .state[data-state=refused]"), 1);
}

/// The same for what instances take, and for what is made around them.
#[tokio::test]
async fn security_10_parallel_launches_never_pass_the_limit() {
    let mut random = StdRng::seed_from_u64(7);
    for _ in 0..4 {
        let (instances, cores, ports) =
            (random.random_range(1..6), random.random_range(1..6), random.random_range(1..6));
        let (floating, memory, asked) =
            (random.random_range(0..5), random.random_range(1..6), random.random_range(4..9));
        let limits = [("instances", instances), ("cores", cores), ("ports", ports), ("floating_ips", floating)];
        let (world, _, caller) = project(&limits).await;
        world.launch(&caller, "first").await;
        let images = api::image::Images::image_list(&*world.cloud.images, &caller, &Default::default()).await.unwrap();
        let networks = world.cloud.networks.network_list(&caller, &Default::default()).await.unwrap();
        let network = networks.items.iter().find(|network| !network.external).unwrap().id.to_string();
        let flavors = world.cloud.compute.flavor_list(&caller).await.unwrap();
        let flavor = flavors.iter().min_by_key(|flavor| flavor.vcpus).unwrap();
        let (vcpus, ram) = (i64::from(flavor.vcpus), i64::try_from(flavor.ram_mb).unwrap());
        let admin = world.admin().await;
        world.cloud.quotas.quota_update(&admin, caller.project, map(&[("ram", memory * ram)])).await.unwrap();
        let launch = |n: i64| {
            let (cloud, caller) = (world.cloud.clone(), caller.clone());
            let new = NewInstance {
                name: format!("vm-{n}"),
                image: images.items[0].id.to_string(),
                flavor: flavor.id.to_string(),
                network: network.clone(),
                ..NewInstance::default()
            };
            tokio::spawn(async move {
                let launched = cloud.compute.instance_launch(&caller, new).await.is_ok();
                (launched, cloud.networks.floating_ip_allocate(&caller).await.is_ok())
            })
        };
        let tasks: Vec<_> = (0..asked).map(launch).collect();
        let (mut launched, mut given) = (1, 0);
        for task in tasks {
            let (instance, address) = task.await.unwrap();
            launched += i64::from(instance);
            given += i64::from(address);
        }
        let room = instances.min(cores / vcpus).min(ports).min(memory);
        assert_eq!(
            launched,
            room.min(asked + 1),
            "{instances} instances, {cores} cores, {ports} ports, {memory} memories; {asked} asked"
        );
        assert_eq!(given, floating.min(asked), "of {floating} addresses, {asked} asked at once");
        for (resource, used_now) in [
            (Resource::Instances, launched),
            (Resource::Cores, launched * vcpus),
            (Resource::Ram, launched * ram),
            (Resource::Ports, launched),
            (Resource::FloatingIps, given),
        ] {
            assert_eq!(used(&world, &caller, resource).await, used_now, "{resource:?}");
        }
    }
}

#[tokio::test]
async fn security_10_parallel_routers_and_keys_never_pass_the_limit() {
    let mut random = StdRng::seed_from_u64(11);
    for _ in 0..3 {
        let (keys, routers, asked) = (random.random_range(0..5), random.random_range(0..2), random.random_range(3..8));
        let (world, _, caller) = project(&[("routers", routers), ("key_pairs", keys)]).await;
        let create = |n: i64| {
            let (cloud, caller) = (world.cloud.clone(), caller.clone());
            tokio::spawn(async move {
                let key = cloud.compute.keypair_create(&caller, &format!("k-{n}"), KeyType::Ed25519).await.is_ok();
                (key, cloud.networks.starter_network_create(&caller).await.is_ok())
            })
        };
        let tasks: Vec<_> = (0..asked).map(create).collect();
        let (mut made, mut routed) = (0, 0);
        for task in tasks {
            let (key, router) = task.await.unwrap();
            made += i64::from(key);
            routed += i64::from(router);
        }
        assert_eq!(made, keys.min(asked), "of {keys} key pairs, {asked} asked at once");
        assert_eq!(routed, routers.min(1), "one starter network, if there may be a router");
        assert_eq!(used(&world, &caller, Resource::KeyPairs).await, made);
        assert_eq!(used(&world, &caller, Resource::Routers).await, routed);
    }
}

#[tokio::test]
async fn administrators_see_all_projects_side_by_side() {
    let (world, project, caller) = project(&[("networks", 2)]).await;
    let admin = world.admin().await;
    let other = world.project("other").await;
    world.cloud.networks.starter_network_create(&caller).await.unwrap();
    world.launch(&caller, "vm").await;
    let query =
        |sort: &str, search: &str| ListQuery { sort: sort.into(), search: search.into(), ..ListQuery::default() };
    let list = async |query: ListQuery| world.cloud.quotas.quota_list(&admin, &query).await.unwrap();
    let all = list(query("-instances", "")).await;
    assert_eq!((all.total, all.items[0].project), (3, project), "the one that uses most comes first");
    let of_caller = world.cloud.quotas.quota_usage(&caller).await.unwrap();
    for usage in &all.items[0].usage {
        assert!(of_caller.contains(usage), "{usage:?}, as the project itself sees it: {of_caller:?}");
    }
    assert_eq!(all.items[0].usage.len(), Resource::PER_PROJECT.len());
    let found = list(query("", "oth")).await;
    assert_eq!(found.items.iter().map(|it| it.project).collect::<Vec<_>>(), [other]);
    assert!(found.items[0].usage.iter().all(|usage| usage.used <= 2), "{found:?}");
    let first = list(ListQuery { limit: 2, ..ListQuery::default() }).await;
    let rest = list(ListQuery { limit: 2, after: first.next.clone().unwrap(), ..ListQuery::default() }).await;
    assert_eq!((first.items.len(), rest.items.len()), (2, 1));

    let office = world.sign_in("admin").await;
    let page = office.get(&format!("/p/{}/admin/quotas?tab=usage&sort=-networks", admin.project)).await;
    assert_eq!(page.status, 200);
    assert_eq!(text(&page, "tbody tr:first-child [data-column=networks]"), "1 / 2", "{}", page.text());
}
