//! Builds small files byte by byte, sound ones first, which tests then spoil.

pub(in crate::image) const CLUSTER: u64 = 1 << 16;
/// Where the sound image has its parts: one cluster each, in this order.
pub(in crate::image) const REFCOUNT_TABLE: u64 = CLUSTER;
pub(in crate::image) const REFCOUNT_BLOCK: u64 = 2 * CLUSTER;
pub(in crate::image) const L1: u64 = 3 * CLUSTER;
pub(in crate::image) const L2: u64 = 4 * CLUSTER;
pub(in crate::image) const DATA: u64 = 5 * CLUSTER;
const END: u64 = 6 * CLUSTER;

pub(in crate::image) const COPIED: u64 = 1 << 63;
pub(in crate::image) const COMPRESSED: u64 = 1 << 62;

/// Where the header's fields are, in bytes.
pub(in crate::image) mod at {
    pub const VERSION: u64 = 4;
    pub const BACKING_OFFSET: u64 = 8;
    pub const BACKING_SIZE: u64 = 16;
    pub const CLUSTER_BITS: u64 = 20;
    pub const SIZE: u64 = 24;
    pub const CRYPT_METHOD: u64 = 32;
    pub const L1_SIZE: u64 = 36;
    pub const L1_OFFSET: u64 = 40;
    pub const REFCOUNT_OFFSET: u64 = 48;
    pub const REFCOUNT_CLUSTERS: u64 = 56;
    pub const SNAPSHOTS: u64 = 60;
    pub const SNAPSHOTS_OFFSET: u64 = 64;
    pub const INCOMPATIBLE: u64 = 72;
    pub const AUTOCLEAR: u64 = 88;
    pub const REFCOUNT_ORDER: u64 = 96;
    pub const LENGTH: u64 = 100;
    pub const COMPRESSION_TYPE: u64 = 104;
}

#[derive(Clone)]
pub(in crate::image) struct File(pub Vec<u8>);

/// A disk of 1 GiB with one cluster of data at its beginning, as `qemu-img` would lay it out.
pub(in crate::image) fn qcow2(version: u32) -> File {
    let file = File::zeros(END)
        .bytes(0, b"QFI\xfb")
        .be32(at::VERSION, version)
        .be32(at::CLUSTER_BITS, 16)
        .be64(at::SIZE, 1 << 30)
        .be32(at::L1_SIZE, 2)
        .be64(at::L1_OFFSET, L1)
        .be64(at::REFCOUNT_OFFSET, REFCOUNT_TABLE)
        .be32(at::REFCOUNT_CLUSTERS, 1)
        .be64(REFCOUNT_TABLE, REFCOUNT_BLOCK)
        .be64(L1, L2 | COPIED)
        .be64(L2, DATA | COPIED)
        .bytes(DATA, b"the guest's data");
    let file = (0..6).fold(file, |file, cluster| file.bytes(REFCOUNT_BLOCK + cluster * 2, &[0, 1]));
    if version < 3 { file } else { file.be32(at::REFCOUNT_ORDER, 4).be32(at::LENGTH, 112) }
}

impl File {
    pub fn zeros(len: u64) -> Self {
        Self(vec![0; len as usize])
    }

    pub fn bytes(mut self, at: u64, bytes: &[u8]) -> Self {
        let at = at as usize;
        self.0[at..at + bytes.len()].copy_from_slice(bytes);
        self
    }

    pub fn be32(self, at: u64, value: u32) -> Self {
        self.bytes(at, &value.to_be_bytes())
    }

    pub fn be64(self, at: u64, value: u64) -> Self {
        self.bytes(at, &value.to_be_bytes())
    }

    pub fn le32(self, at: u64, value: u32) -> Self {
        self.bytes(at, &value.to_le_bytes())
    }

    pub fn le64(self, at: u64, value: u64) -> Self {
        self.bytes(at, &value.to_le_bytes())
    }

    pub fn resize(mut self, len: u64) -> Self {
        self.0.resize(len as usize, 0);
        self
    }

    /// The first header extension of a version 3 image.
    pub fn extension(self, kind: u32, data: &[u8]) -> Self {
        self.be32(112, kind).be32(116, data.len() as u32).bytes(120, data)
    }

    pub fn backing_file(self, name: &[u8]) -> Self {
        self.be64(at::BACKING_OFFSET, 1024).be32(at::BACKING_SIZE, name.len() as u32).bytes(1024, name)
    }
}
