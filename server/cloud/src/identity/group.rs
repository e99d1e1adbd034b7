//! Groups and who is in them.

use super::change::Change;
use super::many::MANY;
use super::{store, taken};
use crate::authz::{self, Action};
use crate::core::Core;
use crate::fault::StoreError;
use api::directory::{Actor, Group, GroupForm, User};
use api::error::Faults;
use api::{Caller, Error, GroupId, Kind, ListQuery, Name, Page, Result, UserId, Why};
use uuid::Uuid;

const TAKEN: &str = "user_group.domain_id, user_group.name";

pub async fn list(core: &Core, caller: &Caller, query: &ListQuery) -> Result<Page<Group>> {
    let reach = authz::reach(caller, Action::ReadGroups)?;
    Ok(store::group::list(core.db.read(), &reach, query).await?)
}

pub async fn show(core: &Core, caller: &Caller, id: GroupId) -> Result<Group> {
    let reach = authz::reach(caller, Action::ReadGroups)?;
    let mut db = core.db.read().acquire().await.map_err(StoreError)?;
    let found = store::group::find(&mut db, id).await?.filter(|group| reach.covers(group.domain));
    found.ok_or_else(|| Error::not_found(Kind::Group, id))
}

pub async fn list_of(core: &Core, caller: &Caller, user: UserId) -> Result<Vec<Group>> {
    super::user::show(core, caller, user).await?;
    Ok(store::group::list_of(core.db.read(), user).await?)
}

fn read(form: &GroupForm) -> Result<Name> {
    let mut faults = Faults::default();
    let name = faults.take("name", Name::parse(&form.name).and_then(|name| super::short(name, 64)));
    faults.take("description", api::name::line(&form.description, Name::MAX));
    faults.finish_with(name)
}

pub async fn create(core: &Core, caller: &Caller, form: GroupForm) -> Result<GroupId> {
    let mut change = Change::begin(core, caller, Action::ManageGroups).await?;
    let name = read(&form)?;
    let domain = change.domain(&form.domain).await?;
    let id = GroupId(Uuid::new_v4());
    store::group::insert(&mut change.tx, id, domain, name.as_str(), form.description.trim(), change.now)
        .await
        .map_err(|error| taken(error, TAKEN, Kind::Group))?;
    change.done("group_create", Kind::Group, id, name.as_str()).await?;
    change.commit().await?;
    Ok(id)
}

async fn find(change: &mut Change<'_>, id: GroupId) -> Result<Group> {
    let found = store::group::find(&mut change.tx, id).await?.filter(|group| change.reach.covers(group.domain));
    found.ok_or_else(|| Error::not_found(Kind::Group, id))
}

pub async fn update(core: &Core, caller: &Caller, id: GroupId, form: GroupForm) -> Result<()> {
    let mut change = Change::begin(core, caller, Action::ManageGroups).await?;
    find(&mut change, id).await?;
    let name = read(&form)?;
    store::group::update(&mut change.tx, id, name.as_str(), form.description.trim())
        .await
        .map_err(|error| taken(error, TAKEN, Kind::Group))?;
    change.done("group_update", Kind::Group, id, name.as_str()).await?;
    change.commit().await
}

/// Its assignments go with it.
pub async fn delete(core: &Core, caller: &Caller, id: GroupId) -> Result<()> {
    let mut change = Change::begin(core, caller, Action::ManageGroups).await?;
    let group = find(&mut change, id).await?;
    change.not_above_caller(Actor::Group(id)).await?;
    store::group::delete(&mut change.tx, id).await?;
    change.somebody_runs_cloud().await?;
    change.done("group_delete", Kind::Group, id, &group.name).await?;
    change.commit().await
}

pub async fn member_list(core: &Core, caller: &Caller, id: GroupId, query: &ListQuery) -> Result<Page<User>> {
    show(core, caller, id).await?;
    Ok(store::user::members(core.db.read(), id, query).await?)
}

/// Users come from the group's own domain or, named by their id, from any that the caller sees.
pub async fn member_add(core: &Core, caller: &Caller, id: GroupId, users: &[String]) -> Result<()> {
    let mut change = Change::begin(core, caller, Action::ManageGroups).await?;
    let group = find(&mut change, id).await?;
    change.not_above_caller(Actor::Group(id)).await?;
    let named: Vec<&str> = users.iter().map(|user| user.trim()).filter(|user| !user.is_empty()).collect();
    if named.is_empty() {
        return Err(Error::field("users", Why::Required));
    }
    if named.len() > MANY {
        return Err(Error::field("users", Why::TooMany { max: MANY, is: named.len() }));
    }
    let mut faults = Faults::default();
    let mut found: Vec<UserId> = Vec::new();
    for text in named {
        let user = store::user::named(&mut change.tx, group.domain, text).await?;
        let user = user.filter(|(_, domain)| change.reach.covers(*domain));
        let user = faults.take("users", user.ok_or(Why::NoUser { name: text.to_owned() }));
        if let Some((user, _)) = user
            && !found.contains(&user)
        {
            found.push(user);
        }
    }
    faults.finish()?;
    for user in found {
        store::group::member_add(&mut change.tx, id, user, change.now).await?;
        membership_changed(&mut change, "group_member_add", &group, user).await?;
    }
    change.commit().await
}

/// Whom it concerns is what is looked for afterwards.
async fn membership_changed(change: &mut Change<'_>, verb: &str, group: &Group, user: UserId) -> Result<()> {
    let name = store::user::name(&mut change.tx, user).await?.unwrap_or_default();
    change.touch(Kind::Group, group.id);
    change.done(verb, Kind::User, user, &format!("{name} · {}", group.name)).await
}

pub async fn member_remove(core: &Core, caller: &Caller, id: GroupId, user: UserId) -> Result<()> {
    let mut change = Change::begin(core, caller, Action::ManageGroups).await?;
    let group = find(&mut change, id).await?;
    change.not_above_caller(Actor::Group(id)).await?;
    store::group::member_remove(&mut change.tx, id, user).await?;
    change.somebody_runs_cloud().await?;
    membership_changed(&mut change, "group_member_remove", &group, user).await?;
    change.commit().await
}
