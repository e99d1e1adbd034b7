//! What only administrators see, as the browser asks for it.

use crate::Fail;
use crate::backend::*;
use api::account::{DomainRules, Session};
use api::compute::HypervisorHost;
use api::{ListQuery, Page};

#[server(endpoint = "hypervisor_list")]
pub async fn hypervisor_list(project: String) -> Result<Vec<HypervisorHost>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.compute.hypervisor_list(&caller).await)
}

#[server(endpoint = "session_list_all")]
pub async fn session_list_all(project: String, #[server(default)] query: ListQuery) -> Result<Page<Session>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.account.session_list_all(&caller, &query).await)
}

#[server(endpoint = "session_revoke_any")]
pub async fn session_revoke_any(project: String, id: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.account.session_revoke_any(&caller, &id).await)
}

#[server(endpoint = "session_revoke_user")]
pub async fn session_revoke_user(project: String, user: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.account.session_revoke_user(&caller, parse(Kind::User, &user)?).await)
}

#[server(endpoint = "password_rules_list")]
pub async fn password_rules_list(project: String) -> Result<Vec<DomainRules>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.account.password_rules_list(&caller).await)
}

#[server(endpoint = "password_rules_show")]
pub async fn password_rules_show(project: String, domain: String) -> Result<DomainRules, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.account.password_rules_show(&caller, parse(Kind::Domain, &domain)?).await)
}

/// Leads to the rules of all domains.
#[server(endpoint = "password_rules_set")]
pub async fn password_rules_set(
    project: String,
    domain: String,
    #[server(default)] min_length: String,
    #[server(default)] history: String,
    #[server(default)] expires_days: String,
    #[server(default)] lock_after: String,
    #[server(default)] lock_minutes: String,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let new = api::account::NewPasswordRules { min_length, history, expires_days, lock_after, lock_minutes };
    answer(backend()?.account.password_rules_set(&caller, parse(Kind::Domain, &domain)?, new).await)?;
    redirect(&crate::paths::password_rules(caller.project));
    Ok(())
}
