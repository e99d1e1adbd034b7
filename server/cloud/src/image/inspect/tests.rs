//! Crafted files, one property each, and the same questions put to files that `qemu-img` makes.

pub(in crate::image) mod builder;
mod converted;
mod corpus;
mod foreign;
mod hostile;
mod qcow2;
mod qemu_img;
mod raw;
mod security;

use std::io::Cursor;

use super::{Rejection, Verdict, inspect};

fn inspected(file: &[u8]) -> Result<Verdict, Rejection> {
    inspect(Cursor::new(file), file.len() as u64)
}

/// The text with which `file` is refused.
#[track_caller]
fn refused(file: &[u8]) -> String {
    match inspected(file) {
        Err(rejection) => rejection.to_string(),
        Ok(verdict) => panic!("accepted: {verdict:?}"),
    }
}

/// `expected` is what the rejection must say, or `ok`.
#[track_caller]
fn check(name: &str, file: &[u8], expected: &str) {
    let said = match inspected(file) {
        Ok(_) => "ok".to_owned(),
        Err(rejection) => rejection.to_string(),
    };
    assert!(said.contains(expected), "{name}: expected {expected:?}, got {said:?}");
}
