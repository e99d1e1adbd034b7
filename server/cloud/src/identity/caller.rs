//! Who asks: made anew for each request from the rows as they are then.

use super::store;
use super::store::standing::{Held, Standing};
use crate::authz::{self, Action};
use crate::core::Core;
use api::identity::{MEMBERSHIPS, Me, Membership};
use api::{Caller, DomainId, Error, Kind, ProjectId, Proof, Result, Role, UserId};

pub async fn membership_list(core: &Core, user: UserId) -> Result<Vec<Membership>> {
    if !store::user::is_enabled(core.db.read(), user, core.clock.now()).await? {
        return Err(Error::Unauthenticated);
    }
    let mut memberships = store::standing::memberships(core.db.read(), user).await?;
    memberships.truncate(MEMBERSHIPS);
    Ok(memberships)
}

/// What an assignment is worth in the project: on itself, inherited from what is above it, or because of a role on its domain or on the
/// system.
pub fn worth(held: &Held, project: ProjectId, domain: DomainId) -> Option<Role> {
    let role = held.role?;
    match (held.project, held.domain) {
        (Some(on), _) => ((on == project) != held.inherited).then_some(role),
        (None, Some(on)) if on != domain => None,
        (None, Some(_)) if held.inherited => Some(role),
        (None, Some(_)) => authz::of_domain(role),
        (None, None) => Some(authz::of_system(role)),
    }
}

/// Whether the role itself holds in the project, whatever it is worth: not only something weaker because of it.
pub fn is_assigned(held: &Held, project: ProjectId, domain: DomainId) -> bool {
    match (held.project, held.domain) {
        (Some(on), _) => (on == project) != held.inherited,
        (None, Some(on)) => on == domain && held.inherited,
        (None, None) => false,
    }
}

/// A caller with all that was found; `None`: there is no such project for them.
pub fn with(standing: &Standing, user: UserId, project: ProjectId, request: &str) -> Option<Caller> {
    let held = || standing.held.iter();
    let role = held().filter_map(|held| worth(held, project, standing.domain)).max()?;
    Some(Caller { role, project, ..outside(standing, user, request) })
}

/// A caller in no project: with what roles on domains and the system allow.
fn outside(standing: &Standing, user: UserId, request: &str) -> Caller {
    let held = || standing.held.iter();
    let system = held().filter(|held| held.project.is_none() && held.domain.is_none()).filter_map(|held| held.role);
    let manages = held().filter(|held| !held.inherited && held.role >= Some(Role::Manager));
    let mut manages: Vec<DomainId> = manages.filter_map(|held| held.domain).collect();
    manages.sort();
    manages.dedup();
    Caller {
        user,
        user_name: standing.user_name.clone(),
        project: ProjectId::NOWHERE,
        project_name: standing.project_name.clone(),
        domain: standing.domain,
        role: Role::Reader,
        system: system.max(),
        manages,
        proof: Proof::Program,
        address: String::new(),
        request: request.to_owned(),
    }
}

pub async fn caller(core: &Core, user: UserId, project: ProjectId, request: &str) -> Result<Caller> {
    if project == ProjectId::NOWHERE {
        let standing =
            store::standing::outside(core.db.read(), user, core.clock.now()).await?.filter(|standing| standing.enabled);
        return standing.map(|standing| outside(&standing, user, request)).ok_or(Error::Unauthenticated);
    }
    let standing = store::standing::load(core.db.read(), user, project, core.clock.now()).await?;
    let found =
        standing.filter(|standing| standing.enabled).and_then(|standing| with(&standing, user, project, request));
    match found {
        Some(caller) => Ok(caller),
        None if !store::user::is_enabled(core.db.read(), user, core.clock.now()).await? => Err(Error::Unauthenticated),
        None => Err(Error::not_found(Kind::Project, project)),
    }
}

pub async fn me(core: &Core, caller: &Caller) -> Result<Me> {
    let mut memberships = store::standing::memberships(core.db.read(), caller.user).await?;
    let memberships_more = memberships.len() > MEMBERSHIPS;
    memberships.truncate(MEMBERSHIPS);
    let mut actions = authz::allowed(caller);
    // The page of classes is for those who have one to teach, or see everybody's.
    if !actions.contains(&Action::ReadClasses) && !store::class::teaches(core.db.read(), caller.user).await? {
        actions.retain(|action| *action != Action::TeachClasses);
    }
    Ok(Me {
        user: caller.user,
        user_name: caller.user_name.clone(),
        project: caller.project,
        project_name: caller.project_name.clone(),
        domain: caller.domain,
        role: caller.role,
        actions,
        memberships,
        memberships_more,
    })
}
