//! Role assignments.

use super::store;
use crate::audit;
use crate::authz::{self, Action};
use crate::core::Core;
use crate::fault::StoreError;
use api::{Caller, Error, Kind, ProjectId, Result, Role, UserId};

pub async fn set(core: &Core, caller: &Caller, user: UserId, project: ProjectId, role: Role) -> Result<()> {
    authz::require(caller, Action::ManageIdentity)?;
    let now = core.clock.now();
    let mut tx = core.db.begin().await.map_err(StoreError)?;
    if !store::user::exists(&mut tx, user).await? {
        return Err(Error::not_found(Kind::User, user));
    }
    if !store::project::exists(&mut tx, project).await? {
        return Err(Error::not_found(Kind::Project, project));
    }
    store::assignment::set(&mut tx, user, project, role, now).await?;
    audit::record(&mut tx, caller, "assignment_set", Kind::User, &user.to_string(), now).await?;
    tx.commit().await.map_err(StoreError)?;
    core.hub.changed(Kind::User, user, None);
    Ok(())
}

pub async fn remove(core: &Core, caller: &Caller, user: UserId, project: ProjectId) -> Result<()> {
    authz::require(caller, Action::ManageIdentity)?;
    let mut tx = core.db.begin().await.map_err(StoreError)?;
    store::assignment::remove(&mut tx, user, project).await?;
    audit::record(&mut tx, caller, "assignment_remove", Kind::User, &user.to_string(), core.clock.now()).await?;
    tx.commit().await.map_err(StoreError)?;
    core.hub.changed(Kind::User, user, None);
    Ok(())
}
