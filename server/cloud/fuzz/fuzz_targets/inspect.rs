//! Any bytes at all: the inspector judges them, reads no more than it may, and never panics.
//!
//!     cargo +nightly fuzz run inspect -- -max_total_time=60

#![no_main]

use cloud::image::inspect::{MAX_READ, inspect};
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(verdict) = inspect(Cursor::new(bytes), bytes.len() as u64) {
        assert!(verdict.virtual_size > 0 && verdict.bytes_read <= MAX_READ);
    }
});
