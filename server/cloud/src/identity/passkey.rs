//! Passkeys: making one, and what stands behind its page. `passkey_sign_in.rs` lets people in by them.
//!
//! Nothing is stored between a question and its answer: the browser brings back, sealed, what it was asked. What a passkey is bound to, the
//! host's name, is where browsers find us; a plain address of numbers has no passkeys, nor has what travels without TLS.

use super::service::IdentityService;
use super::store::passkey::{self as rows, PasskeyRow};
use super::store::second_factor as factors;
use super::{account, second_factor, short, taken};
use crate::db::{Tx, is_unique};
use crate::fault::{StoreError, incident};
use api::account::PasswordFault;
use api::error::Conflict;
use api::passkey::{Challenge, PASSKEYS, Passkey, Passkeys, Shown};
use api::{Caller, Error, Kind, Micros, Name, PasskeyId, Result, UserId, Why};
use async_trait::async_trait;
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{PasskeyRegistration, RegisterPublicKeyCredential, Webauthn, WebauthnBuilder};

/// How long somebody may take to find the key and touch it.
const PATIENCE: Duration = Duration::from_secs(300);
const PURPOSE: &str = "passkey";
const NAME_MAX: usize = 64;
const TAKEN: &str = "passkey.user_id, passkey.name";

/// Whoever says no more than this tells nobody anything.
pub(super) fn wrong() -> Error {
    Error::field("passkey", Why::Password(PasswordFault::WrongPasskey))
}

/// Until when a question that is asked now may be answered.
pub(super) fn until(now: Micros) -> Micros {
    now + PATIENCE.as_micros() as Micros
}

/// Where the passkeys of this site belong to.
pub(super) fn relying_party(site: &str) -> Result<Webauthn> {
    let none = || Error::Conflict(Conflict::NoPasskeysHere);
    let url = Url::parse(site).map_err(|_| none())?;
    let host = url.domain().ok_or_else(none)?;
    if url.scheme() != "https" && host != "localhost" {
        return Err(none());
    }
    let party = WebauthnBuilder::new(host, &url).and_then(|it| it.rp_name("Offing").timeout(PATIENCE).build());
    party.map_err(|_| none())
}

