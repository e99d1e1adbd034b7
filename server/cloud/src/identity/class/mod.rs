//! Classes: users with a project each, made from one template, emptied together and gone together.
//!
//! `create.rs` writes down who is to sit where; `update.rs` changes what all of them may use; `form.rs` reads the forms of both; `reset.rs`
//! says what is to be given back; `reconcile.rs` does all that seat by seat, each in one transaction, so that a program that was killed
//! goes on with the seats that are left. `join.rs` is for students: the code that sets a first password, and the code that anybody joins
//! by. `roster.rs` holds the rules (pure).
//!
//! Whoever teaches a class is a manager of each seat's project by an assignment like any other: instances and consoles are asked for
//! there, as everybody asks.

mod create;
mod form;
mod join;
mod reconcile;
mod reset;
mod roster;
mod update;

use super::change::Change;
use super::store::class::Template;
use super::store::seat::SeatRow;
use super::{Deletion, IdentityService, credential, store};
use crate::authz::{self, Action, Reach};
use crate::compute::ComputeService;
use crate::core::{Core, Poke};
use crate::db::Tx;
use crate::fault::StoreError;
use crate::network::NetworkService;
use crate::{image, operation, quota};
use api::class::{
    Class, ClassChoices, ClassDetail, ClassForm, Classes, JoinCode, JoinForm, Joining, NewClass, Seat, Sheet,
};
use api::error::Conflict;
use api::quota::Resource;
use api::{Caller, ClassId, Error, Kind, ListQuery, Micros, OperationId, Page, Result, Role, SeatId, UserId};
use async_trait::async_trait;
use sqlx::SqliteConnection;
use std::sync::Arc;

pub struct ClassService {
    core: Arc<Core>,
    identity: Arc<IdentityService>,
    networks: Arc<NetworkService>,
    compute: Arc<ComputeService>,
    deletion: Arc<Deletion>,
    poke: Poke,
    wrong_codes: join::WrongCodes,
}

impl ClassService {
    pub fn new(
        core: Arc<Core>,
        identity: Arc<IdentityService>,
        networks: Arc<NetworkService>,
        compute: Arc<ComputeService>,
        deletion: Arc<Deletion>,
    ) -> Self {
        let (poke, wrong_codes) = (Poke::default(), join::WrongCodes::default());
        Self { core, identity, networks, compute, deletion, poke, wrong_codes }
    }

    /// A class that the caller may see, or also change: where the policy reaches, and wherever the caller teaches.
    async fn find(&self, db: &mut SqliteConnection, caller: &Caller, id: ClassId, changes: bool) -> Result<Class> {
        let unknown = || Error::not_found(Kind::Class, id);
        let class = store::class::find(db, id).await?.ok_or_else(unknown)?;
        let reaches = |action| authz::reach(caller, action).is_ok_and(|reach| reach.covers(class.domain));
        if reaches(if changes { Action::ManageClasses } else { Action::ReadClasses }) {
            return Ok(class);
        }
        authz::require(caller, Action::TeachClasses)?;
        if store::class::is_taught_by(db, id, caller.user).await? {
            Ok(class)
        } else if reaches(Action::ReadClasses) {
            Err(Error::Forbidden { needs: Role::Admin.to_string() })
        } else {
            Err(unknown())
        }
    }

