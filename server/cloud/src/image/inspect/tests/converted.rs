//! Crafted files of the formats that are converted: what leads out of the file is refused, whatever else it says.

use super::builder::File;
use super::{check, inspected};
use crate::image::inspect::Format;

const SECTOR: u64 = 512;

/// A VMDK of 1 MiB whose descriptor is the given text.
pub(in crate::image) fn vmdk(descriptor: &str) -> File {
    let mut file = File::zeros(64 << 10).bytes(0, b"KDMV").bytes(512, descriptor.as_bytes());
    for (at, value) in [(4, 1_u32), (8, 3), (44, 512)] {
        file = file.bytes(at, &value.to_le_bytes());
    }
    // Capacity, grain, descriptor and its size, redundant directory, directory, overhead: in sectors.
    for (at, value) in [(12, 2048_u64), (20, 128), (28, 1), (36, 20), (48, 0), (56, 26), (64, 128)] {
        file = file.bytes(at, &value.to_le_bytes());
    }
    file.bytes(73, b"\n \r\n").bytes(26 * SECTOR, &32_u32.to_le_bytes())
}

pub(in crate::image) const SOUND: &str = "# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType=\"monolithicSparse\"\n\
                         RW 2048 SPARSE \"disk.vmdk\"\n";

#[test]
fn a_sound_vmdk() {
    let verdict = inspected(&vmdk(SOUND).0).unwrap();
    assert_eq!((verdict.format, verdict.virtual_size), (Format::Vmdk, 1 << 20));
    assert_eq!(verdict.evidence, "VMDK monolithicSparse");
}

/// Class 4: an extent may be any file of the host (OSSA-2023-002, OSSA-2024-002).
#[test]
fn security_04_vmdk_extents_and_parents() {
    let with = |from: &str, to: &str| vmdk(&SOUND.replace(from, to)).0;
    let out = "names other files";
    check("flat", &with("SPARSE \"disk.vmdk\"", "FLAT \"/etc/shadow\" 0"), out);
    check("a device", &with("SPARSE \"disk.vmdk\"", "VMFSRDM \"/dev/sda\""), out);
    check("two extents", &with("RW 2048", "RW 1 FLAT \"/etc/shadow\" 0\nRW 2048"), out);
    check("lower case", &with("RW 2048 SPARSE", "rw 2048 flat"), out);
    check("no extent", &with("RW 2048 SPARSE \"disk.vmdk\"\n", ""), out);
    check("flat by its kind", &with("monolithicSparse", "monolithicFlat"), out);
    check("a kind that is unknown", &with("monolithicSparse", "custom"), out);
    check("no kind", &with("createType", "createKind"), out);
    check("no size", &vmdk(SOUND).bytes(12, &[0; 8]).0, out);
    check("no descriptor", &vmdk(SOUND).bytes(28, &[0; 8]).0, out);
    let backing = "backing file \"/etc/shadow\"";
    check("a parent", &with("ffffffff\n", "ffffffff\nparentFileNameHint=\"/etc/shadow\"\n"), backing);
    check("a parent's number", &with("ffffffff", "00000001"), "backing file \"(not named)\"");
    check("hidden in a comment", &with("version=1", "# parentFileNameHint=\"/etc/shadow\""), "backing file");
    let behind = vmdk(SOUND).bytes(512 + 600, b"\nparentFileNameHint=\"/etc/shadow\"\n").0;
    check("behind the descriptor's end", &behind, "ok");
}

#[test]
fn vmdk_that_cannot_be() {
    check("a grain table outside", &vmdk(SOUND).bytes(26 * SECTOR, &u32::MAX.to_le_bytes()).0, "grain table reaches");
    check("a directory outside", &vmdk(SOUND).bytes(56, &(1_u64 << 60).to_le_bytes()).0, "grain directory");
    check("no footer", &vmdk(SOUND).bytes(56, &u64::MAX.to_le_bytes()).0, "its footer is missing");
    check("a grain of 3", &vmdk(SOUND).bytes(20, &3_u64.to_le_bytes()).0, "grains have an impossible size");
    check("exabytes", &vmdk(SOUND).bytes(12, &(1_u64 << 50).to_le_bytes()).0, "is the most that is accepted");
    check("open", &vmdk(SOUND).bytes(72, &[1]).0, "not closed cleanly");
    check("a huge descriptor", &vmdk(SOUND).bytes(36, &(1_u64 << 40).to_le_bytes()).0, "descriptor has an impossible");
    check("a new version", &vmdk(SOUND).bytes(4, &9_u32.to_le_bytes()).0, "version 9 is unknown");
}

