//! Making a class: everything is read and written down at once, names are taken, codes are good; the reconciler fills the projects.

use super::roster::{self, Entry, FIELD};
use super::{ClassService, form, hidden, still_open};
use crate::audit::{self, About};
use crate::authz::{self, Action};
use crate::db::Tx;
use crate::identity::change::Change;
use crate::identity::sign_in::hash;
use crate::identity::store::class::Template;
use crate::identity::store::seat::{NewSeat, Taken};
use crate::identity::{credential, second_factor, short, store, taken, totp};
use crate::network;
use crate::operation::{self, Target};
use crate::{csv, image, quota};
use api::class::{ClassChoices, NewClass, SeatState, Sheet, SheetLine};
use api::directory::UserForm;
use api::error::{Conflict, Faults};
use api::quota::Resource;
use api::{Caller, ClassId, DomainId, Error, Kind, Micros, Name, ProjectId, Result, SeatId, UserId, Why};
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

/// Room for a user's name behind it in the name of a project.
const NAME_MAX: usize = 48;

impl ClassService {
    pub(super) async fn choices(&self, caller: &Caller) -> Result<ClassChoices> {
        authz::require(caller, Action::ManageClasses)?;
        let flavors = self.compute.flavors().await?;
        let mut db = self.core.db.read().acquire().await.map_err(crate::fault::StoreError)?;
        let mut limits = Vec::new();
        for resource in Resource::ALL {
            limits.push((resource, quota::standard(&mut db, resource).await?));
        }
        let images = image::of_everybody(&mut db).await?;
        Ok(ClassChoices { limits, images, flavors: flavors.into_iter().map(|it| (it.id, it.name)).collect() })
    }

    pub(super) async fn create(&self, caller: &Caller, new: NewClass, base: &str) -> Result<Sheet> {
        let mut change = Change::begin(&self.core, caller, Action::ManageClasses).await?;
        let domain = change.domain(&new.domain).await?;
        let mut faults = Faults::default();
        let name = faults.take("name", Name::parse(&new.name).and_then(|name| short(name, NAME_MAX)));
        faults.take("description", api::name::line(new.description.trim(), Name::MAX));
        let teachers = form::teachers(&mut change, domain, &new.teachers, &[], &mut faults).await?;
        let limits = form::limits(&mut change, &new.limits, &BTreeMap::new(), &mut faults).await?;
        let cidr = Some(new.cidr.trim().to_owned()).filter(|cidr| !cidr.is_empty());
        if let Some(cidr) = &cidr {
            let fits = network::starter_check(&mut change.tx, cidr).await?;
            faults.take("cidr", fits);
        }
        let images = form::images(&mut change, &new.images, &[], &mut faults).await?;
        let flavors = self.chosen_flavors(&new.flavors, &mut faults).await?;
        let expires_at = faults.take("expires", credential::expiry(&new.expires, change.now));
        let entries = roster::parse(&new.roster, &mut faults);
        let seats = self.named(&mut change, domain, entries, &mut faults).await?;
        let (name, expires_at) = faults.finish_with(name.zip(expires_at))?;

        let class = Template {
            id: ClassId(Uuid::new_v4()),
            domain,
            name: name.to_string(),
            limits,
            cidr,
            only_images: !images.is_empty(),
            only_flavors: !flavors.is_empty(),
            expires_at,
            joinable: false,
            join_limit: 0,
            removal: None,
            teachers,
        };
        store::class::insert(&mut change.tx, &class, new.description.trim(), change.now)
            .await
            .map_err(|error| taken(error, "class.domain_id, class.name", Kind::Class))?;
        store::class::teachers_set(&mut change.tx, class.id, &class.teachers).await?;
        store::class::images_set(&mut change.tx, class.id, &images).await?;
        store::class::flavors_set(&mut change.tx, class.id, &flavors).await?;
        self.seat_all(change, &class, "class_create", seats, base).await
    }

    pub(super) async fn add_seats(&self, caller: &Caller, id: ClassId, text: &str, base: &str) -> Result<Sheet> {
        let (mut change, class) = self.change(caller, id).await?;
        still_open(&class, change.now)?;
        let mut faults = Faults::default();
        let entries = roster::parse(text, &mut faults);
        if entries.is_empty() {
            faults.finish()?;
            return Err(Error::field(FIELD, Why::Required));
        }
        let there = store::seat::count(&mut change.tx, id).await?.max(0) as usize;
        let all = there + entries.len();
        if all > api::class::SEATS_MAX {
            faults.add(FIELD, Why::TooMany { max: api::class::SEATS_MAX, is: all });
        }
        let seats = self.named(&mut change, class.domain, entries, &mut faults).await?;
        faults.finish()?;
        self.seat_all(change, &class, "seat_create", seats, base).await
    }

