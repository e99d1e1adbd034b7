//! Raw disks and ISO 9660, by what they begin with.

use super::super::Format;
use super::builder::File;
use super::{check, inspected};

const MIB: u64 = 1 << 20;

fn disk() -> File {
    File::zeros(MIB)
}

fn boot_sector() -> File {
    disk().bytes(510, b"\x55\xaa")
}

/// One partition from sector 64 to the end of the disk.
fn mbr(sectors: u32) -> File {
    boot_sector().bytes(450, &[0x83]).le32(454, 64).le32(458, sectors)
}

fn gpt(sector: u64, last: u64) -> File {
    let header = disk().bytes(sector, b"EFI PART").le64(sector + 72, 2).le32(sector + 80, 128).le32(sector + 84, 128);
    header.bytes(2 * sector, &[7; 16]).le64(2 * sector + 32, 64).le64(2 * sector + 40, last)
}

fn fat(sectors: u32) -> File {
    boot_sector().bytes(11, &[0, 2]).le32(32, sectors).bytes(82, b"FAT32   ")
}

fn ext(blocks: u32) -> File {
    disk().bytes(1024 + 0x38, b"\x53\xef").le32(1024 + 0x18, 2).le32(1024 + 4, blocks)
}

fn iso(blocks: u32) -> File {
    disk().bytes(32_768, b"\x01CD001\x01").le32(32_768 + 80, blocks).bytes(32_768 + 128, &[0, 8])
}

fn lvm(size: u64) -> File {
    disk().bytes(512, b"LABELONE").le32(532, 32).bytes(536, b"LVM2 001").le64(512 + 32 + 32, size)
}

fn btrfs(size: u64) -> File {
    disk().bytes(0x1_0040, b"_BHRfS_M").le64(0x1_00d1, size)
}

fn xfs(blocks: u64) -> File {
    disk().bytes(0, b"XFSB").be32(4, 4096).be64(8, blocks)
}

fn ntfs(sectors: u64) -> File {
    boot_sector().bytes(3, b"NTFS    ").bytes(11, &[0, 2]).le64(40, sectors)
}

fn exfat(sectors: u64) -> File {
    boot_sector().bytes(3, b"EXFAT   ").le64(72, sectors).bytes(108, &[9])
}

/// Every structure at the size of the file, one unit beyond it, and by its evidence.
#[test]
fn structures_that_fit_and_that_do_not() {
    let cases = [
        ("MBR partition table", mbr(2048 - 64), mbr(2048 - 63), 1_049_088),
        ("GPT partition table", gpt(512, 2047), gpt(512, 2048), 1_049_088),
        ("GPT partition table", gpt(4096, 255), gpt(4096, 256), 1_052_672),
        ("FAT file system", fat(2048), fat(2049), 1_049_088),
        ("NTFS file system", ntfs(2048), ntfs(2049), 1_049_088),
        ("exFAT file system", exfat(2048), exfat(2049), 1_049_088),
        ("LVM physical volume", lvm(MIB), lvm(MIB + 512), 1_049_088),
        ("XFS file system", xfs(256), xfs(257), 1_052_672),
        ("ext file system", ext(256), ext(257), 1_052_672),
        ("btrfs file system", btrfs(MIB), btrfs(MIB + 4096), 1_052_672),
        ("ISO 9660 file system", iso(512), iso(513), 1_050_624),
    ];
    for (what, fits, too_long, needs) in cases {
        let verdict = inspected(&fits.0).unwrap_or_else(|rejection| panic!("{what}: {rejection}"));
        assert_eq!((verdict.evidence.as_ref(), verdict.virtual_size), (what, MIB));
        assert_eq!(verdict.format, if what.starts_with("ISO") { Format::Iso } else { Format::Raw });
        check(what, &too_long.0, &format!("ends at byte 1048576, but its {what} needs {needs} bytes"));
    }
}

#[test]
fn what_a_disk_begins_with() {
    let cases = [
        ("one sector of zeros", File::zeros(512), "not a disk that can be recognised"),
        ("zeros", disk(), "not a disk that can be recognised"),
        ("less than a sector", File::zeros(511), "only 511 bytes"),
        ("one byte", File::zeros(1), "only 1 bytes"),
        ("nothing", File::zeros(0), "empty"),
        ("a boot sector", boot_sector(), "ok"),
        ("a boot sector alone", boot_sector().resize(512), "ok"),
        ("boot code where partitions would be", mbr(u32::MAX).bytes(446, &[0x90]), "ok"),
        ("a protective MBR for a larger disk", mbr(u32::MAX).bytes(450, &[0xee]), "ok"),
        ("GPT with entries far away", gpt(512, 1 << 60).le64(512 + 72, 1 << 40), "ok"),
        ("GPT at the last number", gpt(512, u64::MAX), "needs 18446744073709551615 bytes"),
        ("GPT goes before a leftover file system", ext(u32::MAX).bytes(512, &gpt(512, 9).0[512..1000]), "ok"),
        ("ext with an absurd block size", ext(256).le32(1024 + 0x18, 60), "not a disk"),
        ("LVM pointing nowhere", lvm(MIB).le32(532, u32::MAX), "not a disk"),
        (
            "an unknown descriptor before the primary one",
            iso(512).bytes(34_816, &iso(512).0[32_768..34_816]).bytes(32_768, &[0]),
            "ok",
        ),
        ("ISO 9660 without a primary descriptor", iso(512).bytes(32_768, &[0]), "not a disk"),
        ("ISO 9660 cut off in its descriptor", iso(512).resize(33_000), "not a disk"),
    ];
    for (name, File(file), expected) in cases {
        check(name, &file, expected);
    }
}

#[test]
fn an_odd_length_is_rounded_up_to_sectors() {
    assert_eq!(inspected(&boot_sector().resize(MIB + 1).0).unwrap().virtual_size, MIB + 512);
}
