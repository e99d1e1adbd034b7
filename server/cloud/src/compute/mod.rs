//! Compute: instances, flavors and key pairs.
//!
//! `service.rs` checks and writes down what is wanted, `launch.rs` the same for a new instance; `lifecycle.rs` holds the rules of what to do
//! next, `hardware.rs` those of which devices a domain is given; `reconcile.rs` does it through the driver behind `hypervisor.rs`.
//! `metadata.rs` is what a guest is told about itself.
//!
//! `snapshot.rs` makes images of root disks, `properties.rs` is what flavors and instances carry besides.
//!
//! The drivers: `simulator/`, and `libvirt.rs` with the connection (`libvirt_link.rs`), copies of disks (`libvirt_backup.rs`), an instance's files (`instance_files.rs`, of which
//! `overlay.rs` and `config_drive.rs` make the bytes), its XML (`domain_xml.rs`) and consoles with several viewers (`serial.rs`);
//! `kvm.rs` finds out whether KVM works. `contract.rs` is what both drivers are held to.

pub mod config_drive;
mod console_text;
pub mod domain_xml;
mod flavor;
pub mod hardware;
pub mod hypervisor;
#[cfg(feature = "libvirt")]
mod instance_files;
mod keypair;
pub mod kvm;
mod launch;
#[cfg(feature = "libvirt")]
pub mod libvirt;
#[cfg(feature = "libvirt")]
mod libvirt_backup;
#[cfg(feature = "libvirt")]
mod libvirt_link;
mod lifecycle;
pub mod metadata;
pub mod overlay;
mod properties;
mod reconcile;
#[cfg(feature = "libvirt")]
mod serial;
mod service;
pub mod simulator;
mod snapshot;
mod store;

#[cfg(test)]
mod contract;
#[cfg(test)]
mod tests;

pub(crate) use launch::{SeedFrom, seed};
pub use reconcile::Pass;
pub use service::{ComputeService, Console};
