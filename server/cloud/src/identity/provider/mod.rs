//! Providers of identity: what those who run the cloud say of them, by domain. `sign_in.rs` lets people in by them, `claims.rs` reads what
//! they say of people, `way.rs` speaks with them.

mod claims;
mod sign_in;
mod way;

pub use sign_in::{Departure, Return};
pub use way::Way;

use super::change::Change;
use super::service::IdentityService;
use super::store::provider::{self as rows, ProviderRow};
use super::{second_factor, store};
use crate::authz::{self, Action};
use crate::fault::StoreError;
use api::directory::{Actor, Domain};
use api::error::{Conflict, Faults};
use api::provider::{DomainProvider, Provider, ProviderForm, ProviderFound, Providers};
use api::{Caller, DomainId, Error, GroupId, Kind, Name, Result, UserId, Why};
use async_trait::async_trait;
use url::Url;

const SCOPES_MAX: usize = 20;
const MAPPED_MAX: usize = 500;
const SECRET_MAX: usize = 1024;

/// What a provider's secret is sealed for.
fn purpose(domain: DomainId) -> String {
    format!("provider {domain}")
}

/// A line that says something.
fn required(text: &str) -> std::result::Result<String, Why> {
    let text = text.trim();
    api::name::line(text, Name::MAX)?;
    if text.is_empty() { Err(Why::Required) } else { Ok(text.to_owned()) }
}

fn optional(text: &str) -> std::result::Result<String, Why> {
    let text = text.trim();
    api::name::line(text, Name::MAX).map(|_| text.to_owned())
}

/// An issuer's address: kept to the letter, because tokens name it to the letter.
fn issuer(text: &str) -> std::result::Result<String, Why> {
    let text = required(text)?;
    let url = Url::parse(&text).map_err(|_| Why::NotAnIssuer)?;
    let bare =
        url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    if way::is_safe(&url) && bare { Ok(text) } else { Err(Why::NotAnIssuer) }
}

fn scopes(text: &str) -> std::result::Result<String, Why> {
    let words: Vec<&str> = text.split_whitespace().filter(|word| *word != "openid").collect();
    if words.len() > SCOPES_MAX {
        return Err(Why::TooMany { max: SCOPES_MAX, is: words.len() });
    }
    let plain = |word: &&str| word.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\');
    if words.iter().all(plain) { Ok(words.join(" ")) } else { Err(Why::Characters) }
}

/// The form without secret and groups, which take more than reading.
fn read(form: &ProviderForm) -> (Faults, Option<ProviderRow>) {
    let mut faults = Faults::default();
    let name = faults.take("name", required(&form.name));
    let issuer = faults.take("issuer", issuer(&form.issuer));
    let client_id = faults.take("client_id", required(&form.client_id));
    let scopes = faults.take("scopes", scopes(&form.scopes));
    let name_claim = faults.take("name_claim", required(&form.name_claim));
    let email_claim = faults.take("email_claim", optional(&form.email_claim));
    let groups_claim = faults.take("groups_claim", optional(&form.groups_claim));
    let enabled_claim = faults.take("enabled_claim", optional(&form.enabled_claim));
    if form.secret.len() > SECRET_MAX {
        faults.add("secret", Why::TooLong { max: SECRET_MAX, is: form.secret.chars().count() });
    }
    let row = || {
        Some(ProviderRow {
            name: name?,
            issuer: issuer?,
            client_id: client_id?,
            secret: String::new(),
            scopes: scopes?,
            name_claim: name_claim?,
            email_claim: email_claim?,
            groups_claim: groups_claim?,
            enabled_claim: enabled_claim?,
            creates_users: form.creates_users,
        })
    };
    let row = row();
    (faults, row)
}

/// The lines of the mapping, with the groups that they name in the domain.
async fn mapped(
    change: &mut Change<'_>,
    domain: DomainId,
    text: &str,
) -> Result<std::result::Result<Vec<(String, GroupId)>, Why>> {
    let mut mapped = Vec::new();
    for (n, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let Some((value, group)) = claims::line(line) else { return Ok(Err(Why::NotAProperty { line: n + 1 })) };
        let found = store::group::named(&mut change.tx, domain, group).await?;
        match found.filter(|(_, of)| *of == domain) {
            Some((group, _)) => mapped.push((value.to_owned(), group)),
            None => return Ok(Err(Why::NoGroup { name: group.to_owned() })),
        }
    }
    let is = mapped.len();
    Ok(if is > MAPPED_MAX { Err(Why::TooMany { max: MAPPED_MAX, is }) } else { Ok(mapped) })
}

async fn find(change: &mut Change<'_>, domain: DomainId) -> Result<Domain> {
    let found = store::domain::find(&mut change.tx, domain).await?.filter(|it| change.reach.covers(it.id));
    found.ok_or_else(|| Error::not_found(Kind::Domain, domain))
}

#[async_trait]
impl Providers for IdentityService {
    async fn provider_show(&self, caller: &Caller, domain: DomainId) -> Result<DomainProvider> {
        authz::require(caller, Action::ManageDomains)?;
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let found = store::domain::find(&mut db, domain).await?;
        let domain = found.ok_or_else(|| Error::not_found(Kind::Domain, domain))?;
        let row = rows::find(&mut db, domain.id).await?;
        let groups = rows::groups(&mut db, domain.id).await?;
        let provider = row.map(|row| Provider {
            name: row.name,
            issuer: row.issuer,
            client_id: row.client_id,
            has_secret: !row.secret.is_empty(),
            scopes: row.scopes,
            name_claim: row.name_claim,
            email_claim: row.email_claim,
            groups_claim: row.groups_claim,
            enabled_claim: row.enabled_claim,
            creates_users: row.creates_users,
            groups,
        });
        Ok(DomainProvider { domain: domain.id, domain_name: domain.name, provider })
    }

