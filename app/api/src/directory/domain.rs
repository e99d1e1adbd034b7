//! Domains: the owners of projects, users and groups.

use crate::{DomainId, Micros};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Domain {
    pub id: DomainId,
    pub name: String,
    pub description: String,
    pub enabled: bool,
    pub projects: u64,
    pub users: u64,
    pub groups: u64,
    pub created_at: Micros,
}

/// What the form of a domain says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainForm {
    pub name: String,
    pub description: String,
    /// For a new one only: nobody can enter it yet.
    pub disabled: bool,
}
