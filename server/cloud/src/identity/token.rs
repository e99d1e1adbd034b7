//! Tokens: what programs have in place of a session.
//!
//! A token is 256 random bits; the table holds its SHA-256, what it was got with and what it is scoped to, none of which ever changes.
//! What it is worth is asked anew at each use, as it is for a session. What was got with an application credential stays bound to it:
//! no exchange makes more of it.

use super::service::IdentityService;
use super::sign_in::{FORGOTTEN, hash, typed};
use super::store::{self, password as rows};
use super::{caller, credential, rules};
use crate::audit;
use crate::authz::{self, Action};
use crate::db::Tx;
use crate::fault::StoreError;
use api::account::{Asked, Entry, More, PasswordFault, PasswordRules, SignIn, Whence};
use api::audit::OK;
use api::credential::{ApplicationCredential, RoleChoice};
use api::directory::{Project, User};
use api::{ApplicationCredentialId, Caller, Error, Kind, Micros, ProjectId, Proof, Result, UserId, Why};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// How long a token lives, as Keystone has it by default.
const LIFETIME: Micros = 3_600_000_000;

/// A stored token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// SHA-256 of the token, hex.
    pub hash: String,
    pub user: UserId,
    pub project: Option<ProjectId>,
    pub credential: Option<ApplicationCredentialId>,
    pub methods: Vec<String>,
    pub audit_id: String,
    /// Of the first token of its chain.
    pub chain_id: String,
    pub issued_at: Micros,
    pub expires_at: Micros,
}

/// What a token stands for, as things are now.
#[derive(Clone, Debug)]
pub struct Bearer {
    pub token: TokenRow,
    pub user: User,
    /// `None`: unscoped.
    pub scope: Option<Scope>,
}

/// Somebody in a project.
#[derive(Clone, Debug)]
pub struct Scope {
    pub caller: Caller,
    pub project: Project,
    pub roles: Vec<RoleChoice>,
    pub credential: Option<ApplicationCredential>,
}

/// A thing by its id, or by its name in a domain, itself by id or name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    pub id: Option<String>,
    pub name: String,
    pub domain: String,
}

/// An application credential by its id, or by its name and its owner, with its secret.
#[derive(Clone, PartialEq, Eq)]
pub struct CredentialProof {
    pub id: Option<String>,
    pub name: String,
    pub user: Named,
    pub secret: String,
}

/// What a token is asked for with.
#[derive(Clone, PartialEq, Eq)]
pub enum TokenMethod {
    Password { user: Named, password: String },
    ApplicationCredential(CredentialProof),
    Token(String),
}

/// Where a token is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScopeRequest {
    /// The user's default project, if there is one.
    Default,
    Unscoped,
    Project(Named),
}

/// A token is asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenRequest {
    pub method: TokenMethod,
    pub scope: ScopeRequest,
    pub address: String,
    pub request: String,
}

/// Who has been recognised, and by what.
struct Proven {
    user: UserId,
    method: &'static str,
    credential: Option<ApplicationCredential>,
    parent: Option<TokenRow>,
    /// What failures were counted by, to be forgotten.
    counted: Option<String>,
}

fn random<const N: usize>() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; N]>())
}

impl IdentityService {
    /// What the token stands for; `Unauthenticated` when it stands for nothing, or nothing any more.
    pub async fn bearer(&self, token: &str, address: &str, request: &str) -> Result<Bearer> {
        let key = hash(token);
        let read = async {
            match store::token::load(self.core.db.read(), &key).await? {
                Some(row) => self.stands_for(row).await,
                None => Ok(None),
            }
        };
        let found = self.bearers.get(key.clone(), read).await?;
        let now = self.core.clock.now();
        let mut bearer = found.filter(|bearer| bearer.token.expires_at > now).ok_or(Error::Unauthenticated)?;
        if let Some(scope) = &mut bearer.scope {
            scope.caller.address = address.to_owned();
            scope.caller.request = request.to_owned();
        }
        Ok(bearer)
    }

