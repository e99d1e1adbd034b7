//! Quotas: counted from the rows themselves, in the transaction that adds to them. No counter is kept beside the truth.

mod store;

use crate::authz;
use crate::core::Core;
use crate::db::Tx;
use api::quota::{Quotas, Resource, Usage};
use api::{Caller, Error, ProjectId, Result, UserId};
use async_trait::async_trait;
use std::sync::Arc;

/// What a project may use where nobody has said otherwise. Nova's and Neutron's shipped defaults, images as five of Glance's usual size.
pub fn default_limit(resource: Resource) -> i64 {
    match resource {
        Resource::Instances => 10,
        Resource::Cores => 20,
        Resource::Ram => 51_200,
        Resource::KeyPairs => 100,
        Resource::ImageBytes => 50 << 30,
        Resource::Networks => 100,
        Resource::Subnets => 100,
        Resource::Routers => 10,
        Resource::Ports => 500,
        Resource::FloatingIps => 50,
        Resource::SecurityGroups => 10,
        Resource::SecurityGroupRules => 100,
    }
}

/// Passes if the project may use that much more of each resource, counted inside this transaction.
pub async fn require(tx: &mut Tx, project: ProjectId, user: UserId, asked: &[(Resource, i64)]) -> Result<()> {
    for &(resource, asked) in asked {
        let limit = store::limit(tx, project, resource).await?.unwrap_or(default_limit(resource));
        if limit < 0 {
            continue;
        }
        let used = store::used(tx, project, user, resource).await?;
        if used.saturating_add(asked) > limit {
            return Err(Error::Quota { what: resource.as_str().to_owned(), limit, used, asked });
        }
    }
    Ok(())
}

/// Sets a project's limit for one resource; −1 is unlimited.
pub async fn set(tx: &mut Tx, project: ProjectId, resource: Resource, max: i64) -> Result<()> {
    Ok(store::set(tx, project, resource, max).await?)
}

pub struct QuotaService {
    core: Arc<Core>,
}

impl QuotaService {
    pub fn new(core: Arc<Core>) -> Self {
        Self { core }
    }
}

#[async_trait]
impl Quotas for QuotaService {
    async fn quota_usage(&self, caller: &Caller) -> Result<Vec<Usage>> {
        authz::require(caller, authz::Action::Read)?;
        let mut connection = self.core.db.read().acquire().await.map_err(crate::fault::StoreError)?;
        let mut usage = Vec::with_capacity(Resource::ALL.len());
        for resource in Resource::ALL {
            let limit =
                store::limit(&mut connection, caller.project, resource).await?.unwrap_or(default_limit(resource));
            let used = store::used(&mut connection, caller.project, caller.user, resource).await?;
            usage.push(Usage { resource, used, limit });
        }
        Ok(usage)
    }
}
