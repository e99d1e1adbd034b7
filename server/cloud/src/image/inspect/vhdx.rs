//! VHDX, as MS-VHDX specifies it: the headers, the region table and the metadata. One with a parent, or with a log that has to be played
//! back, is refused. Numbers are little-endian; tables carry a CRC-32C.

use super::Rejection;
use super::source::{Source, field};
use std::io::{Read, Seek};

pub(super) const MAGIC: &[u8] = b"vhdxfile";

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const HEADERS: [u64; 2] = [64 * KIB, 128 * KIB];
const HEADER: u64 = 4 * KIB;
const REGIONS: [u64; 2] = [192 * KIB, 256 * KIB];
const TABLE: u64 = 64 * KIB;

/// A GUID as it stands in the file.
type Guid = [u8; 16];

/// First three groups little-endian, as files have them.
const fn guid(a: u32, b: u16, c: u16, d: [u8; 8]) -> Guid {
    let (a, b, c) = (a.to_le_bytes(), b.to_le_bytes(), c.to_le_bytes());
    [a[0], a[1], a[2], a[3], b[0], b[1], c[0], c[1], d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7]]
}

const BLOCKS: Guid = guid(0x2dc2_7766, 0xf623, 0x4200, [0x9d, 0x64, 0x11, 0x5e, 0x9b, 0xfd, 0x4a, 0x08]);
const METADATA: Guid = guid(0x8b7c_a206, 0x4790, 0x4b9a, [0xb8, 0xfe, 0x57, 0x5f, 0x05, 0x0f, 0x88, 0x6e]);
const PARAMETERS: Guid = guid(0xcaa1_6737, 0xfa36, 0x4d43, [0xb3, 0xb6, 0x33, 0xf0, 0xaa, 0x44, 0xe7, 0x6b]);
const SIZE: Guid = guid(0x2fa5_4224, 0xcd1b, 0x4876, [0xb2, 0x11, 0x5d, 0xbe, 0xd8, 0x3b, 0xf4, 0xb8]);
const LOGICAL: Guid = guid(0x8141_bf1d, 0xa96f, 0x4709, [0xba, 0x47, 0xf2, 0x33, 0xa8, 0xfa, 0xab, 0x5f]);
const PHYSICAL: Guid = guid(0xcda3_48c7, 0x445d, 0x4471, [0x9c, 0xc9, 0xe9, 0x88, 0x52, 0x51, 0xc5, 0x56]);
const IDENTITY: Guid = guid(0xbeca_12ab, 0xb2e6, 0x4523, [0x93, 0xef, 0xc3, 0x09, 0xe0, 0x00, 0xc7, 0x46]);
const PARENT: Guid = guid(0xa8d3_5f2d, 0xb30b, 0x454d, [0xab, 0xf7, 0xd3, 0xd8, 0x48, 0x34, 0xab, 0x0c]);

fn damaged(what: impl Into<String>) -> Rejection {
    Rejection::Damaged { what: what.into() }
}

fn le32(bytes: &[u8], at: usize) -> u32 {
    field(bytes, at).map(u32::from_le_bytes).unwrap_or_default()
}

fn le64(bytes: &[u8], at: usize) -> u64 {
    field(bytes, at).map(u64::from_le_bytes).unwrap_or_default()
}

/// The Castagnoli polynomial, bit by bit: some tables of 64 KiB are all there is.
fn crc32c(bytes: impl Iterator<Item = u8>) -> u32 {
    !bytes.fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0x82f6_3b78 } else { crc >> 1 })
    })
}

/// Whether the checksum that stands behind the signature fits; it counts itself as zero.
fn sums(bytes: &[u8]) -> bool {
    le32(bytes, 4) == crc32c(bytes.iter().enumerate().map(|(n, byte)| if (4..8).contains(&n) { 0 } else { *byte }))
}

/// The size of the disk in bytes, and the words for the kind.
pub(super) fn inspect<R: Read + Seek>(source: &mut Source<R>) -> Result<(u64, &'static str), Rejection> {
    header(source)?;
    let (blocks, metadata) = regions(source)?;
    let disk = read_metadata(source, metadata)?;
    super::check_size(disk.size)?;
    // Blocks of the disk, and every so often one of the bitmap.
    let chunk = (1_u64 << 23) * disk.sector / disk.block;
    let data = disk.size.div_ceil(disk.block);
    let entries = data + data.saturating_sub(1) / chunk.max(1);
    if entries * 8 > blocks.1 {
        return Err(damaged("its block table is too short"));
    }
    let bytes = source.read("VHDX block table", blocks.0, entries * 8)?;
    let (entries, _) = bytes.as_chunks::<8>();
    for entry in entries.iter().map(|entry| u64::from_le_bytes(*entry)) {
        let (state, at) = (entry & 7, entry >> 20 << 20);
        // 6: all of the block is there; 7: only a part, which takes a parent for the rest.
        if state == 6 && at + disk.block > source.len().next_multiple_of(MIB) {
            return Err(Rejection::Truncated { what: "VHDX block", needs: at + disk.block, has: source.len() });
        }
    }
    Ok((disk.size, "VHDX"))
}

