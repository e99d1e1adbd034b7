//! `cargo xtask build`: the site for the browser, then the program, which embeds it.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::{argv, run, succeeds};
use crate::setup::wasm;
use crate::{paths, site};

/// Builds everything and returns the program's path.
pub fn build(release: bool) -> Result<PathBuf> {
    site(release)?;
    server(release)
}

/// Builds the browser's half into `<target>/site`.
pub fn site(release: bool) -> Result<()> {
    site::assemble(&browser_half(release)?, release)
}

/// Compiles the browser's half.
pub fn browser_half(release: bool) -> Result<PathBuf> {
    let toolchain = wasm::toolchain().context("the wasm32 target is missing: run `cargo xtask setup`")?;
    let profile = if release { "wasm" } else { "wasm-dev" };
    // A folder of its own: the two halves may be built by different compilers.
    let folder = paths::target()?.join("wasm");
    println!("build: the browser's half");
    let mut cargo = wasm::cargo(toolchain, "build");
    cargo.args(["--quiet", "--package", "frontend", "--lib", "--profile", profile]);
    run(cargo.arg("--target-dir").arg(&folder).current_dir(paths::root()?))?;
    Ok(folder.join(wasm::TARGET).join(profile).join("frontend.wasm"))
}

/// Builds the program. Where libvirt's library is missing, without its driver: it can serve the simulator still.
fn server(release: bool) -> Result<PathBuf> {
    println!("build: the program");
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--quiet", "--package", "server"]).current_dir(paths::root()?);
    if release {
        cargo.arg("--release");
    }
    if !succeeds(&mut argv("pkg-config", ["--exists", "libvirt"])) {
        println!("build: libvirt's headers are not installed, so only the simulator will be there");
        cargo.arg("--no-default-features");
    }
    run(&mut cargo)?;
    Ok(paths::target()?.join(if release { "release" } else { "debug" }).join("offing"))
}
