//! Who is signed in, and where they may work. What there is to administer is in `directory`.

use crate::account::Asked;
use crate::provider::ProviderOffer;
use crate::{Action, Caller, DomainId, Error, ProjectId, Result, Role, UserId};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// How many projects are offered to choose from; whoever has more searches on the page of projects.
pub const MEMBERSHIPS: usize = 50;

/// A project that somebody may work in, and as what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    pub project: ProjectId,
    pub project_name: String,
    pub role: Role,
}

/// Who is signed in and what the frame of every page shows of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    pub user: UserId,
    pub user_name: String,
    /// The project of the page.
    pub project: ProjectId,
    pub project_name: String,
    /// The project's domain; in none, the user's own.
    pub domain: DomainId,
    pub role: Role,
    /// What the policy allows here: pages hide what nobody with this role can use, and say why they disable the rest.
    pub actions: Vec<Action>,
    /// The projects there are to choose from, by name; the first `MEMBERSHIPS` of them.
    pub memberships: Vec<Membership>,
    /// There are more than those.
    pub memberships_more: bool,
}

/// What the sign-in page has to ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInOptions {
    /// There are several domains: names are only unique within one.
    pub domains: bool,
    /// Whose word is taken for who somebody is.
    pub providers: Vec<ProviderOffer>,
}

/// A sign-in that has not come to its end: what the sign-in page shows next. No password is sent back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInShown {
    pub domain: String,
    pub name: String,
    /// The password was right, and this is asked for.
    pub asked: Option<Asked>,
    /// The address to go to afterwards, checked; empty for none.
    pub next: String,
    /// Why it has to be begun anew.
    pub error: Option<Error>,
}

/// The identity service.
#[async_trait]
pub trait Identity: Send + Sync {
    /// The projects that the user may work in, by name; the first `MEMBERSHIPS` of them. `Unauthenticated` when the user is gone or disabled.
    async fn membership_list(&self, user: UserId) -> Result<Vec<Membership>>;
    /// The caller for one request: checks user, project and role as they are now.
    async fn caller(&self, user: UserId, project: ProjectId, request: &str) -> Result<Caller>;
    /// The caller and all memberships: for the frame.
    async fn me(&self, caller: &Caller) -> Result<Me>;
}
