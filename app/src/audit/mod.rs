//! The audit log: who changed what, from where and with which result.

mod audit_list;
pub mod calls;

pub use audit_list::{AllAudits, AuditsAbout, ProjectAudits};
