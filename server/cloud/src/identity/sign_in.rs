//! Signing in with a password, and setting one.

use super::password::{self, Hasher};
use super::service::IdentityService;
use super::store;
use crate::audit;
use crate::core::Core;
use crate::fault::StoreError;
use api::identity::Whence;
use api::{Error, Kind, Name, Result, UserId, Why};

pub async fn sign_in(core: &Core, hasher: &Hasher, name: &str, password: &str, from: &Whence) -> Result<UserId> {
    // A user name that cannot exist is not looked up, but takes as long as any other.
    let known = Name::parse(name).is_ok();
    let row = if known { store::user::by_name(core.db.read(), name.trim()).await? } else { None };
    let right = hasher.verify(password, row.as_ref().map(|row| row.password_hash.as_str())).await?;
    let name: String = name.chars().take(Name::MAX).filter(|c| !c.is_control()).collect();
    match row {
        Some(row) if right && row.enabled => {
            signed_in(core, &name, Some(row.id), "ok", from).await?;
            Ok(row.id)
        }
        _ => {
            signed_in(core, &name, None, "refused", from).await?;
            Err(Error::field("password", Why::Credentials))
        }
    }
}

async fn signed_in(core: &Core, name: &str, user: Option<UserId>, result: &str, from: &Whence) -> Result<()> {
    let target = user.map(|id| id.to_string()).unwrap_or_default();
    let mut tx = core.db.begin().await.map_err(StoreError)?;
    let row = audit::Entry {
        user_id: user.map(|id| id.0.to_string()),
        user_name: name,
        project_id: None,
        verb: "sign_in",
        kind: Kind::User.as_str(),
        target: &target,
        target_name: name,
        result,
        address: &from.address,
        request: &from.request,
    };
    audit::insert(&mut tx, core.clock.now(), row).await?;
    tx.commit().await.map_err(StoreError)?;
    Ok(())
}

impl IdentityService {
    /// Sets a user's password from the command line.
    pub async fn password_set(&self, name: &str, password: &str) -> Result<()> {
        password::acceptable(password).map_err(|why| Error::field("password", why))?;
        let hash = self.hasher.hash(password).await?;
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let Some(user) = store::user::password_set(&mut tx, name, &hash).await? else {
            return Err(Error::not_found(Kind::User, name));
        };
        // Whoever knew the old password is signed out.
        store::session::delete_of(&mut tx, user).await?;
        tx.commit().await.map_err(StoreError)?;
        self.core.hub.changed(Kind::User, user, None);
        Ok(())
    }
}
