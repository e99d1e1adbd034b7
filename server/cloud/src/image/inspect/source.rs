//! The file under inspection, behind a budget.

use std::io::{Read, Seek, SeekFrom};

use super::Rejection;

/// How much of one file may be read, in bytes: 64 MiB. Tables of that size map 512 GiB of allocated data with qcow2's
/// default clusters of 64 KiB and 16 TiB with clusters of 2 MiB; without the limit a small file whose tables point to
/// each other could keep a thread busy for hours.
pub const MAX_READ: u64 = 64 << 20;

pub(super) struct Source<R> {
    file: R,
    len: u64,
    bytes_read: u64,
}

impl<R: Read + Seek> Source<R> {
    pub(super) fn new(file: R, len: u64) -> Self {
        Self { file, len, bytes_read: 0 }
    }

    pub(super) fn len(&self) -> u64 {
        self.len
    }

    pub(super) fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// The `size` bytes at `start`; `what` names them in a rejection. Memory is taken only for what the file really
    /// holds and the budget still covers.
    pub(super) fn read(&mut self, what: &'static str, start: u64, size: u64) -> Result<Vec<u8>, Rejection> {
        let end = start.saturating_add(size);
        if end > self.len {
            return Err(Rejection::Truncated { what, needs: end, has: self.len });
        }
        if size > MAX_READ - self.bytes_read {
            return Err(Rejection::TooMuchToRead);
        }
        self.bytes_read += size;
        self.file.seek(SeekFrom::Start(start)).map_err(Rejection::Unreadable)?;
        let mut bytes = vec![0; size as usize];
        self.file.read_exact(&mut bytes).map_err(Rejection::Unreadable)?;
        Ok(bytes)
    }
}

/// The `N` bytes at `at`, for `from_be_bytes` or `from_le_bytes`; none where `bytes` ends before.
pub(super) fn field<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

/// Whether `magic` stands at `at`.
pub(super) fn stands_at(bytes: &[u8], at: usize, magic: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(magic))
}