    async fn provider_set(&self, caller: &Caller, domain: DomainId, form: ProviderForm) -> Result<()> {
        let mut change = Change::begin(&self.core, caller, Action::ManageDomains).await?;
        let domain = find(&mut change, domain).await?;
        let (mut faults, row) = read(&form);
        let mapped = mapped(&mut change, domain.id, &form.groups).await?;
        let mapped = faults.take("groups", mapped);
        let (mut row, mapped) = faults.finish_with(row.zip(mapped))?;
        let before = rows::find(&mut change.tx, domain.id).await?;
        let moved = before.as_ref().is_some_and(|before| before.issuer != row.issuer);
        row.secret = match form.secret.as_str() {
            // What one provider was told is not sent to another.
            "" if moved && before.as_ref().is_some_and(|before| !before.secret.is_empty()) => {
                return Err(Error::field("secret", Why::Required));
            }
            "" => before.map(|before| before.secret).unwrap_or_default(),
            secret => self.sealer.seal(&purpose(domain.id), secret.as_bytes())?,
        };
        let now = change.now;
        rows::set(&mut change.tx, domain.id, &row, now).await?;
        rows::groups_replace(&mut change.tx, domain.id, &mapped).await?;
        change.somebody_runs_cloud().await?;
        for user in rows::federated(&mut change.tx, domain.id).await? {
            // Another issuer knows nobody whom the one before has let in.
            if moved {
                store::session::delete_of(&mut change.tx, user).await?;
            }
            change.touch(Kind::User, user);
        }
        change.done("provider_set", Kind::Domain, domain.id, &domain.name).await?;
        change.commit().await
    }

    async fn provider_remove(&self, caller: &Caller, domain: DomainId) -> Result<()> {
        let mut change = Change::begin(&self.core, caller, Action::ManageDomains).await?;
        let domain = find(&mut change, domain).await?;
        rows::groups_replace(&mut change.tx, domain.id, &[]).await?;
        rows::delete(&mut change.tx, domain.id).await?;
        for user in rows::federated(&mut change.tx, domain.id).await? {
            store::session::delete_of(&mut change.tx, user).await?;
            change.touch(Kind::User, user);
        }
        change.somebody_runs_cloud().await?;
        change.done("provider_remove", Kind::Domain, domain.id, &domain.name).await?;
        change.commit().await
    }

    async fn provider_test(&self, caller: &Caller, domain: DomainId) -> Result<ProviderFound> {
        let shown = self.provider_show(caller, domain).await?;
        let provider = shown.provider.ok_or(Error::Conflict(Conflict::NoProvider))?;
        let found = self.way.ask(&provider.name, &provider.issuer, self.core.clock.now()).await?;
        Ok(ProviderFound {
            authorization: found.authorization_endpoint().to_string(),
            token: found.token_endpoint().map(|url| url.to_string()).unwrap_or_default(),
            keys: found.jwks().keys().len(),
        })
    }

    async fn user_federate(&self, caller: &Caller, user: UserId) -> Result<()> {
        let mut change = Change::begin(&self.core, caller, Action::ManageUsers).await?;
        let found = store::user::find(&mut change.tx, user).await?.filter(|user| change.reach.covers(user.domain));
        let user = found.ok_or_else(|| Error::not_found(Kind::User, user))?;
        change.not_above_caller(Actor::User(user.id)).await?;
        if user.id == caller.user {
            return Err(Error::Conflict(Conflict::OwnGround { kind: Kind::User }));
        }
        if rows::find(&mut change.tx, user.domain).await?.is_none() {
            return Err(Error::Conflict(Conflict::NoProvider));
        }
        let now = change.now;
        rows::release(&mut change.tx, user.id).await?;
        rows::federate(&mut change.tx, user.id, user.domain, now).await?;
        change.somebody_runs_cloud().await?;
        store::password::replace(&mut change.tx, user.id, "", false, now).await?;
        second_factor::remove_all(&mut change.tx, user.id).await?;
        store::session::delete_of(&mut change.tx, user.id).await?;
        change.done("user_federate", Kind::User, user.id, &user.name).await?;
        change.commit().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuers() {
        let fine = |text: &str| assert_eq!(issuer(text), Ok(text.trim().to_owned()), "{text}");
        let not = |text: &str| assert_eq!(issuer(text), Err(Why::NotAnIssuer), "{text}");
        fine("https://sso.example.org");
        fine(" https://sso.example.org/realms/staff ");
        fine("http://127.0.0.1:9000");
        assert_eq!(issuer(""), Err(Why::Required));
        not("sso.example.org");
        not("http://sso.example.org");
        not("https://sso.example.org/?realm=x");
        not("https://sso.example.org/#x");
        not("https://u:p@sso.example.org/");
        not("ldap://sso.example.org/");
    }

    #[test]
    fn scope_lists() {
        assert_eq!(scopes(" openid  profile email "), Ok("profile email".to_owned()));
        assert_eq!(scopes(""), Ok(String::new()));
        assert_eq!(scopes("pro\"file"), Err(Why::Characters));
        assert_eq!(scopes(&"x ".repeat(21)), Err(Why::TooMany { max: 20, is: 21 }));
    }
}
