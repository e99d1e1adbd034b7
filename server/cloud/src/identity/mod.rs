//! Identity: domains, projects, users, roles and sessions.
//!
//! `service.rs` holds the rules, `password.rs` the hashing, `store.rs` the SQL. A caller is made anew for each request from the rows as they
//! are then: a user who is disabled or loses a role has lost it with the next click.

mod password;
mod service;
mod store;

pub use service::{IdentityService, SessionRow, request_id};
