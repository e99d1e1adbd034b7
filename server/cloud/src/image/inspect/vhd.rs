//! VHD (QEMU's `vpc`): fixed, a raw disk with a footer, or dynamic. One that holds only the differences to another file is refused. Numbers
//! are big-endian.

use super::Rejection;
use super::source::{Source, field, stands_at};
use std::io::{Read, Seek};

pub(super) const MAGIC: &[u8] = b"conectix";
pub(super) const FOOTER: u64 = 512;

const FIXED: u32 = 2;
const DYNAMIC: u32 = 3;
const DIFFERENCING: u32 = 4;
/// An entry of the block table that stands for nothing.
const UNUSED: u32 = u32::MAX;

fn damaged(what: impl Into<String>) -> Rejection {
    Rejection::Damaged { what: what.into() }
}

/// The ones' complement of the sum of all bytes but the sum's own.
fn sums(bytes: &[u8], at: usize) -> bool {
    let own = at..at + 4;
    let others = bytes.iter().enumerate().filter(|(n, _)| !own.contains(n)).map(|(_, byte)| u32::from(*byte));
    field(bytes, at).map(u32::from_be_bytes) == Some(!others.sum::<u32>())
}

/// The size of the disk in bytes, and the words for the kind. The footer stands at the end, and a dynamic disk has a copy at the beginning.
pub(super) fn inspect<R: Read + Seek>(source: &mut Source<R>, head: &[u8]) -> Result<(u64, &'static str), Rejection> {
    let end = source.len().saturating_sub(FOOTER);
    let footer = if head.starts_with(MAGIC) {
        source.read("VHD footer", 0, FOOTER)?
    } else {
        source.read("VHD footer", end, FOOTER)?
    };
    let be32 = |at| field(&footer, at).map(u32::from_be_bytes).unwrap_or_default();
    let be64 = |at| field(&footer, at).map(u64::from_be_bytes).unwrap_or_default();
    if !footer.starts_with(MAGIC) || !sums(&footer, 64) {
        return Err(damaged("its VHD footer does not add up"));
    }
    let size = be64(48);
    super::check_size(size)?;
    match be32(60) {
        FIXED if head.starts_with(MAGIC) => Err(damaged("its VHD footer stands at the wrong end")),
        FIXED if size > end => Err(Rejection::Truncated { what: "VHD", needs: size + FOOTER, has: source.len() }),
        FIXED => Ok((size, "VHD, fixed size")),
        DYNAMIC => {
            dynamic(source, be64(16), size)?;
            Ok((size, "VHD, dynamic size"))
        }
        DIFFERENCING => Err(Rejection::BackingFile { name: "(not named)".to_owned() }),
        kind => Err(damaged(format!("its kind of VHD ({kind}) is unknown"))),
    }
}

fn dynamic<R: Read + Seek>(source: &mut Source<R>, at: u64, size: u64) -> Result<(), Rejection> {
    let header = source.read("VHD header", at, 1024)?;
    let be32 = |at| field(&header, at).map(u32::from_be_bytes).unwrap_or_default();
    if !header.starts_with(b"cxsparse") || !sums(&header, 36) {
        return Err(damaged("its VHD header does not add up"));
    }
    // A parent's identity or a place to look for it.
    if !stands_at(&header, 40, &[0; 16])
        || !stands_at(&header, 64, &[0; 512])
        || header[576..768].iter().any(|byte| *byte != 0)
    {
        return Err(Rejection::BackingFile { name: "(not named)".to_owned() });
    }
    let (entries, block) = (u64::from(be32(28)), u64::from(be32(32)));
    let table = field(&header, 16).map(u64::from_be_bytes).unwrap_or_default();
    if !block.is_power_of_two() || !(512..=256 << 20).contains(&block) || entries.saturating_mul(block) < size {
        return Err(damaged("its blocks have an impossible size"));
    }
    // One bit for each sector, in whole sectors.
    let bitmap = (block / 512).div_ceil(8).next_multiple_of(512);
    let needed = size.div_ceil(block);
    let bytes = source.read("VHD block table", table, needed * 4)?;
    let (entries, _) = bytes.as_chunks::<4>();
    for entry in entries.iter().map(|entry| u32::from_be_bytes(*entry)).filter(|entry| *entry != UNUSED) {
        let end = u64::from(entry) * 512 + bitmap + block;
        if end > source.len() {
            return Err(Rejection::Truncated { what: "VHD block", needs: end, has: source.len() });
        }
    }
    Ok(())
}
