//! The compute service on a real database, a simulated host and a simulated network; the clock is moved by hand.

use super::hypervisor::{Hypervisor, Power};
use super::simulator::{Call, Options as HostOptions, Simulator, Trip};
use crate::clock::Clock;
use crate::network::engine::Cidr;
use crate::network::simulator::Simulator as Engine;
use crate::{Cloud, External, Options};
use api::compute::{Compute as _, KeyType, NewInstance, Status, USER_DATA_MAX, Verb};
use api::identity::Identity as _;
use api::image::{NewImage, Visibility};
use api::network::Networks as _;
use api::operation::{OperationState, Operations as _};
use api::quota::{Quotas as _, Resource};
use api::{Caller, Error, InstanceId, Kind, ListQuery, Role, Why};
use bytes::Bytes;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

mod hardware;
mod properties;
mod snapshot;

/// The host, the network and the files: what outlives the program.
struct World {
    host: Simulator,
    engine: Arc<Engine>,
    clock: Clock,
    data: TempDir,
}

impl World {
    fn new() -> Self {
        Self {
            host: Simulator::new(HostOptions::instant()).unwrap(),
            engine: Arc::new(Engine::new()),
            clock: Clock::manual(1_700_000_000_000_000),
            data: TempDir::new().unwrap(),
        }
    }

    /// Starts the program.
    async fn open(&self) -> Bed<'_> {
        let external = External {
            physical_network: "ext".into(),
            cidr: Cidr::parse("203.0.113.0/24").unwrap(),
            gateway: "203.0.113.1".parse().unwrap(),
        };
        let options = Options {
            data: self.data.path().to_owned(),
            clock: self.clock.clone(),
            hypervisor: Arc::new(self.host.clone()),
            engine: self.engine.clone(),
            admin_password: Some("correct horse".into()),
            external: Some(external),
            web: crate::image::Web::default(),
        };
        let cloud = Cloud::open(options).await.unwrap();
        let caller = cloud.identity.system_caller().await.unwrap();
        Bed { world: self, cloud, caller }
    }
}

/// The running program.
struct Bed<'w> {
    world: &'w World,
    cloud: Cloud,
    caller: Caller,
}

impl Bed<'_> {
    /// Everything that a launch needs, chosen as a new user would.
    async fn new_instance(&self, name: &str) -> NewInstance {
        let image = self.world.data.path().join("guest.img");
        write_disk(&image, 8 << 20);
        let image = self.cloud.images.image_register(&self.caller, "guest", &image, Visibility::Public).await.unwrap();
        let networks = self.cloud.networks.network_list(&self.caller, &ListQuery::default()).await.unwrap();
        let network = match networks.items.iter().find(|network| !network.external) {
            Some(network) => network.id,
            None => self.cloud.networks.starter_network_create(&self.caller).await.unwrap(),
        };
        let flavor = self.cloud.compute.flavor_list(&self.caller).await.unwrap()[0].id;
        NewInstance {
            name: name.into(),
            image: image.to_string(),
            flavor: flavor.to_string(),
            network: network.to_string(),
            ..NewInstance::default()
        }
    }

    async fn launch(&self, name: &str) -> InstanceId {
        let new = self.new_instance(name).await;
        self.cloud.compute.instance_launch(&self.caller, new).await.unwrap()
    }

    async fn active(&self, name: &str) -> InstanceId {
        let id = self.launch(name).await;
        self.cloud.settle().await.unwrap();
        self.check(id, "ACTIVE").await;
        id
    }

    /// Status and task, as `STATUS` or `STATUS task`; `gone` if there is none.
    async fn state(&self, id: InstanceId) -> String {
        match self.cloud.compute.instance_show(&self.caller, id).await {
            Ok(shown) => {
                let state = shown.instance.state;
                state
                    .task
                    .map_or(state.status.as_str().into(), |task| format!("{} {}", state.status.as_str(), task.as_str()))
            }
            Err(Error::NotFound { .. }) => "gone".into(),
            Err(error) => panic!("{error}"),
        }
    }

    async fn check(&self, id: InstanceId, expected: &str) {
        assert_eq!(self.state(id).await, expected);
    }

    async fn fault(&self, id: InstanceId) -> String {
        let shown = self.cloud.compute.instance_show(&self.caller, id).await.unwrap();
        shown.instance.fault.map(|fault| fault.message).unwrap_or_default()
    }

    /// The newest operation's verb and state.
    async fn operation(&self) -> (String, OperationState) {
        let newest = self.cloud.operations.operation_list(&self.caller, 1).await.unwrap().remove(0);
        (newest.verb, newest.state)
    }

    async fn domains(&self) -> Vec<(InstanceId, Power)> {
        self.world.host.list().await.unwrap().into_iter().map(|seen| (seen.instance, seen.power)).collect()
    }
}

