//! Signing in with a passkey: after the password, or alone. A device uses one only for whoever it has verified, so that alone it counts as
//! both factors.

use super::passkey::{broken, relying_party, until, wrong};
use super::rules;
use super::service::IdentityService;
use super::sign_in::{Guesser, hash};
use super::store::passkey::{self as rows, PasskeyRow};
use super::store::password::{self, Known};
use super::store::ticket;
use crate::db::Tx;
use crate::fault::StoreError;
use api::account::{Entry, PasswordFault, Whence};
use api::passkey::{Challenge, Shown};
use api::{Error, Micros, Result, UserId, Why};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use webauthn_rs::prelude::{DiscoverableAuthentication, Passkey, PublicKeyCredential, Uuid, Webauthn};

const PURPOSE: &str = "passkey sign-in";

/// What a browser has shown, and what it was asked.
struct Claim {
    party: Webauthn,
    /// Whose passkey was asked for; `None`: anybody's.
    asked_of: Option<UserId>,
    state: DiscoverableAuthentication,
    until: Micros,
    /// Of the question.
    mark: String,
    credential: PublicKeyCredential,
}

impl Claim {
    /// The authenticator's name for the passkey.
    fn credential_id(&self) -> String {
        BASE64URL_NOPAD.encode(self.credential.get_credential_id())
    }

    /// Whose it says that it is.
    fn user(&self) -> Option<UserId> {
        self.credential.get_user_unique_id().and_then(|id| Uuid::from_slice(id).ok()).map(UserId)
    }
}

impl IdentityService {
    /// Asks for a passkey. What is expected goes along, sealed.
    pub(super) async fn passkey_asked(&self, ticket: &str, site: &str) -> Result<Challenge> {
        let party = relying_party(site)?;
        let (asked, state) = party.start_discoverable_authentication().map_err(|error| broken(&error))?;
        let mut options = serde_json::to_value(&asked).map_err(|error| broken(&error))?;
        // A button asks, not the field of the user name.
        if let Value::Object(options) = &mut options {
            options.remove("mediation");
        }
        let mut user = None;
        if !ticket.is_empty() {
            let known = self.half_signed_in(ticket).await?;
            let keys = self.passkeys_of(known.id).await?;
            let ids: Vec<_> = keys.iter().map(|it| json!({ "type": "public-key", "id": it.credential_id })).collect();
            if let Some(Value::Object(wishes)) = options.get_mut("publicKey") {
                wishes.insert("allowCredentials".to_owned(), ids.into());
            }
            user = Some(known.id.to_string());
        }
        let sealed = json!({
            "user": user,
            "until": until(self.core.clock.now()),
            "state": serde_json::to_value(&state).map_err(|error| broken(&error))?,
        });
        let ticket = self.sealer.seal(PURPOSE, sealed.to_string().as_bytes())?;
        Ok(Challenge { options: options.to_string(), ticket })
    }

    /// What is shown, if it answers a question of ours that is not too old.
    fn claim(&self, shown: &Shown, site: &str) -> Result<Claim> {
        let party = relying_party(site)?;
        let read = || {
            let text = self.sealer.unseal(PURPOSE, &shown.ticket)?;
            let mut sealed: Value = serde_json::from_slice(&text).ok()?;
            let asked_of = match &sealed["user"] {
                Value::Null => None,
                user => Some(user.as_str()?.parse().ok()?),
            };
            Some(Claim {
                party,
                asked_of,
                until: sealed["until"].as_i64().filter(|until| *until > self.core.clock.now())?,
                mark: hash(std::str::from_utf8(&text).ok()?),
                state: serde_json::from_value(sealed.get_mut("state")?.take()).ok()?,
                credential: serde_json::from_str(&shown.credential).ok()?,
            })
        };
        read().ok_or_else(wrong)
    }

    /// A passkey alone. Unknown, disabled, forged and too late are answered alike.
    pub(super) async fn signed_in_by_passkey(&self, shown: &Shown, from: &Whence) -> Result<Entry> {
        let claim = self.claim(shown, &from.site)?;
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let row = rows::by_credential(&mut db, &claim.credential_id()).await?;
        drop(db);
        let row = row.filter(|row| claim.asked_of.is_none() && claim.user() == Some(row.user)).ok_or_else(wrong)?;
        let user = password::by_id(self.core.db.read(), row.user, self.core.clock.now()).await?;
        let user = user.filter(|user| user.enabled && !user.federated).ok_or_else(wrong)?;
        let guesser = self.guesser(Some(user.domain), "", &user.name, from).await?;
        self.passkey_judged(&user, claim, row, guesser).await
    }

    /// A passkey after the password: one of that user's, in answer to a question that was asked of that user.
    pub(super) async fn passkey_shown(&self, user: &Known, shown: &Shown, guesser: Guesser<'_>) -> Result<Entry> {
        let claim = self.claim(shown, &guesser.from.site)?;
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let row = rows::by_credential(&mut db, &claim.credential_id()).await?;
        drop(db);
        let row = row.filter(|row| claim.asked_of == Some(user.id) && row.user == user.id).ok_or_else(wrong)?;
        self.passkey_judged(user, claim, row, guesser).await
    }

    /// Takes the passkey, in one transaction with the count of failures and with the ticket, which is good once.
    async fn passkey_judged(&self, user: &Known, claim: Claim, row: PasskeyRow, guesser: Guesser<'_>) -> Result<Entry> {
        let guesser = Guesser { rules: rules::of_codes(guesser.rules), ..guesser };
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let locked = self.locked(&mut tx, &guesser).await?;
        // As it is now: it may have been used or given up meanwhile.
        let row = rows::find(&mut tx, row.user, row.passkey.id).await?.ok_or_else(wrong)?;
        if locked.is_none() && self.passkey_take(&mut tx, claim, &row).await? {
            return self.entered(tx, user, &guesser).await;
        }
        let (result, fault) = match locked {
            Some(minutes) => ("locked out", PasswordFault::LockedOut { minutes }),
            None => ("wrong passkey", PasswordFault::WrongPasskey),
        };
        self.refused(&mut tx, &guesser, result, locked.is_none()).await?;
        tx.commit().await.map_err(StoreError)?;
        Err(Error::field("passkey", Why::Password(fault)))
    }

    /// Whether it is the passkey, used by its owner, here and now. A counter that has not moved on tells of a copy, and is refused.
    async fn passkey_take(&self, tx: &mut Tx, claim: Claim, row: &PasskeyRow) -> Result<bool> {
        let mut key: Passkey = serde_json::from_str(&row.credential).map_err(|error| broken(&error))?;
        let used = match claim.party.finish_discoverable_authentication_v2(&claim.credential, claim.state, &key) {
            Ok(used) if used.user_verified() => used,
            Ok(_) => return Ok(false),
            Err(error) => {
                tracing::info!(user = %row.user, passkey = %row.passkey.id, %error, "a passkey is refused");
                return Ok(false);
            }
        };
        let now = self.core.clock.now();
        if !ticket::spend(tx, &claim.mark, claim.until, now).await? {
            return Ok(false);
        }
        key.update_credential(&used);
        let credential = serde_json::to_string(&key).map_err(|error| broken(&error))?;
        rows::used(tx, row.passkey.id, &credential, now).await?;
        Ok(true)
    }
}
