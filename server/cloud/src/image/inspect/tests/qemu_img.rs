//! The same questions put to files that `qemu-img` itself makes, and to what it says of ours.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use tempfile::TempDir;

use super::super::{Format, Rejection, Verdict, inspect};
use super::builder;

const MIB: u64 = 1 << 20;

struct Lab(TempDir);

impl Lab {
    /// None, said aloud, on a machine without `qemu-img`.
    fn open() -> Option<Self> {
        if Command::new("qemu-img").arg("--version").output().is_err() {
            eprintln!("not run: qemu-img is not installed");
            return None;
        }
        Some(Self(tempfile::tempdir().unwrap()))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs `qemu-img` in the laboratory; file names are relative to it.
    #[track_caller]
    fn run(&self, arguments: &[&str]) {
        let output = Command::new("qemu-img").args(arguments).current_dir(self.0.path()).output().unwrap();
        assert!(output.status.success(), "qemu-img {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn inspect(&self, name: &str) -> Result<Verdict, Rejection> {
        let file = File::open(self.path(name)).unwrap();
        let len = file.metadata().unwrap().len();
        inspect(file, len)
    }

    #[track_caller]
    fn accepts(&self, name: &str, format: Format, virtual_size: u64) {
        let verdict = self.inspect(name).unwrap_or_else(|rejection| panic!("{name}: {rejection}"));
        assert_eq!((verdict.format, verdict.virtual_size), (format, virtual_size), "{name}");
    }

    #[track_caller]
    fn refuses(&self, name: &str, expected: &str) {
        let said = match self.inspect(name) {
            Ok(verdict) => format!("{verdict:?}"),
            Err(rejection) => rejection.to_string(),
        };
        assert!(said.contains(expected), "{name}: expected {expected:?}, got {said:?}");
    }

    /// A raw disk of 8 MiB and one odd sector: a partition table, random data that does not compress, and holes.
    fn raw_disk(&self) -> u64 {
        let len = 8 * MIB + 512;
        let mut data = vec![0; 3 * MIB as usize + 4096];
        StdRng::seed_from_u64(1).fill_bytes(&mut data);
        let table = [&[0, 0, 0, 0, 0x83, 0, 0, 0][..], &64_u32.to_le_bytes(), &8192_u32.to_le_bytes()].concat();
        let file = OpenOptions::new().write(true).create(true).truncate(true).open(self.path("disk.raw")).unwrap();
        file.set_len(len).unwrap();
        file.write_all_at(&table, 446).unwrap();
        file.write_all_at(b"\x55\xaa", 510).unwrap();
        file.write_all_at(&data, MIB).unwrap();
        file.write_all_at(&data[..4096], len - 4096).unwrap();
        len
    }
}

#[test]
fn what_is_built_here_is_what_qemu_means() {
    let Some(lab) = Lab::open() else { return };
    for version in [2, 3] {
        fs::write(lab.path("built.qcow2"), builder::qcow2(version).0).unwrap();
        lab.run(&["check", "-f", "qcow2", "built.qcow2"]);
    }
}

#[test]
fn every_kind_of_qcow2_is_accepted() {
    let Some(lab) = Lab::open() else { return };
    let len = lab.raw_disk();
    lab.accepts("disk.raw", Format::Raw, len);
    for options in [
        "compat=0.10",
        "compat=1.1",
        "cluster_size=512",
        "cluster_size=4k",
        "cluster_size=2M",
        "lazy_refcounts=on",
        "refcount_bits=1",
        "refcount_bits=64",
        "compression_type=zstd",
        "extended_l2=on",
        "extended_l2=on,cluster_size=16k",
        "preallocation=metadata",
        "preallocation=falloc",
        "preallocation=full",
        "compat=0.10,preallocation=metadata,cluster_size=1k",
    ] {
        lab.run(&["create", "-q", "-f", "qcow2", "-o", options, "empty.qcow2", "20M"]);
        lab.accepts("empty.qcow2", Format::Qcow2, 20 * MIB);
        fs::remove_file(lab.path("empty.qcow2")).unwrap();
        lab.run(&["convert", "-f", "raw", "-O", "qcow2", "-o", options, "disk.raw", "full.qcow2"]);
        lab.accepts("full.qcow2", Format::Qcow2, len);
        if !options.contains("preallocation") {
            lab.run(&["convert", "-c", "-f", "raw", "-O", "qcow2", "-o", options, "disk.raw", "small.qcow2"]);
            lab.accepts("small.qcow2", Format::Qcow2, len);
        }
    }
}

#[test]
fn images_with_a_history_are_accepted() {
    let Some(lab) = Lab::open() else { return };
    let len = lab.raw_disk();
    lab.run(&["convert", "-f", "raw", "-O", "qcow2", "disk.raw", "used.qcow2"]);
    for name in ["before", "after", "이름"] {
        lab.run(&["snapshot", "-c", name, "used.qcow2"]);
        lab.accepts("used.qcow2", Format::Qcow2, len);
    }
    lab.run(&["snapshot", "-a", "after", "used.qcow2"]);
    lab.run(&["snapshot", "-d", "before", "used.qcow2"]);
    lab.accepts("used.qcow2", Format::Qcow2, len);
    lab.run(&["bitmap", "--add", "used.qcow2", "since-yesterday"]);
    lab.run(&["resize", "-q", "-f", "qcow2", "used.qcow2", "3T"]);
    lab.accepts("used.qcow2", Format::Qcow2, 3 << 40);
    lab.run(&["check", "-q", "-f", "qcow2", "used.qcow2"]);
}

#[test]
fn images_that_need_other_files_or_keys_are_refused() {
    let Some(lab) = Lab::open() else { return };
    lab.raw_disk();
    for compat in ["compat=0.10", "compat=1.1"] {
        lab.run(&["create", "-q", "-f", "qcow2", "-o", compat, "-b", "disk.raw", "-F", "raw", "overlay.qcow2"]);
        lab.refuses("overlay.qcow2", "backing file \"disk.raw\"");
    }
    lab.run(&["create", "-q", "-f", "qcow2", "-o", "data_file=data.raw", "split.qcow2", "1G"]);
    lab.refuses("split.qcow2", "external data file \"data.raw\"");
    lab.run(&["create", "-q", "-f", "qcow2", "-o", "data_file=data.raw,data_file_raw=on", "split.qcow2", "1G"]);
    lab.refuses("split.qcow2", "external data file \"data.raw\"");
    let secret = ["--object", "secret,id=key,data=abcdefgh"];
    let iterations = "encrypt.format=luks,encrypt.key-secret=key,encrypt.iter-time=10";
    lab.run(&[&["create", "-q", "-f", "qcow2"][..], &secret, &["-o", iterations, "locked.qcow2", "16M"]].concat());
    lab.refuses("locked.qcow2", "encrypted (LUKS)");
    let aes = "encrypt.format=aes,encrypt.key-secret=key";
    lab.run(&[&["create", "-q", "-f", "qcow2"][..], &secret, &["-o", aes, "locked.qcow2", "16M"]].concat());
    lab.refuses("locked.qcow2", "encrypted (AES)");
    lab.run(
        &[&["create", "-q", "-f", "luks"][..], &secret, &["-o", "key-secret=key,iter-time=10", "locked", "16M"]]
            .concat(),
    );
    lab.refuses("locked", "encrypted (LUKS)");
}

#[test]
fn other_formats_are_refused() {
    let Some(lab) = Lab::open() else { return };
    lab.raw_disk();
    for (driver, options, expected) in [
        ("vmdk", "subformat=monolithicFlat", "a VMDK image"),
        ("vmdk", "subformat=twoGbMaxExtentFlat", "a VMDK image"),
        ("vmdk", "subformat=twoGbMaxExtentSparse", "a VMDK image"),
        ("qed", "cluster_size=64k", "a QED image"),
        ("parallels", "cluster_size=1M", "a Parallels image"),
        ("qcow", "encryption=off", "qcow2 version 1"),
    ] {
        let name = format!("{driver}.image");
        lab.run(&["create", "-q", "-f", driver, "-o", options, &name, "16M"]);
        lab.refuses(&name, expected);
    }
    // A part of a split disk, by itself.
    lab.run(&["create", "-q", "-f", "vmdk", "-o", "subformat=twoGbMaxExtentSparse", "split.vmdk", "16M"]);
    lab.refuses("split-s001.vmdk", "names other files");
    lab.run(&["create", "-q", "-f", "vmdk", "base.vmdk", "16M"]);
    lab.run(&["create", "-q", "-f", "vmdk", "-b", "base.vmdk", "-F", "vmdk", "top.vmdk"]);
    lab.refuses("top.vmdk", "backing file \"base.vmdk\"");
}

/// Those that are converted: empty and with data.
#[test]
fn every_kind_that_is_converted_is_accepted() {
    let Some(lab) = Lab::open() else { return };
    let len = lab.raw_disk();
    for (driver, options, format) in [
        ("vmdk", "subformat=monolithicSparse", Format::Vmdk),
        ("vmdk", "subformat=streamOptimized", Format::Vmdk),
        ("vpc", "subformat=dynamic,force_size=on", Format::Vhd),
        ("vpc", "subformat=fixed,force_size=on", Format::Vhd),
        ("vhdx", "subformat=dynamic", Format::Vhdx),
        ("vhdx", "subformat=fixed", Format::Vhdx),
        ("vdi", "static=off", Format::Vdi),
        ("vdi", "static=on", Format::Vdi),
    ] {
        let name = format!("made.{driver}");
        lab.run(&["convert", "-f", "raw", "-O", driver, "-o", options, "disk.raw", &name]);
        let verdict = lab.inspect(&name).unwrap_or_else(|rejection| panic!("{driver} {options}: {rejection}"));
        assert_eq!(verdict.format, format, "{driver} {options}");
        assert!((len..len + 2 * MIB).contains(&verdict.virtual_size), "{driver} {options}: {}", verdict.virtual_size);
        // Cut short it is another file, or none.
        let file = OpenOptions::new().write(true).open(lab.path(&name)).unwrap();
        file.set_len(MIB).unwrap();
        assert!(lab.inspect(&name).is_err(), "{driver} {options}: accepted at 1 MiB");
        lab.run(&["create", "-q", "-f", driver, "-o", options, &name, "16M"]);
        let verdict = lab.inspect(&name);
        // A stream has its end only when it has been written.
        if options != "subformat=streamOptimized" {
            assert_eq!(verdict.unwrap().format, format, "{driver} {options}, empty");
        }
    }
}

/// Shorter by a cluster or more, an image has lost something, wherever it breaks off.
#[test]
fn a_truncated_image_is_refused() {
    let Some(lab) = Lab::open() else { return };
    lab.raw_disk();
    lab.run(&["convert", "-f", "raw", "-O", "qcow2", "disk.raw", "cut.qcow2"]);
    let path = lab.path("cut.qcow2");
    let len = fs::metadata(&path).unwrap().len();
    for len in (0..=len - 64 * 1024).rev().step_by(96 * 1024) {
        OpenOptions::new().write(true).open(&path).unwrap().set_len(len).unwrap();
        assert!(lab.inspect("cut.qcow2").is_err(), "accepted at {len} bytes");
    }
}

#[test]
fn ten_gigabytes_take_no_time() {
    let Some(lab) = Lab::open() else { return };
    lab.run(&["create", "-q", "-f", "qcow2", "sparse.qcow2", "10G"]);
    // The fastest of several, so that a busy machine does not fail the test.
    let inspection = || {
        let start = Instant::now();
        lab.accepts("sparse.qcow2", Format::Qcow2, 10 << 30);
        start.elapsed()
    };
    let time = (0..5).map(|_| inspection()).min().unwrap();
    assert!(time < Duration::from_millis(50), "{time:?}");
    // Fully allocated, its tables are all that is read: an entry of 8 bytes for each of 163,840 clusters.
    lab.run(&["create", "-q", "-f", "qcow2", "-o", "preallocation=metadata", "allocated.qcow2", "10G"]);
    let bytes_read = lab.inspect("allocated.qcow2").unwrap().bytes_read;
    assert!((163_840 * 8..2 * MIB).contains(&bytes_read), "{bytes_read}");
}
