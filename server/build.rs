//! Tells `files.rs` where the built site lies, so that it is embedded: `cargo xtask build` puts it into `<target>/site`.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let workspace = package.parent().unwrap_or(Path::new("."));
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    let site = workspace.join(target).join("site");

    // Plain `cargo check` and `cargo test` work before the first `cargo xtask build`: with pages that have no script yet.
    let manifest = site.join("manifest.json");
    if !manifest.exists() {
        fs::create_dir_all(&site)?;
        fs::write(&manifest, "{}")?;
    }
    println!("cargo:rustc-env=OFFING_SITE={}", site.display());
    println!("cargo:rerun-if-changed={}", site.display());
    println!("cargo:rerun-if-env-changed=CARGO_TARGET_DIR");
    Ok(())
}
