//! The guest's disk: a FAT partition with the boot loader and the kernel, and behind it the root file system, which
//! grows with the disk.

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use super::own_files;
use crate::command::{argv, run};

const MIB: u64 = 1 << 20;
/// Space before the first partition, as every partitioner leaves it.
const BOOT_START: u64 = MIB;
const BOOT_SIZE: u64 = 24 * MIB;
const ROOT_START: u64 = BOOT_START + BOOT_SIZE;
const ROOT_SIZE: u64 = 40 * MIB;
/// Syslinux's code for the master boot record: looks for the active partition.
const BOOT_CODE: &str = "/usr/lib/syslinux/mbr/mbr.bin";

/// Writes `image`, a compressed qcow2 file.
pub fn assemble(kernel: &Path, initramfs: &Path, root: &Path, work: &Path, image: &Path) -> Result<()> {
    let boot = work.join("boot.img");
    File::create(&boot)?.set_len(BOOT_SIZE)?;
    run(argv("mkfs.fat", ["-F", "16", "-n", "OFFINGBOOT"]).arg(&boot).stdout(Stdio::null()))?;
    let config = own_files()?.join("syslinux.cfg");
    for (file, name) in [(kernel, "::vmlinuz"), (initramfs, "::initrd"), (&config, "::syslinux.cfg")] {
        run(argv("mcopy", ["-i"]).arg(&boot).arg(file).arg(name))?;
    }
    run(argv("syslinux", ["--install"]).arg(&boot))?;

    let root_image = work.join("root.img");
    File::create(&root_image)?.set_len(ROOT_SIZE)?;
    // Blocks of 4 KiB make groups of 128 MiB: few steps to grow by. Under fakeroot everything belongs to root.
    let mut mke2fs = argv("fakeroot", ["mke2fs", "-q", "-t", "ext4", "-b", "4096", "-L", "offing-root", "-d"]);
    run(mke2fs.arg(root).arg(&root_image))?;

    let disk = work.join("disk.img");
    let mut file = File::create(&disk)?;
    file.set_len(ROOT_START + ROOT_SIZE)?;
    partition(&disk)?;
    file.write_all(&fs::read(BOOT_CODE).with_context(|| format!("cannot read {BOOT_CODE}"))?)?;
    for (start, part) in [(BOOT_START, &boot), (ROOT_START, &root_image)] {
        file.seek(SeekFrom::Start(start))?;
        std::io::copy(&mut File::open(part)?, &mut file)?;
    }
    run(argv("qemu-img", ["convert", "-q", "-c", "-O", "qcow2"]).arg(&disk).arg(image))
}

/// Writes the table of the two partitions; the boot code goes before it in the same sector.
fn partition(disk: &Path) -> Result<()> {
    let sector = |bytes: u64| bytes / 512;
    let table = format!(
        "label: dos\nstart={}, size={}, type=e, bootable\nstart={}, size={}, type=83\n",
        sector(BOOT_START),
        sector(BOOT_SIZE),
        sector(ROOT_START),
        sector(ROOT_SIZE)
    );
    let mut sfdisk = argv("sfdisk", ["--quiet"]).arg(disk).stdin(Stdio::piped()).spawn()?;
    sfdisk.stdin.take().context("sfdisk takes no table")?.write_all(table.as_bytes())?;
    if !sfdisk.wait()?.success() {
        bail!("sfdisk cannot partition {}", disk.display());
    }
    Ok(())
}