/// A raw disk with an MBR signature: the least that the inspector takes for one.
fn write_disk(path: &Path, size: u64) {
    let mut boot = [0; 512];
    boot[446] = 0x80;
    boot[450] = 0x83;
    boot[454] = 1;
    boot[458] = 16;
    boot[510..].copy_from_slice(&[0x55, 0xaa]);
    std::fs::write(path, boot).unwrap();
    std::fs::File::options().write(true).open(path).unwrap().set_len(size).unwrap();
}

#[tokio::test]
async fn a_whole_life() {
    let world = World::new();
    let bed = world.open().await;
    let compute = &bed.cloud.compute;
    let id = bed.launch("vm").await;
    bed.check(id, "BUILD scheduling").await;
    bed.cloud.settle().await.unwrap();
    bed.check(id, "ACTIVE").await;
    assert_eq!(bed.operation().await, ("instance_launch".into(), OperationState::Succeeded));
    let shown = compute.instance_show(&bed.caller, id).await.unwrap();
    assert!(shown.launched_at.is_some());
    assert_eq!(shown.host, "simulator");
    assert_eq!(shown.interfaces.len(), 1);

    compute.instance_stop(&bed.caller, id).await.unwrap();
    bed.cloud.settle().await.unwrap();
    bed.check(id, "SHUTOFF").await;
    compute.instance_start(&bed.caller, id).await.unwrap();
    bed.cloud.settle().await.unwrap();
    bed.check(id, "ACTIVE").await;
    for hard in [false, true] {
        compute.instance_reboot(&bed.caller, id, hard).await.unwrap();
        bed.cloud.settle().await.unwrap();
        bed.check(id, "ACTIVE").await;
        assert_eq!(bed.operation().await.1, OperationState::Succeeded);
    }

    compute.instance_delete(&bed.caller, id).await.unwrap();
    bed.check(id, "ACTIVE deleting").await;
    bed.cloud.settle().await.unwrap();
    bed.check(id, "gone").await;
    assert!(bed.domains().await.is_empty());
    assert!(world.engine.applied().ports.is_empty());
}

/// For every call that changes the host, the program dies just after it; the next start must bring the same end, once.
#[tokio::test]
async fn killed_after_any_call_the_next_start_goes_on() {
    for verb in [None, Some(Verb::Stop), Some(Verb::Reboot), Some(Verb::HardReboot), Some(Verb::Delete)] {
        for call in 1.. {
            let world = World::new();
            let bed = world.open().await;
            let id = bed.launch("vm").await;
            if let Some(verb) = verb {
                bed.cloud.settle().await.unwrap();
                ask(&bed, id, verb).await;
            }
            world.host.faults().trip_at(call, Trip::Halt);
            let done = tokio::select! {
                settled = bed.cloud.settle() => settled.is_ok(),
                () = world.host.faults().halted() => false,
            };
            if done {
                assert!(world.host.faults().trip_pending(), "every call was tried");
                assert!(call > 1, "{verb:?} calls the host");
                break;
            }
            drop(bed);
            world.host.faults().resume();
            let bed = world.open().await;
            bed.cloud.settle().await.unwrap();
            let end = match verb {
                None | Some(Verb::Reboot | Verb::HardReboot) => ("ACTIVE", vec![(id, Power::Running)]),
                Some(Verb::Stop) => ("SHUTOFF", vec![(id, Power::Off)]),
                _ => ("gone", vec![]),
            };
            bed.check(id, end.0).await;
            assert_eq!(bed.domains().await, end.1, "{verb:?} killed after call {call}");
            assert_eq!(bed.operation().await.1, OperationState::Succeeded, "{verb:?} killed after call {call}");
        }
    }
}

