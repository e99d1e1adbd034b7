//! Identity: domains, projects, users, roles and sessions.
//!
//! `service.rs` and `directory.rs` are the contracts; each noun's rules stand in a file of its name (`project.rs`, `user.rs`, `group.rs`,
//! `session.rs`, …), all SQL in `store/`, the hashing in `password.rs`. A change of the directory goes through `change.rs`.
//! `class/` makes many users and projects at once, and takes them away together.
//! `token.rs` is what programs have in place of a session, `credential.rs` what they get one with.
//! `caller.rs` makes a caller anew for each request from the rows as they are then: a user who is disabled or loses a role has lost it with
//! the next click.

mod account;
mod assignment;
mod breach;
mod caller;
mod change;
mod class;
mod credential;
mod deletion;
mod directory;
mod domain;
mod first_start;
mod group;
mod many;
mod new_password;
mod passkey;
mod passkey_sign_in;
mod password;
mod policy;
mod project;
mod provider;
mod role;
mod rules;
mod second_factor;
mod seed;
mod service;
mod session;
mod sign_in;
mod store;
mod token;
mod totp;
mod user;

pub use account::agent_kept;
pub use class::ClassService;
pub use deletion::Deletion;
pub use directory::DirectoryService;
pub use policy::PolicyService;
pub use provider::{Departure, Return};
pub use service::IdentityService;
pub use session::SessionRow;
pub use token::{Bearer, CredentialProof, Named, Scope, ScopeRequest, TokenMethod, TokenRequest, TokenRow};

use crate::authz::{self, Action, Reach};
use crate::db::is_unique;
use crate::fault::StoreError;
use api::audit::AuditsOf;
use api::{Error, Kind, Name, Why};
use uuid::Uuid;

/// `req-` and a UUID, as OpenStack writes it.
pub fn request_id() -> String {
    format!("req-{}", Uuid::new_v4())
}

/// A name taken is the caller's doing; anything else is ours.
fn taken(error: sqlx::Error, columns: &str, kind: Kind) -> Error {
    if is_unique(&error, columns) { Error::field("name", Why::Taken { kind }) } else { StoreError(error).into() }
}

fn short(name: Name, max: usize) -> std::result::Result<Name, Why> {
    let is = name.as_str().chars().count();
    if is > max { Err(Why::TooLong { max, is }) } else { Ok(name) }
}

/// How far the caller sees what concerns somebody or something of the directory; fails where it is not seen at all.
pub async fn sight(core: &crate::core::Core, caller: &api::Caller, of: AuditsOf) -> api::Result<Reach> {
    match of {
        AuditsOf::User(id) => {
            user::show(core, caller, id).await?;
            authz::reach(caller, Action::ReadUsers)
        }
        AuditsOf::Project(id) => {
            project::visible(core, caller, id).await?;
            authz::reach(caller, Action::ReadProjects)
        }
    }
}

/// When a day such as `2026-12-31` begins in the user's time zone, or ends; `None`: it is no day.
pub async fn day(
    core: &crate::core::Core,
    user: api::UserId,
    text: &str,
    end: bool,
) -> api::Result<Option<api::Micros>> {
    account::day(core, user, text, end).await
}

/// The name of a project in reach, if there is one.
pub async fn project_within(core: &crate::core::Core, reach: &Reach, id: api::ProjectId) -> api::Result<String> {
    let mut db = core.db.read().acquire().await.map_err(StoreError)?;
    let found = store::project::find(&mut db, id).await?.filter(|project| reach.covers(project.domain));
    found.map(|project| project.name).ok_or_else(|| Error::not_found(Kind::Project, id))
}
