//! Projects.

use super::{short, store, taken};
use crate::authz::{self, Action};
use crate::core::Core;
use crate::fault::StoreError;
use crate::{network, operation};
use api::error::Faults;
use api::{Caller, Error, Kind, Name, ProjectId, Result, Why};
use uuid::Uuid;

/// Keystone's limit for project names; users have Nova's 255.
const PROJECT_NAME_MAX: usize = 64;

pub async fn create(core: &Core, caller: &Caller, name: &str, description: &str) -> Result<ProjectId> {
    authz::require(caller, Action::ManageIdentity)?;
    let mut faults = Faults::default();
    let name = faults.take("name", Name::parse(name).and_then(|name| short(name, PROJECT_NAME_MAX)));
    faults.take("description", api::name::line(description, Name::MAX));
    faults.finish()?;
    let Some(name) = name else { return Err(Error::field("name", Why::Required)) };
    let id = ProjectId(Uuid::new_v4());
    let now = core.clock.now();
    let mut tx = core.db.begin().await.map_err(StoreError)?;
    let domain = store::domain::of_project(&mut tx, caller.project).await?;
    store::project::insert(&mut tx, id, domain, name.as_str(), description, now)
        .await
        .map_err(|error| taken(error, "project.domain_id, project.name", Kind::Project, &name))?;
    store::assignment::set(&mut tx, caller.user, id, caller.role, now).await?;
    network::default_group_ensure(&mut tx, id, now).await?;
    let target = operation::Target { kind: Kind::Project, id: &id.to_string(), name: name.as_str() };
    operation::done(&mut tx, caller, "project_create", target, now).await?;
    tx.commit().await.map_err(StoreError)?;
    core.hub.changed(Kind::Project, id, None);
    Ok(id)
}
