//! Keystone's directory: domains, projects, users, groups, roles and who has which.
//!
//! The forms' fields are texts as people typed them; a user, group, project, role or domain is named by its id (32 hex digits or a UUID)
//! or by its name.

mod assignment;
mod domain;
mod group;
mod project;
mod role;
mod user;

pub use assignment::{Actor, ActorKind, Assignment, AssignmentsOf, NewAssignment, Place};
pub use domain::{Domain, DomainForm};
pub use group::{Group, GroupForm};
pub use project::{Holding, NewProject, Project, ProjectDetail, ProjectForm};
pub use role::{NamedRole, RoleForm};
pub use user::{NewUser, User, UserForm};

use crate::caller::Caller;
use crate::{AssignmentId, DomainId, GroupId, Kind, ListQuery, Page, ProjectId, Result, RoleId, UserId};
use async_trait::async_trait;

/// The words for the states of what can be switched off, in filters.
pub const ENABLED: &str = "enabled";
pub const DISABLED: &str = "disabled";

/// The directory. Whoever manages a domain sees and changes what is in it; those who run the cloud, everything.
#[async_trait]
pub trait Directory: Send + Sync {
    /// Enables, disables or deletes (these are the verbs) domains, projects, users or groups, each by itself. Projects are not deleted so.
    async fn change_many(&self, caller: &Caller, kind: Kind, verb: &str, ids: &[String]) -> Result<()>;

    /// Sort keys: `name`, `created`.
    async fn domain_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<Domain>>;
    async fn domain_show(&self, caller: &Caller, id: DomainId) -> Result<Domain>;
    async fn domain_create(&self, caller: &Caller, form: DomainForm) -> Result<DomainId>;
    async fn domain_update(&self, caller: &Caller, id: DomainId, form: DomainForm) -> Result<()>;
    async fn domain_enable(&self, caller: &Caller, id: DomainId, enabled: bool) -> Result<()>;
    /// Only an empty and disabled one.
    async fn domain_delete(&self, caller: &Caller, id: DomainId) -> Result<()>;

    /// Sort keys: `name`, `domain`, `created`. Filter: `domain`, an id.
    async fn project_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<Project>>;
    async fn project_show(&self, caller: &Caller, id: ProjectId) -> Result<ProjectDetail>;
    /// With its default security group, its members, its quota and, if asked for, a starter network: all or nothing.
    async fn project_create(&self, caller: &Caller, new: NewProject) -> Result<ProjectId>;
    async fn project_update(&self, caller: &Caller, id: ProjectId, form: ProjectForm) -> Result<()>;
    async fn project_enable(&self, caller: &Caller, id: ProjectId, enabled: bool) -> Result<()>;
    /// With all that it holds, in order, as one operation: nobody enters it from now on, and a restart goes on where it was. `name` is
    /// the project's, typed to confirm.
    async fn project_delete(&self, caller: &Caller, id: ProjectId, name: &str) -> Result<()>;

    /// Sort keys: `name`, `domain`, `email`, `created`. Filter: `domain`, an id.
    async fn user_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<User>>;
    async fn user_show(&self, caller: &Caller, id: UserId) -> Result<User>;
    async fn user_create(&self, caller: &Caller, new: NewUser) -> Result<UserId>;
    async fn user_update(&self, caller: &Caller, id: UserId, form: UserForm) -> Result<()>;
    async fn user_enable(&self, caller: &Caller, id: UserId, enabled: bool) -> Result<()>;
    /// Ends the time for which nobody can sign in as the user.
    async fn user_unlock(&self, caller: &Caller, id: UserId) -> Result<()>;
    /// A new password; ends the user's sessions and the lock-out.
    async fn user_password_set(&self, caller: &Caller, id: UserId, password: &str) -> Result<()>;
    /// Takes the user's second factors away, for those who have lost them.
    async fn user_factors_remove(&self, caller: &Caller, id: UserId) -> Result<()>;
    async fn user_delete(&self, caller: &Caller, id: UserId) -> Result<()>;

    /// Sort keys: `name`, `domain`, `created`. Filter: `domain`, an id.
    async fn group_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<Group>>;
    async fn group_show(&self, caller: &Caller, id: GroupId) -> Result<Group>;
    async fn group_create(&self, caller: &Caller, form: GroupForm) -> Result<GroupId>;
    async fn group_update(&self, caller: &Caller, id: GroupId, form: GroupForm) -> Result<()>;
    async fn group_delete(&self, caller: &Caller, id: GroupId) -> Result<()>;
    async fn group_member_list(&self, caller: &Caller, id: GroupId, query: &ListQuery) -> Result<Page<User>>;
    /// All of them, or none.
    async fn group_member_add(&self, caller: &Caller, id: GroupId, users: &[String]) -> Result<()>;
    async fn group_member_remove(&self, caller: &Caller, id: GroupId, user: UserId) -> Result<()>;
    /// The groups that a user is in, by name.
    async fn group_list_of(&self, caller: &Caller, user: UserId) -> Result<Vec<Group>>;

    /// All roles, by name: there are few.
    async fn role_list(&self, caller: &Caller) -> Result<Vec<NamedRole>>;
    async fn role_show(&self, caller: &Caller, id: RoleId) -> Result<NamedRole>;
    async fn role_create(&self, caller: &Caller, form: RoleForm) -> Result<RoleId>;
    async fn role_update(&self, caller: &Caller, id: RoleId, form: RoleForm) -> Result<()>;
    async fn role_delete(&self, caller: &Caller, id: RoleId) -> Result<()>;

    /// Sort keys: `actor`, `role`, `created`.
    async fn assignment_list(&self, caller: &Caller, of: AssignmentsOf, query: &ListQuery) -> Result<Page<Assignment>>;
    async fn assignment_create(&self, caller: &Caller, new: NewAssignment) -> Result<AssignmentId>;
    async fn assignment_delete(&self, caller: &Caller, id: AssignmentId) -> Result<()>;
}
