//! Signing in with a domain's provider (OpenID Connect, authorization code with PKCE).
//!
//! Nothing is stored before somebody is known: the browser carries, sealed in a cookie, what was sent along (state, nonce, PKCE's verifier)
//! and where to go afterwards. Only that browser can come back with it, within some minutes, and once. Signature, issuer, audience, nonce
//! and expiry of the token are judged by `openidconnect`.

use super::claims::{self, Person, Wanted};
use super::{purpose, way};
use crate::db::Tx;
use crate::fault::{StoreError, incident};
use crate::identity::service::IdentityService;
use crate::identity::sign_in::{Guesser, by_program, hash, key_of};
use crate::identity::store::password::{self, Known};
use crate::identity::store::provider::{self as rows, ProviderRow};
use crate::identity::store::{self, ticket};
use crate::identity::user::email;
use api::account::Whence;
use api::provider::{MappedGroup, ProviderFault};
use api::{DomainId, Error, GroupId, Kind, Micros, Name, Result, UserId, Why};
use chrono::{DateTime, Utc};
use data_encoding::BASE64URL_NOPAD;
use openidconnect::core::{
    CoreClient, CoreClientAuthMethod, CoreJwsSigningAlgorithm as Alg, CoreProviderMetadata, CoreResponseType,
};
use openidconnect::{
    AuthType, AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse as _,
};
use serde_json::{Value, json};
use uuid::Uuid;

/// How long somebody may take to sign in there.
const PATIENCE: Micros = 600_000_000;
/// How far a provider's clock may be ahead of ours.
const AHEAD: Micros = 300_000_000;
const PURPOSE: &str = "provider sign-in";
/// Where providers send people back to, below the site's address: registered there to the letter.
pub const RETURN: &str = "/sign-in/provider/return";
/// Signatures that only the provider can make. Those by the shared secret, and none at all, are no proof.
const ALGORITHMS: [Alg; 10] = [
    Alg::RsaSsaPkcs1V15Sha256,
    Alg::RsaSsaPkcs1V15Sha384,
    Alg::RsaSsaPkcs1V15Sha512,
    Alg::RsaSsaPssSha256,
    Alg::RsaSsaPssSha384,
    Alg::RsaSsaPssSha512,
    Alg::EcdsaP256Sha256,
    Alg::EcdsaP384Sha384,
    Alg::EcdsaP521Sha512,
    Alg::EdDsa,
];

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// Where somebody is sent, and what their browser keeps meanwhile.
pub struct Departure {
    pub url: String,
    /// Sealed.
    pub ticket: String,
}

/// What somebody comes back with.
#[derive(Default)]
pub struct Return<'a> {
    pub ticket: &'a str,
    pub state: &'a str,
    pub code: &'a str,
    /// Who answers, if the answer says so (RFC 9207).
    pub issuer: Option<&'a str>,
    /// The provider's word for why not.
    pub error: Option<&'a str>,
}

/// What was sent along.
struct Journey {
    domain: DomainId,
    issuer: String,
    state: String,
    nonce: String,
    verifier: String,
    next: String,
    until: Micros,
    /// Of the ticket.
    mark: String,
}

impl Journey {
    fn parse(text: &[u8], now: Micros) -> Option<Self> {
        let sealed: Value = serde_json::from_slice(text).ok()?;
        let part = |name: &str| Some(sealed.get(name)?.as_str()?.to_owned());
        Some(Self {
            domain: part("domain")?.parse().ok()?,
            issuer: part("issuer")?,
            state: part("state")?,
            nonce: part("nonce")?,
            verifier: part("verifier")?,
            next: part("next")?,
            until: sealed.get("until")?.as_i64().filter(|until| *until > now)?,
            mark: hash(std::str::from_utf8(text).ok()?),
        })
    }
}

fn fault(fault: ProviderFault) -> Error {
    Error::field("provider", Why::Provider(fault))
}

/// Visitors learn that a provider does not answer; where it stands and what is the matter with it, the log alone.
fn veiled(error: Error) -> Error {
    match error {
        Error::Unavailable { what, .. } => Error::Unavailable { what, why: "try again later.".to_owned() },
        error => error,
    }
}

/// From now on the user is in these groups by what the provider says. What it takes away stays where nobody would be left to run the
/// cloud: a slip there must not shut everybody out here. False: nothing is different.
async fn groups_follow(
    tx: &mut Tx,
    user: &Known,
    said: &[GroupId],
    mapped: &[MappedGroup],
    now: Micros,
) -> Result<bool> {
    let before = rows::memberships(tx, user.id).await?;
    let (mut joined, mut left) = (Vec::new(), Vec::new());
    for group in said.iter().copied().filter(|group| !before.contains(group)) {
        if rows::membership_add(tx, group, user.id, now).await? {
            joined.push(group);
        }
    }
    for group in before.into_iter().filter(|group| !said.contains(group)) {
        store::group::member_remove(tx, group, user.id).await?;
        left.push(group);
    }
    if !left.is_empty() && store::assignment::count_who_run_cloud(tx).await? == 0 {
        tracing::warn!(user = %user.id, "a provider takes away the last who runs the cloud; the groups are kept");
        for group in left.drain(..) {
            rows::membership_add(tx, group, user.id, now).await?;
        }
    }
    for (verb, groups) in [("group_member_add", &joined), ("group_member_remove", &left)] {
        for group in groups {
            let name = mapped.iter().find(|it| it.group == *group).map_or("", |it| it.group_name.as_str());
            by_program(tx, verb, user.id, &format!("{} · {name}", user.name), now).await?;
        }
    }
    Ok(!joined.is_empty() || !left.is_empty())
}

