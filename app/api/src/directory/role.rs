//! Roles: the four of the policy, `service`, and names of an operator's own that imply others.

use crate::{Micros, Role, RoleId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedRole {
    pub id: RoleId,
    pub name: String,
    pub description: String,
    /// One that every cloud has: it cannot be changed.
    pub builtin: bool,
    /// What it directly implies, by name.
    pub implies: Vec<(RoleId, String)>,
    /// The strongest of the policy's roles among all that it implies; `None`: it allows nothing by itself.
    pub grants: Option<Role>,
    /// How many assignments give it.
    pub assignments: u64,
    pub created_at: Micros,
}

/// What the form of a role says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleForm {
    pub name: String,
    pub description: String,
    /// The ids of the roles that it implies.
    pub implies: Vec<String>,
}
