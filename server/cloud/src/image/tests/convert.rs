//! Files of other formats become qcow2 before they are stored.

use super::*;
use crate::image::convert::convert;
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
    convert(&at("disk"), &verdict, Some((&base, "raw")), &at("out"), 1 << 30).await.unwrap();
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