/// A VHD's footer with its sum.
fn vhd_footer(kind: u32, header_at: u64, size: u64) -> Vec<u8> {
    let mut footer = vec![0; 512];
    footer[..8].copy_from_slice(b"conectix");
    footer[16..24].copy_from_slice(&header_at.to_be_bytes());
    footer[48..56].copy_from_slice(&size.to_be_bytes());
    footer[60..64].copy_from_slice(&kind.to_be_bytes());
    let sum = !footer.iter().map(|byte| u32::from(*byte)).sum::<u32>();
    footer[64..68].copy_from_slice(&sum.to_be_bytes());
    footer
}

#[test]
fn vhd_kinds() {
    let file = |footer: Vec<u8>| [vec![0; 1 << 20], footer].concat();
    let verdict = inspected(&file(vhd_footer(2, u64::MAX, 1 << 20))).unwrap();
    assert_eq!((verdict.format, verdict.virtual_size), (Format::Vhd, 1 << 20));
    check("differences", &file(vhd_footer(4, 512, 1 << 20)), "backing file");
    check("a kind of its own", &file(vhd_footer(9, 512, 1 << 20)), "kind of VHD (9)");
    check("larger than the file", &file(vhd_footer(2, u64::MAX, 2 << 20)), "cut short");
    check("a header outside", &file(vhd_footer(3, 1 << 50, 1 << 20)), "VHD header reaches");
    check("no header", &file(vhd_footer(3, 512, 1 << 20)), "VHD header does not add up");
    let mut spoiled = vhd_footer(2, u64::MAX, 1 << 20);
    spoiled[55] ^= 1;
    check("another sum", &file(spoiled), "VHD footer does not add up");
    check("no size", &file(vhd_footer(2, u64::MAX, 0)), "size of zero");
}

/// A dynamic VDI of 2 MiB with one block.
fn vdi() -> File {
    let mut file = File::zeros(3 << 20).bytes(0, b"<<< a disk >>>").bytes(64, b"\x7f\x10\xda\xbe");
    let words = [
        (68, 0x0001_0001),
        (72, 400),
        (76, 1),
        (340, 512),
        (344, 1024),
        (360, 512),
        (376, 1 << 20),
        (384, 2),
        (388, 1),
    ];
    for (at, value) in words {
        file = file.bytes(at, &(value as u32).to_le_bytes());
    }
    file.bytes(368, &(2_u64 << 20).to_le_bytes()).bytes(516, &u32::MAX.to_le_bytes())
}

#[test]
fn vdi_kinds() {
    let verdict = inspected(&vdi().0).unwrap();
    assert_eq!((verdict.format, verdict.virtual_size), (Format::Vdi, 2 << 20));
    let with = |at: u64, value: u32| vdi().bytes(at, &value.to_le_bytes()).0;
    check("differences", &with(76, 4), "backing file");
    check("a parent", &with(440, 7), "backing file");
    check("a link", &with(424, 7), "backing file");
    check("a version", &with(68, 5), "version 0x5 is unknown");
    check("a kind", &with(76, 9), "kind of VDI (9)");
    check("a map outside", &with(340, 0xffff_fe00), "block map");
    check("a block outside", &with(512, 1), "outside its blocks");
    check("many blocks", &with(384, u32::MAX), "impossible things");
    check(
        "a block behind the end",
        &vdi().bytes(388, &2_u32.to_le_bytes()).bytes(344, &(3_u32 << 20).to_le_bytes()).0,
        "VDI block",
    );
}
