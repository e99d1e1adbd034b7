//! Compute: instances, flavors and key pairs.
//!
//! `service.rs` checks and writes down what is wanted, `launch.rs` the same for a new instance; `lifecycle.rs` holds the rules of what to do
//! next, `reconcile.rs` does it through the driver behind `hypervisor.rs`. `metadata.rs` is what a guest is told about itself.

mod console_text;
mod flavor;
pub mod config_drive;
pub mod domain_xml;
pub mod hypervisor;
mod keypair;
mod launch;
mod lifecycle;
pub mod metadata;
mod reconcile;
mod service;
pub mod simulator;
mod store;

#[cfg(test)]
mod contract;
#[cfg(test)]
mod tests;

pub(crate) use launch::{SeedFrom, seed};
pub use reconcile::Pass;
pub use service::{ComputeService, Console};