    /// Begins a change of a class that is there to stay. The template is what new seats are made from.
    async fn change<'a>(&'a self, caller: &'a Caller, id: ClassId) -> Result<(Change<'a>, Template)> {
        let mut change = Change::begin(&self.core, caller, Action::TeachClasses).await?;
        self.find(&mut change.tx, caller, id, true).await?;
        let template = template(&mut change.tx, id).await?;
        match template.removal {
            None => Ok((change, template)),
            Some(_) => Err(Error::Conflict(Conflict::BeingRemoved { kind: Kind::Class })),
        }
    }

    /// Who teaches must not get at the powers of those who run the cloud, by way of a seat whose user was given them.
    async fn not_above(&self, change: &mut Change<'_>, user: UserId) -> Result<()> {
        let everywhere = authz::reach(change.caller, Action::ManageClasses) == Ok(Reach::Everywhere);
        if !everywhere && store::assignment::user_runs_cloud(&mut change.tx, user).await? {
            return Err(Error::Forbidden { needs: Role::Admin.to_string() });
        }
        Ok(())
    }

    /// Nor at what the user of a seat has elsewhere: neither by a code for the account, nor by taking the account away.
    async fn not_beyond(&self, change: &mut Change<'_>, class: &Template, seat: &SeatRow) -> Result<()> {
        let Some(user) = seat.user else { return Ok(()) };
        self.not_above(change, user).await?;
        let reach = authz::reach(change.caller, Action::ManageClasses);
        let manages = reach.is_ok_and(|reach| reach.covers(class.domain));
        if !manages && store::seat::is_beyond(&mut change.tx, user, seat.project, change.caller.user).await? {
            return Err(Error::Forbidden { needs: Role::Admin.to_string() });
        }
        Ok(())
    }

    /// Writes it into the operation how far it is; and ends it with the last seat.
    async fn advance(&self, tx: &mut Tx, operation: OperationId) -> Result<()> {
        let now = self.core.clock.now();
        let tally = store::seat::tally(tx, operation).await?;
        if tally.left > 0 {
            let done = tally.total.saturating_sub(tally.left) * 100 / tally.total.max(1);
            return Ok(operation::progress(tx, operation, done.min(99) as u8, now).await?);
        }
        let failed = tally.failed.into_iter().filter_map(|(name, error)| Some((name, error?)));
        let failed: Vec<_> = failed.map(|(name, error)| api::error::Failed { name, error }).collect();
        let done = tally.total.saturating_sub(failed.len());
        let error = (!failed.is_empty()).then_some(Error::Conflict(Conflict::Partly { done, failed }));
        Ok(operation::end(tx, operation, error.as_ref(), now).await?)
    }

    /// Those who teach it, and those who see all of them, read it again.
    fn announce(&self, id: ClassId, teachers: &[UserId]) {
        self.core.hub.changed(Kind::Class, id, None);
        // Whose it is says the event, so that nobody else hears of it.
        for teacher in teachers {
            self.core.hub.changed(Kind::Class, teacher, None);
        }
    }

    /// The class that a seat is of; whether the caller may know of it is asked there.
    async fn class_of(&self, seat: SeatId) -> Result<ClassId> {
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let found = store::seat::find(&mut db, seat).await?;
        found.map(|seat| seat.class).ok_or_else(|| Error::not_found(Kind::Seat, seat))
    }

    /// There is something to do.
    fn wake(&self) {
        self.poke.poke();
    }

    async fn shown(&self, caller: &Caller, id: ClassId) -> Result<ClassDetail> {
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let class = self.find(&mut db, caller, id, false).await?;
        let template = template(&mut db, id).await?;
        let named = |(key, max): (&String, &i64)| {
            let resource = Resource::ALL.into_iter().find(|resource| resource.as_str() == key);
            resource.map(|resource| (resource, *max))
        };
        let images = match template.only_images {
            true => {
                let chosen = store::class::images(&mut db, id).await?;
                Some(image::names(&mut db, &chosen).await?)
            }
            false => None,
        };
        let flavors = match template.only_flavors {
            true => {
                let chosen = store::class::flavors(&mut db, id).await?;
                let all = self.compute.flavors().await?.into_iter();
                Some(all.filter(|flavor| chosen.contains(&flavor.id)).map(|flavor| (flavor.id, flavor.name)).collect())
            }
            false => None,
        };
        let projects = store::seat::projects(&mut db, id).await?;
        Ok(ClassDetail {
            teachers: store::class::teachers(&mut db, id).await?,
            limits: template.limits.iter().filter_map(named).collect(),
            cidr: template.cidr,
            images,
            flavors,
            join_limit: template.joinable.then(|| u32::try_from(template.join_limit).unwrap_or_default()),
            holdings: quota::holdings_of(&mut db, &projects).await?,
            class,
        })
    }
}

async fn template(db: &mut SqliteConnection, id: ClassId) -> Result<Template> {
    store::class::template(db, id).await?.ok_or_else(|| Error::not_found(Kind::Class, id))
}

/// Passes while the accounts of a class have not ended: a code given out later would open nothing.
fn still_open(class: &Template, now: Micros) -> Result<()> {
    match class.expires_at {
        Some(at) if at <= now => Err(Error::Conflict(Conflict::ClassEnded)),
        _ => Ok(()),
    }
}

#[async_trait]
impl Classes for ClassService {
    async fn class_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<Class>> {
        authz::require(caller, Action::TeachClasses)?;
        let reach = authz::reach(caller, Action::ReadClasses).ok();
        Ok(store::class::list(self.core.db.read(), caller, reach.as_ref(), query).await?)
    }

