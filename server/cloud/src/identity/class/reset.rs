//! Giving back what a class holds: a reset leaves users and empty projects, a removal nothing. The request only says so.

use super::ClassService;
use crate::identity::change::Change;
use crate::identity::store;
use crate::identity::store::class::Template;
use crate::identity::store::seat::SeatRow;
use crate::operation::{self, Target};
use api::class::SeatState;
use api::error::Conflict;
use api::{Caller, ClassId, Error, Kind, OperationId, Result, SeatId, Why};

impl ClassService {
    /// Of all seats, or of one.
    pub(super) async fn reset(&self, caller: &Caller, id: ClassId, only: Option<SeatId>) -> Result<()> {
        let (mut change, class) = self.change(caller, id).await?;
        let (verb, name, seats) = match only {
            Some(only) => {
                let seat = seat(&mut change, only).await?;
                ("seat_reset", format!("{} · {}", class.name, seat.name), vec![seat])
            }
            None => {
                let seats = store::seat::of_class(&mut change.tx, id).await?;
                // Those that are going go on going.
                let seats = seats.into_iter().filter(|seat| seat.state != SeatState::Removing).collect();
                ("class_reset", class.name.clone(), seats)
            }
        };
        let operation = self.work_on(&mut change, id, verb, &name, &seats, SeatState::Resetting).await?;
        self.advance(&mut change.tx, operation).await?;
        change.commit().await?;
        self.announce(id, &class.teachers);
        self.wake();
        Ok(())
    }

    /// Nobody of the class gets in from now on; the rest is the reconciler's. `name` is typed to confirm.
    pub(super) async fn remove(&self, caller: &Caller, id: ClassId, name: &str) -> Result<()> {
        let (mut change, class) = match self.change(caller, id).await {
            Err(Error::Conflict(Conflict::BeingRemoved { .. })) => return Ok(()),
            other => other?,
        };
        if name.trim() != class.name {
            return Err(Error::field("confirm", Why::NotTheName { name: class.name }));
        }
        let seats = store::seat::of_class(&mut change.tx, id).await?;
        let operation = self.remove_all(&mut change, &class, "class_remove", &class.name, Kind::Class, &seats).await?;
        store::class::removal_begin(&mut change.tx, id, operation).await?;
        change.commit().await?;
        self.announce(id, &class.teachers);
        self.wake();
        Ok(())
    }

    /// The same of one seat; the class stays.
    pub(super) async fn remove_one(&self, caller: &Caller, id: ClassId, only: SeatId, name: &str) -> Result<()> {
        let (mut change, class) = self.change(caller, id).await?;
        let seat = match seat(&mut change, only).await {
            Err(Error::Conflict(Conflict::BeingRemoved { .. })) => return Ok(()),
            other => other?,
        };
        if name.trim() != seat.name {
            return Err(Error::field("confirm", Why::NotTheName { name: seat.name }));
        }
        let name = format!("{} · {}", class.name, seat.name);
        self.remove_all(&mut change, &class, "seat_remove", &name, Kind::Seat, &[seat]).await?;
        change.commit().await?;
        self.announce(id, &class.teachers);
        self.wake();
        Ok(())
    }

    /// Nobody gets into these seats from now on. `kind` is what the caller has asked to go.
    async fn remove_all(
        &self,
        change: &mut Change<'_>,
        class: &Template,
        verb: &str,
        name: &str,
        kind: Kind,
        seats: &[SeatRow],
    ) -> Result<OperationId> {
        let (user, project) = (change.caller.user, change.caller.project);
        // Whoever stands in one of the projects must not pull it from under themselves.
        if seats.iter().any(|seat| seat.user == Some(user) || seat.project == Some(project)) {
            return Err(Error::Conflict(Conflict::OwnGround { kind }));
        }
        for seat in seats {
            self.not_beyond(change, class, seat).await?;
            if let Some(user) = seat.user {
                store::user::enable(&mut change.tx, user, false).await?;
                store::session::delete_of(&mut change.tx, user).await?;
                change.touch(Kind::User, user);
            }
            if let Some(project) = seat.project {
                if let Some(by) = store::seat::project_below(&mut change.tx, project).await? {
                    return Err(Error::Conflict(Conflict::InUse { kind, by }));
                }
                store::project::close(&mut change.tx, project).await?;
                change.touch(Kind::Project, project);
            }
        }
        change.somebody_runs_cloud().await?;
        self.work_on(change, class.id, verb, name, seats, SeatState::Removing).await
    }

    /// Marks the seats, as one operation. What was being done to them is overtaken.
    async fn work_on(
        &self,
        change: &mut Change<'_>,
        class: ClassId,
        verb: &str,
        name: &str,
        seats: &[SeatRow],
        to: SeatState,
    ) -> Result<OperationId> {
        let target = Target { kind: Kind::Class, id: &class.to_string(), name };
        let operation = operation::begin(&mut change.tx, change.caller, verb, target, change.now).await?;
        let mut overtaken: Vec<OperationId> = Vec::new();
        for seat in seats {
            store::seat::begin(&mut change.tx, seat.id, to, operation, seats.len()).await?;
            overtaken.extend(seat.operation.filter(|earlier| !overtaken.contains(earlier)));
        }
        for earlier in overtaken {
            self.advance(&mut change.tx, earlier).await?;
        }
        Ok(operation)
    }
}

/// A seat that is there to stay.
async fn seat(change: &mut Change<'_>, id: SeatId) -> Result<SeatRow> {
    let seat = store::seat::find(&mut change.tx, id).await?.ok_or_else(|| Error::not_found(Kind::Seat, id))?;
    match seat.state {
        SeatState::Removing => Err(Error::Conflict(Conflict::BeingRemoved { kind: Kind::Seat })),
        _ => Ok(seat),
    }
}
