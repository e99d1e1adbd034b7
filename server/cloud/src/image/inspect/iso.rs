//! ISO 9660 (ECMA-119): volume descriptors of 2,048 bytes each from byte 32,768 on.

use super::Found;
use super::source::{field, stands_at};

const FIRST: usize = 32_768;
const SIZE: usize = 2_048;
const PRIMARY: u8 = 1;

/// The file system's primary volume descriptor (ECMA-119 §8.4), which says how many blocks the volume has. UDF bridge
/// discs carry one too.
pub(super) fn find(head: &[u8]) -> Option<Found> {
    head.get(FIRST..)?
        .chunks_exact(SIZE)
        .take_while(|descriptor| stands_at(descriptor, 1, b"CD001"))
        .find(|descriptor| descriptor.first() == Some(&PRIMARY))
        .and_then(|descriptor| {
            let blocks = u32::from_le_bytes(field(descriptor, 80)?);
            let block_size = u16::from_le_bytes(field(descriptor, 128)?);
            Some(Found { what: "ISO 9660 file system", needs: u64::from(blocks) * u64::from(block_size) })
        })
}
