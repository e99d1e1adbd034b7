//! What is accepted becomes an active image.

use super::*;
use crate::image::{base, launch_image, verify};
use api::Kind;
use api::image::{DiskFormat, ImageStatus, Visibility};
use api::operation::OperationState;
use sha2::{Digest as _, Sha512};
use std::os::unix::fs::PermissionsExt as _;

async fn check(file: &[u8], format: DiskFormat, virtual_size: u64, min_disk_gb: u64) {
    let (_folder, world) = world().await;
    let new = NewImage { description: "described".into(), min_ram_mb: "192".into(), ..named("an image") };
    let id = world.upload(&world.member, new, file).await.unwrap();

    let image = world.images.image_show(&world.member, id).await.unwrap();
    assert_eq!(world.list(&world.member).await, std::slice::from_ref(&image));
    assert_eq!((image.name.as_str(), image.description.as_str()), ("an image", "described"));
    assert_eq!((image.status, image.visibility, image.foreign), (ImageStatus::Active, Visibility::Private, false));
    assert_eq!(
        (image.format, image.size, image.virtual_size),
        (Some(format), Some(file.len() as u64), Some(virtual_size))
    );
    assert_eq!(image.checksum, Some(hex::encode(Sha512::digest(file))));
    assert_eq!((image.min_disk_gb, image.min_ram_mb, image.owner_name.as_str()), (min_disk_gb, 192, "member"));
    assert_eq!(world.used().await, file.len() as i64);

    let path = crate::image::path(&world.core.data, id);
    assert_eq!(world.files(), [id.to_string()]);
    assert_eq!(fs::read(&path).unwrap(), file);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o444);
    verify(&path, format).unwrap();

    let operation = world.operation().await;
    assert_eq!(
        (operation.verb.as_str(), operation.kind, operation.target),
        ("image_upload", Kind::Image, id.to_string())
    );
    assert_eq!((operation.state, operation.progress), (OperationState::Succeeded, 100));

    let mut db = world.core.db.read().acquire().await.unwrap();
    let launch = launch_image(&mut db, &world.member, id).await.unwrap().unwrap();
    assert_eq!((launch.id, launch.name.as_str(), launch.status), (id, "an image", ImageStatus::Active));
    assert_eq!((launch.format, launch.virtual_size), (Some(format), virtual_size));
    assert_eq!((launch.min_disk_gb, launch.min_ram_mb), (min_disk_gb, 192));
    assert_eq!(base(world.core.db.read(), &world.core.data, id).await.unwrap(), Some((path, format)));
    assert!(!world.images.pass().await.unwrap(), "nothing is left to do");
}

#[tokio::test]
async fn formats() {
    check(&qcow2(), DiskFormat::Qcow2, 1 << 30, 1).await;
    check(&raw(512), DiskFormat::Raw, 512, 1).await;
    check(&raw(9 * MIB + 17), DiskFormat::Raw, 9 * MIB as u64 + 512, 1).await;
}

#[tokio::test]
async fn a_minimum_that_is_too_small_for_the_disk_is_raised() {
    for (given, expected) in [("", 1), ("1", 1), ("7", 7)] {
        let (_folder, world) = world().await;
        let new = NewImage { min_disk_gb: given.into(), ..named("disk") };
        let id = world.upload(&world.member, new, &qcow2()).await.unwrap();
        assert_eq!(world.images.image_show(&world.member, id).await.unwrap().min_disk_gb, expected, "{given:?}");
    }
}

