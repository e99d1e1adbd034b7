//! Files that are something else.

use super::builder::File;
use super::check;

const SIZE: u64 = 1 << 20;

/// Each signature in a file that would otherwise pass for a raw disk.
#[test]
fn signatures() {
    let cases: [(u64, &[u8], &str); 43] = [
        (0, b"KDMV", "its VMDK version 0 is unknown"),
        (0, b"COWD", "a VMDK image, which is not accepted yet. Convert it: qemu-img convert -O qcow2"),
        (0, b"\xbe\xba\xfe\xca\0\0\0\0", "a VMDK image"),
        (0, b"# Disk DescriptorFile\nversion=1\n", "a VMDK image"),
        (0, b"conectix", "its VHD footer does not add up"),
        (SIZE - 512, b"conectix", "its VHD footer does not add up"),
        (SIZE - 511, b"conectix", "a VHD image"),
        (0, b"vhdxfile", "neither of its VHDX headers adds up"),
        (64, b"\x7f\x10\xda\xbe", "its VDI version 0x0 is unknown"),
        (0, b"QED\0", "a QED image"),
        (0, b"WithoutFreeSpace", "a Parallels image"),
        (0, b"WithouFreSpacExt", "a Parallels image"),
        (0, b"Bochs Virtual HD Image", "a Bochs image"),
        (SIZE - 512, b"koly", "Apple disk (DMG)"),
        (0, b"\x3a\xff\x26\xed", "Android sparse"),
        (0, b"MSWIM\0\0\0", "Windows imaging"),
        (0, b"LUKS\xba\xbe\0\x01", "encrypted (LUKS)"),
        (0, b"LUKS\xba\xbe\0\x02", "encrypted (LUKS)"),
        (0, b"\x1f\x8b\x08", "compressed with gzip. Decompress it first (gunzip FILE)"),
        (0, b"\xfd7zXZ\0", "compressed with xz"),
        (0, b"\x28\xb5\x2f\xfd", "compressed with Zstandard"),
        (0, b"BZh9", "compressed with bzip2"),
        (0, b"\x04\x22\x4d\x18", "compressed with LZ4"),
        (0, b"PK\x03\x04", "compressed with zip"),
        (0, b"7z\xbc\xaf\x27\x1c", "compressed with 7-Zip"),
        (0, b"Rar!\x1a\x07", "compressed with RAR"),
        (257, b"ustar", "a tar archive (OVA appliances are such), not a disk image. Unpack it"),
        (0, b"070701", "a cpio archive"),
        (0, b"070707", "a cpio archive"),
        (0, b"!<arch>\n", "a package"),
        (0, b"\xed\xab\xee\xdb", "an RPM package"),
        (0, b"\x7fELF\x02", "a Linux program"),
        (0, b"MZ\x90\0", "a Windows or EFI program"),
        (0, b"\xcf\xfa\xed\xfe", "a macOS program"),
        (0, b"\xca\xfe\xba\xbe", "a macOS program or a Java class"),
        (0, b"\x89PNG\r\n\x1a\n", "a PNG picture, not a disk image"),
        (0, b"\xff\xd8\xff\xe0", "a JPEG picture"),
        (0, b"GIF89a", "a GIF picture"),
        (0, b"%PDF-1.7", "a PDF document"),
        (0, b"SQLite format 3\0", "an SQLite database"),
        (0, b"hsqs", "a squashfs file system"),
        (0, b"\0\0\0\x18ftypmp42", "a video"),
        (0, b"\xeb\x63\x90", "ok"),
    ];
    for (at, magic, expected) in cases {
        let file = File::zeros(SIZE).bytes(510, b"\x55\xaa").bytes(at, magic);
        check(&String::from_utf8_lossy(magic), &file.0, expected);
    }
}

#[test]
fn text() {
    let cut_character = format!("{}é", "a".repeat(511));
    let cases: [(&[u8], &str); 9] = [
        (b"hello\n", "is text, not a disk image"),
        (b"#!/bin/sh\necho hello\n", "is text"),
        (b"{\"error\": \"not found\"}", "is text"),
        (b"<?xml version=\"1.0\"?><Envelope/>", "is text"),
        (b"<!DOCTYPE html><title>404</title>", "a web page, not a disk image. The download was answered"),
        ("\u{feff}\r\n <HTML>".as_bytes(), "a web page"),
        ("이것은 디스크가 아니다".as_bytes(), "is text"),
        (cut_character.as_bytes(), "is text"),
        (b"\xffhello", "only 6 bytes"),
    ];
    for (file, expected) in cases {
        check(&String::from_utf8_lossy(file), file, expected);
    }
}
