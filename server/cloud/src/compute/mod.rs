//! Compute: instances, flavors and key pairs.

pub mod hypervisor;
pub mod simulator;

#[cfg(test)]
mod contract;
