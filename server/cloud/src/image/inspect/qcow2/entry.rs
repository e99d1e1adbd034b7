//! The entries of the tables, one at a time.

/// Bits 9 to 55, which hold the offset in entries of L1 tables and of standard clusters.
const OFFSET: u64 = 0x00ff_ffff_ffff_fe00;
/// Bit 63 of L1 and L2 entries: the reference count is exactly one.
const COPIED: u64 = 1 << 63;
const COMPRESSED: u64 = 1 << 62;
const ZERO: u64 = 1 << 0;

/// How L2 entries are to be read.
pub(super) struct Layout {
    pub(super) cluster_bits: u32,
    /// Bit 0 says "reads as zeros": version 3 without extended entries.
    pub(super) has_zero_flag: bool,
}

/// The part of the file in which a cluster of the guest lies, in bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) start: u64,
    pub(super) size: u64,
}

/// The offset of the L2 table, 0 if there is none.
pub(super) fn l1(entry: u64) -> Result<u64, &'static str> {
    if entry & !(OFFSET | COPIED) != 0 { Err("reserved bits are set in its L1 table") } else { Ok(entry & OFFSET) }
}

/// The offset of the reference count block, 0 if there is none.
pub(super) fn refcount(entry: u64) -> Result<u64, &'static str> {
    if entry & 0x1ff != 0 { Err("reserved bits are set in its refcount table") } else { Ok(entry) }
}

/// Where the cluster lies; none if it is not allocated. `bitmap` is the second half of an extended entry, else 0.
pub(super) fn l2(entry: u64, bitmap: u64, layout: &Layout) -> Result<Option<Extent>, &'static str> {
    if entry & COMPRESSED != 0 {
        return compressed(entry, bitmap, layout.cluster_bits).map(Some);
    }
    let zero = if layout.has_zero_flag { ZERO } else { 0 };
    if entry & !(OFFSET | COPIED | zero) != 0 {
        return Err("reserved bits are set in its L2 table");
    }
    let (allocated, zeroed) = (bitmap as u32, (bitmap >> 32) as u32);
    if allocated & zeroed != 0 {
        return Err("a subcluster is both allocated and zero");
    }
    match entry & OFFSET {
        0 if entry & COPIED != 0 || allocated != 0 => Err("an allocated cluster has no place in the file"),
        0 => Ok(None),
        start if start & ((1 << layout.cluster_bits) - 1) != 0 => Err("its data is not aligned to clusters"),
        start => Ok(Some(Extent { start, size: 1 << layout.cluster_bits })),
    }
}

fn compressed(entry: u64, bitmap: u64, cluster_bits: u32) -> Result<Extent, &'static str> {
    // "Compressed Clusters Descriptor": x = 62 - (cluster_bits - 8); the offset is below bit x.
    let x = 62 - (cluster_bits - 8);
    let start = entry & ((1 << x) - 1);
    if entry & COPIED != 0 || bitmap != 0 || start >> 56 != 0 {
        return Err("a compressed cluster has reserved bits set");
    }
    let sectors = (entry >> x & ((1 << (cluster_bits - 8)) - 1)) + 1;
    Ok(Extent { start, size: sectors * 512 - (start & 511) })
}
