//! One test for each class of hole that real clouds had with images; they stay for ever.

use std::io::Cursor;

use super::super::{Rejection, inspect};
use super::builder::{File, at, qcow2};
use super::{check, inspected, refused};

/// Class 1: a backing file makes the host's files the guest's disk (OSSA-2014-009, 2015-011, 2015-014, 2016-001,
/// 2016-007).
#[test]
fn security_01_backing_file() {
    for version in [2, 3] {
        let said = refused(&qcow2(version).backing_file(b"/etc/shadow").0);
        assert!(said.contains("its backing file \"/etc/shadow\", which is never followed"), "{said}");
    }
    let cases: [(&str, &[u8], &str); 4] = [
        ("a URL", b"nbd://10.0.0.1/secret", "\"nbd://10.0.0.1/secret\""),
        ("pseudo-JSON", b"json:{\"driver\":\"host_device\"}", "\"json:{\"driver\":\"host_device\"}\""),
        ("a terminal escape", b"a\x1b[2Jb\nc", "\"a\u{fffd}[2Jb\u{fffd}c\""),
        ("a bidirectional override", "a\u{202e}b".as_bytes(), "\"a\u{fffd}b\""),
    ];
    for (name, backing, shown) in cases {
        check(name, &qcow2(3).backing_file(backing).0, shown);
    }
    check("a long name", &qcow2(3).backing_file(&[b'x'; 2000]).0, &format!("\"{}…\"", "x".repeat(200)));
    check("a name outside the file", &qcow2(3).be64(at::BACKING_OFFSET, 1 << 50).0, "\"(not named)\"");
    check(
        "a name at the last byte",
        &qcow2(3).be64(at::BACKING_OFFSET, u64::MAX).be32(at::BACKING_SIZE, 9).0,
        "backing file",
    );
    check("an empty name", &qcow2(3).be64(at::BACKING_OFFSET, 1024).0, "\"(not named)\"");
}

/// Class 2: the same by an external data file (OSSA-2024-001, CVE-2024-32498), and by features not known yet.
#[test]
fn security_02_external_data_file() {
    const NAME: u32 = 0x4441_5441;
    let bit = || qcow2(3).be64(at::INCOMPATIBLE, 4);
    check("feature and name", &bit().extension(NAME, b"/etc/shadow").0, "external data file \"/etc/shadow\"");
    check("feature without a name", &bit().0, "external data file \"(not named)\"");
    check("name without the feature", &qcow2(3).extension(NAME, b"/dev/sda").0, "external data file \"/dev/sda\"");
    check("raw external data", &qcow2(3).be64(at::AUTOCLEAR, 2).0, "external data file");
    check("a terminal escape", &bit().extension(NAME, b"\x1b]0;x\x07").0, "\"\u{fffd}]0;x\u{fffd}\"");
    let v2 = qcow2(2).be32(72, NAME).be32(76, 9).bytes(80, b"/dev/sda1");
    check("name in version 2", &v2.0, "external data file \"/dev/sda1\"");
    let behind =
        qcow2(3).extension(0x1234_5678, &[0; 60_000]).be32(60_120, NAME).be32(60_124, 4).bytes(60_128, b"/x/y");
    check("name behind another extension", &behind.0, "external data file \"/x/y\"");
    for bit in 5..64 {
        match inspected(&qcow2(3).be64(at::INCOMPATIBLE, 1 << bit).0) {
            Err(Rejection::UnknownFeatures { bits }) => assert_eq!(bits, [bit]),
            other => panic!("feature bit {bit}: {other:?}"),
        }
    }
}

/// Class 3: a disk that is called raw but holds a qcow2 header, as a guest can write one onto its own disk
/// (OSSA-2024-002, 2024-003, 2026-002). What the first bytes say goes before every other sign.
#[test]
fn security_03_raw_that_is_qcow2() {
    let boot_sector = |file: File| file.bytes(510, b"\x55\xaa");
    let iso = |file: File| file.bytes(32_768, b"\x01CD001\x01");
    let gpt = |file: File| file.bytes(512, b"EFI PART");
    for (name, file) in [
        ("a boot sector", boot_sector(qcow2(3))),
        ("a partition table", gpt(boot_sector(qcow2(3)))),
        ("an ISO 9660 file system", iso(qcow2(3))),
        ("all of them", iso(gpt(boot_sector(qcow2(3))))),
    ] {
        check(name, &file.backing_file(b"/etc/shadow").0, "backing file \"/etc/shadow\"");
    }
    let header_only = boot_sector(File::zeros(1 << 20)).bytes(0, b"QFI\xfb\0\0\0\x03");
    check("a header on a raw disk", &header_only.0, "damaged");
    for (magic, expected) in [
        (&b"KDMV"[..], "damaged"),
        (b"vhdxfile", "damaged"),
        (b"conectix", "damaged"),
        (b"QED\0", "not accepted yet"),
        (b"WithoutFreeSpace", "not accepted yet"),
    ] {
        let file = iso(boot_sector(File::zeros(1 << 20))).bytes(0, magic);
        check("another format on a raw disk", &file.0, expected);
    }
}

/// Class 4: a VMDK descriptor is text that names any file (OSSA-2023-002, OSSA-2024-002), in every spelling that
/// QEMU's prober takes.
#[test]
fn security_04_vmdk_descriptor() {
    const EXTENT: &str = "createType=\"monolithicFlat\"\nRW 2048 FLAT \"/etc/shadow\" 0\n";
    for start in [
        "# Disk DescriptorFile\nversion=1\n",
        "# disk descriptorfile\r\nversion=1\r\n",
        "# Disk DescriptorFile\n",
        "version=1\n",
        "version=3\r\n",
        "# a comment\n#\n\n   \nversion=2\n",
    ] {
        let text = format!("{start}{EXTENT}");
        check(start, text.as_bytes(), "a VMDK image, which is not accepted yet");
        let on_disk = File::zeros(1 << 20).bytes(0, text.as_bytes()).bytes(510, b"\x55\xaa");
        check("with a boot sector's signature", &on_disk.0, "a VMDK image");
        let on_iso = on_disk.bytes(32_768, b"\x01CD001\x01");
        check("with an ISO 9660 file system", &on_iso.0, "a VMDK image");
    }
}

/// Class 5, as far as this file goes: a file that is smaller than it was said to be, and one that cannot be read.
#[test]
fn security_05_a_length_that_is_not_true() {
    let file = qcow2(3).0;
    let too_long = inspect(Cursor::new(&file[..1000]), file.len() as u64);
    assert!(matches!(too_long, Err(Rejection::Unreadable(_))), "{too_long:?}");
}
