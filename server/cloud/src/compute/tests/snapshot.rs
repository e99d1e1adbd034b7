//! Images made of instances.

use super::super::contract::until;
use super::*;
use crate::quota;
use api::ImageId;
use api::image::{Image, ImageStatus, Images as _};
use std::pin::pin;

const PATIENCE: Duration = Duration::from_secs(60);

impl Bed<'_> {
    async fn snapshot(&self, id: InstanceId, name: &str) -> ImageId {
        self.cloud.compute.instance_snapshot(&self.caller, id, name).await.unwrap()
    }

    /// Lets everything come to its end.
    async fn done(&self, id: InstanceId) -> String {
        until(PATIENCE, "the instance settles", async || {
            self.cloud.settle().await.unwrap();
            let state = self.state(id).await;
            (!state.contains(' ')).then_some(state)
        })
        .await
    }

    async fn image(&self, id: ImageId) -> Option<Image> {
        match self.cloud.images.image_show(&self.caller, id).await {
            Ok(image) => Some(image),
            Err(Error::NotFound { .. }) => None,
            Err(error) => panic!("{error}"),
        }
    }

    /// What lies about in the store besides the images themselves.
    fn leftovers(&self) -> Vec<String> {
        let folders = ["images/incoming", "images/converting"].map(|folder| self.world.data.path().join(folder));
        let entries = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten();
        entries.map(|entry| format!("{:?}", entry.unwrap().path())).collect()
    }
}

#[tokio::test]
async fn a_guest_becomes_an_image_and_goes_on() {
    let world = World::new();
    let bed = world.open().await;
    let id = bed.active("vm").await;
    let boot = world.host.list().await.unwrap()[0].boot;
    let image = bed.snapshot(id, "golden").await;
    bed.check(id, "ACTIVE image_snapshot").await;
    assert_eq!(bed.image(image).await.unwrap().status, ImageStatus::Queued);
    let busy = bed.cloud.compute.instance_stop(&bed.caller, id).await;
    assert!(matches!(busy, Err(Error::Refused(_))), "{busy:?}");

    assert_eq!(bed.done(id).await, "ACTIVE");
    let made = bed.image(image).await.unwrap();
    let flavor = bed.cloud.compute.instance_show(&bed.caller, id).await.unwrap().disk_gb;
    assert_eq!((made.status, made.min_disk_gb), (ImageStatus::Active, flavor));
    assert_eq!(made.virtual_size, Some(flavor << 30));
    let property = |name: &str| made.properties.get(name).cloned().unwrap_or_default();
    assert_eq!((property("image_type"), property("instance_uuid")), ("snapshot".to_owned(), id.to_string()));
    assert_eq!(bed.operation().await, ("instance_snapshot".into(), OperationState::Succeeded));
    assert_eq!(world.host.list().await.unwrap()[0].boot, boot, "the guest runs on");
    assert_eq!(bed.leftovers(), [""; 0]);

    let flavor = bed.cloud.compute.flavor_list(&bed.caller).await.unwrap()[0].id;
    let again = NewInstance { image: image.to_string(), flavor: flavor.to_string(), ..bed.new_instance("two").await };
    let two = bed.cloud.compute.instance_launch(&bed.caller, again).await.unwrap();
    assert_eq!(bed.done(two).await, "ACTIVE");
}

#[tokio::test]
async fn what_happens_to_the_guest_meanwhile_is_shown_afterwards() {
    let world = World::new();
    let bed = world.open().await;
    let id = bed.active("vm").await;
    bed.snapshot(id, "golden").await;
    world.host.destroy_behind_back(id).unwrap();
    assert_eq!(bed.done(id).await, "SHUTOFF");
    let off = bed.snapshot(id, "of one that is off").await;
    assert_eq!(bed.done(id).await, "SHUTOFF");
    assert_eq!(bed.image(off).await.unwrap().status, ImageStatus::Active);
}

