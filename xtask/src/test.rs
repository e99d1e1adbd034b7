//! `cargo xtask test`: everything that must hold, in the order in which it fails soonest, and the totals.

use std::process::Command;

use anyhow::Result;

use crate::command::{argv, run, succeeds};
use crate::setup::wasm::{self, Toolchain};
use crate::totals::Totals;
use crate::{build, e2e, guest, paths, setup, testbed};

/// Sets up, builds and tests all there is.
pub fn test() -> Result<Totals> {
    setup::run()?;
    let mut totals = Totals::of_check("formatting", cargo(["fmt", "--all", "--check"])?.arg("--quiet"))?;
    // The program embeds the site, so the site comes before anything that compiles the program.
    build::site(false)?;
    let lints = ["clippy", "--quiet", "--all-targets", "--", "-D", "warnings"];
    totals += Totals::of_check("lints", &mut cargo(lints)?)?;
    totals += browser_lints()?;

    let image = guest::image()?;
    totals += Totals::of_check("the guest image", testbed::own("guest-image").arg("--check"))?;

    // Compiled outside, where nothing has to be waited for. It makes the program too, with the features it is tested with.
    run(&mut cargo(["test", "--no-run"])?)?;
    let tests = argv("cargo", ["test", "--no-fail-fast"]);
    let mut inside = testbed::inside(&tests);
    totals += Totals::of_cargo_test(inside.current_dir(paths::root()?))?;
    totals += fuzz()?;
    totals += e2e::browser_tests(&paths::target()?.join("debug/offing"), &image, &[])?;
    Ok(totals)
}

/// A minute of fuzzing, where cargo-fuzz and the nightly compiler that it takes are there.
fn fuzz() -> Result<Totals> {
    let nightly = succeeds(&mut argv("cargo", ["+nightly", "--version"]));
    if !nightly || !succeeds(&mut argv("cargo", ["fuzz", "--version"])) {
        println!("test: fuzzing of the image inspector left out: it takes cargo-fuzz and a nightly compiler");
        return Ok(Totals { skipped: 1, ..Totals::default() });
    }
    let mut fuzz =
        argv("cargo", ["+nightly", "fuzz", "run", "inspect", "--", "-max_total_time=60", "-rss_limit_mb=512"]);
    Totals::of_check("fuzzing of the image inspector", fuzz.current_dir(paths::root()?.join("server/cloud")))
}

/// The browser's half apart: with the other, `app` would have both features at once.
fn browser_lints() -> Result<Totals> {
    let clippy = succeeds(&mut argv("cargo", ["clippy", "--version"]));
    let verb = match wasm::toolchain() {
        Some(Toolchain::Rustup) if clippy => "clippy",
        _ => "check",
    };
    let mut cargo = wasm::cargo(wasm::toolchain().unwrap_or(Toolchain::Rustup), verb);
    cargo.args(["--quiet", "--package", "frontend", "--lib", "--profile", "wasm-dev", "--target-dir"]);
    cargo.arg(paths::target()?.join("wasm")).current_dir(paths::root()?);
    if verb == "clippy" {
        cargo.args(["--", "-D", "warnings"]);
    }
    Totals::of_check("lints of the browser's half", &mut cargo)
}

fn cargo<const N: usize>(arguments: [&str; N]) -> Result<Command> {
    let mut cargo = argv("cargo", arguments);
    cargo.current_dir(paths::root()?);
    Ok(cargo)
}
