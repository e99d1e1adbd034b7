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
