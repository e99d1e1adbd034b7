//! Compute: instances, flavors and key pairs.

pub mod hypervisor;
