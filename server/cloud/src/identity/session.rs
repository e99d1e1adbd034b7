//! Sessions, as the edge keeps them here.

use super::service::IdentityService;
use super::store;
use crate::audit;
use crate::fault::StoreError;
use api::account::Whence;
use api::audit::OK;
use api::{Kind, Micros, Result, UserId};

/// A stored session, as the edge's session store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of the id in the cookie, hex.
    pub id_hash: String,
    pub user: Option<UserId>,
    /// The edge's own JSON.
    pub data: String,
    /// Where it was begun, and with which browser.
    pub address: String,
    pub agent: String,
    pub used_at: Micros,
    pub expires_at: Micros,
    /// The end that no use moves any further.
    pub longest_at: Micros,
}

impl IdentityService {
    /// A session that has not expired.
    pub async fn session_load(&self, id_hash: &str) -> Result<Option<SessionRow>> {
        let now = self.core.clock.now();
        let read = store::session::load(self.core.db.read(), id_hash, now);
        let row = self.sessions.get(id_hash.to_owned(), read).await?;
        Ok(row.filter(|row| row.expires_at > now))
    }

    /// Writes a session, new or known.
    pub async fn session_save(&self, row: &SessionRow) -> Result<()> {
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let now = self.core.clock.now();
        store::session::save(&mut tx, row, now).await?;
        store::session::expire(&mut tx, now).await?;
        tx.commit().await.map_err(StoreError)?;
        Ok(())
    }

    /// Notes that a session is in use, which moves its end; one that has been ended stays ended.
    pub async fn session_used(&self, id_hash: &str, expires_at: Micros) -> Result<()> {
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        store::session::used(&mut tx, id_hash, self.core.clock.now(), expires_at).await?;
        tx.commit().await.map_err(StoreError)?;
        Ok(())
    }

    /// How many sessions there are that have not expired.
    pub async fn session_count(&self) -> Result<i64> {
        Ok(store::session::count(self.core.db.read(), self.core.clock.now()).await?)
    }

    /// Ends the session that somebody signs out of, and writes it down.
    pub async fn sign_out(&self, user: UserId, id_hash: &str, from: &Whence) -> Result<()> {
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        store::session::delete(&mut tx, id_hash).await?;
        let target = user.to_string();
        let name = store::user::name(&mut tx, user).await?.unwrap_or_default();
        let entry = audit::Entry {
            user_id: Some(user.0.to_string()),
            user_name: &name,
            project_id: None,
            verb: "sign_out",
            kind: Kind::User.as_str(),
            target: &target,
            target_name: &name,
            result: OK,
            address: &from.address,
            request: &from.request,
        };
        audit::insert(&mut tx, self.core.clock.now(), entry).await?;
        tx.commit().await.map_err(StoreError)?;
        self.session_ended(user);
        Ok(())
    }

    pub async fn session_delete(&self, id_hash: &str) -> Result<()> {
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        store::session::delete(&mut tx, id_hash).await?;
        tx.commit().await.map_err(StoreError)?;
        Ok(())
    }
}
