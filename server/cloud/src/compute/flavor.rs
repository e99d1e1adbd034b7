//! The flavors that the first start makes. Sizes as DevStack ships them, with `m1.nano` wide enough for a Debian kernel.

/// Name, vCPUs, MiB of memory, GiB of disk.
pub const SHIPPED: [(&str, u32, u64, u64); 6] = [
    ("m1.nano", 1, 192, 1),
    ("m1.micro", 1, 256, 1),
    ("m1.tiny", 1, 512, 1),
    ("m1.small", 1, 2048, 20),
    ("m1.medium", 2, 4096, 40),
    ("m1.large", 4, 8192, 80),
];
