//! Domains.

use super::change::Change;
use super::{store, taken};
use crate::authz::{self, Action};
use crate::core::Core;
use crate::fault::StoreError;
use api::directory::{Domain, DomainForm};
use api::error::{Conflict, Faults};
use api::{Caller, DomainId, Error, Kind, ListQuery, Name, Page, Result};
use uuid::Uuid;

pub async fn list(core: &Core, caller: &Caller, query: &ListQuery) -> Result<Page<Domain>> {
    let reach = authz::reach(caller, Action::ReadDomains)?;
    Ok(store::domain::list(core.db.read(), &reach, query).await?)
}

pub async fn show(core: &Core, caller: &Caller, id: DomainId) -> Result<Domain> {
    let reach = authz::reach(caller, Action::ReadDomains)?;
    let mut db = core.db.read().acquire().await.map_err(StoreError)?;
    let found = store::domain::find(&mut db, id).await?.filter(|domain| reach.covers(domain.id));
    found.ok_or_else(|| Error::not_found(Kind::Domain, id))
}

fn read(form: &DomainForm) -> Result<Name> {
    let mut faults = Faults::default();
    let name = faults.take("name", Name::parse(&form.name).and_then(|name| super::short(name, 64)));
    faults.take("description", api::name::line(&form.description, Name::MAX));
    faults.finish_with(name)
}

pub async fn create(core: &Core, caller: &Caller, form: DomainForm) -> Result<DomainId> {
    let mut change = Change::begin(core, caller, Action::ManageDomains).await?;
    let name = read(&form)?;
    let id = DomainId(Uuid::new_v4());
    store::domain::insert(&mut change.tx, id, name.as_str(), form.description.trim(), change.now)
        .await
        .map_err(|error| taken(error, "domain.name", Kind::Domain))?;
    if form.disabled {
        store::domain::enable(&mut change.tx, id, false).await?;
    }
    change.done("domain_create", Kind::Domain, id, name.as_str()).await?;
    change.commit().await?;
    Ok(id)
}

async fn find(change: &mut Change<'_>, id: DomainId) -> Result<Domain> {
    let found = store::domain::find(&mut change.tx, id).await?.filter(|domain| change.reach.covers(domain.id));
    found.ok_or_else(|| Error::not_found(Kind::Domain, id))
}

pub async fn update(core: &Core, caller: &Caller, id: DomainId, form: DomainForm) -> Result<()> {
    let mut change = Change::begin(core, caller, Action::ManageDomains).await?;
    find(&mut change, id).await?;
    let name = read(&form)?;
    store::domain::update(&mut change.tx, id, name.as_str(), form.description.trim())
        .await
        .map_err(|error| taken(error, "domain.name", Kind::Domain))?;
    change.done("domain_update", Kind::Domain, id, name.as_str()).await?;
    change.commit().await
}

pub async fn enable(core: &Core, caller: &Caller, id: DomainId, enabled: bool) -> Result<()> {
    let mut change = Change::begin(core, caller, Action::ManageDomains).await?;
    let domain = find(&mut change, id).await?;
    if !enabled && id == caller.domain {
        return Err(Error::Conflict(Conflict::OwnGround { kind: Kind::Domain }));
    }
    store::domain::enable(&mut change.tx, id, enabled).await?;
    change.somebody_runs_cloud().await?;
    change.done(verb("domain", enabled), Kind::Domain, id, &domain.name).await?;
    change.commit().await
}

/// The operation's name for switching on or off.
pub fn verb(noun: &str, enabled: bool) -> &'static str {
    match (noun, enabled) {
        ("domain", true) => "domain_enable",
        ("domain", false) => "domain_disable",
        ("project", true) => "project_enable",
        ("project", false) => "project_disable",
        (_, true) => "user_enable",
        (_, false) => "user_disable",
    }
}

pub async fn delete(core: &Core, caller: &Caller, id: DomainId) -> Result<()> {
    let mut change = Change::begin(core, caller, Action::ManageDomains).await?;
    let domain = find(&mut change, id).await?;
    if domain.enabled {
        return Err(Error::Conflict(Conflict::StillEnabled { kind: Kind::Domain }));
    }
    let classes = store::class::count_in(&mut change.tx, id).await?;
    let held = [
        (domain.projects, Kind::Project),
        (domain.users, Kind::User),
        (domain.groups, Kind::Group),
        (classes, Kind::Class),
    ];
    if let Some((count, kind)) = held.into_iter().find(|(count, _)| *count > 0) {
        return Err(Error::Conflict(Conflict::NotEmpty { kind: Kind::Domain, holds: kind, count }));
    }
    store::domain::delete(&mut change.tx, id).await?;
    change.done("domain_delete", Kind::Domain, id, &domain.name).await?;
    change.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::Why;

    #[test]
    fn names() {
        let form = |name: &str| DomainForm { name: name.to_owned(), ..DomainForm::default() };
        assert!(read(&form("staff")).is_ok());
        assert_eq!(read(&form("")), Err(Error::field("name", Why::Required)));
        assert_eq!(read(&form(&"x".repeat(65))), Err(Error::field("name", Why::TooLong { max: 64, is: 65 })));
    }
}
