//! Operations: what people asked for, how far it is and what became of it.
//!
//! A service begins one in the transaction that records the intent and ends it when the reconciler has brought the intent about or given
//! up. Work that is done at once is written down as done. Every operation is an audit entry too.

mod store;

use crate::core::Core;
use crate::db::Tx;
use crate::fault::StoreError;
use crate::{audit, authz};
use api::operation::{Operation, OperationState, Operations};
use api::{Caller, Error, Kind, Micros, OperationId, ProjectId, Result, UserId};
use async_trait::async_trait;
use sqlx::SqlitePool;
use std::sync::Arc;
use uuid::Uuid;

/// What an operation is about.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    pub kind: Kind,
    pub id: &'a str,
    pub name: &'a str,
}

impl<'a> Target<'a> {
    fn concerning(self, project: Option<ProjectId>) -> audit::About<'a> {
        audit::About { kind: self.kind, id: self.id, name: self.name, project }
    }
}

/// Long work begins: `verb` is noun_verb, such as `instance_start`.
pub async fn begin(
    tx: &mut Tx,
    caller: &Caller,
    verb: &str,
    target: Target<'_>,
    now: Micros,
) -> std::result::Result<OperationId, StoreError> {
    begin_for(tx, caller, verb, target, Some(caller.project), now).await
}

/// The same where it concerns another project than the one that it is asked from, or none: the audit log has it there.
pub async fn begin_for(
    tx: &mut Tx,
    caller: &Caller,
    verb: &str,
    target: Target<'_>,
    project: Option<ProjectId>,
    now: Micros,
) -> std::result::Result<OperationId, StoreError> {
    let id = OperationId(Uuid::new_v4());
    store::insert(tx, id, caller, verb, target, OperationState::Running, now).await?;
    audit::record_about(tx, caller, verb, target.concerning(project), now).await?;
    Ok(id)
}

/// Short work has been done, in this transaction.
pub async fn done(
    tx: &mut Tx,
    caller: &Caller,
    verb: &str,
    target: Target<'_>,
    now: Micros,
) -> std::result::Result<(), StoreError> {
    done_for(tx, caller, verb, target, Some(caller.project), now).await
}

/// The same where it concerns another project than the one that it is done from, or none.
pub async fn done_for(
    tx: &mut Tx,
    caller: &Caller,
    verb: &str,
    target: Target<'_>,
    project: Option<ProjectId>,
    now: Micros,
) -> std::result::Result<(), StoreError> {
    let id = OperationId(Uuid::new_v4());
    store::insert(tx, id, caller, verb, target, OperationState::Succeeded, now).await?;
    audit::record_about(tx, caller, verb, target.concerning(project), now).await
}

/// Percent done.
pub async fn progress(tx: &mut Tx, id: OperationId, percent: u8, now: Micros) -> std::result::Result<(), StoreError> {
    store::progress(tx, id, percent, now).await
}

/// The end: well, or with the reason why not. An operation ends once; a second end changes nothing. What failed stands in the audit log
/// once more, with the reason.
pub async fn end(
    tx: &mut Tx,
    id: OperationId,
    error: Option<&Error>,
    now: Micros,
) -> std::result::Result<(), StoreError> {
    let ended = store::end(tx, id, error, now).await?;
    let Some(error) = error.filter(|_| ended) else { return Ok(()) };
    let Some(asked) = store::asked(tx, id).await? else { return Ok(()) };
    let result = error.to_string();
    let entry = audit::Entry {
        user_id: Some(asked.user_id),
        user_name: &asked.user_name,
        project_id: Some(asked.project_id),
        verb: &asked.verb,
        kind: &asked.kind,
        target: &asked.target,
        target_name: &asked.target_name,
        result: &result,
        address: "",
        request: &asked.request,
    };
    audit::insert(tx, now, entry).await
}

/// Who has asked for it: id, name and request; `None` if it is gone with the project that it was asked in.
pub async fn asker(tx: &mut Tx, id: OperationId) -> std::result::Result<Option<(UserId, String, String)>, StoreError> {
    let asked = store::asked(tx, id).await?;
    Ok(asked.and_then(|asked| Some((asked.user_id.parse().ok()?, asked.user_name, asked.request))))
}

/// The project whose task centre shows it.
pub async fn seen_in(db: &SqlitePool, id: OperationId) -> std::result::Result<Option<ProjectId>, StoreError> {
    store::seen_in(db, id).await
}

/// The service behind the task centre and the action logs.
pub struct OperationService {
    core: Arc<Core>,
}

impl OperationService {
    pub fn new(core: Arc<Core>) -> Self {
        Self { core }
    }
}

#[async_trait]
impl Operations for OperationService {
    async fn operation_list(&self, caller: &Caller, limit: u32) -> Result<Vec<Operation>> {
        authz::require(caller, authz::Action::Read)?;
        Ok(store::list(self.core.db.read(), caller.project, limit.min(100)).await?)
    }

    async fn operation_list_of(&self, caller: &Caller, kind: Kind, target: &str, limit: u32) -> Result<Vec<Operation>> {
        authz::require(caller, authz::Action::Read)?;
        Ok(store::list_of(self.core.db.read(), caller.project, kind, target, limit.min(100)).await?)
    }
}

/// Tells the browsers that the task centre has changed.
pub fn announce(core: &Core, project: ProjectId) {
    core.hub.changed(Kind::Operation, "", project);
}
