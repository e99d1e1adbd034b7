//! Where things are: the workspace and what is built from it.

use std::path::PathBuf;

use anyhow::{Context, Result};

/// The folder of the workspace's Cargo.toml.
pub fn root() -> Result<PathBuf> {
    let own = std::env::var_os("CARGO_MANIFEST_DIR").context("start this as `cargo xtask <command>`")?;
    let root = PathBuf::from(own).parent().map(PathBuf::from);
    root.context("CARGO_MANIFEST_DIR has no parent")
}

/// Cargo's target folder: `CARGO_TARGET_DIR`, or `target` in the workspace.
pub fn target() -> Result<PathBuf> {
    let root = root()?;
    Ok(root.join(std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from)))
}