    /// `None`: not open to the user any more, or to the credential.
    async fn stands_for(&self, token: TokenRow) -> Result<Option<Bearer>> {
        if !store::user::is_enabled(self.core.db.read(), token.user, self.core.clock.now()).await? {
            return Ok(None);
        }
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let user = store::user::find(&mut db, token.user).await?;
        let project = match token.project {
            Some(project) => store::project::find(&mut db, project).await?,
            None => None,
        };
        let with = match token.credential {
            Some(id) => store::credential::find(&mut db, id).await?,
            None => None,
        };
        drop(db);
        let Some(user) = user else { return Ok(None) };
        if (token.project.is_some(), token.credential.is_some()) != (project.is_some(), with.is_some()) {
            return Ok(None);
        }
        let Some(project) = project else { return Ok(Some(Bearer { token, user, scope: None })) };
        let standing =
            store::standing::load(self.core.db.read(), token.user, project.id, self.core.clock.now()).await?;
        let Some(standing) = standing.filter(|standing| standing.enabled) else { return Ok(None) };
        let Some(whole) = caller::with(&standing, token.user, project.id, "") else { return Ok(None) };
        let has = self.held_roles(&standing, project.id).await?;
        let Some(with) = with else {
            let caller = Caller { proof: Proof::Token, ..whole };
            let roles = has.into_iter().map(|(role, _)| role).collect();
            return Ok(Some(Bearer { token, user, scope: Some(Scope { caller, project, roles, credential: None }) }));
        };
        if credential::ended(&with, Some(&has), self.core.clock.now()).is_some() {
            return Ok(None);
        }
        let given = |role: &api::RoleId| with.roles.iter().any(|(id, _)| id == role);
        let roles: Vec<_> = has.into_iter().filter(|(role, _)| given(&role.id)).collect();
        let Some(role) = roles.iter().filter_map(|(_, worth)| *worth).max() else { return Ok(None) };
        let proof = Proof::ApplicationCredential(with.id);
        // What the owner is beyond the project is not the credential's.
        let caller = Caller { role, system: None, manages: Vec::new(), proof, ..whole };
        let roles = roles.into_iter().map(|(role, _)| role).collect();
        Ok(Some(Bearer { token, user, scope: Some(Scope { caller, project, roles, credential: Some(with) }) }))
    }

    /// A new token, with what it stands for.
    pub async fn token_issue(&self, asked: TokenRequest) -> Result<(String, Bearer)> {
        let proven = self.prove(&asked).await?;
        let now = self.core.clock.now();
        let text = random::<32>();
        let audit_id = random::<16>();
        let parent = proven.parent.as_ref();
        let end = [
            Some(now + LIFETIME),
            parent.map(|parent| parent.expires_at),
            proven.credential.as_ref().and_then(|credential| credential.expires_at),
        ];
        let mut methods = parent.map(|parent| parent.methods.clone()).unwrap_or_default();
        if !methods.iter().any(|method| method == proven.method) {
            methods.push(proven.method.to_owned());
        }
        let row = TokenRow {
            hash: hash(&text),
            user: proven.user,
            project: self.scope(&proven, &asked.scope).await?,
            credential: proven.credential.as_ref().map(|credential| credential.id),
            methods,
            chain_id: parent.map_or_else(|| audit_id.clone(), |parent| parent.chain_id.clone()),
            audit_id,
            issued_at: now,
            expires_at: end.into_iter().flatten().min().unwrap_or(now),
        };
        // What does not exist, and what is not open, are answered alike.
        let bearer = self.stands_for(row).await?.ok_or(Error::Unauthenticated)?;
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        store::token::expire(&mut tx, now).await?;
        store::token::insert(&mut tx, &bearer.token).await?;
        if let Some(counted) = &proven.counted {
            rows::forgive(&mut tx, counted).await?;
        }
        if let Some(credential) = &proven.credential {
            store::credential::used(&mut tx, credential.id, now).await?;
        }
        self.token_note(&mut tx, &asked, Ok(&bearer), proven.credential.as_ref(), now).await?;
        tx.commit().await.map_err(StoreError)?;
        if let Some(credential) = &proven.credential {
            self.core.hub.changed(Kind::ApplicationCredential, credential.user, None);
        }
        Ok((text, bearer))
    }

