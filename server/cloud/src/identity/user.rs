//! Users.

use super::password::{self, Hasher};
use super::{store, taken};
use crate::authz::{self, Action};
use crate::core::Core;
use crate::fault::StoreError;
use crate::operation;
use api::error::Faults;
use api::{Caller, Error, Kind, Name, Result, UserId, Why};
use uuid::Uuid;

pub async fn create(core: &Core, hasher: &Hasher, caller: &Caller, name: &str, password: &str) -> Result<UserId> {
    authz::require(caller, Action::ManageIdentity)?;
    let mut faults = Faults::default();
    let name = faults.take("name", Name::parse(name));
    faults.take("password", password::acceptable(password));
    faults.finish()?;
    let Some(name) = name else { return Err(Error::field("name", Why::Required)) };
    let hash = hasher.hash(password).await?;
    let id = UserId(Uuid::new_v4());
    let now = core.clock.now();
    let mut tx = core.db.begin().await.map_err(StoreError)?;
    let domain = store::domain::of_project(&mut tx, caller.project).await?;
    store::user::insert(&mut tx, id, domain, name.as_str(), &hash, now)
        .await
        .map_err(|error| taken(error, "local_user.domain_id, local_user.name", Kind::User, &name))?;
    let target = operation::Target { kind: Kind::User, id: &id.to_string(), name: name.as_str() };
    operation::done(&mut tx, caller, "user_create", target, now).await?;
    tx.commit().await.map_err(StoreError)?;
    core.hub.changed(Kind::User, id, None);
    Ok(id)
}
