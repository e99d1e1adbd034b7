//! The quota service: limits and use, for the project's people and for administrators.

use super::store::overview;
use super::{default_limit, limit, parse, request, store};
use crate::authz::{self, Action};
use crate::core::Core;
use crate::db::Tx;
use crate::fault::StoreError;
use crate::identity;
use crate::operation::{self, Target};
use api::error::Faults;
use api::quota::{Limit, ProjectUsage, QuotaRequest, Quotas, Resource, Usage};
use api::{Caller, Kind, ListQuery, Page, ProjectId, QuotaRequestId, Result, Why};
use async_trait::async_trait;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

pub struct QuotaService {
    core: Arc<Core>,
}

impl QuotaService {
    pub fn new(core: Arc<Core>) -> Self {
        Self { core }
    }
}

/// What the form says of each resource that it names: a limit, or `None` for the default. The fields are named `limits[…]`.
fn read(limits: &BTreeMap<String, String>, used: impl Fn(Resource) -> i64) -> Result<Vec<(Resource, Option<i64>)>> {
    let mut faults = Faults::default();
    let mut wanted = Vec::new();
    for (key, text) in limits {
        let Some(resource) = Resource::ALL.into_iter().find(|resource| resource.as_str() == key) else { continue };
        if text.trim().is_empty() {
            wanted.push((resource, None));
            continue;
        }
        let field = format!("limits[{key}]");
        if let Some(max) = faults.take(&field, parse(text)) {
            let used = used(resource);
            if (0..used).contains(&max) {
                faults.add(&field, Why::BelowUse { used });
            }
            wanted.push((resource, Some(max)));
        }
    }
    faults.finish()?;
    Ok(wanted)
}

/// Writes it down, for the members of the project that it concerns.
pub async fn done(
    tx: &mut Tx,
    core: &Core,
    caller: &Caller,
    verb: &str,
    target: (&str, &str),
    project: Option<ProjectId>,
) -> Result<()> {
    let target = Target { kind: Kind::Quota, id: target.0, name: target.1 };
    Ok(operation::done_for(tx, caller, verb, target, project, core.clock.now()).await?)
}

#[async_trait]
impl Quotas for QuotaService {
    async fn quota_usage(&self, caller: &Caller) -> Result<Vec<Usage>> {
        authz::require(caller, Action::Read)?;
        let mut connection = self.core.db.read().acquire().await.map_err(StoreError)?;
        let mut usage = Vec::with_capacity(Resource::ALL.len());
        for resource in Resource::ALL {
            let limit = limit(&mut connection, caller.project, resource).await?;
            let used = store::used(&mut connection, caller.project, caller.user, resource).await?;
            usage.push(Usage { resource, used, limit });
        }
        Ok(usage)
    }

    async fn quota_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<ProjectUsage>> {
        let reach = authz::reach(caller, Action::ReadQuotas)?;
        let db = self.core.db.read();
        let page = overview::projects(db, &reach, query).await?;
        let ids: Vec<_> = page.items.iter().map(|row| row.project).collect();
        let mut db = db.acquire().await.map_err(StoreError)?;
        // So many queries, however many projects there are.
        let (limits, mut used) = (overview::limits(&mut db, &ids).await?, Vec::new());
        for resource in Resource::PER_PROJECT {
            used.push((resource, overview::used(&mut db, &ids, resource).await?));
        }
        Ok(page.map(|row| {
            let of = |(resource, used): &(Resource, HashMap<ProjectId, i64>)| Usage {
                resource: *resource,
                used: used.get(&row.project).copied().unwrap_or_default(),
                limit: limits.of(row.project, *resource).unwrap_or(default_limit(*resource)),
            };
            ProjectUsage { usage: used.iter().map(of).collect(), ..row }
        }))
    }

    async fn quota_show(&self, caller: &Caller, project: ProjectId) -> Result<Vec<Limit>> {
        let reach = authz::reach(caller, Action::ReadQuotas)?;
        identity::project_within(&self.core, &reach, project).await?;
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let mut limits = Vec::with_capacity(Resource::ALL.len());
        for resource in Resource::ALL {
            let default = store::default(&mut db, resource).await?.unwrap_or(default_limit(resource));
            let own = store::own(&mut db, project, resource).await?;
            let used = store::used_by_project(&mut db, project, resource).await?;
            limits.push(Limit { resource, used, limit: own.unwrap_or(default), default, own: own.is_some() });
        }
        Ok(limits)
    }

    async fn quota_update(&self, caller: &Caller, project: ProjectId, limits: BTreeMap<String, String>) -> Result<()> {
        let reach = authz::reach(caller, Action::ManageQuotas)?;
        let name = identity::project_within(&self.core, &reach, project).await?;
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let mut in_use = Vec::new();
        for resource in Resource::ALL {
            in_use.push((resource, store::used_by_project(&mut tx, project, resource).await?));
        }
        let used = |resource| in_use.iter().find(|(of, _)| *of == resource).map_or(0, |(_, used)| *used);
        for (resource, max) in read(&limits, used)? {
            match max {
                Some(max) => store::set(&mut tx, project, resource, max).await?,
                None => store::unset(&mut tx, project, resource).await?,
            }
        }
        done(&mut tx, &self.core, caller, "quota_update", (&project.to_string(), &name), Some(project)).await?;
        tx.commit().await.map_err(StoreError)?;
        self.core.hub.changed(Kind::Quota, project, project);
        operation::announce(&self.core, caller.project);
        Ok(())
    }

    async fn quota_default_list(&self, caller: &Caller) -> Result<Vec<Limit>> {
        authz::require(caller, Action::ReadQuotas)?;
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let mut limits = Vec::with_capacity(Resource::ALL.len());
        for resource in Resource::ALL {
            let (default, own) = (default_limit(resource), store::default(&mut db, resource).await?);
            limits.push(Limit { resource, used: 0, limit: own.unwrap_or(default), default, own: own.is_some() });
        }
        Ok(limits)
    }

    async fn quota_default_update(&self, caller: &Caller, limits: BTreeMap<String, String>) -> Result<()> {
        authz::require(caller, Action::ManageQuotas)?;
        let wanted = read(&limits, |_| 0)?;
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        for (resource, max) in wanted {
            store::default_set(&mut tx, resource, max).await?;
        }
        done(&mut tx, &self.core, caller, "quota_default_update", ("", ""), None).await?;
        tx.commit().await.map_err(StoreError)?;
        self.core.hub.changed(Kind::Quota, "", None);
        operation::announce(&self.core, caller.project);
        Ok(())
    }

    async fn quota_request_create(
        &self,
        caller: &Caller,
        resource: &str,
        asked: &str,
        reason: &str,
    ) -> Result<QuotaRequestId> {
        request::create(&self.core, caller, resource, asked, reason).await
    }

    async fn quota_request_list(&self, caller: &Caller, all: bool, query: &ListQuery) -> Result<Page<QuotaRequest>> {
        request::list(&self.core, caller, all, query).await
    }

    async fn quota_request_decide(
        &self,
        caller: &Caller,
        id: QuotaRequestId,
        approve: bool,
        answer: &str,
    ) -> Result<()> {
        request::decide(&self.core, caller, id, approve, answer).await
    }
}