    async fn prove(&self, asked: &TokenRequest) -> Result<Proven> {
        let nothing =
            Proven { user: UserId(uuid::Uuid::nil()), method: "", credential: None, parent: None, counted: None };
        match &asked.method {
            TokenMethod::Password { user, password } => {
                let (name, domain) = self.known_as(user).await?;
                let attempt = SignIn {
                    domain,
                    name,
                    password: password.clone(),
                    from: Whence {
                        address: asked.address.clone(),
                        request: asked.request.clone(),
                        ..Whence::default()
                    },
                };
                let user = match self.signed_in(&attempt).await? {
                    Entry::In(user) => user,
                    // A password alone opens nothing where there is more to show.
                    Entry::Asked(Asked { what: More::Code(_), .. }) => {
                        return Err(Error::field("code", Why::Password(PasswordFault::NeedsCode)));
                    }
                    Entry::Asked(more) => return Err(more.error.unwrap_or(Error::Unauthenticated)),
                };
                Ok(Proven { user, method: "password", ..nothing })
            }
            TokenMethod::ApplicationCredential(proof) => {
                let (credential, counted) = self.credential_proven(asked, proof).await?;
                let (user, credential, counted) = (credential.user, Some(credential), Some(counted));
                Ok(Proven { user, method: "application_credential", credential, counted, ..nothing })
            }
            TokenMethod::Token(token) => {
                let bearer = self.bearer(token, &asked.address, &asked.request).await?;
                if bearer.token.credential.is_some() {
                    return Err(Error::Delegated);
                }
                Ok(Proven { user: bearer.token.user, method: "token", parent: Some(bearer.token), ..nothing })
            }
        }
    }

    /// Name and domain of a user, whom both know alike: failures are counted by them. Whoever is not there is known by what was asked for.
    async fn known_as(&self, user: &Named) -> Result<(String, String)> {
        let Some(id) = &user.id else { return Ok((user.name.clone(), user.domain.clone())) };
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let found = match id.parse() {
            Ok(id) => store::user::find(&mut db, id).await?,
            Err(_) => None,
        };
        Ok(found.map_or_else(|| (id.clone(), String::new()), |user| (user.name, user.domain.to_string())))
    }

    /// The credential whose secret this is, and what its failures were counted by. Guessing is answered as it is for passwords.
    async fn credential_proven(
        &self,
        asked: &TokenRequest,
        proof: &CredentialProof,
    ) -> Result<(ApplicationCredential, String)> {
        let db = self.core.db.read();
        let id = match &proof.id {
            Some(id) => id.parse().ok(),
            None => self.credential_named(proof).await?,
        };
        let secret = match id {
            Some(id) => store::credential::secret(db, id).await?,
            None => None,
        };
        let said = match (id, &proof.id) {
            (Some(id), _) => id.to_string(),
            (None, Some(id)) => id.clone(),
            (None, None) => format!("{:?} {}", proof.user, proof.name),
        };
        let (key, now) = (hash(&format!("application_credential\n{said}")), self.core.clock.now());
        let mut reader = db.acquire().await.map_err(StoreError)?;
        let failures = rows::failures(&mut reader, &key).await?;
        drop(reader);
        let rules = PasswordRules::default();
        let locked = failures.and_then(|(failures, last_at)| rules::locked(&rules, failures, last_at, now));
        let right = self.hasher.verify(&proof.secret, secret.as_deref()).await?;
        let found = match id.filter(|_| right && locked.is_none()) {
            Some(id) => {
                let mut db = db.acquire().await.map_err(StoreError)?;
                store::credential::find(&mut db, id).await?
            }
            None => None,
        };
        if let Some(found) = found {
            return Ok((found, key));
        }
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        if locked.is_none() {
            rows::failed(&mut tx, &key, now, now - FORGOTTEN).await?;
        }
        let result = if locked.is_some() { "locked out" } else { "refused" };
        self.token_note(&mut tx, asked, Err((&said, result)), None, now).await?;
        tx.commit().await.map_err(StoreError)?;
        let why = locked.map_or(Why::Credentials, |minutes| Why::Password(PasswordFault::LockedOut { minutes }));
        Err(Error::field("secret", why))
    }

    async fn credential_named(&self, proof: &CredentialProof) -> Result<Option<ApplicationCredentialId>> {
        let (name, domain) = self.known_as(&proof.user).await?;
        let db = self.core.db.read();
        let Some(domain) = rows::domain(db, domain.trim()).await? else { return Ok(None) };
        let Some(user) = rows::by_name(db, domain, name.trim(), self.core.clock.now()).await? else { return Ok(None) };
        Ok(store::credential::by_name(db, user.id, &proof.name).await?)
    }

