//! An empty qcow2 file over a base image, written rather than asked of qemu-img: nothing has to open or parse the base, and a launch
//! takes no process. Layout as in QEMU's `docs/interop/qcow2.txt`, version 3.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

/// The parts of the file that are not zero, each with its offset, and the file's length.
#[derive(Debug, PartialEq, Eq)]
pub struct Overlay {
    pub parts: Vec<(u64, Vec<u8>)>,
    pub length: u64,
}

impl Overlay {
    /// Writes the file anew. Blocks.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let mut file = File::create(path)?;
        for (at, bytes) in &self.parts {
            file.seek(SeekFrom::Start(*at))?;
            file.write_all(bytes)?;
        }
        file.set_len(self.length)
    }
}

/// What cannot be written.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadOverlay {
    #[error("a disk has 1 byte to 64 TiB, not {0} bytes")]
    Size(u64),
    #[error("the base image's path has {0} bytes; qcow2 has room for 1023")]
    BasePath(usize),
}

const CLUSTER: u64 = 64 << 10;
/// Bytes of disk that one entry of the first-level table stands for.
const PER_L1_ENTRY: u64 = CLUSTER * CLUSTER / 8;
const SIZE_MAX: u64 = 64 << 40;
const HEADER_LENGTH: usize = 104;
const BACKING_FORMAT: u32 = 0xe279_2aca;

/// An empty disk of `size` bytes, rounded up to whole sectors. Reads fall through to `base` (its path and its format) if there is one.
pub fn overlay(size: u64, base: Option<(&str, &str)>) -> Result<Overlay, BadOverlay> {
    let size = size.next_multiple_of(512);
    if size == 0 || size > SIZE_MAX {
        return Err(BadOverlay::Size(size));
    }
    // One cluster each: header, reference counts' table, their one block; then the first-level table.
    let l1_entries = size.div_ceil(PER_L1_ENTRY);
    let clusters = 3 + (l1_entries * 8).div_ceil(CLUSTER);

    let mut extensions = Vec::new();
    let mut path = "";
    if let Some((base, format)) = base {
        path = base;
        extensions.extend(BACKING_FORMAT.to_be_bytes());
        extensions.extend((format.len() as u32).to_be_bytes());
        extensions.extend(format.as_bytes());
        extensions.resize(extensions.len().next_multiple_of(8), 0);
    }
    // The end of the extensions: type 0, length 0.
    extensions.extend([0; 8]);
    if path.len() > 1023 {
        return Err(BadOverlay::BasePath(path.len()));
    }
    let path_offset = if path.is_empty() { 0 } else { (HEADER_LENGTH + extensions.len()) as u64 };

    let mut header = Vec::new();
    header.extend(b"QFI\xfb");
    header.extend(3_u32.to_be_bytes());
    header.extend(path_offset.to_be_bytes());
    header.extend((path.len() as u32).to_be_bytes());
    header.extend(CLUSTER.trailing_zeros().to_be_bytes());
    header.extend(size.to_be_bytes());
    // Not encrypted.
    header.extend(0_u32.to_be_bytes());
    header.extend((l1_entries as u32).to_be_bytes());
    header.extend((3 * CLUSTER).to_be_bytes());
    header.extend(CLUSTER.to_be_bytes());
    header.extend(1_u32.to_be_bytes());
    // No snapshots (count and offset), no incompatible, compatible or automatically cleared features.
    header.resize(header.len() + 4 + 8 + 3 * 8, 0);
    // References are counted in 1 << 4 bits.
    header.extend(4_u32.to_be_bytes());
    header.extend((HEADER_LENGTH as u32).to_be_bytes());
    header.extend(extensions);
    header.extend(path.as_bytes());

    let counts = (0..clusters).flat_map(|_| 1_u16.to_be_bytes()).collect();
    let parts = vec![(0, header), (CLUSTER, (2 * CLUSTER).to_be_bytes().to_vec()), (2 * CLUSTER, counts)];
    Ok(Overlay { parts, length: clusters * CLUSTER })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn the_layout() {
        let overlay = overlay(1 << 30, Some(("/images/base", "raw"))).unwrap();
        assert_eq!(overlay.length, 4 * CLUSTER);
        let header = &overlay.parts[0].1;
        let number = |at: usize| u64::from_be_bytes(header[at..at + 8].try_into().unwrap());
        assert_eq!(&header[..8], b"QFI\xfb\0\0\0\x03");
        assert_eq!(number(24), 1 << 30);
        assert_eq!(&header[96..104], [0, 0, 0, 4, 0, 0, 0, 104]);
        assert_eq!(&header[104..116], b"\xe2\x79\x2a\xca\0\0\0\x03raw\0");
        let at = number(8) as usize;
        assert_eq!(&header[at..], b"/images/base");
        assert_eq!(header[16..20], 12_u32.to_be_bytes());
        assert_eq!(overlay.parts[2].1, [0, 1].repeat(4));
    }

    #[test]
    fn bounds() {
        assert_eq!(overlay(0, None), Err(BadOverlay::Size(0)));
        assert_eq!(overlay(SIZE_MAX + 1, None), Err(BadOverlay::Size(SIZE_MAX + 512)));
        assert_eq!(overlay(512, Some((&"x".repeat(1024), "raw"))), Err(BadOverlay::BasePath(1024)));
        assert_eq!(overlay(SIZE_MAX, None).unwrap().length, (3 + 16) * CLUSTER);
    }

    #[test]
    fn qemu_img_finds_nothing_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let (base, top) = (folder.path().join("base"), folder.path().join("top.qcow2"));
        std::fs::write(&base, vec![0x5a; 1 << 20]).unwrap();
        let check = |size: u64, base: Option<(&str, &str)>| {
            overlay(size, base).unwrap().write(&top).unwrap();
            let qemu_img = |arguments: &[&str]| {
                let output = Command::new("qemu-img").args(arguments).arg(&top).output().unwrap();
                assert!(output.status.success(), "{size} {base:?}: {}", String::from_utf8_lossy(&output.stderr));
                String::from_utf8(output.stdout).unwrap()
            };
            assert!(qemu_img(&["check", "-f", "qcow2"]).contains("No errors were found"));
            let info = qemu_img(&["info", "-f", "qcow2", "--output=json"]);
            assert!(info.contains(&format!("\"virtual-size\": {}", size.next_multiple_of(512))), "{info}");
            assert_eq!(info.contains("\"backing-filename-format\": \"raw\""), base.is_some(), "{info}");
            assert_eq!(info.matches("\"corrupt\": true").count(), 0, "{info}");
        };
        if Command::new("qemu-img").arg("--version").output().is_err() {
            println!("left out: needs qemu-img");
            return;
        }
        check(1, None);
        check(1 << 30, None);
        check(SIZE_MAX, None);
        check(2 << 20, Some((&base.to_string_lossy(), "raw")));
        check((20 << 40) + 1, Some((&base.to_string_lossy(), "raw")));
    }
}
