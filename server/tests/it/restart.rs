//! What outlives the program. How each service takes up its own work again is tested beside it, call by call.

use crate::world::world;
use api::compute::{Compute as _, Status};
use cloud::compute::hypervisor::Hypervisor as _;
use cloud::compute::simulator::Trip;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn sessions_go_on() {
    let world = world().await;
    let client = world.sign_in("admin").await;
    let cookie = client.cookie("offing").unwrap();
    let world = world.reopen().await;
    let again = world.visitor();
    again.set_cookie("offing", &cookie);
    assert_ne!(again.get("/").await.location(), "/sign-in");
}

#[tokio::test]
async fn a_launch_that_was_under_way_ends_active_once() {
    let world = world().await;
    let admin = world.admin().await;
    let id = world.launch(&admin, "vm").await;
    world.hypervisor.faults().trip_at(1, Trip::Halt);
    // The reconcilers as the program runs them, then gone without a word, as by `kill -9`.
    let mut running = world.cloud.start(CancellationToken::new());
    world.hypervisor.faults().halted().await;
    running.shutdown().await;
    world.hypervisor.faults().resume();

    let world = world.reopen().await;
    world.settle().await;
    let shown = world.cloud.compute.instance_show(&admin, id).await.unwrap();
    assert_eq!(shown.instance.state.status, Status::Active);
    assert_eq!(world.hypervisor.list().await.unwrap().len(), 1);
}
