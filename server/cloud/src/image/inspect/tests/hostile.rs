//! Files spoilt at random: every answer is fine, but there must be one, soon and without a panic.

use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::super::MAX_READ;
use super::builder::{L1, L2, REFCOUNT_TABLE, at, qcow2};
use super::inspected;

/// Any fixed number: a failure can be repeated.
const SEED: u64 = 0x0ff1_0001;

#[test]
fn every_length_has_an_answer() {
    let file = qcow2(3).0;
    let lengths = (0..2048).chain((2048..file.len()).step_by(509));
    assert!(lengths.map(|len| inspected(&file[..len])).filter(Result::is_err).count() > 2_000);
}

#[test]
fn every_single_bit_of_the_header_may_be_wrong() {
    let mut file = qcow2(3).0;
    for bit in 0..128 * 8 {
        file[bit / 8] ^= 1 << (bit % 8);
        let _answer = inspected(&file);
        file[bit / 8] ^= 1 << (bit % 8);
    }
    assert!(inspected(&file).is_ok());
}

#[test]
fn random_numbers_in_header_and_tables() {
    let mut random = StdRng::seed_from_u64(SEED);
    let places =
        [0, 8, 16, 24, at::L1_SIZE, at::L1_OFFSET, 48, 56, 64, 72, 88, 96, 104, REFCOUNT_TABLE, L1, L1 + 8, L2];
    let sound = qcow2(3);
    let deadline = Instant::now() + Duration::from_secs(60);
    for _ in 0..2_000 {
        let mut file = sound.clone();
        for _ in 0..random.random_range(1..4) {
            let place = places[random.random_range(0..places.len())];
            // Small shifts favour numbers that nearly fit.
            let value = random.random::<u64>() >> random.random_range(0..64);
            file = file.be64(place, value);
        }
        if let Ok(verdict) = inspected(&file.0) {
            assert!(verdict.bytes_read <= MAX_READ);
        }
        assert!(Instant::now() < deadline, "2,000 small files took more than a minute");
    }
}
