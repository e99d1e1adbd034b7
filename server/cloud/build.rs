//! Rebuilds when a migration changes: they are embedded.

#[allow(clippy::print_stdout)] // The way to talk to cargo.
fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
