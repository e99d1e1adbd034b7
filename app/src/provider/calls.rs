//! Providers of identity as the browser calls them. `id` is the domain, or the user.

use crate::Fail;
use crate::backend::*;
use api::provider::{DomainProvider, ProviderFound};

/// With the address that the provider sends people back to.
#[server(endpoint = "provider_show")]
pub async fn provider_show(project: String, id: String) -> Result<(DomainProvider, String), Fail> {
    let caller = caller(&project).await?;
    let shown = answer(backend()?.providers.provider_show(&caller, parse(Kind::Domain, &id)?).await)?;
    Ok((shown, format!("{}{}", own_base_url()?, crate::paths::PROVIDER_RETURN)))
}

/// Leads to the provider.
#[server(endpoint = "provider_set")]
pub async fn provider_set(
    project: String,
    id: String,
    #[server(default)] name: String,
    #[server(default)] issuer: String,
    #[server(default)] client_id: String,
    #[server(default)] secret: String,
    #[server(default)] scopes: String,
    #[server(default)] name_claim: String,
    #[server(default)] email_claim: String,
    #[server(default)] groups_claim: String,
    #[server(default)] enabled_claim: String,
    #[server(default)] groups: String,
    #[server(default)] creates_users: bool,
) -> Result<(), Fail> {
    let (caller, id) = (caller(&project).await?, parse(Kind::Domain, &id)?);
    let form = api::provider::ProviderForm {
        name,
        issuer,
        client_id,
        secret,
        scopes,
        name_claim,
        email_claim,
        groups_claim,
        enabled_claim,
        creates_users,
        groups,
    };
    answer(backend()?.providers.provider_set(&caller, id, form).await)?;
    redirect(&crate::paths::provider(caller.project, id));
    Ok(())
}

/// Answers with what the provider says of itself.
#[server(endpoint = "provider_test")]
pub async fn provider_test(project: String, id: String) -> Result<ProviderFound, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.providers.provider_test(&caller, parse(Kind::Domain, &id)?).await)
}

/// Leads to the domain.
#[server(endpoint = "provider_remove")]
pub async fn provider_remove(project: String, id: String) -> Result<(), Fail> {
    let (caller, id) = (caller(&project).await?, parse(Kind::Domain, &id)?);
    answer(backend()?.providers.provider_remove(&caller, id).await)?;
    redirect(&crate::paths::domain(caller.project, id));
    Ok(())
}

/// From now on the domain's provider says who it is.
#[server(endpoint = "user_federate")]
pub async fn user_federate(project: String, id: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.providers.user_federate(&caller, parse(Kind::User, &id)?).await)
}