    /// Gives everybody a user name that nobody has.
    async fn named(
        &self,
        change: &mut Change<'_>,
        domain: DomainId,
        entries: Vec<Entry>,
        faults: &mut Faults,
    ) -> Result<Vec<(Entry, String)>> {
        let mut given: HashSet<String> = entries.iter().filter_map(|entry| entry.user_name.clone()).collect();
        let mut named = Vec::with_capacity(entries.len());
        for entry in entries {
            let name = match &entry.user_name {
                Some(name) => {
                    if store::seat::is_taken(&mut change.tx, Taken::User, domain, name).await? {
                        faults.add(FIELD, roster::at(entry.line, Why::Taken { kind: Kind::User }));
                    }
                    name.clone()
                }
                None => {
                    let name = free_user_name(&mut change.tx, domain, &entry.name, &given).await?;
                    given.insert(name.clone());
                    name
                }
            };
            named.push((entry, name));
        }
        Ok(named)
    }

    /// Writes down who sits where, as one operation.
    async fn seat_all(
        &self,
        mut change: Change<'_>,
        class: &Template,
        verb: &str,
        seats: Vec<(Entry, String)>,
        base: &str,
    ) -> Result<Sheet> {
        let (id, now) = (class.id, change.now);
        let target = Target { kind: Kind::Class, id: &id.to_string(), name: &class.name };
        let operation = operation::begin(&mut change.tx, change.caller, verb, target, now).await?;
        let total = seats.len();
        let mut lines = Vec::with_capacity(total);
        for (entry, user_name) in seats {
            let code = totp::recovery_code(rand::random());
            let new = Newcomer { name: &entry.name, user_name: &user_name, email: &entry.email, hash: "" };
            let made = enter(&mut change.tx, class, &new, now).await?;
            note(&mut change.tx, change.caller, &made, now).await?;
            let claim = code_hash(&code);
            let seat = NewSeat {
                id: SeatId(Uuid::new_v4()),
                class: id,
                name: &entry.name,
                user: made.user,
                project: made.project,
                state: SeatState::Making,
                operation: Some((operation, total)),
                claim_hash: Some(&claim),
            };
            store::seat::insert(&mut change.tx, &seat, now).await?;
            change.touch(Kind::User, made.user);
            lines.push(SheetLine { name: entry.name, user_name, url: url(base, &code) });
        }
        self.advance(&mut change.tx, operation).await?;
        for teacher in &class.teachers {
            // Whoever has a first class to teach sees the page of them from now on.
            change.touch(Kind::User, teacher);
        }
        change.commit().await?;
        self.announce(id, &class.teachers);
        self.wake();
        Ok(sheet(class, lines))
    }

    /// Whoever holds the code before it is used is not asked for anything else, so the user is signed out and the old password is void,
    /// as are passkeys, which open the door alone, and the word of a provider.
    pub(super) async fn code_renew(&self, caller: &Caller, id: SeatId, base: &str) -> Result<Sheet> {
        let class = self.class_of(id).await?;
        let (mut change, class) = self.change(caller, class).await.map_err(|error| hidden(error, id))?;
        still_open(&class, change.now)?;
        let seat = store::seat::find(&mut change.tx, id).await?.ok_or_else(|| Error::not_found(Kind::Seat, id))?;
        if seat.state == SeatState::Removing {
            return Err(Error::Conflict(Conflict::BeingRemoved { kind: Kind::Seat }));
        }
        let nobody = || Error::not_found(Kind::User, &seat.name);
        let user = seat.user.ok_or_else(nobody)?;
        self.not_beyond(&mut change, &class, &seat).await?;
        let user_name = store::user::name(&mut change.tx, user).await?.ok_or_else(nobody)?;
        let code = totp::recovery_code(rand::random());
        let now = change.now;
        store::seat::claim_set(&mut change.tx, id, Some(&code_hash(&code))).await?;
        store::password::replace(&mut change.tx, user, "", false, now).await?;
        store::passkey::delete_of(&mut change.tx, user).await?;
        second_factor::codes_of_none_delete(&mut change.tx, user).await?;
        store::provider::release(&mut change.tx, user).await?;
        change.somebody_runs_cloud().await?;
        store::session::delete_of(&mut change.tx, user).await?;
        change.done("seat_code_renew", Kind::Class, seat.class, &format!("{} · {user_name}", class.name)).await?;
        change.touch(Kind::User, user);
        change.commit().await?;
        self.announce(seat.class, &class.teachers);
        Ok(sheet(&class, vec![SheetLine { name: seat.name, user_name, url: url(base, &code) }]))
    }
}

