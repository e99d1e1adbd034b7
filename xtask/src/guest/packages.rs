//! The packages that the guest is made of.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::list;
use crate::command::{argv, as_root, read, run, succeeds};

/// Small kernels for virtual machines, by the names that Debian and Ubuntu give them.
const KERNELS: [&str; 2] = ["linux-image-cloud-amd64", "linux-image-virtual"];

/// Downloads the packages into `downloads` and unpacks them into `unpacked`.
pub fn fetch(downloads: &Path, unpacked: &Path) -> Result<PathBuf> {
    if succeeds(&mut argv("apt-cache", ["show", "busybox-static"])) {
        download(downloads)
    } else {
        run(&mut as_root("apt-get", ["-q", "update"]))?;
        download(downloads)
    }
    .context("cannot download the guest's packages; `apt-get update` may help")?;
    for entry in fs::read_dir(downloads)? {
        run(argv("dpkg-deb", ["--extract"]).arg(entry?.path()).arg(unpacked))?;
    }
    Ok(unpacked.to_owned())
}

fn download(folder: &Path) -> Result<()> {
    let mut names = kernel()?;
    for name in list("packages")? {
        names.push(if is_known(&name) { name } else { format!("{name}t64") });
    }
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    // As this user: apt's own cannot write here.
    let mut download = argv("apt-get", ["-q", "-o", "APT::Sandbox::User=root", "download"]);
    read(download.args(names).current_dir(folder))?;
    Ok(())
}

/// The kernel's package, and that of its modules where they are apart: what the package without a version depends on.
fn kernel() -> Result<Vec<String>> {
    let name =
        KERNELS.into_iter().find(|name| is_known(name)).context("no known kernel package for virtual machines")?;
    let depends = read(&mut argv("apt-cache", ["depends", "--no-recommends", "--no-suggests", name]))?;
    let first = depends.lines().find_map(|line| line.trim().strip_prefix("Depends: linux-image-"));
    let version = first.with_context(|| format!("{name} depends on no kernel"))?;
    let names = [format!("linux-image-{version}"), format!("linux-modules-{version}")];
    Ok(names.into_iter().filter(|name| is_known(name)).collect())
}

fn is_known(package: &str) -> bool {
    read(&mut argv("apt-cache", ["show", "--no-all-versions", package])).is_ok_and(|text| !text.is_empty())
}
