//! Role assignments.

use super::change::Change;
use super::store;
use crate::authz::{self, Action};
use crate::core::Core;
use crate::db::is_unique;
use crate::fault::StoreError;
use api::directory::{Actor, Assignment, AssignmentsOf, NewAssignment, Place};
use api::error::{Conflict, Faults};
use api::{AssignmentId, Caller, DomainId, Error, Kind, ListQuery, Page, ProjectId, Result, Role, UserId, Why};
use uuid::Uuid;

pub async fn list(core: &Core, caller: &Caller, of: AssignmentsOf, query: &ListQuery) -> Result<Page<Assignment>> {
    let reach = match of {
        // Who runs a project sees who is in it.
        AssignmentsOf::Project(project) if project == caller.project && caller.manages.is_empty() => {
            authz::reach(caller, Action::ReadMembers)?
        }
        _ => authz::reach(caller, Action::ReadAssignments)?,
    };
    Ok(store::assignment::list(core.db.read(), &reach, of, query).await?)
}

/// What the form names: who, where, and which role.
async fn read(change: &mut Change<'_>, new: &NewAssignment) -> Result<(Actor, Place, api::RoleId, Option<Role>)> {
    let mut faults = Faults::default();
    let place = place(change, new).await?;
    let place = faults.take("place", place);
    let domain = place.map_or(change.caller.domain, |(_, domain)| domain);
    let actor = actor(change, new, domain).await?;
    let actor = faults.take("actor", actor);
    let role = match new.role.trim() {
        "" => Err(Why::Required),
        text => store::role::named(&mut change.tx, text).await?.ok_or(Why::Gone { kind: Kind::Role }),
    };
    let role = faults.take("role", role);
    let all = actor.zip(place).zip(role).map(|((actor, (place, _)), (role, grants))| (actor, place, role, grants));
    faults.finish_with(all)
}

type Read<T> = Result<std::result::Result<T, Why>>;

/// The place, and the domain in which a user's name is looked for.
async fn place(change: &mut Change<'_>, new: &NewAssignment) -> Read<(Place, DomainId)> {
    let text = new.place.trim();
    Ok(match new.place_kind.as_str() {
        "system" => Ok((Place::System, change.caller.domain)),
        "project" | "domain" if text.is_empty() => Err(Why::Required),
        "project" => {
            let own = change.caller.domain;
            let found = store::project::named(&mut change.tx, own, text).await?;
            let found = found.filter(|(_, domain)| change.reach.covers(*domain));
            found.map(|(project, domain)| (Place::Project(project), domain)).ok_or(Why::Gone { kind: Kind::Project })
        }
        "domain" => {
            let id = match text.parse::<DomainId>() {
                Ok(id) => store::domain::find(&mut change.tx, id).await?.map(|domain| domain.id),
                Err(_) => store::domain::by_name(&mut change.tx, text).await?,
            };
            let found = id.filter(|domain| change.reach.covers(*domain));
            found.map(|domain| (Place::Domain(domain), domain)).ok_or(Why::Gone { kind: Kind::Domain })
        }
        _ => Err(Why::NotAChoice),
    })
}

async fn actor(change: &mut Change<'_>, new: &NewAssignment, domain: DomainId) -> Read<Actor> {
    let text = new.actor.trim();
    let (found, kind) = match new.actor_kind.as_str() {
        _ if text.is_empty() => return Ok(Err(Why::Required)),
        "user" => {
            let found = store::user::named(&mut change.tx, domain, text).await?;
            (found.map(|(user, domain)| (Actor::User(user), domain)), Kind::User)
        }
        "group" => {
            let found = store::group::named(&mut change.tx, domain, text).await?;
            (found.map(|(group, domain)| (Actor::Group(group), domain)), Kind::Group)
        }
        _ => return Ok(Err(Why::NotAChoice)),
    };
    let found = found.filter(|(_, domain)| change.reach.covers(*domain));
    Ok(found.map(|(actor, _)| actor).ok_or(Why::Gone { kind }))
}

