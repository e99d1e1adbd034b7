//! Files of other formats become qcow2 before they are stored.

use super::*;
use crate::image::convert::{ConvertError, Limits, convert};
use crate::image::inspect;
use api::Why;
use api::image::{DiskFormat, ImageStatus};
use std::process::Command;

fn made(folder: &Path, driver: &str, options: &str, disk: &Path) -> Option<Vec<u8>> {
    let to = folder.join("made");
    let mut command = Command::new("qemu-img");
    let output = command.args(["convert", "-f", "raw", "-O", driver, "-o", options]).arg(disk).arg(&to).output();
    let Ok(output) = output else {
        eprintln!("not run: qemu-img is not installed");
        return None;
    };
    assert!(output.status.success(), "{driver}: {}", String::from_utf8_lossy(&output.stderr));
    Some(fs::read(to).unwrap())
}

#[tokio::test]
async fn other_formats_are_converted() {
    let (folder, world) = world().await;
    let disk = folder.path().join("disk");
    let content = raw(3 * MIB);
    fs::write(&disk, &content).unwrap();
    for (driver, options) in [
        ("vmdk", "subformat=monolithicSparse"),
        ("vmdk", "subformat=streamOptimized"),
        ("vpc", "subformat=dynamic,force_size=on"),
        ("vpc", "subformat=fixed,force_size=on"),
        ("vhdx", "subformat=dynamic"),
        ("vdi", "static=off"),
    ] {
        let Some(file) = made(folder.path(), driver, options, &disk) else { return };
        let id = world.image(driver, &file).await;
        let image = world.images.image_show(&world.member, id).await.unwrap();
        assert_eq!((image.status, image.format), (ImageStatus::Active, Some(DiskFormat::Qcow2)), "{driver}");
        assert!(image.evidence.as_ref().is_some_and(|it| it.contains("converted to qcow2")), "{:?}", image.evidence);
        let stored = crate::image::base(world.core.db.read(), &world.core.data, id).await.unwrap().unwrap().0;
        assert_eq!(image.size, Some(fs::metadata(&stored).unwrap().len()), "{driver}");
        let back = folder.path().join("back");
        let output =
            Command::new("qemu-img").args(["convert", "-f", "qcow2", "-O", "raw"]).arg(&stored).arg(&back).output();
        assert!(output.unwrap().status.success());
        assert_eq!(fs::read(&back).unwrap()[..content.len()], content, "{driver} {options}");
    }
    assert!(!world.images.pass().await.unwrap(), "nothing lies about");
    let used: u64 =
        world.files().iter().map(|name| fs::metadata(folder.path().join("images").join(name)).unwrap().len()).sum();
    assert_eq!(world.used().await, used as i64, "what is stored is what counts");
}

/// Class 5: a file that claims more than it may is stopped by the limits, and nothing of it stays.
#[tokio::test]
async fn security_05_conversion_has_limits() {
    let (folder, world) = world().await;
    let disk = folder.path().join("disk");
    fs::write(&disk, raw(8 * MIB)).unwrap();
    let Some(file) = made(folder.path(), "vmdk", "subformat=streamOptimized", &disk) else { return };
    // Eight MiB of one letter are some kilobytes in the file; converted, they are eight MiB again.
    assert!(file.len() < MIB);
    world.set_quota(2 * MIB).await;
    let result = world.upload(&world.member, named("grows"), &file).await;
    assert!(matches!(result.as_ref().unwrap_err().of_field("file"), Some(Why::ImageQuota { .. })), "{result:?}");
    world.assert_nothing_left("over quota after conversion").await;
    assert!(!world.images.pass().await.unwrap());
}

