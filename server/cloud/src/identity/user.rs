//! Users.

use super::IdentityService;
use super::change::Change;
use super::{domain, second_factor, sign_in, store, taken};
use crate::audit::{self, About};
use crate::authz::{self, Action};
use crate::core::Core;
use crate::fault::StoreError;
use api::account::PasswordFault;
use api::directory::{Actor, NewUser, Place, User, UserForm};
use api::error::{Conflict, Faults};
use api::{AssignmentId, Caller, DomainId, Error, Kind, ListQuery, Name, Page, ProjectId, Result, UserId, Why};
use uuid::Uuid;

const TAKEN: &str = "local_user.domain_id, local_user.name";

pub async fn list(core: &Core, caller: &Caller, query: &ListQuery) -> Result<Page<User>> {
    let reach = authz::reach(caller, Action::ReadUsers)?;
    Ok(store::user::list(core.db.read(), &reach, query).await?)
}

pub async fn show(core: &Core, caller: &Caller, id: UserId) -> Result<User> {
    let reach = authz::reach(caller, Action::ReadUsers)?;
    let mut db = core.db.read().acquire().await.map_err(StoreError)?;
    let found = store::user::find(&mut db, id).await?.filter(|user| reach.covers(user.domain));
    let user = found.ok_or_else(|| Error::not_found(Kind::User, id))?;
    drop(db);
    let locked_out = sign_in::locked_out(core, &user).await?;
    Ok(User { locked_out, ..user })
}

/// The faults that a user's form has by itself.
fn check(form: &UserForm) -> (Faults, Option<Name>) {
    let mut faults = Faults::default();
    let name = faults.take("name", Name::parse(&form.name));
    faults.take("description", api::name::line(form.description.trim(), Name::MAX));
    faults.take("email", email(&form.email));
    (faults, name)
}

/// Something before and something behind an @ is all that can be said without sending a letter.
pub fn email(text: &str) -> std::result::Result<(), Why> {
    let text = text.trim();
    api::name::line(text, Name::MAX)?;
    let parts = text.split_once('@');
    let fits = text.is_empty()
        || (parts.is_some_and(|(before, behind)| !before.is_empty() && !behind.is_empty() && !behind.contains('@'))
            && !text.contains(char::is_whitespace));
    if fits { Ok(()) } else { Err(Why::NotAnEmail) }
}

/// The default project that a form names.
async fn default_project(
    change: &mut Change<'_>,
    domain: DomainId,
    text: &str,
) -> Result<std::result::Result<Option<ProjectId>, Why>> {
    if text.trim().is_empty() {
        return Ok(Ok(None));
    }
    let found = store::project::named(&mut change.tx, domain, text).await?;
    let found = found.filter(|(_, domain)| change.reach.covers(*domain));
    Ok(found.map(|(project, _)| Some(project)).ok_or(Why::Gone { kind: Kind::Project }))
}

pub async fn create(core: &Core, identity: &IdentityService, caller: &Caller, new: NewUser) -> Result<UserId> {
    let form = UserForm {
        name: new.name,
        email: new.email,
        description: new.description,
        password_locked: new.password_locked,
        must_change: new.must_change,
        default_project: new.default_project,
    };
    let domain = Change::begin(core, caller, Action::ManageUsers).await?.domain(&new.domain).await?;
    let rules = identity.password_rules(domain).await?;
    let (mut faults, name) = check(&form);
    if let Some(why) = identity.password_fault(&rules, form.name.trim(), &new.password).await? {
        faults.add("password", why);
    }
    if new.again.is_some_and(|again| again != new.password) {
        faults.add("again", Why::Password(PasswordFault::NotTheSame));
    }
    let name = faults.finish_with(name)?;
    // Outside of any transaction: it takes a while, and everybody else would wait.
    let hash = identity.hasher.hash(&new.password).await?;
    let mut change = Change::begin(core, caller, Action::ManageUsers).await?;
    let domain = change.domain(&new.domain).await?;
    let project = default_project(&mut change, domain, &form.default_project).await?;
    let project = project.map_err(|why| Error::field("default_project", why))?;
    let id = UserId(Uuid::new_v4());
    let now = change.now;
    let taken = |error| taken(error, TAKEN, Kind::User);
    store::user::insert(&mut change.tx, id, domain, name.as_str(), &hash, now).await.map_err(taken)?;
    store::user::update(&mut change.tx, id, &form, project).await.map_err(taken)?;
    if new.disabled {
        store::user::enable(&mut change.tx, id, false).await?;
    }
    if let (Some(project), role) = (project, new.role.trim())
        && !role.is_empty()
    {
        let found = store::role::named(&mut change.tx, role).await?;
        let (role, grants) = found.ok_or_else(|| Error::field("role", Why::Gone { kind: Kind::Role }))?;
        change.may_grant(grants, Place::Project(project))?;
        let (assignment, place) = (AssignmentId(Uuid::new_v4()), Place::Project(project));
        store::assignment::insert(&mut change.tx, assignment, Actor::User(id), place, role, false, now)
            .await
            .map_err(StoreError)?;
        let (target, name) = (id.to_string(), format!("{} · {}", name.as_str(), new.role.trim()));
        let about = About { kind: Kind::User, id: &target, name: &name, project: Some(project) };
        audit::record_about(&mut change.tx, caller, "assignment_create", about, now).await?;
    }
    change.done("user_create", Kind::User, id, name.as_str()).await?;
    change.commit().await?;
    Ok(id)
}

