//! qcow2, versions 2 and 3, as QEMU's `docs/interop/qcow2` specifies it; where QEMU is stricter than that text
//! (`block/qcow2.h`), so is this. All numbers are big-endian.

mod entry;
mod map;
mod tables;

use std::io::{Read, Seek};

use super::Rejection;
use super::rejection::shown;
use super::source::{Source, field};

pub(super) const MAGIC: &[u8] = b"QFI\xfb";

const DIRTY: u64 = 1 << 0;
const CORRUPT: u64 = 1 << 1;
const EXTERNAL_DATA: u64 = 1 << 2;
const COMPRESSION_TYPE: u64 = 1 << 3;
const EXTENDED_L2: u64 = 1 << 4;
const KNOWN: u64 = DIRTY | CORRUPT | EXTERNAL_DATA | COMPRESSION_TYPE | EXTENDED_L2;

/// Auto-clear feature bit 1, allowed only together with an external data file.
const RAW_EXTERNAL: u64 = 1 << 1;

/// The header's fields, under the specification's names where those are short.
struct Header {
    version: u32,
    backing_offset: u64,
    backing_size: u32,
    cluster_bits: u32,
    size: u64,
    crypt_method: u32,
    l1_size: u32,
    l1_offset: u64,
    refcount_offset: u64,
    refcount_clusters: u32,
    snapshots: u32,
    snapshots_offset: u64,
    incompatible: u64,
    autoclear: u64,
    refcount_order: u32,
    length: u32,
    compression_type: u8,
}

impl Header {
    /// None where the header is cut off. The version is known to be 2 or 3.
    fn parse(bytes: &[u8], version: u32) -> Option<Self> {
        let be32 = |at| field(bytes, at).map(u32::from_be_bytes);
        let be64 = |at| field(bytes, at).map(u64::from_be_bytes);
        let v3 = version >= 3;
        let length = if v3 { be32(100)? } else { 72 };
        Some(Self {
            version,
            backing_offset: be64(8)?,
            backing_size: be32(16)?,
            cluster_bits: be32(20)?,
            size: be64(24)?,
            crypt_method: be32(32)?,
            l1_size: be32(36)?,
            l1_offset: be64(40)?,
            refcount_offset: be64(48)?,
            refcount_clusters: be32(56)?,
            snapshots: be32(60)?,
            snapshots_offset: be64(64)?,
            incompatible: if v3 { be64(72)? } else { 0 },
            autoclear: if v3 { be64(88)? } else { 0 },
            refcount_order: if v3 { be32(96)? } else { 4 },
            length,
            compression_type: if length > 104 { *bytes.get(104)? } else { 0 },
        })
    }

    fn cluster_size(&self) -> u64 {
        1 << self.cluster_bits
    }

    fn has(&self, feature: u64) -> bool {
        self.incompatible & feature != 0
    }

    /// How much of the disk one L2 table maps, in bytes.
    fn mapped_by_l2(&self) -> u64 {
        let entry_size = if self.has(EXTENDED_L2) { 16 } else { 8 };
        self.cluster_size() / entry_size * self.cluster_size()
    }
}

/// What the header extensions say that matters here.
#[derive(Default)]
struct Extensions {
    external_data: Option<String>,
    encryption: bool,
    /// Offset and size in bytes of the directory of persistent bitmaps.
    bitmaps: Option<(u64, u64)>,
}

fn damaged(what: impl Into<String>) -> Rejection {
    Rejection::Damaged { what: what.into() }
}

/// What becomes of a file that stands on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Backing {
    Refused,
    /// Whoever opens the file names the other one, whatever its name is here.
    Ignored,
}

/// The size of the disk in bytes, and the words for the version.
pub(super) fn inspect<R: Read + Seek>(
    source: &mut Source<R>,
    head: &[u8],
    backing: Backing,
) -> Result<(u64, &'static str), Rejection> {
    let cut_off = |needs| Rejection::Truncated { what: "qcow2 header", needs, has: source.len() };
    let version = field(head, 4).map(u32::from_be_bytes).ok_or(cut_off(8))?;
    let (evidence, shortest) = match version {
        2 => ("qcow2 version 2", 72),
        3 => ("qcow2 version 3", 104),
        _ => return Err(Rejection::UnknownVersion { version }),
    };
    let header = Header::parse(head, version).ok_or(cut_off(shortest))?;
    check_shape(&header)?;
    let first_cluster = source.read("qcow2 header", 0, header.cluster_size().min(source.len()))?;
    let extensions = extensions(&header, &first_cluster)?;
    refuse_references(&header, &extensions, &first_cluster, backing)?;
    refuse_features(&header, &extensions)?;
    // Before the tables, whose sizes follow from it.
    super::check_size(header.size)?;
    tables::check(source, &header, extensions.bitmaps)?;
    Ok((header.size, evidence))
}

