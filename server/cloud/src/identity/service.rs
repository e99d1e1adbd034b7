//! The identity service: each call in the file of its noun.

use super::password::Hasher;
use super::session::SessionRow;
use super::{caller, sign_in};
use crate::core::Core;
use crate::kept::Kept;
use api::identity::{Identity, Me, Membership, Whence};
use api::{Caller, ProjectId, Result, UserId};
use async_trait::async_trait;
use std::sync::Arc;

pub struct IdentityService {
    pub(super) core: Arc<Core>,
    pub(super) hasher: Hasher,
    /// By the hash of the id.
    pub(super) sessions: Kept<String, Option<SessionRow>>,
    callers: Kept<(UserId, ProjectId), Caller>,
}

impl IdentityService {
    pub fn new(core: Arc<Core>) -> Result<Self> {
        let commits = core.db.commits();
        Ok(Self { core, hasher: Hasher::new()?, sessions: Kept::new(commits.clone()), callers: Kept::new(commits) })
    }
}

#[async_trait]
impl Identity for IdentityService {
    async fn sign_in(&self, name: &str, password: &str, from: &Whence) -> Result<UserId> {
        sign_in::sign_in(&self.core, &self.hasher, name, password, from).await
    }

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
