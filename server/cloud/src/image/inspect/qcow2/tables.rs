//! The tables, followed from the header down to where each cluster of the guest lies.

use std::io::{Read, Seek};

use super::super::Rejection;
use super::super::source::{Source, field};
use super::entry::{self, Layout};
use super::map::Map;
use super::{EXTENDED_L2, Header, damaged};

/// QEMU's limits on tables (`QCOW_MAX_L1_SIZE`, `QCOW_MAX_REFTABLE_SIZE`), in bytes.
const LARGEST_L1: u64 = 32 << 20;
const LARGEST_REFCOUNT_TABLE: u64 = 8 << 20;
/// QEMU's limit on a directory of bitmaps (`BME_MAX_TABLE_SIZE` and others allow 64 MiB), in bytes.
const LARGEST_BITMAP_DIRECTORY: u64 = 64 << 20;
/// QEMU takes 65,536; people have a few.
const MOST_SNAPSHOTS: u32 = 1024;
/// QEMU's `QCOW_MAX_SNAPSHOT_EXTRA_DATA`, in bytes.
const MOST_SNAPSHOT_EXTRA: u64 = 1024;

const L1: &str = "L1 table";
const L2: &str = "L2 table";
const REFCOUNT_TABLE: &str = "refcount table";
const SNAPSHOT_TABLE: &str = "snapshot table";

/// Checks that every table is where it can be, and that every cluster of the guest is in the file and is not a table.
/// Reference counts themselves are left to `qemu-img check`: nothing is ever written to an image, so they decide
/// nothing.
pub(super) fn check<R: Read + Seek>(
    source: &mut Source<R>,
    header: &Header,
    bitmaps: Option<(u64, u64)>,
) -> Result<(), Rejection> {
    let mut map = Map::new(header.cluster_size(), source.len());
    add_refcounts(source, header, &mut map)?;
    add_snapshots(source, header, &mut map)?;
    if let Some((offset, size)) = bitmaps {
        if size > LARGEST_BITMAP_DIRECTORY {
            return Err(damaged(format!("its bitmap directory claims {size} bytes")));
        }
        map.add("bitmap directory", offset, size)?;
    }
    let l2_tables = add_l1(source, header, &mut map)?;
    map.settle()?;
    l2_tables.into_iter().try_for_each(|offset| check_l2(source, header, &map, offset))
}

fn add_refcounts<R: Read + Seek>(source: &mut Source<R>, header: &Header, map: &mut Map) -> Result<(), Rejection> {
    let size = u64::from(header.refcount_clusters) * header.cluster_size();
    if size == 0 || size > LARGEST_REFCOUNT_TABLE {
        return Err(damaged(format!("its refcount table claims {size} bytes")));
    }
    map.add(REFCOUNT_TABLE, header.refcount_offset, size)?;
    for entry in entries(&source.read(REFCOUNT_TABLE, header.refcount_offset, size)?) {
        match entry::refcount(entry).map_err(damaged)? {
            0 => {}
            block => map.add("refcount block", block, header.cluster_size())?,
        }
    }
    Ok(())
}

/// The snapshots' own L1 tables are only placed: no instance ever reads from a snapshot inside an image.
fn add_snapshots<R: Read + Seek>(source: &mut Source<R>, header: &Header, map: &mut Map) -> Result<(), Rejection> {
    const FIXED_PART: u64 = 40;
    if header.snapshots == 0 {
        return Ok(());
    }
    if header.snapshots > MOST_SNAPSHOTS {
        return Err(Rejection::TooManySnapshots { count: header.snapshots });
    }
    let mut at = header.snapshots_offset;
    for _ in 0..header.snapshots {
        let entry = source.read(SNAPSHOT_TABLE, at, FIXED_PART)?;
        let be16 = |at| field(&entry, at).map_or(0, u16::from_be_bytes);
        let be32 = |at| field(&entry, at).map_or(0, u32::from_be_bytes);
        let l1_offset = field(&entry, 0).map_or(0, u64::from_be_bytes);
        let l1_size = u64::from(be32(8)) * 8;
        let extra = u64::from(be32(36));
        if l1_size > LARGEST_L1 || extra > MOST_SNAPSHOT_EXTRA {
            return Err(damaged(format!(
                "a snapshot claims an L1 table of {l1_size} bytes and {extra} bytes of extra data"
            )));
        }
        map.add("L1 table of a snapshot", l1_offset, l1_size)?;
        at += (FIXED_PART + extra + u64::from(be16(12)) + u64::from(be16(14))).next_multiple_of(8);
    }
    map.add(SNAPSHOT_TABLE, header.snapshots_offset, at - header.snapshots_offset)
}

/// Where the L2 tables are.
fn add_l1<R: Read + Seek>(source: &mut Source<R>, header: &Header, map: &mut Map) -> Result<Vec<u64>, Rejection> {
    let size = u64::from(header.l1_size) * 8;
    if size > LARGEST_L1 {
        return Err(damaged(format!("its L1 table claims {size} bytes")));
    }
    if u64::from(header.l1_size) < header.size.div_ceil(header.mapped_by_l2()) {
        return Err(damaged("its L1 table is too small for the size of its disk"));
    }
    if size == 0 {
        return Ok(Vec::new());
    }
    map.add(L1, header.l1_offset, size)?;
    let mut l2_tables = Vec::new();
    for entry in entries(&source.read(L1, header.l1_offset, size)?) {
        match entry::l1(entry).map_err(damaged)? {
            0 => {}
            table => {
                map.add(L2, table, header.cluster_size())?;
                l2_tables.push(table);
            }
        }
    }
    Ok(l2_tables)
}

fn check_l2<R: Read + Seek>(source: &mut Source<R>, header: &Header, map: &Map, offset: u64) -> Result<(), Rejection> {
    let extended = header.has(EXTENDED_L2);
    let layout = Layout { cluster_bits: header.cluster_bits, has_zero_flag: header.version >= 3 && !extended };
    let table = source.read(L2, offset, header.cluster_size())?;
    let mut entries = entries(&table);
    while let Some(entry) = entries.next() {
        let bitmap = if extended { entries.next().unwrap_or_default() } else { 0 };
        let Some(extent) = entry::l2(entry, bitmap, &layout).map_err(damaged)? else { continue };
        let end = map.within_file("data", extent.start, extent.size)?;
        if let Some(table) = map.occupant(extent.start, end) {
            return Err(damaged(format!("its data at byte {} lies on its {table}", extent.start)));
        }
    }
    Ok(())
}

fn entries(table: &[u8]) -> impl Iterator<Item = u64> {
    table.as_chunks().0.iter().map(|entry| u64::from_be_bytes(*entry))
}
