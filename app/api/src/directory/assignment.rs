//! Role assignments: a user or group has a role on a project, a domain or the system.

use crate::{AssignmentId, DomainId, GroupId, Micros, ProjectId, RoleId, UserId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    User,
    Group,
}

impl ActorKind {
    pub const ALL: [ActorKind; 2] = [ActorKind::User, ActorKind::Group];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
        }
    }
}

/// Who has the role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Actor {
    User(UserId),
    Group(GroupId),
}

/// Where the role holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Place {
    Project(ProjectId),
    Domain(DomainId),
    System,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    pub id: AssignmentId,
    pub actor: Actor,
    pub actor_name: String,
    pub actor_domain: String,
    pub place: Place,
    /// The name of the project or domain; empty for the system.
    pub place_name: String,
    /// The name of the project's domain; empty for others.
    pub place_domain: String,
    pub role: RoleId,
    pub role_name: String,
    /// It holds in the projects below and not in the place itself.
    pub inherited: bool,
    pub created_at: Micros,
}

/// Which assignments a list is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AssignmentsOf {
    #[default]
    All,
    User(UserId),
    Group(GroupId),
    Project(ProjectId),
    Domain(DomainId),
    System,
}

/// What the form of an assignment says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAssignment {
    /// `user` or `group`.
    pub actor_kind: String,
    pub actor: String,
    /// `project`, `domain` or `system`.
    pub place_kind: String,
    /// The project or domain; empty for the system.
    pub place: String,
    pub role: String,
    pub inherited: bool,
}