/// The fields on which the meaning of everything else depends.
fn check_shape(header: &Header) -> Result<(), Rejection> {
    let Header { cluster_bits, length, refcount_order, .. } = *header;
    if !(9..=21).contains(&cluster_bits) {
        return Err(damaged(format!("its cluster size is 2^{cluster_bits} bytes; 2^9 to 2^21 are possible")));
    }
    if header.has(EXTENDED_L2) && cluster_bits < 14 {
        return Err(damaged(format!(
            "it has extended L2 entries with clusters of 2^{cluster_bits} bytes; 2^14 is the least"
        )));
    }
    if header.version >= 3 && (length < 104 || length % 8 != 0 || u64::from(length) > header.cluster_size()) {
        return Err(damaged(format!("its header claims to be {length} bytes long")));
    }
    if refcount_order > 6 {
        return Err(damaged(format!("its reference counts are 2^{refcount_order} bits wide; 2^6 is the most")));
    }
    Ok(())
}

/// Walks the extensions between the header and the end of the first cluster.
fn extensions(header: &Header, first_cluster: &[u8]) -> Result<Extensions, Rejection> {
    const END: u32 = 0;
    const EXTERNAL_DATA_NAME: u32 = 0x4441_5441;
    const ENCRYPTION: u32 = 0x0537_be77;
    const BITMAPS: u32 = 0x2385_2875;

    let mut found = Extensions::default();
    let mut at = header.length as usize;
    while let (Some(kind), Some(size)) = (field(first_cluster, at), field(first_cluster, at + 4)) {
        let (kind, size) = (u32::from_be_bytes(kind), u32::from_be_bytes(size) as usize);
        if kind == END {
            break;
        }
        let start = at + 8;
        let data = first_cluster
            .get(start..start + size)
            .ok_or_else(|| damaged(format!("its header extension at byte {at} reaches out of the first cluster")))?;
        match kind {
            EXTERNAL_DATA_NAME => found.external_data = Some(shown(data)),
            ENCRYPTION => found.encryption = true,
            BITMAPS => {
                let (Some(size), Some(offset)) = (field(data, 8), field(data, 16)) else {
                    return Err(damaged("its header extension for bitmaps is too short"));
                };
                found.bitmaps = Some((u64::from_be_bytes(offset), u64::from_be_bytes(size)));
            }
            _ => {}
        }
        at = start + size.next_multiple_of(8);
    }
    Ok(found)
}

/// Both ways in which a qcow2 file makes whoever opens it open another one (OSSA-2015-014, OSSA-2024-001). The name is
/// looked for even where the feature bit is clear, and the bit counts even where there is no name.
fn refuse_references(
    header: &Header,
    extensions: &Extensions,
    first_cluster: &[u8],
    backing: Backing,
) -> Result<(), Rejection> {
    const UNNAMED: &str = "(not named)";
    const LONGEST: usize = 1023;
    if header.has(EXTERNAL_DATA) || header.autoclear & RAW_EXTERNAL != 0 || extensions.external_data.is_some() {
        let name = extensions.external_data.clone().filter(|name| !name.is_empty());
        let name = name.unwrap_or_else(|| UNNAMED.to_owned());
        return Err(Rejection::ExternalDataFile { name });
    }
    if header.backing_offset != 0 && backing == Backing::Refused {
        let from_start = usize::try_from(header.backing_offset).ok().and_then(|start| first_cluster.get(start..));
        let name = from_start.and_then(|rest| rest.get(..LONGEST.min(header.backing_size as usize)));
        let name = name.filter(|name| !name.is_empty()).map_or_else(|| UNNAMED.to_owned(), shown);
        return Err(Rejection::BackingFile { name });
    }
    Ok(())
}

fn refuse_features(header: &Header, extensions: &Extensions) -> Result<(), Rejection> {
    let unknown = header.incompatible & !KNOWN;
    if unknown != 0 {
        return Err(Rejection::UnknownFeatures { bits: (0..64).filter(|bit| unknown >> bit & 1 == 1).collect() });
    }
    match header.crypt_method {
        0 if extensions.encryption => return Err(damaged("it has an encryption header but is not encrypted")),
        0 => {}
        1 => return Err(Rejection::Encrypted { method: "AES" }),
        2 => return Err(Rejection::Encrypted { method: "LUKS" }),
        method => return Err(damaged(format!("it names an encryption method {method} that does not exist"))),
    }
    match (header.has(COMPRESSION_TYPE), header.compression_type) {
        (false, 0) | (true, 1) => {}
        (_, kind) => return Err(damaged(format!("its compression type is {kind}, which does not fit its features"))),
    }
    if header.has(CORRUPT) {
        return Err(damaged("QEMU has marked it as corrupt"));
    }
    // The mapping is sound even so, but what the guest had not yet written is lost.
    if header.has(DIRTY) {
        return Err(Rejection::NotClosed);
    }
    Ok(())
}
