//! The identity service: each call in the file of its noun.

use super::caller;
use super::password::Hasher;
use super::provider::Way;
use super::session::SessionRow;
use super::token::Bearer;
use crate::core::Core;
use crate::fault::incident;
use crate::kept::Kept;
use crate::seal::Sealer;
use api::identity::{Identity, Me, Membership};
use api::{Caller, ProjectId, Result, UserId};
use async_trait::async_trait;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

pub struct IdentityService {
    pub(super) core: Arc<Core>,
    pub(super) hasher: Hasher,
    pub(super) sealer: Sealer,
    pub(super) way: Way,
    /// By the hash of the id.
    pub(super) sessions: Kept<String, Option<SessionRow>>,
    /// By the hash of the token.
    pub(super) bearers: Kept<String, Option<Bearer>>,
    callers: Kept<(UserId, ProjectId), Caller>,
    /// See `breach.rs`.
    pub(super) breached: OnceLock<PathBuf>,
}

impl IdentityService {
    pub fn new(core: Arc<Core>) -> Result<Self> {
        let (commits, hasher, sealer) = (core.db.commits(), Hasher::new()?, Sealer::open(&core.data)?);
        let (sessions, bearers) = (Kept::new(commits.clone()), Kept::new(commits.clone()));
        let callers = Kept::new(commits);
        let way = Way::new().map_err(|error| incident("the way to providers of identity", &error))?;
        Ok(Self { core, hasher, sealer, way, sessions, bearers, callers, breached: OnceLock::new() })
    }
}

#[async_trait]
impl Identity for IdentityService {
    async fn membership_list(&self, user: UserId) -> Result<Vec<Membership>> {
        caller::membership_list(&self.core, user).await
    }

    async fn caller(&self, user: UserId, project: ProjectId, request: &str) -> Result<Caller> {
        let read = caller::caller(&self.core, user, project, request);
        let known = self.callers.get((user, project), read).await?;
        Ok(Caller { request: request.to_owned(), ..known })
    }

    async fn me(&self, caller: &Caller) -> Result<Me> {
        caller::me(&self.core, caller).await
    }
}