impl IdentityService {
    /// The provider of a domain that is open.
    async fn provider_of(&self, domain: DomainId) -> Result<ProviderRow> {
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let enabled = store::domain::find(&mut db, domain).await?.is_some_and(|domain| domain.enabled);
        let row = if enabled { rows::find(&mut db, domain).await? } else { None };
        row.ok_or_else(|| Error::not_found(Kind::Domain, domain))
    }

    fn client(&self, domain: DomainId, row: &ProviderRow, found: CoreProviderMetadata, site: &str) -> Result<Client> {
        let secret = match row.secret.as_str() {
            "" => None,
            sealed => {
                let opened = self.sealer.unseal(&purpose(domain), sealed).and_then(|it| String::from_utf8(it).ok());
                let broken = || incident("a sealed secret", &std::io::Error::other("it was sealed with another key"));
                Some(ClientSecret::new(opened.ok_or_else(broken)?))
            }
        };
        let methods = found.token_endpoint_auth_methods_supported();
        let by_body = methods.is_some_and(|methods| {
            !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
                && methods.contains(&CoreClientAuthMethod::ClientSecretPost)
        });
        let back = RedirectUrl::new(format!("{site}{RETURN}"));
        let back = back.map_err(|error| incident("the address to come back to", &error))?;
        let client = CoreClient::from_provider_metadata(found, ClientId::new(row.client_id.clone()), secret);
        let client = client.set_redirect_uri(back);
        Ok(if by_body { client.set_auth_type(AuthType::RequestBody) } else { client })
    }

