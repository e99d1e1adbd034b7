//! Raw disks have no header, so they are known by what a disk begins with: a partition table, a boot sector or a
//! file system.

use super::Found;
use super::source::{field, stands_at};

/// What the disk begins with. Partition tables go before file systems, which may be leftovers of an earlier use of the
/// disk, and a boot sector that merely carries its signature goes last.
pub(super) fn find(head: &[u8]) -> Option<Found> {
    [gpt, fat, ntfs, exfat, mbr, lvm, xfs, ext, btrfs, boot_sector].into_iter().find_map(|known| known(head))
}

fn le16(head: &[u8], at: usize) -> Option<u64> {
    field(head, at).map(u16::from_le_bytes).map(u64::from)
}

fn le32(head: &[u8], at: usize) -> Option<u64> {
    field(head, at).map(u32::from_le_bytes).map(u64::from)
}

fn le64(head: &[u8], at: usize) -> Option<u64> {
    field(head, at).map(u64::from_le_bytes)
}

fn is_sector_size(size: u64) -> bool {
    matches!(size, 512 | 1024 | 2048 | 4096)
}

fn is_boot_sector(head: &[u8]) -> bool {
    stands_at(head, 510, b"\x55\xaa")
}

/// UEFI 2.10 §5.3: the header in the second sector of 512 or 4,096 bytes; the last sector of the last partition must
/// be there. Entries that lie further away than the head, or are of an uncommon size, are left unchecked.
fn gpt(head: &[u8]) -> Option<Found> {
    let sector = [512, 4096].into_iter().find(|sector| stands_at(head, *sector, b"EFI PART"))?;
    let header = head.get(sector..)?;
    let first = le64(header, 72)?.saturating_mul(sector as u64);
    let count = le32(header, 80)? as usize;
    let entries =
        head.get(usize::try_from(first).ok()?..).filter(|_| le32(header, 84) == Some(128)).unwrap_or_default();
    let last_sector = entries
        .chunks_exact(128)
        .take(count)
        .filter(|entry| !stands_at(entry, 0, &[0; 16]))
        .filter_map(|entry| le64(entry, 40))
        .max();
    let needs = last_sector.map_or(0, |last| last.saturating_add(1).saturating_mul(sector as u64));
    Some(Found { what: "GPT partition table", needs })
}

/// The four primary partitions of a master boot record. A protective one (type EE) only stands in for a GPT.
fn mbr(head: &[u8]) -> Option<Found> {
    const EMPTY: u8 = 0;
    const PROTECTIVE: u8 = 0xee;
    let (entries, _) = head.get(446..510)?.as_chunks::<16>();
    let is_table = is_boot_sector(head) && entries.iter().all(|entry| matches!(entry[0], 0 | 0x80));
    let used = entries.iter().filter(|entry| !matches!(entry[4], EMPTY | PROTECTIVE));
    let last = used.filter_map(|entry| Some(le32(entry, 8)? + le32(entry, 12)?)).max().filter(|_| is_table)?;
    Some(Found { what: "MBR partition table", needs: last * 512 })
}

/// A boot sector without a partition table, such as a floppy's or a boot loader's.
fn boot_sector(head: &[u8]) -> Option<Found> {
    is_boot_sector(head).then_some(Found { what: "boot sector", needs: 0 })
}

fn fat(head: &[u8]) -> Option<Found> {
    let sector = le16(head, 11).filter(|size| is_sector_size(*size))?;
    let named = stands_at(head, 54, b"FAT") || stands_at(head, 82, b"FAT32   ");
    let sectors = match le16(head, 19)? {
        0 => le32(head, 32)?,
        sectors => sectors,
    };
    (named && is_boot_sector(head)).then_some(Found { what: "FAT file system", needs: sectors * sector })
}

fn ntfs(head: &[u8]) -> Option<Found> {
    let sector = le16(head, 11).filter(|size| is_sector_size(*size))?;
    let sectors = le64(head, 40).filter(|_| stands_at(head, 3, b"NTFS    ") && is_boot_sector(head))?;
    Some(Found { what: "NTFS file system", needs: sectors.saturating_mul(sector) })
}

fn exfat(head: &[u8]) -> Option<Found> {
    let shift = *head.get(108).filter(|shift| matches!(shift, 9..=12))?;
    let sectors = le64(head, 72).filter(|_| stands_at(head, 3, b"EXFAT   ") && is_boot_sector(head))?;
    Some(Found { what: "exFAT file system", needs: sectors.saturating_mul(1 << shift) })
}

/// An LVM physical volume: its label is in one of the first four sectors, and points to a header that begins with a
/// UUID of 32 bytes and the size of the device.
fn lvm(head: &[u8]) -> Option<Found> {
    let label = (0..4).filter_map(|sector| head.get(sector * 512..)).find(|label| stands_at(label, 0, b"LABELONE"))?;
    let header = le32(label, 20).filter(|_| stands_at(label, 24, b"LVM2 001"))? as usize;
    Some(Found { what: "LVM physical volume", needs: le64(label, header.saturating_add(32))? })
}

fn xfs(head: &[u8]) -> Option<Found> {
    let block = field(head, 4).map(u32::from_be_bytes).filter(|size| matches!(size, 512..=65_536))?;
    let blocks = field(head, 8).map(u64::from_be_bytes).filter(|_| head.starts_with(b"XFSB"))?;
    Some(Found { what: "XFS file system", needs: blocks.saturating_mul(u64::from(block)) })
}

/// ext2, ext3 and ext4: the superblock at byte 1,024.
fn ext(head: &[u8]) -> Option<Found> {
    const INCOMPAT_64BIT: u64 = 0x80;
    let superblock = head.get(1024..)?;
    let shift = le32(superblock, 0x18).filter(|shift| stands_at(superblock, 0x38, b"\x53\xef") && *shift <= 6)?;
    let high = if le32(superblock, 0x60)? & INCOMPAT_64BIT != 0 { le32(superblock, 0x150)? } else { 0 };
    let blocks = high << 32 | le32(superblock, 0x4)?;
    Some(Found { what: "ext file system", needs: blocks.saturating_mul(1024 << shift) })
}

/// The superblock at 64 KiB; the size is this device's own, as a file system may span several.
fn btrfs(head: &[u8]) -> Option<Found> {
    let superblock = head.get(0x1_0000..).filter(|superblock| stands_at(superblock, 0x40, b"_BHRfS_M"))?;
    Some(Found { what: "btrfs file system", needs: le64(superblock, 0xd1)? })
}
