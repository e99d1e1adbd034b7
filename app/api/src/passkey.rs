//! Passkeys (WebAuthn): keys that a device keeps, and uses for whoever it knows by a finger or a PIN. So a passkey is two factors in one:
//! it can be asked for after a password, or be enough alone.

use crate::{Caller, Micros, PasskeyId, Result};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// How many one user may have.
pub const PASSKEYS: usize = 20;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    pub id: PasskeyId,
    pub name: String,
    pub created_at: Micros,
    pub used_at: Option<Micros>,
}

/// What a browser is to ask its authenticators.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// WebAuthn's options, as JSON.
    pub options: String,
    /// Says, sealed, what is expected in return. Good for some minutes, and once.
    pub ticket: String,
}

/// What came back from the browser.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// From the challenge.
    pub ticket: String,
    /// WebAuthn's answer, as JSON.
    pub credential: String,
}

/// One's own passkeys. `site` is the address under which browsers see us, such as `https://cloud.example.org`: passkeys belong to its host.
#[async_trait]
pub trait Passkeys: Send + Sync {
    /// Begins to make one. Nothing is kept yet.
    async fn passkey_begin(&self, caller: &Caller, name: &str, password: &str, site: &str) -> Result<Challenge>;
    /// From now on it is asked for. Answers with the recovery codes, this once, if it is the first second factor.
    async fn passkey_finish(&self, caller: &Caller, shown: Shown, site: &str) -> Result<Vec<String>>;
    async fn passkey_show(&self, caller: &Caller, id: PasskeyId) -> Result<Passkey>;
    async fn passkey_rename(&self, caller: &Caller, id: PasskeyId, name: &str, password: &str) -> Result<()>;
    /// Gives it up, and with the last second factor the recovery codes.
    async fn passkey_remove(&self, caller: &Caller, id: PasskeyId, password: &str) -> Result<()>;
    /// What whoever signs in is asked: any passkey of this site or, with the ticket of an attempt that has come so far, one of that
    /// user's. Nothing is stored for it.
    async fn passkey_ask(&self, ticket: &str, site: &str) -> Result<Challenge>;
}
