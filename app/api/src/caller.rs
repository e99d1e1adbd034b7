//! Who asks.

use crate::{ApplicationCredentialId, DomainId, ProjectId, UserId};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// OpenStack's default roles, weakest first: each implies those before it (Keystone's "secure RBAC").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Reader,
    Member,
    Manager,
    Admin,
}

impl Role {
    pub const ALL: [Role; 4] = [Role::Reader, Role::Member, Role::Manager, Role::Admin];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Member => "member",
            Self::Manager => "manager",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = crate::Why;
    fn from_str(text: &str) -> Result<Self, crate::Why> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(crate::Why::NotAChoice)
    }
}

/// By what somebody has been recognised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Proof {
    /// Nobody has asked: the program itself, or its command line.
    #[default]
    Program,
    /// A browser's session, by the hash of its id.
    Session(String),
    /// A token of the API that was got with a password.
    Token,
    /// A token that was got with an application credential.
    ApplicationCredential(ApplicationCredentialId),
}

/// Who asks, in which project, with which role: made anew for each request from the session, so that a role taken away is gone at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub user: UserId,
    pub user_name: String,
    pub project: ProjectId,
    pub project_name: String,
    /// The domain of the project.
    pub domain: DomainId,
    /// The strongest role the user has in the project, directly, by a group, by inheritance, or because of a role on the domain or the
    /// system.
    pub role: Role,
    /// The strongest role on the system, if there is one.
    pub system: Option<Role>,
    /// The domains that the user manages.
    pub manages: Vec<DomainId>,
    /// By what the caller has been recognised: fixed with the request, whatever the role is.
    pub proof: Proof,
    /// Where the request comes from; empty for what the program does by itself.
    pub address: String,
    /// Ties the log, the audit row and the operation of one request together; `req-` and a UUID, as OpenStack writes it.
    pub request: String,
}