async fn ask(bed: &Bed<'_>, id: InstanceId, verb: Verb) {
    let compute = &bed.cloud.compute;
    let asked = match verb {
        Verb::Stop => compute.instance_stop(&bed.caller, id).await,
        Verb::Reboot => compute.instance_reboot(&bed.caller, id, false).await,
        Verb::HardReboot => compute.instance_reboot(&bed.caller, id, true).await,
        Verb::Delete => compute.instance_delete(&bed.caller, id).await,
        other => panic!("{other:?}"),
    };
    asked.unwrap();
}

#[tokio::test]
async fn what_others_do_is_shown_and_not_undone() {
    let world = World::new();
    let bed = world.open().await;
    let id = bed.active("vm").await;

    world.host.destroy_behind_back(id).unwrap();
    bed.cloud.settle().await.unwrap();
    bed.check(id, "SHUTOFF").await;

    world.host.power_behind_back(id, Power::Running).unwrap();
    bed.cloud.settle().await.unwrap();
    bed.check(id, "ACTIVE").await;

    world.host.power_behind_back(id, Power::Paused).unwrap();
    bed.cloud.settle().await.unwrap();
    bed.check(id, "PAUSED").await;

    world.host.power_behind_back(id, Power::Crashed).unwrap();
    bed.cloud.settle().await.unwrap();
    bed.check(id, "SHUTOFF").await;
    assert!(bed.fault(id).await.contains("crashed"));

    world.host.undefine_behind_back(id).unwrap();
    bed.cloud.settle().await.unwrap();
    bed.check(id, "SHUTOFF").await;
    assert!(bed.fault(id).await.contains("outside Offing"));
    assert!(bed.domains().await.is_empty(), "nobody asked for it to be defined anew");

    bed.cloud.compute.instance_start(&bed.caller, id).await.unwrap();
    bed.cloud.settle().await.unwrap();
    bed.check(id, "ACTIVE").await;
    assert_eq!(bed.fault(id).await, "");
}

#[tokio::test]
async fn a_guest_that_ignores_the_button_is_cut_off_after_a_minute() {
    let world = World::new();
    let bed = world.open().await;
    let id = bed.active("vm").await;
    world.host.faults().ignore_power_button(true);
    bed.cloud.compute.instance_stop(&bed.caller, id).await.unwrap();
    bed.cloud.settle().await.unwrap();
    bed.check(id, "ACTIVE powering-off").await;
    world.clock.advance(Duration::from_secs(59));
    bed.cloud.settle().await.unwrap();
    bed.check(id, "ACTIVE powering-off").await;
    world.clock.advance(Duration::from_secs(2));
    bed.cloud.settle().await.unwrap();
    bed.check(id, "SHUTOFF").await;
}

#[tokio::test]
async fn a_build_that_fails_says_why_and_can_be_deleted() {
    let world = World::new();
    let bed = world.open().await;
    for _ in 0..3 {
        world.host.faults().fail_next(Call::Start, "no memory left on the host");
    }
    let id = bed.launch("vm").await;
    for _ in 0..3 {
        bed.cloud.settle().await.unwrap();
        world.clock.advance(Duration::from_secs(5));
    }
    bed.check(id, "ERROR").await;
    assert_eq!(bed.fault(id).await, "no memory left on the host");
    assert_eq!(bed.operation().await.1, OperationState::Failed);
    bed.cloud.compute.instance_delete(&bed.caller, id).await.unwrap();
    bed.cloud.settle().await.unwrap();
    bed.check(id, "gone").await;
    assert!(bed.domains().await.is_empty());
}

#[tokio::test]
async fn while_the_host_does_not_answer_a_launch_waits() {
    let world = World::new();
    let bed = world.open().await;
    bed.cloud.settle().await.unwrap();
    world.host.faults().unreachable(true);
    let id = bed.launch("vm").await;
    assert!(bed.cloud.settle().await.is_err());
    bed.check(id, "BUILD scheduling").await;
    assert!(!bed.cloud.compute.hypervisor_list(&bed.caller).await.unwrap()[0].up);
    world.host.faults().unreachable(false);
    bed.cloud.settle().await.unwrap();
    bed.check(id, "ACTIVE").await;
    assert!(bed.cloud.compute.hypervisor_list(&bed.caller).await.unwrap()[0].up);
}