    async fn class_show(&self, caller: &Caller, id: ClassId) -> Result<ClassDetail> {
        self.shown(caller, id).await
    }

    async fn class_form(&self, caller: &Caller) -> Result<ClassChoices> {
        self.choices(caller).await
    }

    async fn class_create(&self, caller: &Caller, new: NewClass, base: &str) -> Result<Sheet> {
        self.create(caller, new, base).await
    }

    async fn class_update(&self, caller: &Caller, id: ClassId, form: ClassForm) -> Result<()> {
        self.update(caller, id, form).await
    }

    async fn class_reset(&self, caller: &Caller, id: ClassId) -> Result<()> {
        self.reset(caller, id, None).await
    }

    async fn class_remove(&self, caller: &Caller, id: ClassId, name: &str) -> Result<()> {
        self.remove(caller, id, name).await
    }

    /// Takes effect at once: an account that has ended opens again.
    async fn class_extend(&self, caller: &Caller, id: ClassId, expires: &str) -> Result<()> {
        let (mut change, class) = self.change(caller, id).await?;
        let at = credential::expiry(expires, change.now).map_err(|why| Error::field("expires", why))?;
        for user in store::seat::of_class(&mut change.tx, id).await?.iter().filter_map(|seat| seat.user) {
            self.not_above(&mut change, user).await?;
        }
        store::class::expire_at(&mut change.tx, id, at).await?;
        change.somebody_runs_cloud().await?;
        change.done("class_extend", Kind::Class, id, &class.name).await?;
        change.commit().await?;
        self.announce(id, &class.teachers);
        self.wake();
        Ok(())
    }

    async fn class_join_open(&self, caller: &Caller, id: ClassId, limit: &str, base: &str) -> Result<JoinCode> {
        self.join_open(caller, id, limit, base).await
    }

    async fn class_join_close(&self, caller: &Caller, id: ClassId) -> Result<()> {
        let (mut change, class) = self.change(caller, id).await?;
        store::class::join_set(&mut change.tx, id, None, 0).await?;
        change.done("class_join_close", Kind::Class, id, &class.name).await?;
        change.commit().await?;
        self.announce(id, &class.teachers);
        Ok(())
    }

    /// A page of seats with what their projects run, in one query more.
    async fn seat_list(&self, caller: &Caller, class: ClassId, query: &ListQuery) -> Result<Page<Seat>> {
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        self.find(&mut db, caller, class, false).await?;
        drop(db);
        let mut page = store::seat::list(self.core.db.read(), class, query).await?;
        let projects: Vec<_> = page.items.iter().filter_map(|seat| Some(seat.project.as_ref()?.0)).collect();
        let mut running = self.compute.instances_in(&projects).await?;
        for seat in &mut page.items {
            seat.instances = seat.project.as_ref().and_then(|(id, _)| running.remove(id)).unwrap_or_default();
        }
        Ok(page)
    }

    async fn seat_create(&self, caller: &Caller, class: ClassId, roster: &str, base: &str) -> Result<Sheet> {
        self.add_seats(caller, class, roster, base).await
    }

    async fn seat_reset(&self, caller: &Caller, id: SeatId) -> Result<()> {
        let class = self.class_of(id).await?;
        self.reset(caller, class, Some(id)).await.map_err(|error| hidden(error, id))
    }

    async fn seat_remove(&self, caller: &Caller, id: SeatId, name: &str) -> Result<()> {
        let class = self.class_of(id).await?;
        self.remove_one(caller, class, id, name).await.map_err(|error| hidden(error, id))
    }

    async fn seat_code_renew(&self, caller: &Caller, id: SeatId, base: &str) -> Result<Sheet> {
        self.code_renew(caller, id, base).await
    }

    async fn join_show(&self, code: &str, address: &str) -> Result<Joining> {
        self.joining(code, address).await
    }

    async fn join(&self, code: &str, form: JoinForm, address: &str, request: &str) -> Result<String> {
        self.joined(code, form, address, request).await
    }
}

/// Of a seat whose class may not be seen, nothing is said of the class.
fn hidden(error: Error, seat: SeatId) -> Error {
    match error {
        Error::NotFound { kind: Kind::Class, .. } => Error::not_found(Kind::Seat, seat),
        other => other,
    }
}
