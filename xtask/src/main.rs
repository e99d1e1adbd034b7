//! `cargo xtask <command>`: everything a developer or a CI machine does with Offing, one file per command.
//!
//! Two of them are all one needs: `run` and `test`. The others are their parts. Every command is idempotent
//! and quick where there is nothing to do.

mod bench;
mod build;
mod command;
mod e2e;
mod guest;
mod host;
mod paths;
mod run;
mod setup;
mod site;
mod test;
mod testbed;
mod totals;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Set up, build, run, test and measure Offing.")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what is missing on this machine: libvirt, QEMU, OVN, Chromium, the wasm32 target, npm packages.
    Setup,
    /// Set up, build, start what a host of instances needs, and serve on http://127.0.0.1:8080.
    Run {
        /// Optimised, as it is shipped.
        #[arg(long)]
        release: bool,
        /// Options for `offing serve`.
        #[arg(last = true)]
        arguments: Vec<OsString>,
    },
    /// Build the program, with the site for the browser inside.
    Build {
        /// Optimised, as it is shipped.
        #[arg(long)]
        release: bool,
    },
    /// Build the small system that instances are launched from in tests and first steps.
    GuestImage {
        /// Boot it, and look whether it does all it should.
        #[arg(long)]
        check: bool,
    },
    /// Set up, and run every test there is; the last line says how many.
    Test,
    /// Run the browser tests on the real stack.
    E2e {
        /// Parts of file names or titles; all tests without any.
        filter: Vec<OsString>,
    },
    /// Measure the rows of the table of budgets, in clouds of 5,000 and 50,000 simulated instances.
    Bench {
        /// A release build to measure, instead of making one.
        program: Option<PathBuf>,
        /// Make everything so many times fewer: to see whether the measuring itself works.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        fewer: u32,
    },
    /// Run a command on a host of its own, with libvirt and OVN, in namespaces that vanish when it ends.
    Testbed {
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
    #[command(hide = true)]
    TestbedInit {
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
}

fn main() -> ExitCode {
    perform(Arguments::parse().task).unwrap_or_else(|error| {
        eprintln!("cargo xtask: {error:#}");
        ExitCode::FAILURE
    })
}

fn perform(task: Task) -> Result<ExitCode> {
    match task {
        Task::Setup => setup::run()?,
        Task::Run { release, arguments } => run::run(release, &arguments)?,
        Task::Build { release } => println!("built: {}", build::build(release)?.display()),
        Task::GuestImage { check } => {
            let image = guest::image()?;
            if check {
                guest::check(&image)?;
            }
        }
        Task::Test => return Ok(told(test::test()?)),
        Task::E2e { filter } => return Ok(told(e2e::e2e(&filter)?)),
        Task::Bench { program, fewer } => bench::bench(program, fewer)?,
        Task::Testbed { command } => return testbed::run(&command),
        Task::TestbedInit { command } => return testbed::init(&command),
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints the totals, and makes them this program's end.
fn told(totals: totals::Totals) -> ExitCode {
    println!("{totals}");
    if totals.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
