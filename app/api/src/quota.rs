//! Quotas: what a project may use, and how much of it is used.

use crate::{ListQuery, Micros, Page, ProjectId, QuotaRequestId, Result, caller::Caller};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The resources that a quota limits, by OpenStack's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resource {
    Instances,
    Cores,
    /// Megabytes.
    Ram,
    KeyPairs,
    /// Bytes of stored images.
    ImageBytes,
    Networks,
    Subnets,
    Routers,
    Ports,
    FloatingIps,
    SecurityGroups,
    SecurityGroupRules,
}

impl Resource {
    pub const ALL: [Resource; 12] = [
        Resource::Instances,
        Resource::Cores,
        Resource::Ram,
        Resource::KeyPairs,
        Resource::ImageBytes,
        Resource::Networks,
        Resource::Subnets,
        Resource::Routers,
        Resource::Ports,
        Resource::FloatingIps,
        Resource::SecurityGroups,
        Resource::SecurityGroupRules,
    ];

    /// Those that are counted by project; key pairs are by user.
    pub const PER_PROJECT: [Resource; 11] = {
        let mut counted = [Resource::Instances; 11];
        let (mut n, mut all) = (0, 0);
        while all < Self::ALL.len() {
            if !matches!(Self::ALL[all], Resource::KeyPairs) {
                counted[n] = Self::ALL[all];
                n += 1;
            }
            all += 1;
        }
        counted
    };

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Instances => "instances",
            Self::Cores => "cores",
            Self::Ram => "ram",
            Self::KeyPairs => "key_pairs",
            Self::ImageBytes => "image_bytes",
            Self::Networks => "networks",
            Self::Subnets => "subnets",
            Self::Routers => "routers",
            Self::Ports => "ports",
            Self::FloatingIps => "floating_ips",
            Self::SecurityGroups => "security_groups",
            Self::SecurityGroupRules => "security_group_rules",
        }
    }
}

/// One resource's limit and use in a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    pub resource: Resource,
    pub used: i64,
    /// −1 means unlimited.
    pub limit: i64,
}

/// What one project uses of what it may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectUsage {
    pub project: ProjectId,
    pub project_name: String,
    pub domain_name: String,
    /// In the order of `Resource::PER_PROJECT`.
    pub usage: Vec<Usage>,
}

/// A limit and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    pub resource: Resource,
    pub used: i64,
    /// −1 means unlimited.
    pub limit: i64,
    /// What holds where the project says nothing.
    pub default: i64,
    /// The project's own, different from the default or not.
    pub own: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RequestState {
    Open,
    Approved,
    Refused,
}

impl RequestState {
    pub const ALL: [RequestState; 3] = [RequestState::Open, RequestState::Approved, RequestState::Refused];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Refused => "refused",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// Somebody asks for a larger quota, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaRequest {
    pub id: QuotaRequestId,
    pub project: ProjectId,
    pub project_name: String,
    pub user_name: String,
    pub resource: Resource,
    /// The limit that is asked for, and the one that held then.
    pub asked: i64,
    pub held: i64,
    pub reason: String,
    pub state: RequestState,
    /// What the administrator said.
    pub answer: String,
    pub decided_by: Option<String>,
    pub decided_at: Option<Micros>,
    pub created_at: Micros,
}

/// What a project may use and uses.
#[async_trait]
pub trait Quotas: Send + Sync {
    /// Every resource's limit and use in the caller's project.
    async fn quota_usage(&self, caller: &Caller) -> Result<Vec<Usage>>;
    /// Every resource's limit and use in any project.
    async fn quota_show(&self, caller: &Caller, project: ProjectId) -> Result<Vec<Limit>>;
    /// Every project's limits and use, side by side. Sort keys: `name`, `domain` and the resources' keys, by what is used; filter:
    /// `domain`, an id.
    async fn quota_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<ProjectUsage>>;
    /// The project's limits by the resource's key. An empty one goes back to the default; none goes below what is used.
    async fn quota_update(&self, caller: &Caller, project: ProjectId, limits: BTreeMap<String, String>) -> Result<()>;
    /// What holds where a project says nothing.
    async fn quota_default_list(&self, caller: &Caller) -> Result<Vec<Limit>>;
    /// An empty one goes back to what every cloud begins with.
    async fn quota_default_update(&self, caller: &Caller, limits: BTreeMap<String, String>) -> Result<()>;
    /// A member asks for a larger limit; there is one open request for each resource.
    async fn quota_request_create(
        &self,
        caller: &Caller,
        resource: &str,
        asked: &str,
        reason: &str,
    ) -> Result<QuotaRequestId>;
    /// The project's requests, or with `all` everybody's, newest first. Sort key: `created`.
    async fn quota_request_list(&self, caller: &Caller, all: bool, query: &ListQuery) -> Result<Page<QuotaRequest>>;
    /// Approving sets the limit.
    async fn quota_request_decide(
        &self,
        caller: &Caller,
        id: QuotaRequestId,
        approve: bool,
        answer: &str,
    ) -> Result<()>;
}