#[tokio::test]
async fn a_disk_that_cannot_be_copied_leaves_nothing_but_the_reason() {
    let world = World::new();
    let bed = world.open().await;
    let id = bed.active("vm").await;
    world.host.faults().fail_next(Call::Snapshot, "the guest went away");
    let image = bed.snapshot(id, "second time lucky").await;
    assert_eq!(bed.done(id).await, "ACTIVE");
    assert_eq!(bed.image(image).await.unwrap().status, ImageStatus::Active);

    for _ in 0..2 {
        world.host.faults().fail_next(Call::Snapshot, "no space left on the host");
    }
    let image = bed.snapshot(id, "never").await;
    assert_eq!(bed.done(id).await, "ACTIVE");
    assert_eq!(bed.image(image).await, None);
    let failed = bed.cloud.operations.operation_list(&bed.caller, 1).await.unwrap().remove(0);
    assert_eq!(failed.state, OperationState::Failed);
    assert!(failed.error.unwrap().to_string().contains("no space left on the host"));
    assert_eq!(bed.leftovers(), [""; 0]);
}

#[tokio::test]
async fn an_instance_takes_its_snapshot_with_it() {
    let world = World::new();
    let bed = world.open().await;
    let id = bed.active("vm").await;
    let image = bed.snapshot(id, "golden").await;
    bed.cloud.compute.instance_delete(&bed.caller, id).await.unwrap();
    assert_eq!(bed.done(id).await, "gone");
    until(PATIENCE, "the image goes", async || {
        bed.cloud.settle().await.unwrap();
        bed.image(image).await.is_none().then_some(())
    })
    .await;
    assert_eq!(bed.leftovers(), [""; 0]);
}

#[tokio::test]
async fn who_deletes_the_image_ends_the_snapshot() {
    let world = World::new();
    let bed = world.open().await;
    let id = bed.active("vm").await;
    let image = bed.snapshot(id, "golden").await;
    bed.cloud.images.image_delete(&bed.caller, image).await.unwrap();
    assert_eq!(bed.done(id).await, "ACTIVE");
    assert_eq!(bed.image(image).await, None);
}

#[tokio::test]
async fn killed_meanwhile_the_next_start_makes_it_once() {
    let world = World::new();
    let bed = world.open().await;
    let id = bed.active("vm").await;
    let image = bed.snapshot(id, "golden").await;
    world.host.faults().trip_at(1, Trip::Halt);
    {
        let mut settling = pin!(async {
            loop {
                bed.cloud.settle().await.unwrap();
                tokio::task::yield_now().await;
            }
        });
        tokio::select! { () = &mut settling => {} () = world.host.faults().halted() => {} }
        // A program that is killed leaves no transaction open; one that is only dropped does not until it has come to a rest.
        assert!(tokio::time::timeout(Duration::from_secs(1), settling).await.is_err(), "nothing settles any more");
    }
    drop(bed);
    world.host.faults().resume();
    let bed = world.open().await;
    assert_eq!(bed.done(id).await, "ACTIVE");
    assert_eq!(bed.image(image).await.unwrap().status, ImageStatus::Active);
    let images = bed.cloud.images.image_list(&bed.caller, &ListQuery::default()).await.unwrap();
    assert_eq!(images.items.iter().filter(|image| image.name == "golden").count(), 1);
    assert_eq!(bed.operation().await, ("instance_snapshot".into(), OperationState::Succeeded));
    assert_eq!(bed.leftovers(), [""; 0]);
}

#[tokio::test]
async fn what_is_refused() {
    let world = World::new();
    let bed = world.open().await;
    let id = bed.active("vm").await;
    let nameless = bed.cloud.compute.instance_snapshot(&bed.caller, id, " ").await.unwrap_err();
    assert!(nameless.of_field("name").is_some(), "{nameless:?}");
    bed.snapshot(id, "one").await;
    let busy = bed.cloud.compute.instance_snapshot(&bed.caller, id, "two").await;
    assert!(matches!(busy, Err(Error::Refused(_))), "{busy:?}");
    assert_eq!(bed.done(id).await, "ACTIVE");

    let mut tx = bed.cloud.compute.core.db.begin().await.unwrap();
    quota::set(&mut tx, bed.caller.project, Resource::ImageBytes, 1 << 10).await.unwrap();
    tx.commit().await.unwrap();
    let full = bed.cloud.compute.instance_snapshot(&bed.caller, id, "over quota").await.unwrap_err();
    assert!(matches!(full.of_field("file"), Some(Why::ImageQuota { .. })), "{full:?}");
    bed.check(id, "ACTIVE").await;
}