#[tokio::test]
async fn progress_shows_while_bytes_come_in() {
    let (_folder, world) = world().await;
    let file = raw(16 * MIB);
    let (sender, stream) = body();
    let upload = world.images.image_upload(&world.member, named("slow"), Some(file.len() as u64), stream);
    let watch = async {
        sender.send(Ok(Bytes::copy_from_slice(&file[..8 * MIB]))).await.unwrap();
        world.until("half of it is counted", async |world| world.used().await == 8 * MIB as i64).await;
        let image = world.list(&world.member).await.pop().unwrap();
        assert_eq!((image.status, image.size, image.checksum), (ImageStatus::Saving, Some(8 * MIB as u64), None));
        let operation = world.operation().await;
        assert_eq!((operation.state, operation.progress), (OperationState::Running, 50));
        let mut db = world.core.db.read().acquire().await.unwrap();
        let launch = launch_image(&mut db, &world.member, image.id).await.unwrap().unwrap();
        assert_eq!((launch.status, launch.format), (ImageStatus::Saving, None));
        assert_eq!(
            base(world.core.db.read(), &world.core.data, image.id).await.unwrap(),
            None,
            "nothing to stand on yet"
        );
        assert!(!world.images.pass().await.unwrap(), "an upload under way is left alone");
        sender.send(Ok(Bytes::copy_from_slice(&file[8 * MIB..]))).await.unwrap();
        drop(sender);
    };
    let (uploaded, ()) = tokio::join!(upload, watch);
    assert_eq!(world.files(), [uploaded.unwrap().to_string()]);
}

/// Not even the length is known, as with a chunked request.
#[tokio::test]
async fn nothing_announced() {
    let (_folder, world) = world().await;
    let file = raw(9 * MIB);
    let id = world.images.image_upload(&world.member, named("chunked"), None, pieces(&file)).await.unwrap();
    assert_eq!(world.images.image_show(&world.member, id).await.unwrap().size, Some(file.len() as u64));
}

#[tokio::test]
async fn registered_from_the_host_once() {
    let (folder, world) = world().await;
    let path = folder.path().join("guest.qcow2");
    let register = async |name: &str| world.images.image_register(&world.admin, name, &path, Visibility::Public).await;
    assert!(matches!(register("Offing Guest").await, Err(Error::Internal { .. })), "no such file");
    fs::write(&path, qcow2()).unwrap();
    let id = register("Offing Guest").await.unwrap();
    assert_eq!(register("Offing Guest").await, Ok(id), "the same again");
    assert_ne!(register("Another").await.unwrap(), id, "another name");
    fs::write(&path, raw(MIB)).unwrap();
    assert_ne!(register("Offing Guest").await.unwrap(), id, "another content");
    fs::write(&path, builder::qcow2(3).backing_file(b"/etc/shadow").0).unwrap();
    assert!(why(register("hostile").await).contains("backing file"), "inspected like any other");

    let seen = world.images.image_show(&world.member, id).await.unwrap();
    assert_eq!((seen.foreign, seen.owner_name.as_str(), seen.status), (true, "admin", ImageStatus::Active));
    assert_eq!(world.files().len(), 2, "two of the three are the same");
}

#[tokio::test]
async fn deleted_image_goes_when_nothing_stands_on_it() {
    let (_folder, world) = world().await;
    let id = world.image("base", &qcow2()).await;
    store::instance_insert(&world.core.db, &world.member, id).await.unwrap();
    world.images.image_delete(&world.member, id).await.unwrap();
    assert_eq!(world.operation().await.verb, "image_delete");
    assert_eq!(world.list(&world.member).await, []);
    assert!(matches!(world.images.image_show(&world.member, id).await, Err(Error::NotFound { .. })));
    assert!(matches!(world.images.image_delete(&world.member, id).await, Err(Error::NotFound { .. })));
    let mut db = world.core.db.read().acquire().await.unwrap();
    assert_eq!(launch_image(&mut db, &world.member, id).await.unwrap(), None, "no new instance");

    assert!(!world.images.pass().await.unwrap(), "it is in use");
    let path = crate::image::path(&world.core.data, id);
    assert!(path.exists());
    assert_eq!(base(world.core.db.read(), &world.core.data, id).await.unwrap(), Some((path, DiskFormat::Qcow2)));
    assert_eq!(world.used().await, qcow2().len() as i64, "its bytes count for as long as they are there");

    store::instance_delete_all(&world.core.db).await.unwrap();
    assert!(world.images.pass().await.unwrap());
    world.assert_nothing_left("the instance has gone").await;
    assert!(!world.images.pass().await.unwrap());
}
