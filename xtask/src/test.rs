//! `cargo xtask test`: everything that must hold, in the order in which it fails soonest, and the totals.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::command::{argv, run, succeeds};
use crate::setup::wasm::{self, Toolchain};
use crate::totals::Totals;
use crate::{build, e2e, guest, paths, setup, site, testbed};

/// Sets up, builds and tests all there is.
pub fn test() -> Result<Totals> {
    setup::run()?;
    let mut totals = Totals::of_check("formatting", cargo(["fmt", "--all", "--check"])?.arg("--quiet"))?;
    let lints = ["clippy", "--quiet", "--all-targets", "--", "-D", "warnings"];
    let (browser_half, linted) =
        beside(|| build::browser_half(false), || Totals::of_check("lints", &mut cargo(lints)?))?;
    totals += linted;
    totals += browser_lints()?;
    // The program embeds the site, so the site comes before anything that compiles the program.
    site::assemble(&browser_half, false)?;

    // Compiled outside, where nothing has to be waited for. It makes the program too, with the features it is tested with.
    let ((image, checked), ()) = beside(guest_image, || run(&mut cargo(["test", "--no-run"])?))?;
    totals += checked;
    let tests = argv("cargo", ["test", "--no-fail-fast"]);
    let mut inside = testbed::inside(&tests);
    totals += Totals::of_cargo_test(inside.current_dir(paths::root()?))?;
    totals += fuzz()?;
    totals += e2e::browser_tests(&paths::target()?.join("debug/offing"), &image, &[])?;
    Ok(totals)
}

/// Both at once, where neither needs the other and each by itself would leave processors idle for minutes.
fn beside<A: Send, B>(one: impl FnOnce() -> Result<A> + Send, other: impl FnOnce() -> Result<B>) -> Result<(A, B)> {
    std::thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        let one = one.join().unwrap_or_else(|_| bail!("a part of the tests broke off"));
        Ok((one?, other?))
    })
}

/// The guest image, and whether it is as it should be.
fn guest_image() -> Result<(PathBuf, Totals)> {
    let image = guest::image()?;
    Ok((image, Totals::of_check("the guest image", testbed::own("guest-image").arg("--check"))?))
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

/// The browser's half apart: with the other, `app` would have both features at once. Debian's compiler has no Clippy for it; that it is
/// compiled is known then, and no more.
fn browser_lints() -> Result<Totals> {
    if wasm::toolchain() != Some(Toolchain::Rustup) || !succeeds(&mut argv("cargo", ["clippy", "--version"])) {
        println!("test: lints of the browser's half left out: its compiler has no Clippy");
        return Ok(Totals { skipped: 1, ..Totals::default() });
    }
    let mut clippy = wasm::cargo(Toolchain::Rustup, "clippy");
    clippy.args(["--quiet", "--package", "frontend", "--lib", "--profile", "wasm-dev", "--target-dir"]);
    clippy.arg(paths::target()?.join("wasm")).args(["--", "-D", "warnings"]);
    Totals::of_check("lints of the browser's half", clippy.current_dir(paths::root()?))
}

fn cargo<const N: usize>(arguments: [&str; N]) -> Result<Command> {
    let mut cargo = argv("cargo", arguments);
    cargo.current_dir(paths::root()?);
    Ok(cargo)
}