    /// The project that the token is for.
    async fn scope(&self, proven: &Proven, asked: &ScopeRequest) -> Result<Option<ProjectId>> {
        let db = self.core.db.read();
        let named = match asked {
            ScopeRequest::Unscoped | ScopeRequest::Default => None,
            ScopeRequest::Project(named) => {
                let domain = match named.id {
                    Some(_) => None,
                    None => rows::domain(db, named.domain.trim()).await?,
                };
                let mut db = db.acquire().await.map_err(StoreError)?;
                let found = match (&named.id, domain) {
                    (Some(id), _) => id.parse().ok(),
                    (None, Some(domain)) => {
                        store::project::named(&mut db, domain, &named.name).await?.map(|found| found.0)
                    }
                    (None, None) => None,
                };
                Some(found.ok_or(Error::Unauthenticated)?)
            }
        };
        match (&proven.credential, asked) {
            (Some(credential), ScopeRequest::Default) => Ok(Some(credential.project)),
            // A credential is good for its own project only, and that is not to be said by who asks.
            (Some(credential), _) if named == Some(credential.project) => Ok(named),
            (Some(_), _) => Err(Error::Unauthenticated),
            (None, ScopeRequest::Default) => self.default_scope(proven.user).await,
            (None, _) => Ok(named),
        }
    }

    /// The user's default project, if it is open.
    async fn default_scope(&self, user: UserId) -> Result<Option<ProjectId>> {
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let project = store::user::find(&mut db, user).await?.and_then(|user| user.default_project);
        drop(db);
        match project {
            Some((project, _)) => {
                Ok(caller::caller(&self.core, user, project, "").await.ok().map(|caller| caller.project))
            }
            None => Ok(None),
        }
    }

    /// Who may look at everybody's tokens, and end them: whoever may do so with sessions.
    pub fn may_end_tokens(&self, caller: &Caller) -> bool {
        authz::require(caller, Action::ManageSessions).is_ok()
    }

    /// Ends a token.
    pub async fn token_revoke(&self, by: &Bearer, token: &Bearer, request: &str) -> Result<()> {
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        store::token::delete(&mut tx, &token.token.hash).await?;
        let (id, target) = (by.user.id.0.to_string(), token.user.id.to_string());
        let entry = audit::Entry {
            user_id: Some(id),
            user_name: &by.user.name,
            verb: "token_revoke",
            kind: Kind::User.as_str(),
            target: &target,
            target_name: &token.user.name,
            result: OK,
            address: by.scope.as_ref().map_or("", |scope| &scope.caller.address),
            request,
            ..audit::Entry::default()
        };
        audit::insert(&mut tx, now, entry).await?;
        tx.commit().await.map_err(StoreError)?;
        Ok(())
    }

    /// Writes an attempt down: what was got, or what was asked for and why it was not.
    async fn token_note(
        &self,
        tx: &mut Tx,
        asked: &TokenRequest,
        got: std::result::Result<&Bearer, (&str, &str)>,
        with: Option<&ApplicationCredential>,
        now: Micros,
    ) -> Result<()> {
        let (user_id, user_name, project_id, result) = match got {
            Ok(bearer) => {
                let project = bearer.token.project.map(|project| project.0.to_string());
                (Some(bearer.user.id.0.to_string()), bearer.user.name.clone(), project, OK)
            }
            Err((_, result)) => (None, String::new(), None, result),
        };
        let (kind, target, target_name) = match (got, with) {
            (_, Some(with)) => (Kind::ApplicationCredential, with.id.to_string(), with.name.clone()),
            (Ok(bearer), None) => (Kind::User, bearer.user.id.to_string(), bearer.user.name.clone()),
            (Err((said, _)), None) => (Kind::ApplicationCredential, typed(said), String::new()),
        };
        let entry = audit::Entry {
            user_id,
            user_name: &user_name,
            project_id,
            verb: "token_create",
            kind: kind.as_str(),
            target: &target,
            target_name: &target_name,
            result,
            address: &asked.address,
            request: &asked.request,
        };
        Ok(audit::insert(tx, now, entry).await?)
    }
}
