//! Images of the same content share one file.

use super::*;
use crate::image::base;
use api::image::DiskFormat;

#[tokio::test]
async fn the_same_content_is_stored_once() {
    let (_folder, world) = world().await;
    let file = qcow2();
    let first = world.image("first", &file).await;
    let second = world.image("second", &file).await;
    let other = world.upload(&world.stranger, named("a stranger's"), &file).await.unwrap();
    assert_eq!(world.files(), [first.to_string()]);
    assert_eq!(world.used().await, file.len() as i64, "a project pays for it once");
    let path = crate::image::path(&world.core.data, first);
    for id in [first, second, other] {
        let base = base(world.core.db.read(), &world.core.data, id).await.unwrap();
        assert_eq!(base, Some((path.clone(), DiskFormat::Qcow2)));
    }
    assert!(!world.images.pass().await.unwrap());

    // The one that brought the file goes first; the others keep it.
    for id in [first, second] {
        world.images.image_delete(&world.member, id).await.unwrap();
        assert!(world.images.pass().await.unwrap());
        assert_eq!(world.files(), [first.to_string()]);
    }
    assert_eq!(world.used().await, 0);
    assert!(base(world.core.db.read(), &world.core.data, other).await.unwrap().is_some());
    world.images.image_delete(&world.stranger, other).await.unwrap();
    assert!(world.images.pass().await.unwrap());
    assert_eq!(world.files(), [""; 0]);
}

#[tokio::test]
async fn a_deleted_base_stays_for_its_instances_and_serves_new_images() {
    let (_folder, world) = world().await;
    let first = world.image("first", &qcow2()).await;
    store::instance_insert(&world.core.db, &world.member, first).await.unwrap();
    world.images.image_delete(&world.member, first).await.unwrap();
    assert!(!world.images.pass().await.unwrap());
    let second = world.image("second", &qcow2()).await;
    assert_eq!(world.files(), [first.to_string()]);
    store::instance_delete_all(&world.core.db).await.unwrap();
    assert!(world.images.pass().await.unwrap(), "the row goes");
    assert_eq!(world.files(), [first.to_string()], "the file has another image");
    assert!(base(world.core.db.read(), &world.core.data, second).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn at_the_same_time() {
    let (_folder, world) = world().await;
    let uploads = (0..6).map(|n| {
        let (images, member, body) = (world.images.clone(), world.member.clone(), pieces(&qcow2()));
        tokio::spawn(async move { images.image_upload(&member, named(&n.to_string()), None, body).await })
    });
    let mut ids = Vec::new();
    for upload in uploads.collect::<Vec<_>>() {
        ids.push(upload.await.unwrap().unwrap());
    }
    world.images.pass().await.unwrap();
    assert_eq!(world.files().len(), 1);
    for id in ids {
        assert!(base(world.core.db.read(), &world.core.data, id).await.unwrap().is_some_and(|(path, _)| path.exists()));
    }
}
