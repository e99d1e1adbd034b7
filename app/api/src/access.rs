//! How programs reach the cloud: the services that have an API.

use crate::ProjectId;
use serde::{Deserialize, Serialize};

/// The only region there is, by the name that every client takes for granted.
pub const REGION: &str = "RegionOne";

/// A service of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Service {
    /// OpenStack's service type.
    pub kind: &'static str,
    pub name: &'static str,
    /// Where its endpoint is.
    pub path: &'static str,
}

/// Those that answer.
pub const SERVICES: [Service; 1] = [Service { kind: "identity", name: "keystone", path: "/identity" }];

/// What the page of the API shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// Where clients find the cloud, without a slash at the end.
    pub base: String,
    pub user_name: String,
    pub user_domain: String,
    pub project: ProjectId,
    pub project_name: String,
    pub project_domain: String,
}

impl Access {
    /// `OS_AUTH_URL`.
    pub fn auth_url(&self) -> String {
        format!("{}/identity/v3", self.base)
    }
}
