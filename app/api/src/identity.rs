//! Keystone's part: domains, projects, users, roles and who has which.

use crate::{Caller, DomainId, Error, Micros, ProjectId, Result, Role, UserId};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// A project as its members see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    pub id: ProjectId,
    pub domain: DomainId,
    pub name: String,
    pub description: String,
    pub enabled: bool,
    pub created_at: Micros,
}

/// A project that somebody may work in, and as what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    pub project: ProjectId,
    pub project_name: String,
    pub role: Role,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub id: UserId,
    pub domain: DomainId,
    pub name: String,
    pub enabled: bool,
    pub created_at: Micros,
}

/// Who is signed in and what the frame of every page shows of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    pub user: UserId,
    pub user_name: String,
    /// The project of the page.
    pub project: ProjectId,
    pub project_name: String,
    pub role: Role,
    /// All the projects there are to choose from, by name.
    pub memberships: Vec<Membership>,
}

/// A sign-in that was refused: what the sign-in page shows again, with the reason. The password is never sent back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInFailure {
    pub name: String,
    /// The address to go to afterwards, checked; empty for none.
    pub next: String,
    pub error: Error,
}

/// Where a sign-in comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whence {
    pub address: String,
    pub request: String,
}

/// The identity service.
#[async_trait]
pub trait Identity: Send + Sync {
    /// The user whose name and password these are. Takes the same time whether or not the user exists; every fault of the pair is the
    /// same `Invalid` on the field `password`.
    async fn sign_in(&self, name: &str, password: &str, from: &Whence) -> Result<UserId>;
    /// The projects that the user may work in, by name. `Unauthenticated` when the user is gone or disabled.
    async fn membership_list(&self, user: UserId) -> Result<Vec<Membership>>;
    /// The caller for one request: checks user, project and role as they are now.
    async fn caller(&self, user: UserId, project: ProjectId, request: &str) -> Result<Caller>;
    /// The caller and all memberships: for the frame.
    async fn me(&self, caller: &Caller) -> Result<Me>;

    /// Creates a project with its default security group; the creator becomes its admin.
    async fn project_create(&self, caller: &Caller, name: &str, description: &str) -> Result<ProjectId>;
    async fn user_create(&self, caller: &Caller, name: &str, password: &str) -> Result<UserId>;
    /// Gives the user the role in the project, in place of any other.
    async fn assignment_set(&self, caller: &Caller, user: UserId, project: ProjectId, role: Role) -> Result<()>;
    /// Takes every role in the project from the user.
    async fn assignment_remove(&self, caller: &Caller, user: UserId, project: ProjectId) -> Result<()>;
}