/// Class 5: a compressed file of kilobytes that is hundreds of megabytes unpacked (OSSA-2016-012) ends at its limits, says why, and leaves
/// no more than it was allowed.
#[tokio::test]
async fn security_05_what_inflates_stays_within_limits() {
    const DISK: usize = 128 * MIB;
    let (folder, world) = world().await;
    let (disk, bomb, out) = (folder.path().join("disk"), folder.path().join("bomb"), folder.path().join("out"));
    fs::write(&disk, raw(DISK)).unwrap();
    let mut command = Command::new("qemu-img");
    if command.args(["convert", "-c", "-f", "raw", "-O", "qcow2"]).arg(&disk).arg(&bomb).status().is_err() {
        eprintln!("not run: qemu-img is not installed");
        return;
    }
    fs::remove_file(&disk).unwrap();
    let file = fs::File::open(&bomb).unwrap();
    let len = file.metadata().unwrap().len();
    assert!(len < DISK as u64 / 50, "{len}");
    let verdict = inspect::inspect(file, len).unwrap();

    let room = 8 * MIB as u64;
    let ended = convert(&bomb, &verdict, None, &out, Limits::within(room)).await;
    assert!(matches!(ended, Err(ConvertError::TooLarge(limit)) if limit == room), "{ended:?}");
    assert!(fs::metadata(&out).unwrap().len() <= room);
    let hurried = Limits { time: std::time::Duration::from_millis(1), ..Limits::within(1 << 30) };
    let ended = convert(&bomb, &verdict, None, &out, hurried).await;
    assert!(matches!(ended, Err(ConvertError::TooLong)), "{ended:?}");
    // Whole, it is what it says; so the limits are what has stopped it.
    convert(&bomb, &verdict, None, &out, Limits::within(1 << 30)).await.unwrap();
    fs::remove_file(&out).unwrap();

    // By the way in: the file itself is stored as it is, and costs what it is; what has to be converted may grow to what is left of the quota.
    world.set_quota(16 * MIB).await;
    let stored = world.image("stored as it is", &fs::read(&bomb).unwrap()).await;
    world.images.image_delete(&world.member, stored).await.unwrap();
    world.images.pass().await.unwrap();
    let mut command = Command::new("qemu-img");
    let vmdk = folder.path().join("bomb.vmdk");
    command.args(["convert", "-f", "qcow2", "-O", "vmdk", "-o", "subformat=streamOptimized"]);
    assert!(command.arg(&bomb).arg(&vmdk).status().unwrap().success());
    let file = fs::read(&vmdk).unwrap();
    assert!(file.len() < 8 * MIB, "{}", file.len());
    let refused = world.upload(&world.member, named("grows"), &file).await;
    let why = refused.unwrap_err().of_field("file").cloned();
    assert_eq!(why, Some(Why::ImageQuota { limit: 16 * MIB as i64, used: 0 }));
    world.assert_nothing_left("it grew too large").await;
}

/// Class 5: what a guest writes into its own disk's header leads nowhere: the base is named by us, and a data file is refused.
#[tokio::test]
async fn security_05_a_snapshot_reads_no_file_that_the_guest_names() {
    let (folder, _world) = world().await;
    let at = |name: &str| folder.path().join(name);
    let mut secret = raw(MIB);
    secret[1000..1006].copy_from_slice(b"secret");
    fs::write(at("base"), raw(MIB)).unwrap();
    fs::write(at("secret"), &secret).unwrap();
    let qemu_img = |arguments: &[&str]| {
        Command::new("qemu-img").args(arguments).current_dir(folder.path()).output().map(|done| done.status.success())
    };
    let Ok(made) = qemu_img(&["create", "-q", "-f", "qcow2", "-b", "secret", "-F", "raw", "disk"]) else {
        eprintln!("not run: qemu-img is not installed");
        return;
    };
    assert!(made && qemu_img(&["create", "-q", "-f", "qcow2", "-o", "data_file=secret", "data", "1M"]).unwrap());
    let looked = |name: &str| {
        let file = fs::File::open(at(name)).unwrap();
        let len = file.metadata().unwrap().len();
        inspect::overlay(file, len)
    };
    let verdict = looked("disk").unwrap();
    assert!(matches!(looked("data"), Err(inspect::Rejection::ExternalDataFile { .. })));
    let base = at("base");
    convert(&at("disk"), &verdict, Some((&base, "raw")), &at("out"), Limits::within(1 << 30)).await.unwrap();
    assert!(qemu_img(&["convert", "-f", "qcow2", "-O", "raw", "out", "flat"]).unwrap());
    assert_eq!(fs::read(at("flat")).unwrap(), raw(MIB));
}

/// What the program that died was converting goes with the next pass.
#[tokio::test]
async fn half_converted_files_go() {
    let (folder, world) = world().await;
    let place = folder.path().join("images/converting");
    fs::create_dir_all(&place).unwrap();
    fs::write(place.join(uuid::Uuid::new_v4().to_string()), "half").unwrap();
    assert!(world.images.pass().await.unwrap());
    assert_eq!(world.files(), [""; 0]);
}
