//! One test for each class of hole that real image services had; they stay for ever. Classes 1, 2 and 4 are the inspector's.

use super::*;
use crate::image::inspect::{Format, Rejection, Verdict};
use crate::image::{base, launch_image, verify};
use api::Why;
use api::image::{DiskFormat, ImageStatus};
use futures::StreamExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Class 3: what was accepted is looked at again before it is used (OSSA-2024-002).
#[tokio::test]
async fn security_03_inspected_on_every_use() {
    let (_folder, world) = world().await;
    let id = world.image("raw", &raw(MIB)).await;
    let (path, format) = base(world.core.db.read(), &world.core.data, id).await.unwrap().unwrap();
    verify(&path, format).unwrap();
    fs::remove_file(&path).unwrap();
    fs::write(&path, qcow2()).unwrap();
    let said = verify(&path, format).unwrap_err().to_string();
    assert!(said.contains("The file is qcow2 now, but was raw when it was accepted"), "{said}");
    fs::write(&path, builder::qcow2(3).backing_file(b"/etc/shadow").0).unwrap();
    for format in DiskFormat::ALL {
        let said = verify(&path, format).unwrap_err().to_string();
        assert!(said.contains("backing file"), "{said}");
    }
}

/// Class 7: files are named by the server alone.
#[tokio::test]
async fn security_07_path_traversal() {
    let (folder, world) = world().await;
    for (n, name) in ["../../escaped", "/etc/cron.d/escaped", "images/incoming", "..%2fescaped"].into_iter().enumerate()
    {
        let id = world.image(name, &raw(512 * (n + 1))).await;
        assert!(world.files().contains(&id.to_string()), "{name}");
    }
    assert_eq!(world.files().len(), 4);
    let beside: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    let known = |name: &std::ffi::OsString| {
        name == "images" || name == crate::seal::KEY || name.to_string_lossy().starts_with("offing.db")
    };
    assert!(beside.iter().all(known), "{beside:?}");
}

/// Class 8: a link in the store leads nowhere, whoever may have put it there (Incus CVE-2026-48749): neither out of it by reading nor by
/// writing.
#[tokio::test]
async fn security_08_links_are_not_followed() {
    use std::os::unix::fs::symlink;
    let (folder, world) = world().await;
    let (outside, secret) = (folder.path().join("outside"), folder.path().join("outside/secret"));
    fs::create_dir(&outside).unwrap();
    fs::write(&secret, raw(MIB)).unwrap();

    // Reading: an image's file, before every use and for a download.
    let id = world.image("image", &raw(MIB)).await;
    let (path, format) = base(world.core.db.read(), &world.core.data, id).await.unwrap().unwrap();
    fs::remove_file(&path).unwrap();
    symlink(&secret, &path).unwrap();
    let rejected = verify(&path, format).unwrap_err();
    let too_many_links = Some(nix::libc::ELOOP);
    assert!(matches!(&rejected, Rejection::Unreadable(why) if why.raw_os_error() == too_many_links), "{rejected:?}");
    let refused = world.images.image_download(&world.member, id).await.unwrap_err();
    assert!(matches!(refused, Error::Unavailable { .. }), "{refused:?}");

    // Writing: a link in place of an upload's file, before it begins and between two chunks.
    let file = raw(2 * MIB);
    let begin = async || {
        let upload = api::image::NewUpload { image: named("chunked"), size: file.len() as u64, file_name: "f".into() };
        world.images.image_upload_begin(&world.member, upload).await.unwrap()
    };
    let append = async |id: ImageId, at: usize, to: usize| {
        world.images.image_append(&world.member, id, at as u64, None, pieces(&file[at..to])).await
    };
    let (before, between) = (begin().await, begin().await);
    let incoming = |id: ImageId| crate::image::file::incoming(&world.core.data, id);
    append(between, 0, MIB).await.unwrap();
    // Another program than the one that holds the file open.
    let world = World::open(folder.path()).await;
    let append = async |id: ImageId, at: usize, to: usize| {
        world.images.image_append(&world.member, id, at as u64, None, pieces(&file[at..to])).await
    };
    fs::remove_file(incoming(between)).unwrap();
    for id in [before, between] {
        symlink(&secret, incoming(id)).unwrap();
    }
    append(before, 0, MIB).await.unwrap();
    assert!(fs::symlink_metadata(incoming(before)).unwrap().is_file(), "a file of its own stands in its place");
    assert!(append(between, MIB, 2 * MIB).await.is_err());
    assert_eq!(fs::read(&secret).unwrap(), raw(MIB));

    // A folder of the store that is a link is none of its folders.
    let folder_of = fs::canonicalize(incoming(before)).unwrap().parent().unwrap().to_owned();
    fs::rename(&folder_of, folder.path().join("aside")).unwrap();
    symlink(&outside, &folder_of).unwrap();
    assert!(world.upload(&world.member, named("astray"), &raw(512)).await.is_err());
    let there: Vec<_> = fs::read_dir(&outside).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(there, ["secret"]);
}

