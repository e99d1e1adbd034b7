//! The audit log as the browser asks for it.

use crate::Fail;
use crate::backend::*;
use api::audit::AuditEntry;
use api::{ListQuery, Page};

#[server(endpoint = "audit_list")]
pub async fn audit_list(project: String, #[server(default)] query: ListQuery) -> Result<Page<AuditEntry>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.audits.audit_list(&caller, &query).await)
}

#[server(endpoint = "audit_list_all")]
pub async fn audit_list_all(project: String, #[server(default)] query: ListQuery) -> Result<Page<AuditEntry>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.audits.audit_list_all(&caller, &query).await)
}

/// What concerns a user or a project: `of` is one of these words, `id` the one that it is about.
#[server(endpoint = "audit_list_of")]
pub async fn audit_list_of(
    project: String,
    of: String,
    id: String,
    #[server(default)] query: ListQuery,
) -> Result<Page<AuditEntry>, Fail> {
    let caller = caller(&project).await?;
    let of = match of.as_str() {
        "user" => api::audit::AuditsOf::User(parse(Kind::User, &id)?),
        _ => api::audit::AuditsOf::Project(parse(Kind::Project, &id)?),
    };
    answer(backend()?.audits.audit_list_of(&caller, of, &query).await)
}
