//! `cargo xtask e2e [filter…]`: the browser tests of `end2end/tests`, on the real stack in a testbed.
//!
//! They start the program themselves, as some of them kill it: `OFFING_PROGRAM` is its path, and the rest of its
//! environment describes the testbed. `OFFING_CHROMIUM` is the browser's path where it is not Playwright's own. With
//! `OFFING_TRACE` set, what led to a failure is kept to be looked at step by step.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::command::argv;
use crate::totals::Totals;
use crate::{build, guest, host, paths, setup, testbed};

const CHROMIUM: &str = "/usr/bin/chromium";

/// Sets up, builds and runs those tests that match the filter, or all.
pub fn e2e(filter: &[OsString]) -> Result<Totals> {
    setup::run()?;
    let program = build::build(false)?;
    browser_tests(&program, &guest::image()?, filter)
}

/// The browser's path where it is not Playwright's own.
pub fn browser() -> Option<&'static str> {
    (Path::new(CHROMIUM).exists() && setup::apt::has_chromium()).then_some(CHROMIUM)
}

/// Runs the tests with what has been built.
pub fn browser_tests(program: &Path, image: &Path, filter: &[OsString]) -> Result<Totals> {
    println!("test: browser tests");
    let report = paths::target()?.join("playwright.json");
    if report.exists() {
        fs::remove_file(&report)?;
    }
    let mut playwright = argv("npx", ["playwright", "test", "--reporter=list,json"]);
    playwright.args(filter);
    let mut inside = testbed::inside(&playwright);
    inside.current_dir(paths::root()?.join("end2end"));
    inside.env("OFFING_PROGRAM", program).env("OFFING_GUEST_IMAGE", image).env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report);
    inside.env("OFFING_EXTERNAL_CIDR", host::EXTERNAL_NETWORK).env("OFFING_EXTERNAL_GATEWAY", host::EXTERNAL_GATEWAY);
    if let Some(browser) = browser() {
        inside.env("OFFING_CHROMIUM", browser);
    }
    let passed = inside.status()?.success();
    let mut totals =
        fs::read_to_string(&report).map_or_else(|_| Ok(Totals::failure()), |text| Totals::of_playwright(&text))?;
    if !passed && totals.failed == 0 {
        totals += Totals::failure();
    }
    Ok(totals)
}
