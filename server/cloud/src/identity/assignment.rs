//! Role assignments.

use super::change::Change;
use super::store;
use crate::authz::{self, Action, Reach};
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
    let own = Some(change.caller.domain).filter(|domain| change.reach.covers(*domain));
    let domain = place.map_or(own, |(_, domain)| domain);
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

/// The only one that was meant, or why it is not clear which.
fn only<T>(mut found: Vec<T>, kind: Kind) -> std::result::Result<T, Why> {
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        (Some(_), false) => Err(Why::Ambiguous { kind }),
        (None, _) => Err(Why::Gone { kind }),
    }
}

/// The place, and the domain that it lies in: names of users and groups are looked for there.
async fn place(change: &mut Change<'_>, new: &NewAssignment) -> Read<(Place, Option<DomainId>)> {
    let text = new.place.trim();
    Ok(match new.place_kind.as_str() {
        "system" => Ok((Place::System, None)),
        "project" | "domain" if text.is_empty() => Err(Why::Required),
        "project" => {
            let found = store::project::named_within(&mut change.tx, &change.reach, text).await?;
            only(found, Kind::Project).map(|(project, domain)| (Place::Project(project), Some(domain)))
        }
        "domain" => {
            let id = match text.parse::<DomainId>() {
                Ok(id) => store::domain::find(&mut change.tx, id).await?.map(|domain| domain.id),
                Err(_) => store::domain::by_name(&mut change.tx, text).await?,
            };
            let found = id.filter(|domain| change.reach.covers(*domain));
            found.map(|domain| (Place::Domain(domain), Some(domain))).ok_or(Why::Gone { kind: Kind::Domain })
        }
        _ => Err(Why::NotAChoice),
    })
}

/// An id says by itself whose it is, whichever kind was chosen beside it. A name is one of the place's own domain; where that is the
/// system, there must be no other of that name.
async fn actor(change: &mut Change<'_>, new: &NewAssignment, domain: Option<DomainId>) -> Read<Actor> {
    let (text, is_id) = (new.actor.trim(), new.actor.trim().parse::<UserId>().is_ok());
    let kinds: &[Kind] = match new.actor_kind.as_str() {
        _ if text.is_empty() => return Ok(Err(Why::Required)),
        "user" if is_id => &[Kind::User, Kind::Group],
        "group" if is_id => &[Kind::Group, Kind::User],
        "user" => &[Kind::User],
        "group" => &[Kind::Group],
        _ => return Ok(Err(Why::NotAChoice)),
    };
    let within = match domain.filter(|_| !is_id) {
        Some(domain) => Reach::Domains(vec![domain]),
        None => change.reach.clone(),
    };
    let mut found = Err(Why::NotAChoice);
    for kind in kinds {
        found = match kind {
            Kind::Group => {
                let groups = store::group::named_within(&mut change.tx, &within, text).await?;
                only(groups, Kind::Group).map(|(group, _)| Actor::Group(group))
            }
            _ => {
                let users = store::user::named_within(&mut change.tx, &within, text).await?;
                only(users, Kind::User).map(|(user, _)| Actor::User(user))
            }
        };
        if found.is_ok() {
            break;
        }
    }
    Ok(found)
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
    // Whom it concerns is what is looked for afterwards: an assignment has no page of its own.
    let (kind, actor) = match found.actor {
        Actor::User(user) => (Kind::User, user.to_string()),
        Actor::Group(group) => (Kind::Group, group.to_string()),
    };
    change.touch(Kind::Assignment, id);
    let name = match found.place {
        Place::System => format!("{} · {}", found.actor_name, found.role_name),
        _ => format!("{} · {} · {}", found.actor_name, found.role_name, found.place_name),
    };
    let project = match found.place {
        Place::Project(project) => Some(project),
        Place::Domain(_) | Place::System => None,
    };
    change.done_in(project, verb, kind, actor, &name).await
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
        change.done_in(Some(project), "assignment_create", Kind::User, user.id, &user.name).await?;
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
        change.done_in(Some(project), "assignment_delete", Kind::User, user.id, &user.name).await?;
        change.commit().await
    }
}
