//! The wasm32 target: from rustup where it can be had, else from Debian's compiler with std built from its source.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::apt;
use crate::command::{argv, read, run, succeeds};
use crate::paths;

/// The browser's platform.
pub const TARGET: &str = "wasm32-unknown-unknown";
const DEBIAN_LIBRARIES: &str = "/usr/lib/rustlib/wasm32-unknown-unknown/lib";

/// Which compiler makes the browser's half.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Toolchain {
    /// The one that makes the host's half.
    Rustup,
    /// /usr/bin/cargo and rustc of Debian's rustc-web, cargo-web.
    Debian,
}

/// The compiler that has the target; none before set-up.
pub fn toolchain() -> Option<Toolchain> {
    let installed = read(&mut argv("rustup", ["target", "list", "--installed"])).unwrap_or_default();
    if installed.lines().any(|line| line == TARGET) {
        return Some(Toolchain::Rustup);
    }
    let stamp = fs::read_to_string(stamp()).ok()?;
    (debian_version().ok()? == stamp).then_some(Toolchain::Debian)
}

/// A cargo command for the target, without its verb's options: `cargo <verb> --target wasm32-unknown-unknown`.
pub fn cargo(toolchain: Toolchain, verb: &str) -> Command {
    let mut command = match toolchain {
        Toolchain::Rustup => Command::new("cargo"),
        Toolchain::Debian => {
            let mut command = Command::new("/usr/bin/cargo");
            command.env("RUSTC", "/usr/bin/rustc").env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld");
            // Names libraries of the compiler that built this program.
            command.env_remove("LD_LIBRARY_PATH");
            command
        }
    };
    command.args([verb, "--target", TARGET]);
    command
}

/// Makes the target available.
pub fn install() -> Result<()> {
    if toolchain().is_some() {
        return Ok(());
    }
    println!("setup: {TARGET}");
    if succeeds(&mut argv("rustup", ["target", "add", TARGET])) {
        return Ok(());
    }
    apt::install_packages(&["rustc-web", "cargo-web", "rust-web-src", "lld"])?;
    build_std().context("cannot build the standard library for wasm32 with Debian's compiler")
}

/// Builds std once with an empty crate and puts it where Debian's rustc looks for it.
fn build_std() -> Result<()> {
    let folder = paths::target()?.join("wasm-std");
    fs::create_dir_all(folder.join("src"))?;
    let manifest = "[package]\nname = \"empty\"\nedition = \"2021\"\n[lib]\ncrate-type = [\"cdylib\"]\n[workspace]\n";
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::write(folder.join("src/lib.rs"), "")?;
    let mut build = cargo(Toolchain::Debian, "build");
    build.args(["--release", "-Zbuild-std=std,panic_abort"]).env("RUSTC_BOOTSTRAP", "1");
    run(build.current_dir(&folder).env("CARGO_TARGET_DIR", folder.join("target")))?;

    fs::create_dir_all(DEBIAN_LIBRARIES)?;
    let built = folder.join("target").join(TARGET).join("release/deps");
    for entry in fs::read_dir(&built)? {
        let file = entry?.path();
        if file.extension().is_some_and(|extension| extension == "rlib") {
            let name = file.file_name().context("a library without a name")?;
            fs::copy(&file, Path::new(DEBIAN_LIBRARIES).join(name))?;
        }
    }
    fs::write(stamp(), debian_version()?)?;
    fs::remove_dir_all(&folder)?;
    Ok(())
}

/// Says which compiler the libraries were built with: another one refuses them.
fn stamp() -> PathBuf {
    Path::new(DEBIAN_LIBRARIES).join("offing-built-with")
}

fn debian_version() -> Result<String> {
    read(&mut argv("/usr/bin/rustc", ["-vV"]))
}
