//! What is done to seats, one after the other, each in a transaction of its own: made, emptied and made anew, or removed. A pass takes no
//! arguments and each step can be repeated, so a restart goes on with the seats that are left.

use super::{ClassService, template};
use crate::core::measured;
use crate::db::Tx;
use crate::fault::StoreError;
use crate::identity::deletion::Emptied;
use crate::identity::store;
use crate::identity::store::class::Template;
use crate::identity::store::seat::SeatRow;
use crate::network::{self, Touched};
use crate::operation;
use crate::{audit, quota};
use api::audit::OK;
use api::class::SeatState;
use api::quota::Resource;
use api::{Caller, ClassId, Error, Kind, Micros, OperationId, ProjectId, Proof, Result, Role, UserId};
use std::collections::HashSet;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How often it looks whether instances are gone while it waits for them.
const SOON: Duration = Duration::from_millis(200);
/// How often it looks without being woken.
const PERIOD: Duration = Duration::from_secs(60);
/// What happens to many instances together is told to the teacher once.
const GATHER: Duration = Duration::from_millis(100);

/// What a pass has found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassPass {
    /// Something is different after it.
    pub worked: bool,
    /// A seat waits for its instances to be gone.
    pub waiting: bool,
}

impl ClassService {
    /// Passes, one after the other, until told to stop. In between it tells teachers what becomes of their classes' instances: their event
    /// streams are about the project they stand in.
    pub async fn run(&self, stop: CancellationToken) {
        let mut hub = self.core.hub.subscribe();
        loop {
            let waiting = match measured("class", self.pass()).await {
                Ok(pass) => pass.waiting,
                Err(error) => {
                    tracing::warn!(%error, "classes could not be looked after");
                    true
                }
            };
            let until = Instant::now() + if waiting { SOON } else { self.until_expiry().await };
            let (mut changed, mut due) = (HashSet::<ProjectId>::new(), until);
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = self.poke.poked() => break,
                    () = tokio::time::sleep_until(until) => break,
                    () = tokio::time::sleep_until(due), if !changed.is_empty() => {
                        self.tell(Some(&changed)).await;
                        changed.clear();
                    }
                    event = hub.recv() => match event {
                        Ok(event) if event.kind == Kind::Instance => {
                            if changed.is_empty() {
                                due = Instant::now() + GATHER;
                            }
                            changed.extend(event.project);
                        }
                        Ok(_) => {}
                        Err(RecvError::Lagged(_)) => self.tell(None).await,
                        Err(RecvError::Closed) => return,
                    }
                }
            }
            if !changed.is_empty() {
                self.tell(Some(&changed)).await;
            }
        }
    }

    /// Whoever teaches in one of the projects reads again what their seats run; with `None` whoever teaches.
    async fn tell(&self, projects: Option<&HashSet<ProjectId>>) {
        match store::class::teachers_in(self.core.db.read(), projects).await {
            Ok(teachers) => {
                for teacher in teachers {
                    self.core.hub.changed(Kind::Class, teacher, None);
                }
            }
            Err(error) => tracing::warn!(%error, "teachers do not hear of what their classes run"),
        }
    }

    /// How long nothing has to be looked at.
    async fn until_expiry(&self) -> Duration {
        let next = store::class::next_expiry(self.core.db.read()).await.ok().flatten();
        let left = next.map(|at| Duration::from_micros((at - self.core.clock.now()).max(0).unsigned_abs()));
        left.map_or(PERIOD, |left| left.min(PERIOD))
    }

    /// One step for every seat that something is to be done to. A seat that cannot be worked on keeps no other waiting.
    pub async fn pass(&self) -> Result<ClassPass> {
        let mut pass = ClassPass { worked: self.expire().await?, waiting: false };
        for seat in store::seat::moving(self.core.db.read()).await? {
            match self.step(&seat).await {
                Ok(Step::Done) => pass.worked = true,
                Ok(Step::Waits { worked }) => {
                    pass.waiting = true;
                    pass.worked |= worked;
                }
                Err(error) => {
                    tracing::warn!(%error, seat = %seat.id, "a seat of a class could not be worked on yet");
                    pass.waiting = true;
                }
            }
        }
        for class in store::class::emptied(self.core.db.read()).await? {
            self.gone(class).await?;
            pass.worked = true;
        }
        Ok(pass)
    }

    async fn step(&self, seat: &SeatRow) -> Result<Step> {
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        // Somebody may have asked for something else since the rows were read, or changed the template.
        let now = store::seat::find(&mut tx, seat.id).await?;
        let now = now.filter(|now| (now.state, now.operation) == (seat.state, seat.operation));
        let (Some(seat), Some(operation)) = (now, seat.operation) else { return Ok(Step::Waits { worked: true }) };
        let class = template(&mut tx, seat.class).await?;
        if seat.state != SeatState::Making
            && let Some(project) = seat.project
            && let Emptied::Waits { worked, .. } = self.deletion.empty(&mut tx, project).await?
        {
            tx.commit().await.map_err(StoreError)?;
            if worked {
                self.deletion.wake();
            }
            return Ok(Step::Waits { worked });
        }
        let (mut touched, mut ended) = (Touched::new(), None);
        if seat.state == SeatState::Removing {
            ended = self.remove_seat(&mut tx, &seat).await?;
        } else {
            (tx, touched) = match self.filled(tx, &class, &seat, operation).await? {
                Ok(filled) => filled,
                Err(why) => {
                    // Nothing of it was written.
                    let mut tx = self.core.db.begin().await.map_err(StoreError)?;
                    store::seat::failed(&mut tx, seat.id, operation, &why).await?;
                    (tx, touched)
                }
            };
        }
        self.advance(&mut tx, operation).await?;
        tx.commit().await.map_err(StoreError)?;
        self.after_step(&class, &seat, &touched);
        if seat.state != SeatState::Making {
            self.deletion.wake();
        }
        for operation in [Some(operation), ended].into_iter().flatten() {
            self.announce_operation(operation).await?;
        }
        Ok(Step::Done)
    }

    fn after_step(&self, class: &Template, seat: &SeatRow, touched: &Touched) {
        if let Some(project) = seat.project.filter(|_| !touched.is_empty()) {
            self.networks.announce(project, touched);
        }
        for user in seat.user.into_iter().chain(class.teachers.iter().copied()) {
            self.core.hub.changed(Kind::User, user, None);
        }
        if let Some(project) = seat.project {
            self.core.hub.changed(Kind::Project, project, None);
        }
        self.announce(class.id, &class.teachers);
    }

    /// Everything in a seat's project, in the name of whoever asked for it; or why that cannot be.
    async fn filled(
        &self,
        mut tx: Tx,
        class: &Template,
        seat: &SeatRow,
        operation: OperationId,
    ) -> Result<std::result::Result<(Tx, Touched), Error>> {
        let Some((user, project)) = seat.user.zip(seat.project) else {
            let kind = if seat.user.is_none() { Kind::User } else { Kind::Project };
            return Ok(Err(Error::not_found(kind, &seat.name)));
        };
        let asked = operation::asker(&mut tx, operation).await?;
        let (by, by_name, request) = asked.unwrap_or((UserId(Uuid::nil()), "offing".to_owned(), String::new()));
        let caller = Caller {
            user: by,
            user_name: by_name,
            project,
            project_name: seat.name.clone(),
            domain: class.domain,
            role: Role::Admin,
            system: None,
            manages: Vec::new(),
            proof: Proof::Program,
            address: String::new(),
            request,
        };
        match self.fill(tx, class, &caller, user).await {
            Ok((mut tx, touched)) => {
                store::seat::ready(&mut tx, seat.id).await?;
                Ok(Ok((tx, touched)))
            }
            Err(error @ (Error::Conflict(_) | Error::Quota { .. } | Error::Invalid(_))) => Ok(Err(error)),
            Err(error) => Err(error),
        }
    }

    /// What the template says, in the caller's project, for that student.
    pub(super) async fn fill(
        &self,
        mut tx: Tx,
        class: &Template,
        caller: &Caller,
        student: UserId,
    ) -> Result<(Tx, Touched)> {
        let (project, now) = (caller.project, self.core.clock.now());
        network::default_group_ensure(&mut tx, project, now).await?;
        for resource in Resource::ALL {
            if let Some(max) = class.limits.get(resource.as_str()) {
                quota::set(&mut tx, project, resource, *max).await?;
            }
        }
        store::assignment::set(&mut tx, student, project, Role::Member, now).await?;
        for teacher in &class.teachers {
            store::assignment::set(&mut tx, *teacher, project, Role::Manager, now).await?;
        }
        match &class.cidr {
            Some(cidr) => self.networks.starter_within(tx, caller, cidr).await,
            None => Ok((tx, Touched::new())),
        }
    }

    /// An empty project and its user. Somebody may have asked for the project's deletion too: answers with that operation, which has ended.
    async fn remove_seat(&self, tx: &mut Tx, seat: &SeatRow) -> Result<Option<OperationId>> {
        store::seat::delete(tx, seat.id).await?;
        if let Some(user) = seat.user {
            store::user::delete(tx, user).await?;
        }
        let Some(project) = seat.project else { return Ok(None) };
        let deletion = store::project::deletion_of(tx, project).await?;
        if let Some(deletion) = deletion {
            operation::end(tx, deletion, None, self.core.clock.now()).await?;
        }
        store::project::delete(tx, project).await?;
        Ok(deletion)
    }

    /// A class that has no seat any more and is to go.
    async fn gone(&self, id: ClassId) -> Result<()> {
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let class = template(&mut tx, id).await?;
        store::class::delete(&mut tx, id).await?;
        if let Some(operation) = class.removal {
            operation::end(&mut tx, operation, None, self.core.clock.now()).await?;
        }
        tx.commit().await.map_err(StoreError)?;
        self.announce(id, &class.teachers);
        for teacher in &class.teachers {
            self.core.hub.changed(Kind::User, teacher, None);
        }
        if let Some(operation) = class.removal {
            self.announce_operation(operation).await?;
        }
        tracing::info!(class = %id, "a class is gone with all its seats");
        Ok(())
    }

    async fn announce_operation(&self, id: OperationId) -> Result<()> {
        if let Some(project) = operation::seen_in(self.core.db.read(), id).await? {
            operation::announce(&self.core, project);
        }
        Ok(())
    }

    /// Ends the sessions of those whose accounts have ended. Nothing opens to them even before; but what is open would stay open.
    async fn expire(&self) -> Result<bool> {
        let now: Micros = self.core.clock.now();
        let classes = store::class::expiring(self.core.db.read(), now).await?;
        for (id, name) in &classes {
            let mut tx = self.core.db.begin().await.map_err(StoreError)?;
            store::class::expired(&mut tx, *id).await?;
            let users: Vec<UserId> =
                store::seat::of_class(&mut tx, *id).await?.into_iter().filter_map(|seat| seat.user).collect();
            for user in &users {
                store::session::delete_of(&mut tx, *user).await?;
            }
            let (kind, target) = (Kind::Class.as_str(), id.to_string());
            let entry = audit::Entry {
                user_name: "offing",
                verb: "class_expire",
                kind,
                target: &target,
                target_name: name,
                result: OK,
                ..audit::Entry::default()
            };
            audit::insert(&mut tx, now, entry).await?;
            let teachers = template(&mut tx, *id).await?.teachers;
            tx.commit().await.map_err(StoreError)?;
            for user in users {
                self.core.hub.changed(Kind::User, user, None);
            }
            self.announce(*id, &teachers);
        }
        Ok(!classes.is_empty())
    }

    /// After somebody has joined: the project is the teachers' too.
    pub(super) fn joined_announce(&self, class: &Template, project: ProjectId, touched: &Touched) {
        if class.cidr.is_some() {
            self.networks.announce(project, touched);
        }
        for teacher in &class.teachers {
            self.core.hub.changed(Kind::User, teacher, None);
        }
        self.announce(class.id, &class.teachers);
        self.wake();
    }
}

enum Step {
    Done,
    Waits { worked: bool },
}
