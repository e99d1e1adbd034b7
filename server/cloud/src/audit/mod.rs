//! The audit log: who changed what, and every sign-in.
//!
//! An entry is written in the transaction that makes the change, so that neither is there without the other. Each carries a hash over the
//! one before and itself (`chain.rs`): whoever alters or takes out an entry breaks the chain there, or has to write everything behind it
//! anew. `offing audit verify` follows the chain and tells its last hash; one that was noted elsewhere proves the log up to there.

mod chain;
mod refusal;
mod store;
mod verify;

pub use verify::{Verdict, chain_ensure, verify};

use crate::authz::{self, Action};
use crate::core::Core;
use crate::db::Tx;
use crate::fault::StoreError;
use crate::identity;
use api::audit::{AuditEntry, Audits, AuditsOf, OK};
use api::{Caller, Error, Kind, ListQuery, Micros, Page, ProjectId, Result};
use async_trait::async_trait;
use refusal::Refusals;
use std::sync::Arc;

/// What is written down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry<'a> {
    /// `None` for what nobody in particular did: a failed sign-in, the program itself.
    pub user_id: Option<String>,
    pub user_name: &'a str,
    /// `None` for what belongs to no project.
    pub project_id: Option<String>,
    pub verb: &'a str,
    pub kind: &'a str,
    pub target: &'a str,
    pub target_name: &'a str,
    /// `ok`, or why not.
    pub result: &'a str,
    pub address: &'a str,
    pub request: &'a str,
}

impl<'a> Entry<'a> {
    /// A change by the caller, in no project yet.
    fn by(caller: &'a Caller, verb: &'a str, kind: Kind, target: &'a str, target_name: &'a str) -> Self {
        Self {
            user_id: Some(caller.user.0.to_string()),
            user_name: &caller.user_name,
            project_id: None,
            verb,
            kind: kind.as_str(),
            target,
            target_name,
            result: OK,
            address: &caller.address,
            request: &caller.request,
        }
    }
}

/// Writes an entry behind the last one.
pub async fn insert(tx: &mut Tx, at: Micros, entry: Entry<'_>) -> std::result::Result<(), StoreError> {
    let before = store::last_chain(tx).await?;
    let chain = chain::link(&before, at, &entry);
    store::insert(tx, at, &entry, &chain).await
}

/// What a change was about.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    pub kind: Kind,
    pub id: &'a str,
    pub name: &'a str,
    /// The project that it concerns, whose members read of it; `None`: those who read everything do.
    pub project: Option<ProjectId>,
}

/// Writes down a change.
pub async fn record_about(
    tx: &mut Tx,
    caller: &Caller,
    verb: &str,
    about: About<'_>,
    now: Micros,
) -> std::result::Result<(), StoreError> {
    // Who is in no project does nothing in one.
    let project = about.project.filter(|project| *project != ProjectId::NOWHERE);
    let project_id = project.map(|project| project.0.to_string());
    insert(tx, now, Entry { project_id, ..Entry::by(caller, verb, about.kind, about.id, about.name) }).await
}

/// Writes down a change in the caller's project.
pub async fn record(
    tx: &mut Tx,
    caller: &Caller,
    verb: &str,
    kind: Kind,
    target: &str,
    now: Micros,
) -> std::result::Result<(), StoreError> {
    record_about(tx, caller, verb, About { kind, id: target, name: "", project: Some(caller.project) }, now).await
}

/// Writes down a change that belongs to no project, such as one's own password: its members do not read it.
pub async fn record_outside(
    tx: &mut Tx,
    caller: &Caller,
    verb: &str,
    kind: Kind,
    target: &str,
    target_name: &str,
    now: Micros,
) -> std::result::Result<(), StoreError> {
    record_about(tx, caller, verb, About { kind, id: target, name: target_name, project: None }, now).await
}

/// The service behind the audit pages.
pub struct AuditService {
    core: Arc<Core>,
    refusals: Refusals,
}

impl AuditService {
    pub fn new(core: Arc<Core>) -> Self {
        Self { core, refusals: Refusals::default() }
    }
}

#[async_trait]
impl Audits for AuditService {
    async fn audit_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<AuditEntry>> {
        authz::require(caller, Action::Read)?;
        self.list(caller, store::Of::Project(caller.project), query).await
    }

    async fn audit_list_all(&self, caller: &Caller, query: &ListQuery) -> Result<Page<AuditEntry>> {
        authz::require(caller, Action::ReadAudit)?;
        self.list(caller, store::Of::All, query).await
    }

    async fn audit_list_of(&self, caller: &Caller, of: AuditsOf, query: &ListQuery) -> Result<Page<AuditEntry>> {
        let reach = identity::sight(&self.core, caller, of).await?;
        let of = match of {
            AuditsOf::User(user) => store::Of::User(user, reach),
            AuditsOf::Project(project) => store::Of::Project(project),
        };
        self.list(caller, of, query).await
    }
}

impl AuditService {
    async fn list(&self, caller: &Caller, of: store::Of, query: &ListQuery) -> Result<Page<AuditEntry>> {
        let since = self.day(caller, query.filter("since"), false).await?;
        let until = self.day(caller, query.filter("until"), true).await?;
        Ok(store::list(self.core.db.read(), of, (since, until), query).await?)
    }

    /// When a day begins for the reader, or ends; nothing for what is no day.
    async fn day(&self, caller: &Caller, text: &str, end: bool) -> Result<Option<Micros>> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        identity::day(&self.core, caller.user, text, end).await
    }

    /// Writes down that something was refused: who tried what on what, and why not. Not everything: see `refusal.rs`.
    pub async fn refused(
        &self,
        caller: &Caller,
        verb: &str,
        target: Option<(Kind, &str)>,
        error: &Error,
    ) -> Result<()> {
        let now = self.core.clock.now();
        if !refusal::counts(error) || !self.refusals.is_news(caller.user, verb, error, now) {
            return Ok(());
        }
        let result = refusal::result(error);
        let kind = target.map(|(kind, _)| kind).or(refusal::noun(verb));
        let entry = Entry {
            user_id: Some(caller.user.0.to_string()),
            user_name: &caller.user_name,
            project_id: refusal::concerns(caller, verb, target).map(|project| project.0.to_string()),
            verb,
            kind: kind.map(Kind::as_str).unwrap_or_default(),
            target: target.map(|(_, id)| id).unwrap_or_default(),
            target_name: "",
            result: &result,
            address: &caller.address,
            request: &caller.request,
        };
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        insert(&mut tx, now, entry).await?;
        tx.commit().await.map_err(StoreError)?;
        Ok(())
    }
}
