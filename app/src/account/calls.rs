//! One's own account as the browser calls it.

use crate::Fail;
use crate::backend::*;
use api::account::{PreferencesPage, Profile, SecondFactors, Session, SessionLeft};
use api::passkey::{Challenge, Passkey};
use api::{ListQuery, Page};

#[server(endpoint = "profile_show")]
pub async fn profile_show(project: String) -> Result<Profile, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.account.profile_show(&caller).await)
}

/// Leads to the profile.
#[server(endpoint = "profile_set")]
pub async fn profile_set(
    project: String,
    #[server(default)] email: String,
    #[server(default)] description: String,
    #[server(default)] default_project: String,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let new = api::account::NewProfile { email, description, default_project };
    answer(backend()?.account.profile_set(&caller, new).await)?;
    redirect(&crate::paths::profile(caller.project));
    Ok(())
}

/// Leads to the profile.
#[server(endpoint = "password_change")]
pub async fn password_change(
    project: String,
    #[server(default)] current: String,
    #[server(default)] new: String,
    #[server(default)] again: String,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let new = api::account::NewPassword { new, again };
    let change = api::account::PasswordChange { current, new };
    answer(backend()?.account.password_change(&caller, change).await)?;
    redirect(&crate::paths::profile(caller.project));
    Ok(())
}

#[server(endpoint = "second_factor_show")]
pub async fn second_factor_show(project: String) -> Result<SecondFactors, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.account.second_factor_show(&caller).await)
}

/// Leads to the second factors.
#[server(endpoint = "totp_begin")]
pub async fn totp_begin(project: String, #[server(default)] password: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.account.totp_begin(&caller, &password).await)?;
    redirect(&crate::paths::second_factors(caller.project));
    Ok(())
}

/// Answers with the recovery codes, this once.
#[server(endpoint = "totp_confirm")]
pub async fn totp_confirm(project: String, #[server(default)] code: String) -> Result<Vec<String>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.account.totp_confirm(&caller, &code).await)
}

/// Leads to the second factors.
#[server(endpoint = "totp_remove")]
pub async fn totp_remove(project: String, #[server(default)] password: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.account.totp_remove(&caller, &password).await)?;
    redirect(&crate::paths::second_factors(caller.project));
    Ok(())
}

/// Answers with the new recovery codes, this once.
#[server(endpoint = "recovery_code_renew")]
pub async fn recovery_code_renew(project: String, #[server(default)] password: String) -> Result<Vec<String>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.account.recovery_code_renew(&caller, &password).await)
}

/// Answers with what the browser has to ask for.
#[server(endpoint = "passkey_begin")]
pub async fn passkey_begin(
    project: String,
    #[server(default)] name: String,
    #[server(default)] password: String,
) -> Result<Challenge, Fail> {
    let (caller, site) = (caller(&project).await?, own_base_url()?);
    answer(backend()?.passkeys.passkey_begin(&caller, &name, &password, &site).await)
}

/// Answers with the recovery codes, this once, if there were none.
#[server(endpoint = "passkey_finish")]
pub async fn passkey_finish(
    project: String,
    #[server(default)] passkey: String,
    #[server(default)] credential: String,
) -> Result<Vec<String>, Fail> {
    let (caller, site) = (caller(&project).await?, own_base_url()?);
    let shown = api::passkey::Shown { ticket: passkey, credential };
    answer(backend()?.passkeys.passkey_finish(&caller, shown, &site).await)
}

#[server(endpoint = "passkey_show")]
pub async fn passkey_show(project: String, id: String) -> Result<Passkey, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.passkeys.passkey_show(&caller, parse(Kind::Passkey, &id)?).await)
}

/// Leads to the second factors.
#[server(endpoint = "passkey_rename")]
pub async fn passkey_rename(
    project: String,
    id: String,
    #[server(default)] name: String,
    #[server(default)] password: String,
) -> Result<(), Fail> {
    let (caller, id) = (caller(&project).await?, parse(Kind::Passkey, &id)?);
    answer(backend()?.passkeys.passkey_rename(&caller, id, &name, &password).await)?;
    redirect(&crate::paths::second_factors(caller.project));
    Ok(())
}

/// Leads to the second factors.
#[server(endpoint = "passkey_remove")]
pub async fn passkey_remove(project: String, id: String, #[server(default)] password: String) -> Result<(), Fail> {
    let (caller, id) = (caller(&project).await?, parse(Kind::Passkey, &id)?);
    answer(backend()?.passkeys.passkey_remove(&caller, id, &password).await)?;
    redirect(&crate::paths::second_factors(caller.project));
    Ok(())
}

#[server(endpoint = "session_list")]
pub async fn session_list(project: String, #[server(default)] query: ListQuery) -> Result<Page<Session>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.account.session_list(&caller, &query).await)
}

/// How much is left of the session; asking does not make it longer.
#[server(endpoint = "session_show")]
pub async fn session_show(project: String) -> Result<SessionLeft, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.account.session_show(&caller).await)
}

/// The same, and somebody is there: this is the only call of a page's program that makes it longer.
#[server(endpoint = "session_extend")]
pub async fn session_extend(project: String) -> Result<SessionLeft, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.account.session_show(&caller).await)
}

/// Leads to the sessions.
#[server(endpoint = "session_revoke")]
pub async fn session_revoke(project: String, id: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.account.session_revoke(&caller, &id).await)?;
    redirect(&crate::paths::account_sessions(caller.project));
    Ok(())
}

/// Leads to the sessions.
#[server(endpoint = "session_revoke_others")]
pub async fn session_revoke_others(project: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.account.session_revoke_others(&caller).await)?;
    redirect(&crate::paths::account_sessions(caller.project));
    Ok(())
}

#[server(endpoint = "preferences_show")]
pub async fn preferences_show(project: String) -> Result<PreferencesPage, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.account.preferences_show(&caller).await)
}

/// Leads to the preferences.
#[server(endpoint = "preferences_set")]
pub async fn preferences_set(
    project: String,
    #[server(default)] lang: String,
    #[server(default)] time_zone: String,
    #[server(default)] page_size: String,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let new = api::account::NewPreferences { lang, time_zone, page_size };
    answer(backend()?.account.preferences_set(&caller, new).await)?;
    redirect(&crate::paths::preferences(caller.project));
    Ok(())
}
