//! Second factors: what stands behind their page, and what takes a code. An app is asked for only after a first code has shown that it
//! knows the secret, so that nobody shuts themselves out.

use super::service::IdentityService;
use super::sign_in::by_program;
use super::store::{self, passkey, second_factor as factors};
use super::{account, totp};
use crate::db::Tx;
use crate::fault::{StoreError, incident};
use api::account::{Enrolment, SecondFactors, Totp};
use api::{Caller, Error, Kind, Micros, Result, UserId};
use sha2::{Digest as _, Sha256};
use sqlx::SqliteConnection;

const CODES: usize = 10;
const SECOND: Micros = 1_000_000;

/// What an app's secret is sealed for.
pub fn purpose(user: UserId) -> String {
    format!("totp {user}")
}

/// People leave hyphens out, and write large.
fn code_hash(typed: &str) -> String {
    let plain: String = typed.chars().filter(char::is_ascii_alphanumeric).collect();
    hex::encode(Sha256::digest(plain.to_lowercase()))
}

/// Ten new recovery codes in place of all that there were.
pub async fn codes_renew(tx: &mut Tx, user: UserId) -> Result<Vec<String>> {
    let codes: Vec<_> = (0..CODES).map(|_| totp::recovery_code(rand::random())).collect();
    let hashes: Vec<_> = codes.iter().map(|code| code_hash(code)).collect();
    factors::codes_replace(tx, user, &hashes).await?;
    Ok(codes)
}

/// Where no second factor is left, there is nothing to recover.
pub async fn codes_of_none_delete(tx: &mut Tx, user: UserId) -> Result<()> {
    if !factors::is_asked_for(tx, user).await? {
        factors::codes_replace(tx, user, &[]).await?;
    }
    Ok(())
}

/// The password alone is enough.
pub async fn remove_all(tx: &mut Tx, user: UserId) -> Result<()> {
    factors::totp_delete(tx, user).await?;
    passkey::delete_of(tx, user).await?;
    codes_of_none_delete(tx, user).await
}

impl IdentityService {
    /// One's own, with what an app that is being set up has to be told.
    pub(super) async fn factors(&self, caller: &Caller) -> Result<SecondFactors> {
        let db = self.core.db.read();
        let codes_left = factors::codes_left(db, caller.user).await?;
        let row = factors::totp(&mut *db.acquire().await.map_err(StoreError)?, caller.user).await?;
        let totp = match row {
            None => Totp::Off,
            Some(factors::TotpRow { confirmed_at: Some(at), .. }) => Totp::On(at),
            // What was sealed with another key is of no use: it is set up anew.
            Some(row) => match self.opened(caller.user, &row.secret) {
                Ok(secret) => Totp::Pending(self.enrolment(caller, secret).await?),
                Err(_) => Totp::Off,
            },
        };
        let passkeys = self.passkeys_of(caller.user).await?.into_iter().map(|row| row.passkey).collect();
        let federated = store::provider::is_federated(db, caller.user).await?;
        Ok(SecondFactors { federated, totp, passkeys, codes_left })
    }

    async fn enrolment(&self, caller: &Caller, secret: String) -> Result<Enrolment> {
        let user = account::profile(self.core.db.read(), caller.user).await?.ok_or(Error::Unauthenticated)?;
        let uri = totp::uri(&user.name, &user.domain_name, &secret);
        let too_long = || incident("QR code", &std::io::Error::other("the address is too long"));
        Ok(Enrolment { qr: totp::qr(&uri).ok_or_else(too_long)?, secret, uri })
    }

    fn opened(&self, user: UserId, sealed: &str) -> Result<String> {
        let opened = self.sealer.unseal(&purpose(user), sealed).and_then(|secret| String::from_utf8(secret).ok());
        opened.ok_or_else(|| incident("a sealed secret", &std::io::Error::other("it was sealed with another key")))
    }

    /// The step whose code this is, if it can be taken now, for the app that is asked for or for the one that is being set up.
    async fn step(&self, db: &mut SqliteConnection, user: UserId, code: &str, confirmed: bool) -> Result<Option<i64>> {
        let row = factors::totp(db, user).await?.filter(|row| row.confirmed_at.is_some() == confirmed);
        let Some(row) = row else { return Ok(None) };
        let secret = self.opened(user, &row.secret)?;
        Ok(totp::taken(&secret, code, self.core.clock.now() / SECOND, row.last_step))
    }

    /// The first code: from now on one is asked for. False if it is not right.
    pub(super) async fn totp_begun(&self, tx: &mut Tx, user: UserId, code: &str, now: Micros) -> Result<bool> {
        let Some(step) = self.step(tx, user, &plain(code), false).await? else { return Ok(false) };
        factors::totp_confirm(tx, user, step, now).await?;
        Ok(true)
    }

    /// Takes a code of the app, or a recovery code, so that it is good no more. False if it never was.
    pub(super) async fn code_take(&self, tx: &mut Tx, user: UserId, code: &str) -> Result<bool> {
        let code = plain(code);
        if code.len() != totp::DIGITS {
            return Ok(factors::code_take(tx, user, &code_hash(&code)).await?);
        }
        match self.step(tx, user, &code, true).await? {
            Some(step) => Ok(factors::step_take(tx, user, step).await?),
            None => Ok(false),
        }
    }

    /// Takes a user's second factors away, from the command line.
    pub async fn factors_remove(&self, name: &str) -> Result<()> {
        let user = store::user::by_name(self.core.db.read(), name).await?;
        let user = user.ok_or_else(|| Error::not_found(Kind::User, name))?;
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        remove_all(&mut tx, user).await?;
        by_program(&mut tx, "user_factors_remove", user, name, now).await?;
        tx.commit().await.map_err(StoreError)?;
        self.core.hub.changed(Kind::User, user, None);
        Ok(())
    }
}

/// Apps show codes with a space in the middle.
fn plain(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace()).collect()
}
