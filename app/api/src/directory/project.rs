//! Projects: the owners of nearly everything else.

use crate::{DomainId, Kind, Micros, ProjectId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    pub id: ProjectId,
    pub domain: DomainId,
    pub domain_name: String,
    pub name: String,
    pub description: String,
    pub enabled: bool,
    /// It is going, with all that it holds.
    pub deleting: bool,
    pub tags: Vec<String>,
    pub created_at: Micros,
}

/// Things of one kind that a project holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    pub kind: Kind,
    pub count: u64,
    /// The first few names.
    pub names: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectDetail {
    pub project: Project,
    pub parent: Option<(ProjectId, String)>,
    /// Its direct sub-projects, by name.
    pub children: Vec<(ProjectId, String)>,
    /// What it holds across all services; kinds of which there is nothing are left out.
    pub holdings: Vec<Holding>,
}

/// What the form of a new project says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewProject {
    /// Empty: the domain of the project that the form was opened in.
    pub domain: String,
    /// Empty: none.
    pub parent: String,
    pub name: String,
    pub description: String,
    /// Separated by commas.
    pub tags: String,
    /// Users, each with the role at the same place in `roles`; empty ones are passed over.
    pub members: Vec<String>,
    pub roles: Vec<String>,
    /// Limits by the resource's key; empty ones stay at the default.
    pub limits: BTreeMap<String, String>,
    pub starter: bool,
    /// Nobody can enter it yet.
    pub disabled: bool,
}

/// What the form of a project says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectForm {
    pub name: String,
    pub description: String,
    pub tags: String,
}