    /// Sends somebody to the provider of the domain; `next` is where they want to go afterwards.
    pub async fn provider_depart(&self, domain: DomainId, next: &str, site: &str) -> Result<Departure> {
        let row = self.provider_of(domain).await?;
        let now = self.core.clock.now();
        let found = self.way.recall(&row.name, &row.issuer, now).await.map_err(veiled)?;
        let client = self.client(domain, &row, found, site)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let asked = client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random).set_pkce_challenge(challenge);
        let scopes = row.scopes.split_whitespace().map(|scope| Scope::new(scope.to_owned()));
        let (url, state, nonce) = scopes.fold(asked, |asked, scope| asked.add_scope(scope)).url();
        let journey = json!({
            "domain": domain.to_string(),
            "issuer": row.issuer,
            "state": state.secret(),
            "nonce": nonce.secret(),
            "verifier": verifier.secret(),
            "next": next,
            "until": now + PATIENCE,
        });
        Ok(Departure { url: url.to_string(), ticket: self.sealer.seal(PURPOSE, journey.to_string().as_bytes())? })
    }

    /// Takes somebody back, and says where they wanted to go.
    pub async fn provider_return(&self, came: Return<'_>, from: &Whence) -> Result<(UserId, String)> {
        let text = self.sealer.unseal(PURPOSE, came.ticket);
        let journey = text.and_then(|text| Journey::parse(&text, self.core.clock.now()));
        let journey =
            journey.filter(|journey| journey.state == came.state).ok_or_else(|| fault(ProviderFault::Stale))?;
        if came.issuer.is_some_and(|issuer| issuer != journey.issuer) {
            tracing::warn!(expected = journey.issuer, "another provider answers than was asked");
            return Err(fault(ProviderFault::Invalid));
        }
        if let Some(error) = came.error {
            let error: String = error.chars().filter(char::is_ascii_graphic).take(64).collect();
            tracing::info!(issuer = journey.issuer, error, "a provider lets nobody in");
            return Err(fault(ProviderFault::Denied));
        }
        let row = self.provider_of(journey.domain).await?;
        if row.issuer != journey.issuer {
            return Err(fault(ProviderFault::Stale));
        }
        let claims = self.claims(&journey, &row, came.code, &from.site).await?;
        let wanted = Wanted {
            name: &row.name_claim,
            email: &row.email_claim,
            groups: &row.groups_claim,
            enabled: &row.enabled_claim,
        };
        let person = claims::read(&claims, wanted).map_err(|error| {
            tracing::warn!(issuer = row.issuer, %error, "what a provider says of somebody cannot be used");
            fault(ProviderFault::Invalid)
        })?;
        let user = self.admitted(&journey, &row, &person, from).await?;
        Ok((user, journey.next))
    }

    /// What the provider says of whoever it has given the code to.
    async fn claims(&self, journey: &Journey, row: &ProviderRow, code: &str, site: &str) -> Result<Value> {
        let invalid = |why: String| {
            tracing::warn!(issuer = row.issuer, why, "a provider's token does not hold");
            fault(ProviderFault::Invalid)
        };
        // Its keys as they are now: they may have been changed since somebody was sent there.
        let now = self.core.clock.now();
        let found = self.way.ask(&row.name, &row.issuer, now).await.map_err(veiled)?;
        let client = self.client(journey.domain, row, found, site)?;
        let _turn = self.way.turn(&row.name)?;
        let exchange = client.exchange_code(AuthorizationCode::new(code.to_owned()));
        let exchange = exchange.map_err(|error| invalid(way::chain(&error)))?;
        let exchange = exchange.set_pkce_verifier(PkceCodeVerifier::new(journey.verifier.clone()));
        let answer = exchange.request_async(&self.way).await.map_err(|error| invalid(way::chain(&error)))?;
        let token = answer.id_token().ok_or_else(|| invalid("there is no ID token".to_owned()))?;
        let moment = |at: Micros| DateTime::<Utc>::from_timestamp_micros(at).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs(ALGORITHMS)
            .set_time_fn(move || moment(now))
            .set_issue_time_verifier_fn(move |at| match at <= moment(now + AHEAD) {
                true => Ok(()),
                false => Err("it is issued in the future".to_owned()),
            });
        token.claims(&verifier, &Nonce::new(journey.nonce.clone())).map_err(|error| invalid(way::chain(&error)))?;
        // It has been verified as a whole: now all of its claims may be read.
        let text = token.to_string();
        let payload = text.split('.').nth(1).and_then(|part| BASE64URL_NOPAD.decode(part.as_bytes()).ok());
        let claims = payload.and_then(|payload| serde_json::from_slice(&payload).ok());
        claims.ok_or_else(|| invalid("its claims cannot be read".to_owned()))
    }

    /// Lets the person in, as the user that they are here, with the groups that the provider says.
    async fn admitted(&self, journey: &Journey, row: &ProviderRow, person: &Person, from: &Whence) -> Result<UserId> {
        let guesser = self.guesser(Some(journey.domain), "", &person.name, from).await?;
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        if !ticket::spend(&mut tx, &journey.mark, journey.until, now).await? {
            return Err(fault(ProviderFault::Stale));
        }
        let user = match self.known_here(&mut tx, journey, row, person, now).await? {
            Some(user) => password::by_id(&mut *tx, user, now).await?.filter(|user| user.enabled && user.federated),
            None => None,
        };
        let Some(user) = user else {
            // Nothing of this attempt stays but that it was one.
            drop(tx);
            let mut tx = self.core.db.begin().await.map_err(StoreError)?;
            ticket::spend(&mut tx, &journey.mark, journey.until, now).await?;
            self.refused(&mut tx, &guesser, "not admitted", false).await?;
            tx.commit().await.map_err(StoreError)?;
            return Err(fault(ProviderFault::NotAdmitted));
        };
        // By the name here: what the person is called there may be somebody else's.
        let guesser = Guesser { key: key_of(user.domain, &user.name), name: user.name.clone(), ..guesser };
        if !person.email.is_empty() && email(&person.email).is_ok() {
            rows::email_set(&mut tx, user.id, &person.email).await?;
        }
        let mapped = rows::groups(&mut tx, journey.domain).await?;
        let moved = groups_follow(&mut tx, &user, &claims::groups_of(person, &mapped), &mapped, now).await?;
        self.welcome(tx, &user, &guesser).await?;
        self.core.hub.changed(Kind::User, user.id, None);
        if moved {
            mapped.iter().for_each(|it| self.core.hub.changed(Kind::Group, it.group, None));
        }
        Ok(user.id)
    }

    /// The user that the person is here: by the subject, which is for ever; or, on the first visit, by the name, if one of that name is
    /// waited for, or nobody has it and strangers become users. Whoever has a password of their own is never taken over.
    async fn known_here(
        &self,
        tx: &mut Tx,
        journey: &Journey,
        row: &ProviderRow,
        person: &Person,
        now: Micros,
    ) -> Result<Option<UserId>> {
        let domain = journey.domain;
        if let Some(user) = rows::by_subject(tx, domain, &row.issuer, &person.subject).await? {
            return Ok(Some(user));
        }
        let Ok(name) = Name::parse(&person.name) else { return Ok(None) };
        let user = match rows::awaited(tx, domain, name.as_str()).await? {
            Some(user) => user,
            None if row.creates_users => {
                let user = UserId(Uuid::new_v4());
                match store::user::insert(tx, user, domain, name.as_str(), "", now).await {
                    Ok(()) => {}
                    Err(error) if crate::db::is_unique(&error, "local_user.domain_id, local_user.name") => {
                        return Ok(None);
                    }
                    Err(error) => return Err(StoreError(error).into()),
                }
                rows::federate(tx, user, domain, now).await?;
                by_program(tx, "user_create", user, name.as_str(), now).await?;
                user
            }
            None => return Ok(None),
        };
        rows::bind(tx, user, &row.issuer, &person.subject).await?;
        Ok(Some(user))
    }
}
