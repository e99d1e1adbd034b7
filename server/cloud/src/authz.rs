//! The policy: who may do what. One table; the services ask it before every call, and roles are named nowhere else.
//!
//! Roles are OpenStack's personas: a reader sees, a member works, a manager runs the project, an admin runs the cloud. Each role may do
//! what the weaker ones may. What a caller may not even see is answered `NotFound` by the queries, which always carry the project.

use api::{Caller, Error, Result, Role};

/// What is asked for. One line each in the table below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Look at anything in the project.
    Read,
    /// Make, change and delete instances, networks, images, floating IPs, security groups.
    Write,
    /// One's own key pairs.
    OwnKeypair,
    /// A public image is everybody's: only those who run the cloud publish one.
    PublishImage,
    /// See and change every project's images.
    EveryImage,
    /// Projects, users and who has which role.
    ManageIdentity,
    /// Read what has been done anywhere.
    ReadAudit,
    /// See and end everybody's sessions.
    ManageSessions,
    /// See the hosts.
    ReadHosts,
}

/// The table: the weakest role that may.
fn needs(action: Action) -> Role {
    match action {
        Action::Read => Role::Reader,
        Action::Write => Role::Member,
        Action::OwnKeypair => Role::Reader,
        Action::PublishImage => Role::Admin,
        Action::EveryImage => Role::Admin,
        Action::ManageIdentity => Role::Admin,
        Action::ReadAudit => Role::Admin,
        Action::ManageSessions => Role::Admin,
        Action::ReadHosts => Role::Admin,
    }
}

/// Passes, or says which role it takes.
pub fn require(caller: &Caller, action: Action) -> Result<()> {
    let needs = needs(action);
    if caller.role >= needs { Ok(()) } else { Err(Error::Forbidden { needs: needs.to_string() }) }
}
