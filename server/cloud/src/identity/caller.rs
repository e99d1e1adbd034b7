//! Who asks: made anew for each request from the rows as they are then.

use super::store;
use crate::core::Core;
use api::identity::{Me, Membership};
use api::{Caller, Error, Kind, ProjectId, Proof, Result, UserId};

pub async fn membership_list(core: &Core, user: UserId) -> Result<Vec<Membership>> {
    if !store::user::is_enabled(core.db.read(), user).await? {
        return Err(Error::Unauthenticated);
    }
    Ok(store::assignment::membership_list(core.db.read(), user).await?)
}

pub async fn caller(core: &Core, user: UserId, project: ProjectId, request: &str) -> Result<Caller> {
    match store::assignment::caller(core.db.read(), user, project).await? {
        Some(row) => Ok(Caller {
            user,
            user_name: row.user_name,
            project,
            project_name: row.project_name,
            role: row.role,
            proof: Proof::Program,
            address: String::new(),
            request: request.to_owned(),
        }),
        None if !store::user::is_enabled(core.db.read(), user).await? => Err(Error::Unauthenticated),
        None => Err(Error::not_found(Kind::Project, project)),
    }
}

pub async fn me(core: &Core, caller: &Caller) -> Result<Me> {
    let memberships = store::assignment::membership_list(core.db.read(), caller.user).await?;
    Ok(Me {
        user: caller.user,
        user_name: caller.user_name.clone(),
        project: caller.project,
        project_name: caller.project_name.clone(),
        role: caller.role,
        memberships,
    })
}
