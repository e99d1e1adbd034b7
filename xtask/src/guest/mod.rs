//! `cargo xtask guest-image`: a small system that boots under plain emulation within seconds, made of the distribution's
//! own packages and the files in `end2end/guest`, without becoming root and without mounting anything.
//!
//! It is what tests launch, and what a first instance is launched from where nothing can be downloaded.

mod check;
mod disk;
mod packages;
mod tree;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::paths;

pub use check::check;

/// Builds the image unless its sources are unchanged, and returns its path: `<target>/guest/offing-guest.qcow2`.
pub fn image() -> Result<PathBuf> {
    let folder = paths::target()?.join("guest");
    let (image, stamp) = (folder.join("offing-guest.qcow2"), folder.join("sources.sha256"));
    let sources = sources()?;
    let current = image.exists() && fs::read_to_string(&stamp).is_ok_and(|known| known == sources);
    if !current {
        println!("guest-image: building {}", image.display());
        build(&folder, &image).context("cannot build the guest image")?;
        fs::write(&stamp, &sources)?;
        println!("guest-image: {:.1} MB", fs::metadata(&image)?.len() as f64 / 1e6);
    }
    Ok(image)
}

fn build(folder: &Path, image: &Path) -> Result<()> {
    let work = folder.join("work");
    if work.exists() {
        fs::remove_dir_all(&work)?;
    }
    fs::create_dir_all(&work)?;
    let unpacked = packages::fetch(&folder.join("packages"), &work.join("unpacked"))?;
    let kernel = tree::Kernel::of(&unpacked)?;
    let root = tree::root(&unpacked, &kernel, &work.join("root"))?;
    let initramfs = tree::initramfs(&unpacked, &kernel, &work.join("initramfs"))?;
    disk::assemble(&kernel.image, &initramfs, &root, &work, image)?;
    fs::remove_dir_all(&work)?;
    Ok(())
}

/// The folder of the guest's own files.
fn own_files() -> Result<PathBuf> {
    Ok(paths::root()?.join("end2end/guest"))
}

/// The lines of one of the lists among them, without comments.
fn list(name: &str) -> Result<Vec<String>> {
    let path = own_files()?.join(name);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect())
}

/// A digest of all that the image is made from, besides the packages.
fn sources() -> Result<String> {
    let mut files = tree::walk(&own_files()?)?;
    files.extend(tree::walk(&paths::root()?.join("xtask/src/guest"))?);
    files.retain(|file| !file.ends_with("check.rs"));
    files.sort();
    let mut digest = Sha256::new();
    for file in files {
        digest.update(file.to_string_lossy().as_bytes());
        digest.update(fs::read(&file)?);
    }
    Ok(hex::encode(digest.finalize()))
}
