//! The npm packages: noVNC and xterm.js, which the console serves, and what the browser tests need.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::command::run;
use crate::{paths, setup::apt};

/// Installs exactly what `end2end/package-lock.json` names, unless it is there already, and a browser for the tests.
pub fn install() -> Result<()> {
    let folder = paths::root()?.join("end2end");
    let installed = folder.join("node_modules/.package-lock.json");
    let current =
        newer(&installed, &folder.join("package-lock.json")) && newer(&installed, &folder.join("package.json"));
    if !current {
        println!("setup: npm packages of end2end");
        let mut npm = Command::new("npm");
        run(npm
            .args(["ci", "--no-audit", "--no-fund"])
            .current_dir(&folder)
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))?;
    }
    // Ubuntu has Chromium as a snap only, which cannot be had in a container; Playwright brings its own build there.
    if !current && !apt::has_chromium() {
        run(Command::new("npx").args(["playwright", "install", "--with-deps", "chromium"]).current_dir(&folder))?;
    }
    Ok(())
}

fn newer(one: &Path, other: &Path) -> bool {
    let time = |path: &Path| path.metadata().and_then(|data| data.modified()).ok();
    matches!((time(one), time(other)), (Some(one), Some(other)) if one >= other)
}