pub async fn create(core: &Core, caller: &Caller, new: NewAssignment) -> Result<AssignmentId> {
    let mut change = Change::begin(core, caller, Action::ManageAssignments).await?;
    let (actor, place, role, grants) = read(&mut change, &new).await?;
    change.may_grant(grants, place)?;
    let inherited = new.inherited && place != Place::System;
    let id = AssignmentId(Uuid::new_v4());
    store::assignment::insert(&mut change.tx, id, actor, place, role, inherited, change.now).await.map_err(
        |error| match is_unique(&error, "role_assignment_once") {
            true => Error::field("role", Why::Taken { kind: Kind::Assignment }),
            false => StoreError(error).into(),
        },
    )?;
    written(&mut change, "assignment_create", id).await?;
    change.commit().await?;
    Ok(id)
}

pub async fn delete(core: &Core, caller: &Caller, id: AssignmentId) -> Result<()> {
    let mut change = Change::begin(core, caller, Action::ManageAssignments).await?;
    let found = store::assignment::find(&mut change.tx, id).await?;
    let found = found.ok_or_else(|| Error::not_found(Kind::Assignment, id))?;
    if !reaches(&mut change, &found).await? {
        return Err(Error::not_found(Kind::Assignment, id));
    }
    let grants = store::role::named(&mut change.tx, &found.role.to_string()).await?.and_then(|(_, grants)| grants);
    change.may_grant(grants, found.place)?;
    written(&mut change, "assignment_delete", id).await?;
    store::assignment::delete(&mut change.tx, id).await?;
    change.somebody_runs_cloud().await?;
    change.commit().await
}

/// Whether the place is one that the caller manages.
async fn reaches(change: &mut Change<'_>, assignment: &Assignment) -> Result<bool> {
    Ok(match assignment.place {
        Place::System => change.may_grant(None, Place::System).is_ok(),
        Place::Domain(domain) => change.reach.covers(domain),
        Place::Project(project) => {
            let domain = store::domain::of_project(&mut change.tx, project).await?;
            change.reach.covers(domain)
        }
    })
}

/// Writes it down, and tells whoever stands on it.
async fn written(change: &mut Change<'_>, verb: &str, id: AssignmentId) -> Result<()> {
    let found = store::assignment::find(&mut change.tx, id).await?;
    let found = found.ok_or_else(|| Error::not_found(Kind::Assignment, id))?;
    match found.actor {
        Actor::User(user) => change.touch(Kind::User, user),
        Actor::Group(group) => change.touch(Kind::Group, group),
    }
    let name = match found.place {
        Place::System => format!("{} · {}", found.actor_name, found.role_name),
        _ => format!("{} · {} · {}", found.actor_name, found.role_name, found.place_name),
    };
    change.done(verb, Kind::Assignment, id, &name).await
}

impl super::IdentityService {
    /// Gives the user one of the policy's roles in the project, in place of all others.
    pub async fn assignment_set(&self, caller: &Caller, user: UserId, project: ProjectId, role: Role) -> Result<()> {
        let mut change = Change::begin(&self.core, caller, Action::ManageAssignments).await?;
        let user = store::user::find(&mut change.tx, user).await?.ok_or_else(|| Error::not_found(Kind::User, user))?;
        if !store::project::exists(&mut change.tx, project).await? {
            return Err(Error::not_found(Kind::Project, project));
        }
        store::assignment::set(&mut change.tx, user.id, project, role, change.now).await?;
        change.done("assignment_create", Kind::User, user.id, &user.name).await?;
        change.commit().await
    }

    /// Takes every role in the project from the user.
    pub async fn assignment_remove(&self, caller: &Caller, user: UserId, project: ProjectId) -> Result<()> {
        let mut change = Change::begin(&self.core, caller, Action::ManageAssignments).await?;
        let user = store::user::find(&mut change.tx, user).await?.ok_or_else(|| Error::not_found(Kind::User, user))?;
        store::assignment::remove(&mut change.tx, user.id, project).await?;
        if store::assignment::count_who_run_cloud(&mut change.tx).await? == 0 {
            return Err(Error::Conflict(Conflict::LastAdmin));
        }
        change.done("assignment_delete", Kind::User, user.id, &user.name).await?;
        change.commit().await
    }
}