/// Class 9: what tenants write reaches no argument of qemu-img, which is given paths made of ids alone, as one argument each.
#[tokio::test]
async fn security_09_hostile_names_reach_no_argument() {
    let (folder, world) = world().await;
    let disk = folder.path().join("disk");
    fs::write(&disk, raw(MIB)).unwrap();
    let vdi = folder.path().join("vdi");
    let mut convert = std::process::Command::new("qemu-img");
    if convert.args(["convert", "-f", "raw", "-O", "vdi"]).arg(&disk).arg(&vdi).status().is_err() {
        eprintln!("not run: qemu-img is not installed");
        return;
    }
    let file = fs::read(vdi).unwrap();
    for name in
        ["-O raw /etc/passwd", "a,file.filename=/etc/shadow", "$(touch pwned)", "--help", "json:{\"driver\":\"raw\"}"]
    {
        let new = NewImage { description: name.into(), tags: name.replace(',', " "), ..named(name) };
        let id = world.upload(&world.member, new, &file).await.unwrap();
        let image = world.images.image_show(&world.member, id).await.unwrap();
        assert_eq!((image.name.as_str(), image.format), (name, Some(DiskFormat::Qcow2)));
    }
    // Where a shell would have been at work, and where the files are.
    for place in [std::env::current_dir().unwrap(), folder.path().to_owned(), world.core.data.clone()] {
        assert!(!place.join("pwned").exists(), "{}", place.display());
    }
}

/// Class 10: two uploads at once cannot pass the quota together (Glance OSSA-2015-003).
#[tokio::test]
async fn security_10_parallel_uploads_share_the_quota() {
    let (_folder, world) = world().await;
    world.set_quota(10 * MIB).await;
    let file = raw(8 * MIB);
    let (sender, stream) = body();
    let first = world.images.image_upload(&world.member, named("first"), None, stream);
    let second = async {
        sender.send(Ok(Bytes::copy_from_slice(&file[..4 * MIB]))).await.unwrap();
        world.until("half of the first is counted", async |world| world.used().await == 4 * MIB as i64).await;
        let result = world.images.image_upload(&world.member, named("second"), None, pieces(&file)).await;
        assert_eq!(why(result), Why::ImageQuota { limit: 10 * MIB as i64, used: 4 * MIB as i64 }.to_string());
        sender.send(Ok(Bytes::copy_from_slice(&file[4 * MIB..]))).await.unwrap();
        drop(sender);
    };
    let (first, ()) = tokio::join!(first, second);
    assert_eq!(world.files(), [first.unwrap().to_string()]);
    assert_eq!(world.used().await, 8 * MIB as i64);
}

/// The same, with eight that really run at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn security_10_many_uploads_at_once() {
    let (_folder, world) = world().await;
    let limit = 20 * MIB;
    world.set_quota(limit).await;
    let mut file = raw(6 * MIB);
    let uploads = (0..8).map(|n| {
        // Each of its own content: what is the same is counted once.
        file[0] = n;
        let (images, member, body) = (world.images.clone(), world.member.clone(), pieces(&file));
        tokio::spawn(async move { images.image_upload(&member, named(&n.to_string()), None, body).await })
    });
    let uploads: Vec<_> = uploads.collect();
    let mut stored = 0;
    for upload in uploads {
        match upload.await.unwrap() {
            Ok(_) => stored += 1,
            refused => assert!(why(refused).starts_with("The quota for images")),
        }
    }
    assert!(stored * file.len() <= limit, "{stored} stored");
    assert_eq!(world.files().len(), stored);
    assert_eq!(world.used().await, (stored * file.len()) as i64);
}

/// Class 10: an image that is deleted during its upload takes the upload with it (Glance OSSA-2015-020).
#[tokio::test]
async fn security_10_deleted_during_upload() {
    let (_folder, world) = world().await;
    let (sender, stream) = body();
    let upload = world.images.image_upload(&world.member, named("deleted"), None, stream);
    let delete = async {
        sender.send(Ok(Bytes::from(raw(5 * MIB)))).await.unwrap();
        world.until("bytes are counted", async |world| world.used().await > 0).await;
        let id = world.list(&world.member).await.pop().unwrap().id;
        world.images.image_delete(&world.member, id).await.unwrap();
    };
    // The sender keeps its end open, as one that goes on sending does.
    let both = tokio::time::timeout(DEADLINE, async { tokio::join!(upload, delete) });
    let (result, ()) = both.await.expect("the upload goes on");
    assert!(matches!(result, Err(Error::NotFound { .. })), "{result:?}");
    world.assert_nothing_left("deleted during the upload").await;
    assert!(!world.images.pass().await.unwrap());
}

