//! VMDK, in the two kinds that are one file and name no other: `monolithicSparse` and `streamOptimized`. A descriptor that names extents may
//! name any path of the host (OSSA-2023-002, OSSA-2024-002), so the embedded one is read too, and must say nothing of the kind. Numbers are
//! little-endian, offsets in sectors.

use super::rejection::shown;
use super::source::{Source, field};
use super::{MAX_READ, Rejection, SECTOR};
use std::io::{Read, Seek};

pub(super) const MAGIC: &[u8] = b"KDMV";

const COMPRESSED: u32 = 1 << 16;
const MARKERS: u32 = 1 << 17;
/// Grain tables lie at the end, behind a footer.
const AT_END: u64 = u64::MAX;
/// The footer's copy of the header lies before the last marker.
const FOOTER: u64 = 2 * SECTOR;
/// The largest descriptor, in sectors; 20 is usual.
const DESCRIPTOR_MAX: u64 = 128;

struct Header {
    version: u32,
    flags: u32,
    capacity: u64,
    grain: u64,
    descriptor: u64,
    descriptor_size: u64,
    entries: u32,
    directory: u64,
    unclean: u8,
    compression: u16,
}

fn parse(bytes: &[u8]) -> Option<Header> {
    let le32 = |at| field(bytes, at).map(u32::from_le_bytes);
    let le64 = |at| field(bytes, at).map(u64::from_le_bytes);
    Some(Header {
        version: le32(4)?,
        flags: le32(8)?,
        capacity: le64(12)?,
        grain: le64(20)?,
        descriptor: le64(28)?,
        descriptor_size: le64(36)?,
        entries: le32(44)?,
        directory: le64(56)?,
        unclean: *bytes.get(72)?,
        compression: field(bytes, 77).map(u16::from_le_bytes)?,
    })
}

fn damaged(what: impl Into<String>) -> Rejection {
    Rejection::Damaged { what: what.into() }
}

/// The size of the disk in bytes, and the words for the kind.
pub(super) fn inspect<R: Read + Seek>(source: &mut Source<R>, head: &[u8]) -> Result<(u64, &'static str), Rejection> {
    let cut_off = Rejection::Truncated { what: "VMDK header", needs: SECTOR, has: source.len() };
    let first = head.get(..SECTOR as usize).and_then(parse).ok_or(cut_off)?;
    if !(1..=3).contains(&first.version) {
        return Err(damaged(format!("its VMDK version {} is unknown", first.version)));
    }
    // A header without a size stands for a descriptor that names other files.
    if first.capacity == 0 || first.descriptor == 0 {
        return Err(Rejection::OtherFiles { what: "VMDK" });
    }
    let compressed = first.flags & COMPRESSED != 0;
    if first.flags >> 18 != 0 || compressed != (first.flags & MARKERS != 0) || first.compression > 1 {
        return Err(damaged("it uses VMDK features that are not known here"));
    }
    if first.unclean != 0 {
        return Err(Rejection::NotClosed);
    }
    let kind = descriptor(source, &first)?;
    let header = match first.directory {
        AT_END => footer(source, &first)?,
        _ => first,
    };
    if !header.grain.is_power_of_two() || !(8..=2048).contains(&header.grain) || header.entries != 512 {
        return Err(damaged("its grains have an impossible size"));
    }
    let size = header.capacity.saturating_mul(SECTOR);
    super::check_size(size)?;
    directory(source, &header)?;
    Ok((size, kind))
}

