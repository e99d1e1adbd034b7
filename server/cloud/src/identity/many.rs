//! The same for many: each by itself, as if it had been asked for alone.

use super::{domain, group, project, store, user};
use crate::authz::{self, Action};
use crate::core::Core;
use crate::fault::StoreError;
use api::error::{Conflict, Failed};
use api::{Caller, Error, Kind, Result, Why};
use std::collections::BTreeSet;

/// No more at one time: a page of a list.
pub const MANY: usize = 1000;

#[derive(Clone, Copy)]
enum Verb {
    Enable(bool),
    Delete,
}

/// Enables, disables or deletes things of one kind. What could not be done is said by name, with its reason.
pub async fn change(core: &Core, caller: &Caller, kind: Kind, verb: &str, ids: &[String]) -> Result<()> {
    let verb = match (verb, kind) {
        ("enable", Kind::Domain | Kind::Project | Kind::User) => Verb::Enable(true),
        ("disable", Kind::Domain | Kind::Project | Kind::User) => Verb::Enable(false),
        // A project's name is typed before it goes with all that it holds.
        ("delete", Kind::Domain | Kind::User | Kind::Group) => Verb::Delete,
        _ => return Err(Error::field("verb", Why::NotAChoice)),
    };
    authz::require(
        caller,
        match kind {
            Kind::Domain => Action::ManageDomains,
            Kind::Project => Action::ManageProjects,
            Kind::Group => Action::ManageGroups,
            _ => Action::ManageUsers,
        },
    )?;
    let ids: BTreeSet<&String> = ids.iter().collect();
    if ids.is_empty() {
        return Err(Error::field("ids", Why::NothingChosen));
    }
    if ids.len() > MANY {
        return Err(Error::field("ids", Why::TooMany { max: MANY, is: ids.len() }));
    }
    let (mut done, mut failed) = (0, Vec::new());
    for id in ids {
        let name = name(core, caller, kind, id).await?;
        match one(core, caller, kind, verb, id).await {
            Ok(()) => done += 1,
            Err(error) => failed.push(Failed { name: name.unwrap_or_else(|| id.chars().take(64).collect()), error }),
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(Error::Conflict(Conflict::Partly { done, failed })) }
}

async fn one(core: &Core, caller: &Caller, kind: Kind, verb: Verb, id: &str) -> Result<()> {
    match (kind, verb) {
        (Kind::Domain, Verb::Enable(enabled)) => domain::enable(core, caller, parse(kind, id)?, enabled).await,
        (Kind::Domain, Verb::Delete) => domain::delete(core, caller, parse(kind, id)?).await,
        (Kind::Project, Verb::Enable(enabled)) => project::enable(core, caller, parse(kind, id)?, enabled).await,
        (Kind::Group, Verb::Delete) => group::delete(core, caller, parse(kind, id)?).await,
        (_, Verb::Enable(enabled)) => user::enable(core, caller, parse(kind, id)?, enabled).await,
        (_, Verb::Delete) => user::delete(core, caller, parse(kind, id)?).await,
    }
}

fn parse<T: std::str::FromStr>(kind: Kind, id: &str) -> Result<T> {
    id.parse().map_err(|_| Error::not_found(kind, id.chars().take(64).collect::<String>()))
}

/// What people call it, as long as it is there and the caller sees it.
async fn name(core: &Core, caller: &Caller, kind: Kind, id: &str) -> Result<Option<String>> {
    let reach = authz::reach(caller, Action::ReadDomains)?;
    let mut db = core.db.read().acquire().await.map_err(StoreError)?;
    let found = match kind {
        Kind::Domain => match id.parse() {
            Ok(id) => store::domain::find(&mut db, id).await?.map(|it| (it.id, it.name)),
            Err(_) => None,
        },
        Kind::Project => match id.parse() {
            Ok(id) => store::project::find(&mut db, id).await?.map(|it| (it.domain, it.name)),
            Err(_) => None,
        },
        Kind::Group => match id.parse() {
            Ok(id) => store::group::find(&mut db, id).await?.map(|it| (it.domain, it.name)),
            Err(_) => None,
        },
        _ => match id.parse() {
            Ok(id) => store::user::find(&mut db, id).await?.map(|it| (it.domain, it.name)),
            Err(_) => None,
        },
    };
    Ok(found.filter(|(domain, _)| reach.covers(*domain)).map(|(_, name)| name))
}
