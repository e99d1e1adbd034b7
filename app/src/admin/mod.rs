//! Pages for administrators.

pub mod calls;
mod hypervisor_list;
mod password_rules;
mod session_list;

pub use hypervisor_list::Hypervisors;
pub use password_rules::{DomainPasswordRules, PasswordRulesList};
pub use session_list::{Sessions, SessionsOf};
