//! The corpus of the fuzz target, and what a deterministic spoiler makes of it: never a panic, never more read than is allowed.

use super::super::{Format, MAX_READ, inspect};
use super::builder::qcow2;
use super::converted::{SOUND, vmdk};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng};
use std::fs;
use std::io::Cursor;
use std::path::Path;

/// Spoiled copies of each file.
const ROUNDS: u64 = 300;

fn look(file: &[u8]) {
    if let Ok(verdict) = inspect(Cursor::new(file), file.len() as u64) {
        assert!(verdict.virtual_size > 0 && verdict.bytes_read <= MAX_READ);
    }
}

/// Each format has a seed that is sound, so that what is made of it gets past the first look.
#[test]
fn every_format_has_a_sound_seed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/inspect");
    for (name, format) in [
        ("a.qcow2", Format::Qcow2),
        ("d.raw", Format::Raw),
        ("a.iso", Format::Iso),
        ("a.vmdk", Format::Vmdk),
        ("a.vhd", Format::Vhd),
        ("a.vhdx", Format::Vhdx),
        ("a.vdi", Format::Vdi),
    ] {
        let file = fs::read(folder.join(name)).unwrap();
        let found = inspect(Cursor::new(&file), file.len() as u64).map(|verdict| verdict.format);
        assert_eq!(found.ok(), Some(format), "{name}");
    }
}

#[test]
fn spoiled_files_are_judged_and_nothing_else() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/inspect");
    let mut files: Vec<Vec<u8>> =
        fs::read_dir(folder).unwrap().map(|it| fs::read(it.unwrap().path()).unwrap()).collect();
    assert!(files.len() >= 10, "the corpus is there");
    files.extend([qcow2(2).0, qcow2(3).0, vmdk(SOUND).0]);
    for (n, file) in files.iter().enumerate() {
        look(file);
        for round in 0..ROUNDS {
            let mut random = StdRng::seed_from_u64(round << 8 | n as u64);
            let mut spoiled = file.clone();
            for _ in 0..random.random_range(1..8) {
                // Headers are where numbers are believed.
                let within = if random.random_bool(0.8) { spoiled.len().min(1024) } else { spoiled.len() };
                let at = random.random_range(0..within.max(1)).min(spoiled.len().saturating_sub(1));
                if let Some(byte) = spoiled.get_mut(at) {
                    *byte = if random.random_bool(0.3) { 0xff } else { random.random() };
                }
            }
            if random.random_bool(0.2) {
                spoiled.truncate(random.random_range(0..=spoiled.len()));
            }
            look(&spoiled);
        }
    }
}
