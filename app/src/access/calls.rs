//! Application credentials and the API's addresses as the browser calls them.

use crate::Fail;
use crate::backend::*;
use api::access::Access;
use api::credential::{ApplicationCredential, NewCredential, RoleChoice};
use api::{ListQuery, Page};

#[server(endpoint = "access_show")]
pub async fn access_show(project: String) -> Result<Access, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.credentials.access_show(&caller, &own_base_url()?).await)
}

#[server(endpoint = "credential_list")]
pub async fn credential_list(
    project: String,
    #[server(default)] query: ListQuery,
) -> Result<Page<ApplicationCredential>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.credentials.credential_list(&caller, &query).await)
}

#[server(endpoint = "credential_list_all")]
pub async fn credential_list_all(
    project: String,
    #[server(default)] query: ListQuery,
) -> Result<Page<ApplicationCredential>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.credentials.credential_list_all(&caller, &query).await)
}

#[server(endpoint = "credential_roles")]
pub async fn credential_roles(project: String) -> Result<Vec<RoleChoice>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.credentials.credential_roles(&caller).await)
}

/// Answers with the secret, which the page of the form shows.
#[server(endpoint = "credential_create")]
pub async fn credential_create(
    project: String,
    name: String,
    #[server(default)] description: String,
    #[server(default)] roles: Vec<String>,
    #[server(default)] expires: String,
    #[server(default)] unrestricted: bool,
    #[server(default)] rules: String,
) -> Result<NewCredential, Fail> {
    let caller = caller(&project).await?;
    let rules = rules.lines().map(str::to_owned).collect();
    let form = api::credential::CredentialForm { name, description, roles, expires, unrestricted, rules, secret: None };
    answer(backend()?.credentials.credential_create(&caller, form).await)
}

#[server(endpoint = "credential_delete")]
pub async fn credential_delete(project: String, id: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.credentials.credential_delete(&caller, parse(Kind::ApplicationCredential, &id)?).await)
}

#[server(endpoint = "credential_revoke")]
pub async fn credential_revoke(project: String, id: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.credentials.credential_revoke(&caller, parse(Kind::ApplicationCredential, &id)?).await)
}
