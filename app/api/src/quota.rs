//! Quotas: what a project may use, and how much of it is used.

use crate::{Result, caller::Caller};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

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

/// What a project may use and uses.
#[async_trait]
pub trait Quotas: Send + Sync {
    /// Every resource's limit and use in the caller's project.
    async fn quota_usage(&self, caller: &Caller) -> Result<Vec<Usage>>;
}