#[tokio::test]
async fn faults_of_the_launch_form_stand_by_their_fields() {
    let world = World::new();
    let bed = world.open().await;
    let good = bed.new_instance("vm").await;
    let faults = async |new: NewInstance| match bed.cloud.compute.instance_launch(&bed.caller, new).await {
        Err(Error::Invalid(fields)) => fields.into_iter().map(|field| (field.name, field.why)).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let one = |name: &str, why| vec![(name.to_owned(), why)];
    let long = NewInstance { name: "x".repeat(300), ..good.clone() };
    assert_eq!(faults(long).await, one("name", Why::TooLong { max: 255, is: 300 }));
    let script = "x".repeat(USER_DATA_MAX + 1);
    let large = Why::TooLarge { max: USER_DATA_MAX as u64, is: USER_DATA_MAX as u64 + 1 };
    assert_eq!(faults(NewInstance { user_data: script, ..good.clone() }).await, one("user_data", large));
    let gone = NewInstance { image: "00000000-0000-4000-8000-000000000000".into(), ..good.clone() };
    assert_eq!(faults(gone).await, one("image", Why::Gone { kind: Kind::Image }));
    let none = faults(NewInstance::default()).await;
    assert_eq!(none.iter().map(|fault| fault.0.as_str()).collect::<Vec<_>>(), ["name", "image", "flavor", "network"]);

    let wide = NewImage { name: "wide".into(), min_disk_gb: "3".into(), ..NewImage::default() };
    let bytes = std::fs::read(world.data.path().join("guest.img")).map(Bytes::from);
    let wide = bed.cloud.images.image_upload(&bed.caller, wide, None, futures::stream::iter([bytes])).await.unwrap();
    let small = NewInstance { image: wide.to_string(), ..good };
    assert_eq!(faults(small).await, one("flavor", Why::DiskTooSmall { needs: 3, has: 1 }));

    let left = bed.cloud.compute.instance_list(&bed.caller, &ListQuery::default()).await.unwrap();
    assert_eq!(left.total, 0);
}

#[tokio::test]
async fn what_is_counted_is_what_is_there() {
    let world = World::new();
    let bed = world.open().await;
    let new = bed.new_instance("web").await;
    bed.cloud.seed(2, 3, new.image.parse().unwrap()).await.unwrap();
    let (one, _) = (bed.launch("one").await, bed.launch("two").await);
    bed.cloud.settle().await.unwrap();
    bed.cloud.compute.instance_delete(&bed.caller, one).await.unwrap();
    bed.cloud.settle().await.unwrap();
    let differing = "with there as (
            select project_id, 'instances' as resource, count(*) as used from instance group by project_id
            union all select project_id, 'cores', sum(vcpus) from instance group by project_id
            union all select project_id, 'ram', sum(ram_mb) from instance group by project_id
            union all select project_id, 'ports', count(*) from port where device_owner = 'compute:nova' group by project_id)
         select count(*) from usage u full join there t on t.project_id = u.project_id and t.resource = u.resource
         where coalesce(u.used, 0) <> coalesce(t.used, 0)";
    let counted = "select count(*) from usage where used > 0";
    let db = bed.cloud.compute.core.db.read();
    assert_eq!(sqlx::query_scalar::<_, i64>(counted).fetch_one(db).await.unwrap(), 12);
    assert_eq!(sqlx::query_scalar::<_, i64>(differing).fetch_one(db).await.unwrap(), 0);
    // Ports go with their network, without anybody deleting them one by one.
    let mut tx = bed.cloud.compute.core.db.begin().await.unwrap();
    sqlx::query("delete from network where external = 0 and project_id <> $1")
        .bind(bed.caller.project.0.to_string())
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(sqlx::query_scalar::<_, i64>(counted).fetch_one(db).await.unwrap(), 10);
    assert_eq!(sqlx::query_scalar::<_, i64>(differing).fetch_one(db).await.unwrap(), 0);
}

#[tokio::test]
async fn parallel_launches_never_pass_the_quota() {
    let world = World::new();
    let bed = world.open().await;
    let new = bed.new_instance("vm").await;
    let launches = (0..20).map(|_| bed.cloud.compute.instance_launch(&bed.caller, new.clone()));
    let results = futures::future::join_all(launches).await;
    let (done, refused): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    assert_eq!((done.len(), refused.len()), (10, 10));
    for refusal in refused {
        assert!(matches!(refusal, Err(Error::Quota { limit: 10, used: 10, asked: 1, .. })), "{refusal:?}");
    }
    let usage = bed.cloud.quotas.quota_usage(&bed.caller).await.unwrap();
    assert_eq!(usage.iter().find(|usage| usage.resource == Resource::Instances).unwrap().used, 10);
}

