//! `cargo xtask <command>`: everything a developer or a CI machine does with Offing, one file per command.
//!
//! Two of them are all one needs: `run` and `test`. The others are their parts. Every command is idempotent
//! and quick where there is nothing to do.

mod build;
mod command;
mod host;
mod paths;
mod setup;
mod site;
mod testbed;

use std::ffi::OsString;
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
    /// Build the program, with the site for the browser inside.
    Build {
        /// Optimised, as it is shipped.
        #[arg(long)]
        release: bool,
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

fn main() -> Result<ExitCode> {
    match Arguments::parse().task {
        Task::Setup => setup::run()?,
        Task::Build { release } => println!("built: {}", build::build(release)?.display()),
        Task::Testbed { command } => return testbed::run(&command),
        Task::TestbedInit { command } => return testbed::init(&command),
    }
    Ok(ExitCode::SUCCESS)
}
