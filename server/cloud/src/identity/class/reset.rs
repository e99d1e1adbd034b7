//! Giving back what a class holds: a reset leaves users and empty projects, a removal nothing. The request only says so.

use super::ClassService;
use crate::identity::change::Change;
use crate::identity::store;
use crate::identity::store::seat::SeatRow;
use crate::operation::{self, Target};
use api::class::SeatState;
use api::error::Conflict;
use api::{Caller, ClassId, Error, Kind, OperationId, Result, SeatId, Why};

impl ClassService {
    /// Of all seats, or of one.
    pub(super) async fn reset(&self, caller: &Caller, id: ClassId, only: Option<SeatId>) -> Result<()> {
        let (mut change, class) = self.change(caller, id).await?;
        let seats = store::seat::of_class(&mut change.tx, id).await?;
        let seats: Vec<SeatRow> = seats.into_iter().filter(|seat| only.is_none_or(|only| only == seat.id)).collect();
        let (verb, name) = match (only, seats.as_slice()) {
            (Some(_), [one]) => ("seat_reset", format!("{} · {}", class.name, one.name)),
            (Some(only), _) => return Err(Error::not_found(Kind::Seat, only)),
            (None, _) => ("class_reset", class.name.clone()),
        };
        // Whoever stands in one of the projects must not pull it from under themselves.
        if seats.iter().any(|seat| seat.user == Some(caller.user)) {
            return Err(Error::Conflict(Conflict::OwnGround { kind: Kind::Seat }));
        }
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
            Err(Error::Conflict(Conflict::ClassRemoved)) => return Ok(()),
            other => other?,
        };
        if name.trim() != class.name {
            return Err(Error::field("confirm", Why::NotTheName { name: class.name }));
        }
        let seats = store::seat::of_class(&mut change.tx, id).await?;
        let own = |seat: &SeatRow| seat.user == Some(caller.user) || seat.project == Some(caller.project);
        if seats.iter().any(own) {
            return Err(Error::Conflict(Conflict::OwnGround { kind: Kind::Class }));
        }
        if let Some(below) = store::seat::project_below(&mut change.tx, id).await? {
            return Err(Error::Conflict(Conflict::InUse { kind: Kind::Class, by: below }));
        }
        for user in seats.iter().filter_map(|seat| seat.user) {
            self.not_above(&mut change, user).await?;
            store::user::enable(&mut change.tx, user, false).await?;
            store::session::delete_of(&mut change.tx, user).await?;
            change.touch(Kind::User, user);
        }
        for project in seats.iter().filter_map(|seat| seat.project) {
            store::project::close(&mut change.tx, project).await?;
            change.touch(Kind::Project, project);
        }
        let operation = self.work_on(&mut change, id, "class_remove", &class.name, &seats, SeatState::Removing).await?;
        store::class::removal_begin(&mut change.tx, id, operation).await?;
        change.somebody_runs_cloud().await?;
        change.commit().await?;
        self.announce(id, &class.teachers);
        self.wake();
        Ok(())
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
