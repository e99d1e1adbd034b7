//! Roles: the policy's own, and names that imply others.

use super::change::Change;
use super::{store, taken};
use crate::authz::{self, Action};
use crate::core::Core;
use crate::fault::StoreError;
use api::directory::{NamedRole, RoleForm};
use api::error::{Conflict, Faults};
use api::{Caller, Error, Kind, Name, Result, Role, RoleId, Why};
use std::collections::HashMap;
use uuid::Uuid;

pub async fn list(core: &Core, caller: &Caller) -> Result<Vec<NamedRole>> {
    authz::require(caller, Action::ReadRoles)?;
    let mut db = core.db.read().acquire().await.map_err(StoreError)?;
    Ok(store::role::list(&mut db).await?)
}

pub async fn show(core: &Core, caller: &Caller, id: RoleId) -> Result<NamedRole> {
    let found = list(core, caller).await?.into_iter().find(|role| role.id == id);
    found.ok_or_else(|| Error::not_found(Kind::Role, id))
}

/// The name, and the roles that are to be implied.
fn read(form: &RoleForm, roles: &[NamedRole], own: Option<RoleId>) -> Result<(Name, Vec<RoleId>)> {
    let mut faults = Faults::default();
    let name = faults.take("name", Name::parse(&form.name));
    faults.take("description", api::name::line(&form.description, Name::MAX));
    let known = |text: &String| text.parse().ok().filter(|id| roles.iter().any(|role| role.id == *id));
    let chosen: Option<Vec<RoleId>> = form.implies.iter().filter(|text| !text.is_empty()).map(known).collect();
    let implied = faults.take("implies", chosen.ok_or(Why::NotAChoice));
    if let (Some(own), Some(implied)) = (own, &implied)
        && implied.iter().any(|role| reaches(roles, *role, own))
    {
        faults.add("implies", Why::Circle);
    }
    faults.finish_with(name.zip(implied))
}

/// Whether the one role is or implies the other.
fn reaches(roles: &[NamedRole], from: RoleId, to: RoleId) -> bool {
    let mut open = vec![from];
    let mut seen = Vec::new();
    while let Some(at) = open.pop() {
        if at == to {
            return true;
        }
        if !seen.contains(&at) {
            seen.push(at);
            let implied = roles.iter().find(|role| role.id == at).map(|role| &role.implies);
            open.extend(implied.into_iter().flatten().map(|(id, _)| *id));
        }
    }
    false
}

/// The strongest of the policy's roles that each role is or implies.
fn grants(roles: &[NamedRole]) -> HashMap<RoleId, Option<Role>> {
    let own = |role: &NamedRole| if role.builtin { role.name.parse::<Role>().ok() } else { None };
    let strongest =
        |role: &NamedRole| roles.iter().filter(|other| reaches(roles, role.id, other.id)).filter_map(own).max();
    roles.iter().map(|role| (role.id, strongest(role))).collect()
}

/// Writes the implications, and what follows from them for every role.
async fn imply(change: &mut Change<'_>, role: RoleId, implied: &[RoleId]) -> Result<()> {
    store::role::imply(&mut change.tx, role, implied).await?;
    let roles = store::role::list(&mut change.tx).await?;
    for (role, grants) in grants(&roles) {
        store::role::grant(&mut change.tx, role, grants).await?;
    }
    change.somebody_runs_cloud().await
}

pub async fn create(core: &Core, caller: &Caller, form: RoleForm) -> Result<RoleId> {
    let mut change = Change::begin(core, caller, Action::ManageRoles).await?;
    let roles = store::role::list(&mut change.tx).await?;
    let (name, implied) = read(&form, &roles, None)?;
    let id = RoleId(Uuid::new_v4());
    store::role::insert(&mut change.tx, id, name.as_str(), form.description.trim(), change.now)
        .await
        .map_err(|error| taken(error, "role.name", Kind::Role))?;
    imply(&mut change, id, &implied).await?;
    change.done("role_create", Kind::Role, id, name.as_str()).await?;
    change.commit().await?;
    Ok(id)
}

/// One of an operator's own.
async fn own(change: &mut Change<'_>, id: RoleId) -> Result<(Vec<NamedRole>, NamedRole)> {
    let roles = store::role::list(&mut change.tx).await?;
    match roles.iter().find(|role| role.id == id).cloned() {
        None => Err(Error::not_found(Kind::Role, id)),
        Some(role) if role.builtin => Err(Error::Conflict(Conflict::BuiltinRole)),
        Some(role) => Ok((roles, role)),
    }
}

pub async fn update(core: &Core, caller: &Caller, id: RoleId, form: RoleForm) -> Result<()> {
    let mut change = Change::begin(core, caller, Action::ManageRoles).await?;
    let (roles, _) = own(&mut change, id).await?;
    let (name, implied) = read(&form, &roles, Some(id))?;
    store::role::update(&mut change.tx, id, name.as_str(), form.description.trim())
        .await
        .map_err(|error| taken(error, "role.name", Kind::Role))?;
    imply(&mut change, id, &implied).await?;
    change.done("role_update", Kind::Role, id, name.as_str()).await?;
    change.commit().await
}

pub async fn delete(core: &Core, caller: &Caller, id: RoleId) -> Result<()> {
    let mut change = Change::begin(core, caller, Action::ManageRoles).await?;
    let (roles, role) = own(&mut change, id).await?;
    if role.assignments > 0 {
        let (holds, count) = (Kind::Assignment, role.assignments);
        return Err(Error::Conflict(Conflict::NotEmpty { kind: Kind::Role, holds, count }));
    }
    if let Some(by) = roles.iter().find(|other| other.implies.iter().any(|(implied, _)| *implied == id)) {
        return Err(Error::Conflict(Conflict::InUse { kind: Kind::Role, by: by.name.clone() }));
    }
    store::role::delete(&mut change.tx, id).await?;
    change.done("role_delete", Kind::Role, id, &role.name).await?;
    change.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Roles as `name>implied,implied`.
    fn roles(text: &str) -> Vec<NamedRole> {
        let id = |name: &str| RoleId(Uuid::from_u128(name.bytes().fold(0, |sum, byte| sum * 256 + u128::from(byte))));
        let role = |part: &str| {
            let (name, implied) = part.split_once('>').unwrap_or((part, ""));
            NamedRole {
                id: id(name),
                name: name.to_owned(),
                description: String::new(),
                builtin: name.parse::<Role>().is_ok(),
                implies: implied.split(',').filter(|it| !it.is_empty()).map(|it| (id(it), it.to_owned())).collect(),
                grants: None,
                assignments: 0,
                created_at: 0,
            }
        };
        text.split(' ').map(role).collect()
    }

    fn check(name: &str, expected: Option<Role>) {
        let roles = roles("admin>manager manager>member member>reader reader a>b b>member c d>c,admin");
        let role = roles.iter().find(|role| role.name == name).unwrap();
        assert_eq!(grants(&roles)[&role.id], expected, "{name}");
    }

    #[test]
    fn what_roles_grant() {
        check("reader", Some(Role::Reader));
        check("admin", Some(Role::Admin));
        check("a", Some(Role::Member));
        check("c", None);
        check("d", Some(Role::Admin));
    }

    #[test]
    fn no_role_implies_itself() {
        let roles = roles("a>b b>c c");
        let form = RoleForm { name: "c".into(), implies: vec![roles[0].id.to_string()], ..RoleForm::default() };
        assert_eq!(read(&form, &roles, Some(roles[2].id)), Err(Error::field("implies", Why::Circle)));
    }
}
