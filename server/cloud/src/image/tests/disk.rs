//! The disk below: full, or changed behind our back.

use super::*;
use crate::image::file::{self, Incoming};
use crate::image::{base, intake};
use api::Why;
use api::image::ImageStatus;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::unistd::Uid;

/// On a file system of its own that is nearly full: a clear reason, no partial file, and the rest goes on.
#[test]
fn full_disk() {
    if !Uid::effective().is_root() {
        eprintln!("not run: mounting a small file system needs root");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    // The namespace is this thread's, and that of the threads which it starts.
    let inside = move || {
        let none = None::<&str>;
        unshare(CloneFlags::CLONE_NEWNS).unwrap();
        mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none).unwrap();
        mount(Some("tmpfs"), &path, Some("tmpfs"), MsFlags::empty(), Some("size=80m")).unwrap();
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let world = World::open(&path).await;
            let large = raw(20 * MIB);
            for announced in [None, Some(large.len() as u64)] {
                let result = world.images.image_upload(&world.member, named("large"), announced, pieces(&large)).await;
                assert_eq!(why(result), Why::StoreFull.to_string());
                assert_eq!(world.operation().await.error, Some(Error::field("file", Why::StoreFull)));
                world.assert_nothing_left("full disk").await;
            }
            world.image("small", &raw(MIB)).await;
        });
    };
    std::thread::spawn(inside).join().unwrap();
}

/// What the kernel itself says when nothing more can be written.
#[tokio::test]
async fn no_space_left_on_device() {
    let mut full = Incoming::over(fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    let error = full.append(&raw(MIB)).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(nix::libc::ENOSPC));
    assert_eq!(intake::failed(error), Error::field("file", Why::StoreFull));
}

#[tokio::test]
async fn missing_file_kills_the_image_until_it_is_back() {
    let (folder, world) = world().await;
    let id = world.image("lost", &qcow2()).await;
    let (path, aside) = (file::kept(&world.core.data, id), folder.path().join("aside"));
    let show = async || world.images.image_show(&world.member, id).await.unwrap();
    fs::rename(&path, &aside).unwrap();
    assert!(world.images.pass().await.unwrap());
    let image = show().await;
    assert_eq!(image.status, ImageStatus::Killed);
    assert!(image.refused.unwrap().contains("cannot be found in the store"));
    assert_eq!(base(world.core.db.read(), &world.core.data, id).await.unwrap(), None);
    assert!(!world.images.pass().await.unwrap());

    let mut other = qcow2();
    other[300_000] ^= 1;
    fs::write(&path, &other[..other.len() - 1]).unwrap();
    assert!(!world.images.pass().await.unwrap(), "another length");
    fs::write(&path, other).unwrap();
    assert!(!world.images.pass().await.unwrap(), "another content");
    assert_eq!(show().await.status, ImageStatus::Killed);

    fs::rename(&aside, &path).unwrap();
    assert!(world.images.pass().await.unwrap());
    let image = show().await;
    assert_eq!((image.status, image.refused), (ImageStatus::Active, None));
    assert!(!world.images.pass().await.unwrap());
}
