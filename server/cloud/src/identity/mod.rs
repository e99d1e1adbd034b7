//! Identity: domains, projects, users, roles and sessions.
//!
//! `service.rs` is the contract; each noun's rules stand in a file of its name (`project.rs`, `user.rs`, `assignment.rs`, `session.rs`),
//! all SQL in `store/`, the hashing in `password.rs`. `caller.rs` makes a caller anew for each request from the rows as they are then: a
//! user who is disabled or loses a role has lost it with the next click.

mod account;
mod assignment;
mod caller;
mod first_start;
mod password;
mod project;
mod service;
mod session;
mod sign_in;
mod store;
mod user;

pub use account::agent_kept;
pub use service::IdentityService;
pub use session::SessionRow;

use crate::db::is_unique;
use crate::fault::StoreError;
use api::error::Conflict;
use api::{Error, Kind, Name, Why};
use uuid::Uuid;

/// `req-` and a UUID, as OpenStack writes it.
pub fn request_id() -> String {
    format!("req-{}", Uuid::new_v4())
}

/// A name taken is the caller's doing; anything else is ours.
fn taken(error: sqlx::Error, columns: &str, kind: Kind, name: &Name) -> Error {
    if is_unique(&error, columns) {
        Error::Conflict(Conflict::NameTaken { kind, name: name.to_string() })
    } else {
        StoreError(error).into()
    }
}

fn short(name: Name, max: usize) -> std::result::Result<Name, Why> {
    let is = name.as_str().chars().count();
    if is > max { Err(Why::TooLong { max, is }) } else { Ok(name) }
}
