//! Made-up things to show. Constant, so that both halves of the page agree.

use api::compute::{Address, Fault, Instance, PowerState, State, Status, Task};
use api::error::{Conflict, Field};
use api::identity::{Me, Membership};
use api::operation::{Operation, OperationState};
use api::{Action, Error, Kind, Micros, ProjectId, Role, Why};
use std::str::FromStr;

/// 2026-11-22T12:24:45Z.
pub const NOW: Micros = 1_795_350_285_000_000;
pub const MINUTE: Micros = 60_000_000;

/// The id with this number.
pub fn id<T: FromStr>(n: u32) -> T {
    format!("5b1c0a74-e8d2-4c31-9f60-{n:012x}").parse().unwrap_or_else(|_| unreachable!("made to be an id"))
}

pub fn project() -> ProjectId {
    id(900)
}

pub fn me() -> Me {
    let names = [
        "atlas",
        "billing",
        "checkout",
        "data-platform",
        "edge",
        "internal-tools",
        "observability",
        "research",
        "staging",
    ];
    let membership = |(i, name): (usize, &&str)| Membership {
        project: id(900 + i as u32),
        project_name: (*name).to_owned(),
        role: Role::ALL[3 - i % 4],
    };
    Me {
        user: id(1),
        user_name: "mina.park".to_owned(),
        project: project(),
        project_name: "atlas".to_owned(),
        domain: id(1),
        role: Role::Admin,
        actions: Action::ALL.to_vec(),
        memberships_more: false,
        memberships: names.iter().enumerate().map(membership).collect(),
    }
}

pub fn not_found() -> Error {
    Error::not_found(Kind::Instance, "web-7")
}

pub fn conflict() -> Error {
    Error::Conflict(Conflict::InUse { kind: Kind::Network, by: "web-1, web-2".to_owned() })
}

pub fn invalid() -> Error {
    let field = |name: &str, why| Field { name: name.to_owned(), why };
    Error::Invalid(vec![
        field("name", Why::TooLong { max: 255, is: 300 }),
        field("cidr", Why::Overlaps { cidr: "10.0.0.0/24".to_owned(), other: "10.0.0.0/16".to_owned() }),
        field("flavor", Why::DiskTooSmall { needs: 8, has: 1 }),
    ])
}

pub fn tasks() -> Vec<Operation> {
    let task = |n: u32, verb: &str, kind, name: &str, state, progress, error| Operation {
        id: id(n),
        verb: verb.to_owned(),
        kind,
        target: id::<api::InstanceId>(n).to_string(),
        target_name: name.to_owned(),
        user_name: "mina.park".to_owned(),
        state,
        progress,
        error,
        request: String::new(),
        created_at: NOW - 10 * MINUTE,
        updated_at: NOW - Micros::from(n) * MINUTE,
    };
    let quota = Error::Quota { what: "cores".to_owned(), limit: 20, used: 18, asked: 4 };
    vec![
        task(1, "instance_launch", Kind::Instance, "web-3", OperationState::Running, 0, None),
        task(2, "image_upload", Kind::Image, "debian-13-generic-amd64", OperationState::Running, 62, None),
        task(3, "instance_launch", Kind::Instance, "batch-12", OperationState::Failed, 40, Some(quota)),
        task(4, "floating_ip_associate", Kind::FloatingIp, "203.0.113.18", OperationState::Succeeded, 100, None),
        task(5, "instance_stop", Kind::Instance, "build-runner", OperationState::Succeeded, 100, None),
    ]
}

/// Name, status, task, flavor and floating IP.
type Row = (&'static str, Status, Option<Task>, &'static str, Option<&'static str>);

pub fn instances() -> Vec<Instance> {
    let rows = [
        ("web-1", Status::Active, None, "m1.small", Some("203.0.113.14")),
        ("web-2", Status::Active, None, "m1.small", Some("203.0.113.15")),
        ("web-3", Status::Build, Some(Task::Spawning), "m1.small", None),
        ("db-primary", Status::Active, None, "m1.large", None),
        ("db-replica", Status::Active, Some(Task::Rebooting), "m1.large", None),
        ("build-runner", Status::Shutoff, None, "m1.medium", None),
        ("cache", Status::Paused, None, "m1.nano", None),
        ("batch-11", Status::Active, Some(Task::Deleting), "m1.medium", None),
        ("batch-12", Status::Error, None, "m1.medium", None),
        ("데이터-분석-노트북", Status::Active, None, "m1.large", Some("203.0.113.18")),
        (
            "a-name-that-somebody-made-far-too-long-because-it-holds-the-region-the-team-and-the-date-2026-11-22",
            Status::Active,
            None,
            "m1.tiny",
            None,
        ),
    ];
    let instance = |(i, (name, status, task, flavor, floating)): (usize, Row)| Instance {
        id: id(100 + i as u32),
        name: name.to_owned(),
        state: State { status, task },
        power: if status == Status::Active { PowerState::Running } else { PowerState::Shutdown },
        image_name: if i % 3 == 0 { "debian-13-generic" } else { "ubuntu-24.04-server" }.to_owned(),
        flavor_name: flavor.to_owned(),
        keypair_name: Some("mina".to_owned()),
        addresses: vec![Address {
            network: "starter-network".to_owned(),
            address: format!("10.0.0.{}", 11 + i * 7),
            floating: floating.map(str::to_owned),
        }],
        created_at: NOW - (i * i) as Micros * 97 * MINUTE,
        fault: (status == Status::Error).then(|| Fault { message: "No host has 4 vCPUs free.".to_owned(), at: NOW }),
    };
    rows.into_iter().enumerate().map(instance).collect()
}

pub const LOG: &str = "[    0.000000] Linux version 6.12.0-offing (gcc 14.2.0) #1 SMP
[    0.412331] virtio_net virtio0 eth0: renamed from enp1s0
[    1.803112] EXT4-fs (vda1): mounted filesystem with ordered data mode
cloud-init[212]: <script>alert('text stays text')</script>
cloud-init[212]: Cloud-init v. 25.2 finished at Sun, 22 Nov 2026 12:24:45 +0000. Up 4.21 seconds

Offing Guest web-1 ttyS0

web-1 login: ";

pub const PUBLIC_KEY: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHk0m8bC2rQvXo7n1tYxq5fJd0wLrE4uZ9aVsPjNcT3K mina@workstation";
