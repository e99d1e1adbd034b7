//! `cargo xtask <command>`: everything a developer or a CI machine does with Offing, one file per command.
//!
//! Two of them are all one needs: `run` and `test`. The others are their parts. Every command is idempotent
//! and quick where there is nothing to do.

mod command;
mod paths;
mod setup;

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
}

fn main() -> Result<()> {
    match Arguments::parse().task {
        Task::Setup => setup::run(),
    }
}
