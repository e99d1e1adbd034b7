//! The audit log: who changed what, from where, and with which result; and every sign-in.

use crate::{Caller, ListQuery, Micros, Page, ProjectId, Result, UserId};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Grows with time, without gaps.
    pub id: i64,
    pub at: Micros,
    /// As it was called then; for a failed sign-in, what was typed.
    pub user_name: String,
    /// Where it was done; `None` for what belongs to no project.
    pub project: Option<ProjectId>,
    /// Its name now; empty when it is gone.
    pub project_name: String,
    /// noun_verb.
    pub verb: String,
    /// The word of `Kind`.
    pub kind: String,
    pub target: String,
    pub target_name: String,
    /// `ok`, or why not.
    pub result: String,
    /// Empty for what the program did by itself.
    pub address: String,
    pub request: String,
}

/// What is filtered for: everything that went well, or everything that did not.
pub const OK: &str = "ok";
pub const FAILED: &str = "failed";

/// The filters beside the result, which is the status: a part of the verb, a part of the user's name, and the first and the last day, such
/// as `2026-12-31`, in the reader's time zone.
pub const FILTERS: &[&str] = &["verb", "user", "since", "until"];

/// Whom or what a list is about, wherever it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditsOf {
    /// What was done to the user, and by the user.
    User(UserId),
    /// What was done in the project, and to it.
    Project(ProjectId),
}

/// The audit log.
#[async_trait]
pub trait Audits: Send + Sync {
    /// What has been done in the caller's project.
    async fn audit_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<AuditEntry>>;
    /// What has been done anywhere, sign-ins included.
    async fn audit_list_all(&self, caller: &Caller, query: &ListQuery) -> Result<Page<AuditEntry>>;
    /// What concerns a user or a project that the caller sees in the directory.
    async fn audit_list_of(&self, caller: &Caller, of: AuditsOf, query: &ListQuery) -> Result<Page<AuditEntry>>;
}