/// The embedded descriptor: the disk is this file alone.
fn descriptor<R: Read + Seek>(source: &mut Source<R>, header: &Header) -> Result<&'static str, Rejection> {
    if header.descriptor_size == 0 || header.descriptor_size > DESCRIPTOR_MAX {
        return Err(damaged("its descriptor has an impossible size"));
    }
    let (at, size) = (header.descriptor.saturating_mul(SECTOR), header.descriptor_size * SECTOR);
    let bytes = source.read("VMDK descriptor", at, size)?;
    let text = String::from_utf8_lossy(bytes.split(|byte| *byte == 0).next().unwrap_or_default()).into_owned();
    let value = |key: &str| {
        let of = |line: &str| {
            let (name, value) = line.split_once('=')?;
            name.trim().eq_ignore_ascii_case(key).then(|| value.trim().trim_matches('"').to_owned())
        };
        text.lines().find_map(of)
    };
    let parent = value("parentCID").unwrap_or_default().to_ascii_lowercase();
    // Wherever it stands: QEMU looks for the word, not for the line.
    if text.to_ascii_lowercase().contains("parentfilenamehint") || !matches!(parent.as_str(), "" | "ffffffff") {
        let name = value("parentFileNameHint").map_or_else(|| "(not named)".to_owned(), |name| shown(name.as_bytes()));
        return Err(Rejection::BackingFile { name });
    }
    let extents = text.lines().map(str::trim).filter(|line| {
        let first = line.split_whitespace().next().unwrap_or_default();
        ["RW", "RDONLY", "NOACCESS"].iter().any(|access| first.eq_ignore_ascii_case(access))
    });
    let kinds: Vec<_> = extents.map(|line| line.split_whitespace().nth(2).unwrap_or_default().to_owned()).collect();
    if kinds.len() != 1 || !kinds[0].eq_ignore_ascii_case("SPARSE") {
        return Err(Rejection::OtherFiles { what: "VMDK" });
    }
    match value("createType").as_deref() {
        Some("monolithicSparse") => Ok("VMDK monolithicSparse"),
        Some("streamOptimized") => Ok("VMDK streamOptimized"),
        _ => Err(Rejection::OtherFiles { what: "VMDK" }),
    }
}

fn footer<R: Read + Seek>(source: &mut Source<R>, first: &Header) -> Result<Header, Rejection> {
    let at = source.len().saturating_sub(FOOTER);
    let bytes = source.read("VMDK footer", at, SECTOR)?;
    let footer = parse(&bytes).filter(|_| bytes.starts_with(MAGIC)).ok_or_else(|| damaged("its footer is missing"))?;
    let same = footer.capacity == first.capacity
        && footer.grain == first.grain
        && footer.descriptor == first.descriptor
        && footer.flags == first.flags
        && footer.directory != AT_END;
    if same { Ok(footer) } else { Err(damaged("its footer and its header say different things")) }
}

/// Every grain table has to lie in the file, and so has every grain, as far as half of the budget lets them be looked at.
fn directory<R: Read + Seek>(source: &mut Source<R>, header: &Header) -> Result<(), Rejection> {
    let table_size = u64::from(header.entries) * 4;
    let tables = header.capacity.div_ceil(header.grain * u64::from(header.entries));
    let bytes = source.read("VMDK grain directory", header.directory.saturating_mul(SECTOR), tables * 4)?;
    let (entries, _) = bytes.as_chunks::<4>();
    for entry in entries.iter().map(|entry| u64::from(u32::from_le_bytes(*entry))).filter(|entry| *entry != 0) {
        let end = entry * SECTOR + table_size;
        if end > source.len() {
            return Err(Rejection::Truncated { what: "VMDK grain table", needs: end, has: source.len() });
        }
        if source.bytes_read() > MAX_READ / 2 {
            continue;
        }
        let table = source.read("VMDK grain table", entry * SECTOR, table_size)?;
        let (grains, _) = table.as_chunks::<4>();
        // 0 and 1 stand for grains of nothing.
        let last = grains.iter().map(|grain| u64::from(u32::from_le_bytes(*grain))).filter(|grain| *grain > 1).max();
        if let Some(needs) = last.map(|last| (last + 1) * SECTOR).filter(|needs| *needs > source.len()) {
            return Err(Rejection::Truncated { what: "VMDK grain", needs, has: source.len() });
        }
    }
    Ok(())
}
