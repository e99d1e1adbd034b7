//! Quotas as the browser asks for them and changes them.

use crate::Fail;
use crate::backend::*;
use api::quota::{Limit, ProjectUsage, QuotaRequest};
use api::{ListQuery, Page};
use std::collections::BTreeMap;

/// The limits and the use of the project `id`.
#[server(endpoint = "quota_show")]
pub async fn quota_show(project: String, id: String) -> Result<Vec<Limit>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.quotas.quota_show(&caller, parse(Kind::Project, &id)?).await)
}

/// Every project's limits and use.
#[server(endpoint = "quota_list")]
pub async fn quota_list(project: String, #[server(default)] query: ListQuery) -> Result<Page<ProjectUsage>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.quotas.quota_list(&caller, &query).await)
}

/// Leads back to the project's page.
#[server(endpoint = "quota_update")]
pub async fn quota_update(
    project: String,
    id: String,
    #[server(default)] limits: BTreeMap<String, String>,
) -> Result<(), Fail> {
    let (caller, id) = (caller(&project).await?, parse(Kind::Project, &id)?);
    answer(backend()?.quotas.quota_update(&caller, id, limits).await)?;
    redirect(&crate::paths::with_query(&crate::paths::project(caller.project, id), &[("tab", "quotas")]));
    Ok(())
}

#[server(endpoint = "quota_default_list")]
pub async fn quota_default_list(project: String) -> Result<Vec<Limit>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.quotas.quota_default_list(&caller).await)
}

/// Leads back to the page of defaults.
#[server(endpoint = "quota_default_update")]
pub async fn quota_default_update(
    project: String,
    #[server(default)] limits: BTreeMap<String, String>,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.quotas.quota_default_update(&caller, limits).await)?;
    redirect(&crate::paths::with_query(&crate::paths::quota_defaults(caller.project), &[("tab", "defaults")]));
    Ok(())
}

/// Leads back to the page of quotas.
#[server(endpoint = "quota_request_create")]
pub async fn quota_request_create(
    project: String,
    resource: String,
    asked: String,
    reason: String,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.quotas.quota_request_create(&caller, &resource, &asked, &reason).await)?;
    redirect(&crate::paths::quotas(caller.project));
    Ok(())
}

/// The project's own requests.
#[server(endpoint = "quota_request_list")]
pub async fn quota_request_list(
    project: String,
    #[server(default)] query: ListQuery,
) -> Result<Page<QuotaRequest>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.quotas.quota_request_list(&caller, false, &query).await)
}

/// Everybody's requests.
#[server(endpoint = "quota_request_list_all")]
pub async fn quota_request_list_all(
    project: String,
    #[server(default)] query: ListQuery,
) -> Result<Page<QuotaRequest>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.quotas.quota_request_list(&caller, true, &query).await)
}

#[server(endpoint = "quota_request_decide")]
pub async fn quota_request_decide(
    project: String,
    id: String,
    approve: bool,
    #[server(default)] reply: String,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let id = parse(Kind::Quota, &id)?;
    answer(backend()?.quotas.quota_request_decide(&caller, id, approve, &reply).await)
}