#[tokio::test]
async fn strangers_and_readers() {
    let world = World::new();
    let bed = world.open().await;
    let id = bed.active("vm").await;
    let other = bed.cloud.identity.project_create(&bed.caller, "other", "").await.unwrap();
    let stranger = bed.cloud.identity.caller(bed.caller.user, other, "req-1").await.unwrap();
    let compute = &bed.cloud.compute;
    let not_found = |result: api::Result<()>| assert!(matches!(result, Err(Error::NotFound { .. })), "{result:?}");
    not_found(compute.instance_show(&stranger, id).await.map(|_| ()));
    not_found(compute.instance_stop(&stranger, id).await);
    not_found(compute.instance_delete(&stranger, id).await);
    not_found(compute.instance_log(&stranger, id, None).await.map(|_| ()));
    assert_eq!(compute.instance_list(&stranger, &ListQuery::default()).await.unwrap().total, 0);

    let reader = Caller { role: Role::Reader, system: None, ..bed.caller.clone() };
    assert!(compute.instance_show(&reader, id).await.is_ok());
    assert!(matches!(compute.instance_stop(&reader, id).await, Err(Error::Forbidden { .. })));
    assert!(matches!(compute.hypervisor_list(&reader).await, Err(Error::Forbidden { .. })));
}

#[tokio::test]
async fn keys_belong_to_their_user_and_reach_the_guest() {
    let world = World::new();
    let bed = world.open().await;
    let made = bed.cloud.compute.keypair_create(&bed.caller, "laptop", KeyType::Ed25519).await.unwrap();
    assert!(made.private_key.contains("OPENSSH PRIVATE KEY"));
    let again = bed.cloud.compute.keypair_create(&bed.caller, "laptop", KeyType::Ed25519).await;
    assert_eq!(again.err(), Some(Error::field("name", Why::Taken { kind: Kind::Keypair })));

    let new = NewInstance {
        keypair: made.keypair.id.to_string(),
        user_data: "#!/bin/sh\r\n".into(),
        ..bed.new_instance("Web 1").await
    };
    let network = new.network.parse().unwrap();
    let id = bed.cloud.compute.instance_launch(&bed.caller, new).await.unwrap();
    bed.cloud.settle().await.unwrap();
    let address =
        bed.cloud.compute.instance_show(&bed.caller, id).await.unwrap().interfaces[0].address.parse().unwrap();
    let facts = bed.cloud.compute.metadata(network, address).await.unwrap().unwrap();
    assert_eq!(facts.hostname(), "web-1");
    assert_eq!(facts.key, Some(("laptop".into(), made.keypair.public_key.clone())));
    assert_eq!(facts.user_data, "#!/bin/sh\n");
    assert_eq!(bed.cloud.compute.metadata(network, "10.0.0.250".parse().unwrap()).await.unwrap(), None);

    bed.cloud.compute.keypair_delete(&bed.caller, made.keypair.id).await.unwrap();
    assert_eq!(bed.cloud.compute.keypair_list(&bed.caller, &ListQuery::default()).await.unwrap().total, 0);
    assert_eq!(bed.cloud.compute.metadata(network, address).await.unwrap().unwrap().key.unwrap().0, "laptop");
}

#[tokio::test]
async fn seeded_instances_come_up() {
    let world = World::new();
    let bed = world.open().await;
    let image = bed.new_instance("x").await.image.parse().unwrap();
    let projects = bed.cloud.seed(2, 30, image).await.unwrap();
    bed.cloud.settle().await.unwrap();
    assert_eq!(bed.domains().await.len(), 60);
    let caller = bed.cloud.identity.caller(bed.caller.user, projects[1], "req-1").await.unwrap();
    let query = ListQuery { status: Status::Active.as_str().into(), search: "10.0.0.2".into(), ..ListQuery::default() };
    let page = bed.cloud.compute.instance_list(&caller, &query).await.unwrap();
    // 10.0.0.20 to 10.0.0.29; the addresses begin at .3.
    assert_eq!(page.total, 10);
}
