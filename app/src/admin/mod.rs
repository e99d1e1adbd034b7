//! Pages for administrators.

pub mod calls;
mod hypervisor_list;

pub use hypervisor_list::Hypervisors;
