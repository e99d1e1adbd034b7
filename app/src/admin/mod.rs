//! Pages for administrators.

pub mod calls;
mod hypervisor_list;
mod session_list;

pub use hypervisor_list::Hypervisors;
pub use session_list::Sessions;