/// Class 11: the cap is kept while bytes come in, whatever was announced (OSSA-2014-028).
#[tokio::test]
async fn security_11_disk_fill_by_upload() {
    for announced in [None, Some(1)] {
        let (_folder, world) = world().await;
        let limit = 10 * MIB;
        world.set_quota(limit).await;
        let sent = Arc::new(AtomicUsize::new(0));
        let counted = sent.clone();
        let much = futures::stream::iter(0..1600).map(move |_| {
            counted.fetch_add(64 << 10, Ordering::SeqCst);
            Ok(Bytes::from_static(&[0; 64 << 10]))
        });
        let result = world.images.image_upload(&world.member, named("much"), announced, much).await;
        assert_eq!(why(result), Why::ImageQuota { limit: limit as i64, used: 0 }.to_string());
        let sent = sent.load(Ordering::SeqCst);
        assert!(sent <= limit + 8 * MIB, "{sent} bytes were taken for a quota of {limit}");
        world.assert_nothing_left("much").await;
    }
}

/// Class 12: an active image never changes again (OSSA-2015-019, 2016-006).
#[tokio::test]
async fn security_12_active_images_are_immutable() {
    let (_folder, world) = world().await;
    let id = world.image("fixed", &qcow2()).await;
    let before = world.images.image_show(&world.member, id).await.unwrap();
    let other = Verdict { format: Format::Raw, virtual_size: 512, evidence: "".into(), bytes_read: 0 };
    let mut tx = world.core.db.begin().await.unwrap();
    assert!(!store::receive(&mut tx, id, 1, 1).await.unwrap());
    let hashes = store::Hashes { sha512: "another".into(), md5: "another".into() };
    assert_eq!(store::activate(&mut tx, id, &other, &hashes, 1).await.unwrap(), None);
    tx.commit().await.unwrap();
    assert!(!world.images.pass().await.unwrap());
    assert_eq!(world.images.image_show(&world.member, id).await.unwrap(), before);
    let mode = fs::metadata(crate::image::path(&world.core.data, id)).unwrap().permissions().mode();
    assert_eq!(mode & 0o222, 0, "nobody may write");
}

/// Class 12: data that has not been accepted can be reached by nobody.
#[tokio::test]
async fn security_12_nothing_is_usable_before_it_is_active() {
    let (_folder, world) = world().await;
    let (sender, stream) = body();
    let upload = world.images.image_upload(&world.member, named("half"), None, stream);
    let look = async {
        sender.send(Ok(Bytes::from(raw(4 * MIB)))).await.unwrap();
        world.until("bytes are counted", async |world| world.used().await > 0).await;
        let image = world.list(&world.member).await.pop().unwrap();
        assert_eq!(image.status, ImageStatus::Saving);
        assert_eq!(base(world.core.db.read(), &world.core.data, image.id).await.unwrap(), None);
        let partial = crate::image::file::incoming(&world.core.data, image.id);
        assert_eq!(fs::metadata(partial).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(!crate::image::path(&world.core.data, image.id).exists());
        drop(sender);
    };
    let (result, ()) = tokio::join!(upload, look);
    result.unwrap();
}

/// Class 24: a stranger's private image is not there, whichever way it is asked for.
#[tokio::test]
async fn security_24_strangers_image() {
    let (_folder, world) = world().await;
    let id = world.image("private", &qcow2()).await;
    let missing = Error::not_found(api::Kind::Image, id);
    // An administrator sees every image; who only works in the cloud's own project does not.
    let worker = Caller { role: Role::Member, ..world.admin.clone() };
    for caller in [&world.stranger, &worker] {
        assert_eq!(world.images.image_show(caller, id).await, Err(missing.clone()));
        assert_eq!(world.images.image_delete(caller, id).await, Err(missing.clone()));
        let mut db = world.core.db.read().acquire().await.unwrap();
        assert_eq!(launch_image(&mut db, caller, id).await.unwrap(), None);
        let by_id = ListQuery { search: id.to_string(), ..ListQuery::default() };
        assert_eq!(world.images.image_list(caller, &by_id).await.unwrap().total, 0);
    }
    assert!(crate::image::path(&world.core.data, id).exists());
}