/// What WebAuthn's library has made, as JSON.
pub(super) fn broken(error: &(dyn std::error::Error + 'static)) -> Error {
    incident("WebAuthn", error)
}

fn name_of(text: &str) -> Result<Name> {
    let name = Name::parse(text).and_then(|name| short(name, NAME_MAX));
    name.map_err(|why| Error::field("name", why))
}

/// What was sealed when a passkey was begun.
struct Begun {
    name: String,
    state: PasskeyRegistration,
}

impl Begun {
    /// If it is this session's, and not too old.
    fn parse(text: &[u8], caller: &Caller, session: &str, now: Micros) -> Option<Self> {
        let mut sealed: Value = serde_json::from_slice(text).ok()?;
        let own = sealed["user"] == caller.user.to_string().as_str() && sealed["session"] == session;
        if !own || sealed["until"].as_i64()? <= now {
            return None;
        }
        let state = serde_json::from_value(sealed.get_mut("state")?.take()).ok()?;
        Some(Self { name: sealed["name"].as_str()?.to_owned(), state })
    }
}

impl IdentityService {
    pub(super) async fn passkeys_of(&self, user: UserId) -> Result<Vec<PasskeyRow>> {
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        Ok(rows::list(&mut db, user).await?)
    }

    /// One's own, whose owner has just shown the password.
    async fn own_passkey(&self, caller: &Caller, id: PasskeyId, password: &str) -> Result<(Tx, PasskeyRow)> {
        account::session(caller)?;
        self.passkey_show(caller, id).await?;
        self.own_password(caller, "password", password).await?;
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let row = rows::find(&mut tx, caller.user, id).await?;
        Ok((tx, row.ok_or_else(|| Error::not_found(Kind::Passkey, id))?))
    }
}

#[async_trait]
impl Passkeys for IdentityService {
    async fn passkey_begin(&self, caller: &Caller, name: &str, password: &str, site: &str) -> Result<Challenge> {
        let session = account::session(caller)?;
        let party = relying_party(site)?;
        let name = name_of(name)?;
        let known = self.passkeys_of(caller.user).await?;
        if known.len() >= PASSKEYS {
            return Err(Error::field("name", Why::TooMany { max: PASSKEYS, is: known.len() + 1 }));
        }
        if known.iter().any(|it| it.passkey.name == name.as_str()) {
            return Err(Error::field("name", Why::Taken { kind: Kind::Passkey }));
        }
        let user = self.own_password(caller, "password", password).await?;
        let ids = known.iter().filter_map(|it| BASE64URL_NOPAD.decode(it.credential_id.as_bytes()).ok()).collect();
        let begun = party.start_passkey_registration(caller.user.0, &user.name, &user.name, Some(ids));
        let (asked, state) = begun.map_err(|error| broken(&error))?;
        let mut options = serde_json::to_value(&asked).map_err(|error| broken(&error))?;
        // One that the device can find by itself opens the door without a user name.
        if let Some(Value::Object(wishes)) = options.pointer_mut("/publicKey/authenticatorSelection") {
            wishes.insert("residentKey".to_owned(), json!("preferred"));
        }
        let sealed = json!({
            "user": caller.user.to_string(),
            "session": session,
            "until": until(self.core.clock.now()),
            "name": name.as_str(),
            "state": serde_json::to_value(&state).map_err(|error| broken(&error))?,
        });
        let ticket = self.sealer.seal(PURPOSE, sealed.to_string().as_bytes())?;
        Ok(Challenge { options: options.to_string(), ticket })
    }

    async fn passkey_finish(&self, caller: &Caller, shown: Shown, site: &str) -> Result<Vec<String>> {
        let session = account::session(caller)?;
        let party = relying_party(site)?;
        let now = self.core.clock.now();
        let sealed = self.sealer.unseal(PURPOSE, &shown.ticket);
        let begun = sealed.and_then(|sealed| Begun::parse(&sealed, caller, session, now)).ok_or_else(wrong)?;
        let credential: RegisterPublicKeyCredential = serde_json::from_str(&shown.credential).map_err(|_| wrong())?;
        let made = party.finish_passkey_registration(&credential, &begun.state).map_err(|error| {
            tracing::info!(user = %caller.user, %error, "a new passkey is refused");
            wrong()
        })?;
        let row = PasskeyRow {
            passkey: Passkey { id: PasskeyId(Uuid::new_v4()), name: begun.name, created_at: now, used_at: None },
            user: caller.user,
            credential_id: BASE64URL_NOPAD.encode(made.cred_id().as_slice()),
            credential: serde_json::to_string(&made).map_err(|error| broken(&error))?,
        };
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let is_first = !factors::is_asked_for(&mut tx, caller.user).await?;
        let many = rows::list(&mut tx, caller.user).await?.len();
        if many >= PASSKEYS {
            return Err(Error::field("name", Why::TooMany { max: PASSKEYS, is: many + 1 }));
        }
        // Answered twice, it is the same passkey again.
        rows::insert(&mut tx, &row).await.map_err(|error| match is_unique(&error, "passkey.credential_id") {
            true => wrong(),
            false => taken(error, TAKEN, Kind::Passkey),
        })?;
        let codes = if is_first { second_factor::codes_renew(&mut tx, caller.user).await? } else { Vec::new() };
        self.account_changed(tx, caller, "passkey_create", now).await?;
        Ok(codes)
    }

    async fn passkey_show(&self, caller: &Caller, id: PasskeyId) -> Result<Passkey> {
        account::session(caller)?;
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let row = rows::find(&mut db, caller.user, id).await?;
        row.map(|row| row.passkey).ok_or_else(|| Error::not_found(Kind::Passkey, id))
    }

    async fn passkey_rename(&self, caller: &Caller, id: PasskeyId, name: &str, password: &str) -> Result<()> {
        let name = name_of(name)?;
        let (mut tx, row) = self.own_passkey(caller, id, password).await?;
        let renamed = rows::rename(&mut tx, row.passkey.id, name.as_str()).await;
        renamed.map_err(|error| taken(error, TAKEN, Kind::Passkey))?;
        self.account_changed(tx, caller, "passkey_rename", self.core.clock.now()).await
    }

    async fn passkey_remove(&self, caller: &Caller, id: PasskeyId, password: &str) -> Result<()> {
        let (mut tx, row) = self.own_passkey(caller, id, password).await?;
        rows::delete(&mut tx, row.passkey.id).await?;
        second_factor::codes_of_none_delete(&mut tx, caller.user).await?;
        self.account_changed(tx, caller, "passkey_remove", self.core.clock.now()).await
    }

    async fn passkey_ask(&self, ticket: &str, site: &str) -> Result<Challenge> {
        self.passkey_asked(ticket, site).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_belong_to_a_name_that_browsers_trust() {
        let check = |site: &str, fine: bool| assert_eq!(relying_party(site).is_ok(), fine, "{site}");
        check("https://cloud.example.org", true);
        check("https://cloud.example.org:8443", true);
        check("http://localhost:8080", true);
        check("http://cloud.example.org", false);
        check("http://localhost.example.org", false);
        check("http://127.0.0.1:8080", false);
        check("https://[::1]", false);
        check("https://192.0.2.1", false);
        check("localhost", false);
        check("", false);
    }
}