/// Where a code is used.
pub(super) fn url(base: &str, code: &str) -> String {
    format!("{base}/join/{code}")
}

/// People leave hyphens out, and write large. A code has 80 bits, so nothing slower is needed.
pub(super) fn code_hash(typed: &str) -> String {
    let plain: String = typed.chars().filter(char::is_ascii_alphanumeric).collect();
    hash(&plain.to_lowercase())
}

fn sheet(class: &Template, lines: Vec<SheetLine>) -> Sheet {
    let head = csv::line(&["name", "user name", "address"]);
    let rows = lines.iter().map(|line| csv::line(&[&line.name, &line.user_name, &line.url]));
    // Spreadsheets take a file without the mark for one in their country's old letters.
    let csv = ["\u{feff}".to_owned(), head].into_iter().chain(rows).collect();
    Sheet { class: class.id, class_name: class.name.clone(), csv, lines }
}

/// A user name made of a person's name that neither the domain nor the list has.
pub(super) async fn free_user_name(
    tx: &mut Tx,
    domain: DomainId,
    name: &str,
    given: &HashSet<String>,
) -> Result<String> {
    let wanted = roster::user_name(name);
    let mut n = 1;
    loop {
        let name = roster::numbered(&wanted, n);
        if !given.contains(&name) && !store::seat::is_taken(tx, Taken::User, domain, &name).await? {
            return Ok(name);
        }
        n += 1;
    }
}

/// Somebody who is to have a seat.
pub(super) struct Newcomer<'a> {
    pub name: &'a str,
    pub user_name: &'a str,
    pub email: &'a str,
    /// Of the password; empty: none yet.
    pub hash: &'a str,
}

pub(super) struct Made {
    pub user: UserId,
    user_name: String,
    pub project: ProjectId,
    project_name: String,
}

/// The user and the empty project of a seat.
pub(super) async fn enter(tx: &mut Tx, class: &Template, new: &Newcomer<'_>, now: Micros) -> Result<Made> {
    let (user, project) = (UserId(Uuid::new_v4()), ProjectId(Uuid::new_v4()));
    let project_name = free_project_name(tx, class, new.user_name).await?;
    let description = format!("{} · {}", class.name, new.name);
    store::project::insert(tx, project, class.domain, &project_name, &description, now)
        .await
        .map_err(|error| taken(error, "project.domain_id, project.name", Kind::Project))?;
    let form =
        UserForm { name: new.user_name.to_owned(), email: new.email.to_owned(), description, ..UserForm::default() };
    let taken = |error| taken(error, "local_user.domain_id, local_user.name", Kind::User);
    store::user::insert(tx, user, class.domain, new.user_name, new.hash, now).await.map_err(taken)?;
    store::user::update(tx, user, &form, Some(project)).await.map_err(taken)?;
    store::user::expire_at(tx, user, class.expires_at).await?;
    Ok(Made { user, user_name: new.user_name.to_owned(), project, project_name })
}

/// Writes down that they are there.
pub(super) async fn note(tx: &mut Tx, caller: &Caller, made: &Made, now: Micros) -> Result<()> {
    let (project, user) = (made.project.to_string(), made.user.to_string());
    let about = About { kind: Kind::Project, id: &project, name: &made.project_name, project: Some(made.project) };
    audit::record_about(tx, caller, "project_create", about, now).await?;
    Ok(audit::record_outside(tx, caller, "user_create", Kind::User, &user, &made.user_name, now).await?)
}

async fn free_project_name(tx: &mut Tx, class: &Template, user: &str) -> Result<String> {
    let mut n = 1;
    loop {
        let name = roster::project_name(&class.name, user, n);
        if !store::seat::is_taken(tx, Taken::Project, class.domain, &name).await? {
            return Ok(name);
        }
        n += 1;
    }
}
