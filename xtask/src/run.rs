//! `cargo xtask run`: from a fresh clone to a cloud in the browser.

use std::ffi::OsString;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::command::{argv, as_root, may_be_root};
use crate::host::{self, Datapath};
use crate::{build, guest, setup};

/// Sets up and builds what is missing, starts the host's daemons and becomes `offing serve` with `arguments` besides.
/// Where nobody may become root, instances are simulated.
pub fn run(release: bool, arguments: &[OsString]) -> Result<()> {
    let real = may_be_root();
    if real {
        setup::run()?;
    } else {
        println!("run: neither root nor sudo: nothing is installed, and instances and networks are simulated");
        setup::wasm::install()?;
    }
    let program = build::build(release)?.display().to_string();
    let mut serve = if real {
        let guest = guest::image()?;
        host::start(Datapath::of_this_kernel(), Path::new("/var/log/offing"))?;
        println!("run: floating IPs are in {}, the host is {}", host::EXTERNAL_NETWORK, host::EXTERNAL_GATEWAY);
        let mut serve = as_root(&program, ["serve", "--data", "/var/lib/offing", "--guest-image"]);
        serve.arg(guest).args([
            "--external-cidr",
            host::EXTERNAL_NETWORK,
            "--external-gateway",
            host::EXTERNAL_GATEWAY,
        ]);
        serve
    } else {
        let mut serve = argv(&program, ["serve", "--demo", "--data"]);
        serve.arg(own_data()?);
        serve
    };
    Err(serve.args(arguments).exec()).with_context(|| format!("cannot start {program}"))
}

/// Where programs of this user keep their data.
fn own_data() -> Result<PathBuf> {
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share"));
    let base = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).or_else(home);
    let data = base.context("neither XDG_DATA_HOME nor HOME is set")?.join("offing");
    fs::create_dir_all(&data)?;
    Ok(data)
}
