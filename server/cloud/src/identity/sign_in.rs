//! Signing in with a password, and setting one from the command line.
//!
//! Whoever guesses learns nothing: an unknown domain, an unknown name, a disabled user and a wrong password are answered alike and after the
//! same time, and names are locked out alike whether or not anybody has them.

use super::rules;
use super::service::IdentityService;
use super::store::{self, password as rows};
use crate::audit;
use crate::db::Tx;
use crate::fault::StoreError;
use api::account::{PasswordFault, PasswordRules, SignIn};
use api::audit::OK;
use api::{DomainId, Error, Kind, Micros, Name, Result, UserId, Why};
use sha2::{Digest, Sha256};

/// Failures are forgotten after this time.
const FORGOTTEN: Micros = 86_400_000_000;

/// What failures are counted by: of any length, and telling nobody what was typed.
fn key(domain: Option<DomainId>, attempt: &SignIn) -> String {
    let domain = domain.map_or_else(|| attempt.domain.trim().to_lowercase(), |domain| domain.to_string());
    hex::encode(Sha256::digest(format!("{domain}\n{}", attempt.name.trim().to_lowercase())))
}

/// What was typed as a name, fit to be written down.
fn typed(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(Name::MAX).collect()
}

impl IdentityService {
    pub(super) async fn signed_in(&self, attempt: &SignIn) -> Result<UserId> {
        let db = self.core.db.read();
        let domain = rows::domain(db, attempt.domain.trim()).await?;
        let rules = match domain {
            Some(domain) => self.password_rules(domain).await?,
            None => PasswordRules::default(),
        };
        // A user name that cannot exist is not looked up, but takes as long as any other.
        let user = match domain.filter(|_| Name::parse(&attempt.name).is_ok()) {
            Some(domain) => rows::by_name(db, domain, attempt.name.trim()).await?,
            None => None,
        };
        let (key, now) = (key(domain, attempt), self.core.clock.now());
        let failures = rows::failures(db, &key).await?;
        let locked = failures.and_then(|(failures, last_at)| rules::locked(&rules, failures, last_at, now));
        let right = self.hasher.verify(&attempt.password, user.as_ref().map(|user| user.hash.as_str())).await?;
        if let Some(minutes) = locked {
            self.refused(attempt, "locked out", None).await?;
            return Err(Error::field("password", Why::Password(PasswordFault::LockedOut { minutes })));
        }
        let Some(user) = user.filter(|user| right && user.enabled) else {
            self.refused(attempt, "refused", Some(&key)).await?;
            return Err(Error::field("password", Why::Credentials));
        };
        let new = match &attempt.new {
            Some(new) => Some(self.new_hash(&user, new).await?),
            // Who cannot change it is not asked to.
            None if user.locked => None,
            None if user.must_change => return Err(Error::field("new", Why::Password(PasswordFault::MustChange))),
            None if rules::expired(&rules, user.changed_at, now) => {
                return Err(Error::field("new", Why::Password(PasswordFault::Expired)));
            }
            None => None,
        };
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        if let Some(hash) = &new {
            rows::replace(&mut tx, user.id, hash, false, now).await?;
            store::session::delete_of(&mut tx, user.id).await?;
        }
        rows::forgive(&mut tx, &key).await?;
        note(&mut tx, attempt, Some(user.id), OK, now).await?;
        tx.commit().await.map_err(StoreError)?;
        if new.is_some() {
            self.core.hub.changed(Kind::User, user.id, None);
        }
        Ok(user.id)
    }

    /// Writes down an attempt that has failed, and counts it where there is something to count.
    async fn refused(&self, attempt: &SignIn, result: &str, key: Option<&str>) -> Result<()> {
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        if let Some(key) = key {
            rows::failed(&mut tx, key, now, now - FORGOTTEN).await?;
        }
        note(&mut tx, attempt, None, result, now).await?;
        tx.commit().await.map_err(StoreError)?;
        Ok(())
    }

    /// Sets a user's password from the command line.
    ///
    /// With `must_change`, another has to be chosen at the next sign-in.
    pub async fn password_set(&self, name: &str, password: &str, must_change: bool) -> Result<()> {
        let db = self.core.db.read();
        let unknown = || Error::not_found(Kind::User, name);
        let user = store::user::by_name(db, name).await?.ok_or_else(unknown)?;
        let user = rows::by_id(db, user).await?.ok_or_else(unknown)?;
        let rules = self.password_rules(user.domain).await?;
        if let Some(why) = self.password_fault(&rules, name, password).await? {
            return Err(Error::field("password", why));
        }
        let hash = self.hasher.hash(password).await?;
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        rows::replace(&mut tx, user.id, &hash, must_change, now).await?;
        // Whoever knew the old password is signed out.
        store::session::delete_of(&mut tx, user.id).await?;
        let target = user.id.to_string();
        let entry = audit::Entry {
            user_name: "offing",
            verb: "password_set",
            kind: Kind::User.as_str(),
            target: &target,
            target_name: name,
            result: OK,
            ..audit::Entry::default()
        };
        audit::insert(&mut tx, now, entry).await?;
        tx.commit().await.map_err(StoreError)?;
        self.core.hub.changed(Kind::User, user.id, None);
        Ok(())
    }
}

async fn note(tx: &mut Tx, attempt: &SignIn, user: Option<UserId>, result: &str, now: Micros) -> Result<()> {
    let (name, target) = (typed(&attempt.name), user.map(|id| id.to_string()).unwrap_or_default());
    let entry = audit::Entry {
        user_id: user.map(|id| id.0.to_string()),
        user_name: &name,
        project_id: None,
        verb: "sign_in",
        kind: Kind::User.as_str(),
        target: &target,
        target_name: &name,
        result,
        address: &attempt.address,
        request: &attempt.request,
    };
    Ok(audit::insert(tx, now, entry).await?)
}
