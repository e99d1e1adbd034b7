//! Groups of users.

use crate::{DomainId, GroupId, Micros};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub id: GroupId,
    pub domain: DomainId,
    pub domain_name: String,
    pub name: String,
    pub description: String,
    pub members: u64,
    pub created_at: Micros,
}

/// What the form of a group says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupForm {
    /// For a new one only. Empty: the domain of the project that the form was opened in.
    pub domain: String,
    pub name: String,
    pub description: String,
}
