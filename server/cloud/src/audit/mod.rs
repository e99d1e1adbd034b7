//! The audit log: who changed what, and every sign-in.
//!
//! An entry is written in the transaction that makes the change, so that neither is there without the other. Each carries a hash over the
//! one before and itself (`chain.rs`): whoever alters or takes out an entry breaks the chain there, or has to write everything behind it
//! anew. `offing audit verify` follows the chain and tells its last hash; one that was noted elsewhere proves the log up to there.

mod chain;
mod store;
mod verify;

pub use verify::{Verdict, chain_ensure, verify};

use crate::authz::{self, Action};
use crate::core::Core;
use crate::db::Tx;
use crate::fault::StoreError;
use api::audit::{AuditEntry, Audits, OK};
use api::{Caller, Kind, ListQuery, Micros, Page, Result};
use async_trait::async_trait;
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

/// Writes down a change in the caller's project.
pub async fn record(
    tx: &mut Tx,
    caller: &Caller,
    verb: &str,
    kind: Kind,
    target: &str,
    now: Micros,
) -> std::result::Result<(), StoreError> {
    record_named(tx, caller, verb, kind, target, "", now).await
}

/// The same, with the target's name.
pub async fn record_named(
    tx: &mut Tx,
    caller: &Caller,
    verb: &str,
    kind: Kind,
    target: &str,
    target_name: &str,
    now: Micros,
) -> std::result::Result<(), StoreError> {
    let project_id = Some(caller.project.0.to_string());
    insert(tx, now, Entry { project_id, ..Entry::by(caller, verb, kind, target, target_name) }).await
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
    insert(tx, now, Entry::by(caller, verb, kind, target, target_name)).await
}

/// The service behind the audit pages.
pub struct AuditService {
    core: Arc<Core>,
}

impl AuditService {
    pub fn new(core: Arc<Core>) -> Self {
        Self { core }
    }
}

#[async_trait]
impl Audits for AuditService {
    async fn audit_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<AuditEntry>> {
        authz::require(caller, Action::Read)?;
        Ok(store::list(self.core.db.read(), Some(caller.project), query).await?)
    }

    async fn audit_list_all(&self, caller: &Caller, query: &ListQuery) -> Result<Page<AuditEntry>> {
        authz::require(caller, Action::ReadAudit)?;
        Ok(store::list(self.core.db.read(), None, query).await?)
    }
}
