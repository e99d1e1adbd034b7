//! Which parts of the file the tables occupy.

use super::super::Rejection;
use super::damaged;

/// More tables than this are not kept track of: 8 MiB of memory. A sound image whose L2 tables may be read at all
/// (`MAX_READ`) has at most half as many.
const MOST_REGIONS: usize = 1 << 18;

struct Region {
    start: u64,
    end: u64,
    what: &'static str,
}

/// The regions of the file that hold tables. None may lie outside the file, off a cluster's boundary, or on another:
/// a table that is read as two things lets one write change the other.
pub(super) struct Map {
    cluster_size: u64,
    file_len: u64,
    regions: Vec<Region>,
}

impl Map {
    pub(super) fn new(cluster_size: u64, file_len: u64) -> Self {
        Self { cluster_size, file_len, regions: vec![Region { start: 0, end: cluster_size, what: "header" }] }
    }

    pub(super) fn add(&mut self, what: &'static str, start: u64, size: u64) -> Result<(), Rejection> {
        if !start.is_multiple_of(self.cluster_size) {
            return Err(damaged(format!("its {what} at byte {start} does not begin at a cluster")));
        }
        if start < self.cluster_size {
            return Err(damaged(format!("its {what} lies on its header")));
        }
        let end = self.within_file(what, start, size)?;
        if self.regions.len() == MOST_REGIONS {
            return Err(Rejection::TooMuchToRead);
        }
        self.regions.push(Region { start, end: end.next_multiple_of(self.cluster_size), what });
        Ok(())
    }

    /// Where a region ends, in bytes. The last cluster of a file may be incomplete, so, as in `qemu-img check`, less
    /// than one cluster may be missing of what only has to be there; what is read has to be there whole.
    pub(super) fn within_file(&self, what: &'static str, start: u64, size: u64) -> Result<u64, Rejection> {
        let end = start.saturating_add(size);
        if start >= self.file_len || end.saturating_sub(self.file_len) >= self.cluster_size {
            return Err(Rejection::Truncated { what, needs: end, has: self.file_len });
        }
        Ok(end)
    }

    /// Puts the regions in order, once all are known.
    pub(super) fn settle(&mut self) -> Result<(), Rejection> {
        self.regions.sort_unstable_by_key(|region| region.start);
        match self.regions.array_windows().find(|[before, after]| after.start < before.end) {
            Some([before, after]) => {
                Err(damaged(format!("its {} and its {} overlap at byte {}", before.what, after.what, after.start)))
            }
            None => Ok(()),
        }
    }

    /// The table, if any, that occupies part of `start..end`. The map is settled.
    pub(super) fn occupant(&self, start: u64, end: u64) -> Option<&'static str> {
        let next = self.regions.partition_point(|region| region.end <= start);
        self.regions.get(next).filter(|region| region.start < end).map(|region| region.what)
    }
}
