//! Classes: made at once, emptied at once, gone without a trace; and what teachers and students see of each other.

mod changing;
mod joining;
mod making;
mod removing;

use crate::client::Client;
use crate::world::{PASSWORD, World, world};
use api::class::{Classes as _, NewClass, Seat, SeatState, Sheet};
use api::compute::{Compute as _, NewInstance};
use api::directory::Directory as _;
use api::error::Conflict;
use api::identity::Identity as _;
use api::image::{Images as _, Visibility};
use api::network::Networks as _;
use api::operation::{OperationState, Operations as _};
use api::{Caller, ClassId, Error, ImageId, InstanceId, ListQuery, ProjectId, Role, UserId, Why};
use cloud::compute::Console;
use cloud::compute::hypervisor::Hypervisor as _;
use cloud::compute::simulator::Trip;
use sqlx::Row as _;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

pub(super) const BASE: &str = "http://cloud.example";
pub(super) const OWN: &str = "a battery of their own";

pub(super) fn names(n: usize) -> String {
    (1..=n).map(|n| format!("Student {n}\n")).collect()
}

/// An image that everybody may use.
pub(super) async fn image(world: &World, name: &str) -> ImageId {
    let file = world.data.path().join("disk.img");
    std::fs::write(&file, server::seed::disk()).unwrap();
    world.cloud.images.image_register(&world.admin().await, name, &file, Visibility::Public).await.unwrap()
}

pub(super) async fn make(world: &World, caller: &Caller, new: NewClass) -> Sheet {
    let new = NewClass { name: if new.name.is_empty() { "Networks".into() } else { new.name }, ..new };
    world.cloud.classes.class_create(caller, new, BASE).await.unwrap()
}

/// A class of so many, ready, without lists.
pub(super) async fn class(world: &World, n: usize) -> ClassId {
    let new = NewClass { roster: names(n), cidr: "10.20.0.0/24".into(), ..NewClass::default() };
    let sheet = make(world, &world.admin().await, new).await;
    world.settle().await;
    sheet.class
}

pub(super) async fn seats(world: &World, class: ClassId) -> Vec<Seat> {
    let all = ListQuery { limit: ListQuery::MAX_LIMIT, ..ListQuery::default() };
    world.cloud.classes.seat_list(&world.admin().await, class, &all).await.unwrap().items
}

pub(super) fn who(seat: &Seat) -> (UserId, ProjectId) {
    (seat.user.as_ref().unwrap().0, seat.project.as_ref().unwrap().0)
}

pub(super) async fn student(world: &World, seat: &Seat) -> Caller {
    let (user, project) = who(seat);
    world.caller(user, project).await
}

pub(super) async fn launch_with(
    world: &World,
    caller: &Caller,
    image: ImageId,
    flavor: &str,
) -> api::Result<InstanceId> {
    let admin = world.admin().await;
    let flavors = world.cloud.compute.flavor_list(&admin).await.unwrap();
    let networks = world.cloud.networks.network_list(caller, &ListQuery::default()).await.unwrap();
    let new = NewInstance {
        name: "vm".into(),
        image: image.to_string(),
        flavor: flavors.iter().find(|it| it.name == flavor).unwrap().id.to_string(),
        network: networks.items.iter().find(|network| !network.external).unwrap().id.to_string(),
        ..NewInstance::default()
    };
    world.cloud.compute.instance_launch(caller, new).await
}

pub(super) async fn outcome(world: &World, verb: &str) -> (OperationState, u8) {
    let operations = world.cloud.operations.operation_list(&world.admin().await, 100).await.unwrap();
    let found = operations.iter().find(|operation| operation.verb == verb).unwrap();
    (found.state, found.progress)
}

pub(super) fn code(url: &str) -> &str {
    url.strip_prefix(&format!("{BASE}/join/")).unwrap()
}
