//! `cargo xtask setup`: brings a fresh Debian 12 or Ubuntu 24.04 machine with git, Rust and Node to the point where
//! everything else works. Quick when all is there.

pub mod apt;
pub mod node;
pub mod wasm;

use anyhow::Result;

/// Installs what is missing.
pub fn run() -> Result<()> {
    apt::install()?;
    wasm::install()?;
    node::install()
}