/// The header that holds: of two the one with the higher number.
fn header<R: Read + Seek>(source: &mut Source<R>) -> Result<(), Rejection> {
    let mut best: Option<Vec<u8>> = None;
    for at in HEADERS {
        let bytes = source.read("VHDX header", at, HEADER)?;
        let newer = best.as_ref().is_none_or(|best| le64(&bytes, 8) > le64(best, 8));
        if bytes.starts_with(b"head") && sums(&bytes) && newer {
            best = Some(bytes);
        }
    }
    let header = best.ok_or_else(|| damaged("neither of its VHDX headers adds up"))?;
    if field(&header, 66).map(u16::from_le_bytes) != Some(1) {
        return Err(damaged("its VHDX version is unknown"));
    }
    // A log that has not been played back.
    if header[48..64].iter().any(|byte| *byte != 0) { Err(Rejection::NotClosed) } else { Ok(()) }
}

/// Where a region lies, and how long it is.
type Place = (u64, u64);

/// Block table and metadata.
fn regions<R: Read + Seek>(source: &mut Source<R>) -> Result<(Place, Place), Rejection> {
    for at in REGIONS {
        let table = source.read("VHDX region table", at, TABLE)?;
        if !table.starts_with(b"regi") || !sums(&table) {
            continue;
        }
        let (mut blocks, mut metadata) = (None, None);
        for entry in table[16..].chunks_exact(32).take(le32(&table, 8).min(2047) as usize) {
            let place = (le64(entry, 16), u64::from(le32(entry, 24)));
            match field::<16>(entry, 0) {
                Some(BLOCKS) => blocks = Some(place),
                Some(METADATA) => metadata = Some(place),
                _ if le32(entry, 28) & 1 == 1 => return Err(damaged("it uses VHDX regions that are not known here")),
                _ => {}
            }
        }
        return blocks.zip(metadata).ok_or_else(|| damaged("its VHDX regions are missing"));
    }
    Err(damaged("neither of its VHDX region tables adds up"))
}

struct Disk {
    size: u64,
    block: u64,
    sector: u64,
}

fn read_metadata<R: Read + Seek>(source: &mut Source<R>, region: Place) -> Result<Disk, Rejection> {
    let (start, length) = region;
    let table = source.read("VHDX metadata", start, TABLE)?;
    if !table.starts_with(b"metadata") || length < TABLE {
        return Err(damaged("its VHDX metadata is missing"));
    }
    let count = field(&table, 10).map(u16::from_le_bytes).unwrap_or_default();
    let (mut parameters, mut size, mut sector) = (None, None, None);
    for entry in table[32..].chunks_exact(32).take(usize::from(count.min(2047))) {
        let (at, bytes) = (u64::from(le32(entry, 16)), u64::from(le32(entry, 20)));
        let mut value = |most: u64| -> Result<Vec<u8>, Rejection> {
            if at < TABLE || bytes > most || at + bytes > length {
                return Err(damaged("its VHDX metadata lies outside itself"));
            }
            source.read("VHDX metadata", start.saturating_add(at), bytes)
        };
        match field::<16>(entry, 0) {
            Some(PARAMETERS) => parameters = Some(value(8)?),
            Some(SIZE) => size = Some(le64(&value(8)?, 0)),
            Some(LOGICAL) => sector = Some(u64::from(le32(&value(4)?, 0))),
            Some(PHYSICAL | IDENTITY) => {}
            Some(PARENT) => return Err(Rejection::BackingFile { name: "(not named)".to_owned() }),
            _ if le32(entry, 24) & 4 != 0 => return Err(damaged("it uses VHDX metadata that is not known here")),
            _ => {}
        }
    }
    let parameters = parameters.ok_or_else(|| damaged("its VHDX parameters are missing"))?;
    if le32(&parameters, 4) & 2 != 0 {
        return Err(Rejection::BackingFile { name: "(not named)".to_owned() });
    }
    let disk = Disk {
        size: size.unwrap_or_default(),
        block: u64::from(le32(&parameters, 0)),
        sector: sector.unwrap_or_default(),
    };
    let fits = disk.block.is_power_of_two() && (MIB..=256 * MIB).contains(&disk.block);
    if fits && matches!(disk.sector, 512 | 4096) {
        Ok(disk)
    } else {
        Err(damaged("its blocks have an impossible size"))
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn castagnoli() {
        assert_eq!(super::crc32c(b"123456789".iter().copied()), 0xe306_9283);
    }
}
