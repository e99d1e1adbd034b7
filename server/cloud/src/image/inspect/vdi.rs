//! VDI, version 1.1: dynamic or static. One with a parent is refused. Numbers are little-endian.

use super::Rejection;
use super::source::{Source, field, stands_at};
use std::io::{Read, Seek};

pub(super) const MAGIC: &[u8] = b"\x7f\x10\xda\xbe";
pub(super) const MAGIC_AT: usize = 64;

const VERSION: u32 = 0x0001_0001;
const BLOCK: u64 = 1 << 20;
/// Entries of the block map from here on stand for nothing.
const UNUSED: u32 = 0xffff_fffe;

fn damaged(what: impl Into<String>) -> Rejection {
    Rejection::Damaged { what: what.into() }
}

/// The size of the disk in bytes, and the words for the kind.
pub(super) fn inspect<R: Read + Seek>(source: &mut Source<R>, head: &[u8]) -> Result<(u64, &'static str), Rejection> {
    let header = source.read("VDI header", 0, 512)?;
    let le32 = |at| field(&header, at).map(u32::from_le_bytes).unwrap_or_default();
    debug_assert!(stands_at(head, MAGIC_AT, MAGIC));
    if le32(68) != VERSION {
        return Err(damaged(format!("its VDI version {:#x} is unknown", le32(68))));
    }
    let kind = match le32(76) {
        1 => "VDI, dynamic size",
        2 => "VDI, fixed size",
        3 | 4 => return Err(Rejection::BackingFile { name: "(not named)".to_owned() }),
        kind => return Err(damaged(format!("its kind of VDI ({kind}) is unknown"))),
    };
    // The identities of the file that this one stands on.
    if !stands_at(&header, 424, &[0; 32]) {
        return Err(Rejection::BackingFile { name: "(not named)".to_owned() });
    }
    let (map, data) = (u64::from(le32(340)), u64::from(le32(344)));
    let size = field(&header, 368).map(u64::from_le_bytes).unwrap_or_default();
    let (blocks, allocated) = (u64::from(le32(384)), u64::from(le32(388)));
    super::check_size(size)?;
    let fits = le32(360) == 512 && u64::from(le32(376)) == BLOCK && le32(380) == 0 && size <= blocks * BLOCK;
    if !fits || blocks != size.div_ceil(BLOCK) || map % 512 != 0 || data % 512 != 0 || allocated > blocks {
        return Err(damaged("its VDI header says impossible things"));
    }
    let bytes = source.read("VDI block map", map, blocks * 4)?;
    let (entries, _) = bytes.as_chunks::<4>();
    let used = entries.iter().map(|entry| u32::from_le_bytes(*entry)).filter(|entry| *entry < UNUSED);
    for entry in used.map(u64::from) {
        if entry >= allocated {
            return Err(damaged("its block map points outside its blocks"));
        }
        // The last block may end with the disk.
        let end = data + entry * BLOCK;
        if end >= source.len() {
            return Err(Rejection::Truncated { what: "VDI block", needs: end + BLOCK, has: source.len() });
        }
    }
    Ok((size, kind))
}