/// One that the caller may change.
async fn find(change: &mut Change<'_>, id: UserId) -> Result<User> {
    let found = store::user::find(&mut change.tx, id).await?.filter(|user| change.reach.covers(user.domain));
    let user = found.ok_or_else(|| Error::not_found(Kind::User, id))?;
    change.not_above_caller(Actor::User(id)).await?;
    Ok(user)
}

pub async fn update(core: &Core, caller: &Caller, id: UserId, form: UserForm) -> Result<()> {
    let mut change = Change::begin(core, caller, Action::ManageUsers).await?;
    let user = find(&mut change, id).await?;
    let (mut faults, name) = check(&form);
    let project = default_project(&mut change, user.domain, &form.default_project).await?;
    let project = faults.take("default_project", project);
    let (name, project) = faults.finish_with(name.zip(project))?;
    store::user::update(&mut change.tx, id, &form, project).await.map_err(|error| taken(error, TAKEN, Kind::User))?;
    change.done("user_update", Kind::User, id, name.as_str()).await?;
    change.commit().await
}

pub async fn enable(core: &Core, caller: &Caller, id: UserId, enabled: bool) -> Result<()> {
    let mut change = Change::begin(core, caller, Action::ManageUsers).await?;
    let user = find(&mut change, id).await?;
    not_oneself(caller, id, enabled)?;
    store::user::enable(&mut change.tx, id, enabled).await?;
    if !enabled {
        store::session::delete_of(&mut change.tx, id).await?;
        change.somebody_runs_cloud().await?;
    }
    change.done(domain::verb("user", enabled), Kind::User, id, &user.name).await?;
    change.commit().await
}

fn not_oneself(caller: &Caller, id: UserId, harmless: bool) -> Result<()> {
    if caller.user == id && !harmless { Err(Error::Conflict(Conflict::OwnGround { kind: Kind::User })) } else { Ok(()) }
}

pub async fn password_set(
    core: &Core,
    identity: &IdentityService,
    caller: &Caller,
    id: UserId,
    password: &str,
) -> Result<()> {
    let user = find(&mut Change::begin(core, caller, Action::ManageUsers).await?, id).await?;
    let rules = identity.password_rules(user.domain).await?;
    if let Some(why) = identity.password_fault(&rules, &user.name, password).await? {
        return Err(Error::field("password", why));
    }
    let hash = identity.hasher.hash(password).await?;
    let mut change = Change::begin(core, caller, Action::ManageUsers).await?;
    let user = find(&mut change, id).await?;
    let now = change.now;
    // Whoever is given a password chooses another one, where that is allowed.
    store::password::replace(&mut change.tx, id, &hash, !user.password_locked, now).await?;
    // Whoever has a password comes by no provider, and is in no group by its word.
    store::provider::release(&mut change.tx, id).await?;
    if user.federated {
        change.somebody_runs_cloud().await?;
    }
    // Whoever knew the old password is signed out.
    store::session::delete_of(&mut change.tx, id).await?;
    store::password::forgive(&mut change.tx, &sign_in::key_of(user.domain, &user.name)).await?;
    change.done("user_password_set", Kind::User, id, &user.name).await?;
    change.commit().await
}

/// For somebody who, or in whose name somebody else, has failed too often.
pub async fn unlock(core: &Core, caller: &Caller, id: UserId) -> Result<()> {
    let mut change = Change::begin(core, caller, Action::ManageUsers).await?;
    let user = find(&mut change, id).await?;
    store::password::forgive(&mut change.tx, &sign_in::key_of(user.domain, &user.name)).await?;
    change.done("user_unlock", Kind::User, id, &user.name).await?;
    change.commit().await
}

/// For somebody who has lost them: from now on the password alone is enough.
pub async fn factors_remove(core: &Core, caller: &Caller, id: UserId) -> Result<()> {
    let mut change = Change::begin(core, caller, Action::ManageUsers).await?;
    let user = find(&mut change, id).await?;
    second_factor::remove_all(&mut change.tx, id).await?;
    change.done("user_factors_remove", Kind::User, id, &user.name).await?;
    change.commit().await
}

/// Assignments, sessions, key pairs and memberships go with the user; what was made in projects belongs to those and stays.
pub async fn delete(core: &Core, caller: &Caller, id: UserId) -> Result<()> {
    let mut change = Change::begin(core, caller, Action::ManageUsers).await?;
    let user = find(&mut change, id).await?;
    not_oneself(caller, id, false)?;
    store::user::delete(&mut change.tx, id).await?;
    change.somebody_runs_cloud().await?;
    change.done("user_delete", Kind::User, id, &user.name).await?;
    change.commit().await
}

impl IdentityService {
    /// A user of whom nothing but the name and the password is known.
    pub async fn user_create(&self, caller: &Caller, name: &str, password: &str) -> Result<UserId> {
        let new = NewUser { name: name.to_owned(), password: password.to_owned(), ..NewUser::default() };
        create(&self.core, self, caller, new).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emails() {
        let fine = |text| assert_eq!(email(text), Ok(()), "{text}");
        let not = |text| assert_eq!(email(text), Err(Why::NotAnEmail), "{text}");
        fine("");
        fine("ann@example.org");
        fine("ann+cloud@host");
        not("ann");
        not("@host");
        not("ann@");
        not("a b@host");
        not("a@b@c");
    }
}
