//! The directory's service: each call in the file of its noun.

use super::{Deletion, IdentityService, assignment, domain, group, many, project, role, user};
use crate::core::Core;
use crate::network::NetworkService;
use api::directory::{
    Assignment, AssignmentsOf, Directory, Domain, DomainForm, Group, GroupForm, NamedRole, NewAssignment, NewProject,
    NewUser, Project, ProjectDetail, ProjectForm, RoleForm, User, UserForm,
};
use api::{AssignmentId, Caller, DomainId, GroupId, Kind, ListQuery, Page, ProjectId, Result, RoleId, UserId};
use async_trait::async_trait;
use std::sync::Arc;

pub struct DirectoryService {
    core: Arc<Core>,
    identity: Arc<IdentityService>,
    networks: Arc<NetworkService>,
    deletion: Arc<Deletion>,
}

impl DirectoryService {
    pub fn new(
        core: Arc<Core>,
        identity: Arc<IdentityService>,
        networks: Arc<NetworkService>,
        deletion: Arc<Deletion>,
    ) -> Self {
        Self { core, identity, networks, deletion }
    }
}

#[async_trait]
impl Directory for DirectoryService {
    async fn change_many(&self, caller: &Caller, kind: Kind, verb: &str, ids: &[String]) -> Result<()> {
        many::change(&self.core, caller, kind, verb, ids).await
    }

    async fn domain_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<Domain>> {
        domain::list(&self.core, caller, query).await
    }

    async fn domain_show(&self, caller: &Caller, id: DomainId) -> Result<Domain> {
        domain::show(&self.core, caller, id).await
    }

    async fn domain_create(&self, caller: &Caller, form: DomainForm) -> Result<DomainId> {
        domain::create(&self.core, caller, form).await
    }

    async fn domain_update(&self, caller: &Caller, id: DomainId, form: DomainForm) -> Result<()> {
        domain::update(&self.core, caller, id, form).await
    }

    async fn domain_enable(&self, caller: &Caller, id: DomainId, enabled: bool) -> Result<()> {
        domain::enable(&self.core, caller, id, enabled).await
    }

    async fn domain_delete(&self, caller: &Caller, id: DomainId) -> Result<()> {
        domain::delete(&self.core, caller, id).await
    }

    async fn project_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<Project>> {
        project::list(&self.core, caller, query).await
    }

    async fn project_show(&self, caller: &Caller, id: ProjectId) -> Result<ProjectDetail> {
        project::show(&self.core, caller, id).await
    }

    async fn project_create(&self, caller: &Caller, new: NewProject) -> Result<ProjectId> {
        project::create(&self.core, Some(&self.networks), caller, new).await
    }

    async fn project_update(&self, caller: &Caller, id: ProjectId, form: ProjectForm) -> Result<()> {
        project::update(&self.core, caller, id, form).await
    }

    async fn project_enable(&self, caller: &Caller, id: ProjectId, enabled: bool) -> Result<()> {
        project::enable(&self.core, caller, id, enabled).await
    }

    async fn project_delete(&self, caller: &Caller, id: ProjectId, name: &str) -> Result<()> {
        self.deletion.begin(caller, id, name).await
    }

    async fn user_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<User>> {
        user::list(&self.core, caller, query).await
    }

    async fn user_show(&self, caller: &Caller, id: UserId) -> Result<User> {
        user::show(&self.core, caller, id).await
    }

    async fn user_create(&self, caller: &Caller, new: NewUser) -> Result<UserId> {
        user::create(&self.core, &self.identity, caller, new).await
    }

    async fn user_update(&self, caller: &Caller, id: UserId, form: UserForm) -> Result<()> {
        user::update(&self.core, caller, id, form).await
    }

    async fn user_enable(&self, caller: &Caller, id: UserId, enabled: bool) -> Result<()> {
        user::enable(&self.core, caller, id, enabled).await
    }

    async fn user_password_set(&self, caller: &Caller, id: UserId, password: &str) -> Result<()> {
        user::password_set(&self.core, &self.identity, caller, id, password).await
    }

    async fn user_unlock(&self, caller: &Caller, id: UserId) -> Result<()> {
        user::unlock(&self.core, caller, id).await
    }

    async fn user_factors_remove(&self, caller: &Caller, id: UserId) -> Result<()> {
        user::factors_remove(&self.core, caller, id).await
    }

    async fn user_delete(&self, caller: &Caller, id: UserId) -> Result<()> {
        user::delete(&self.core, caller, id).await
    }

    async fn group_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<Group>> {
        group::list(&self.core, caller, query).await
    }

    async fn group_show(&self, caller: &Caller, id: GroupId) -> Result<Group> {
        group::show(&self.core, caller, id).await
    }

    async fn group_create(&self, caller: &Caller, form: GroupForm) -> Result<GroupId> {
        group::create(&self.core, caller, form).await
    }

    async fn group_update(&self, caller: &Caller, id: GroupId, form: GroupForm) -> Result<()> {
        group::update(&self.core, caller, id, form).await
    }

    async fn group_delete(&self, caller: &Caller, id: GroupId) -> Result<()> {
        group::delete(&self.core, caller, id).await
    }

    async fn group_member_list(&self, caller: &Caller, id: GroupId, query: &ListQuery) -> Result<Page<User>> {
        group::member_list(&self.core, caller, id, query).await
    }

    async fn group_member_add(&self, caller: &Caller, id: GroupId, users: &[String]) -> Result<()> {
        group::member_add(&self.core, caller, id, users).await
    }

    async fn group_member_remove(&self, caller: &Caller, id: GroupId, user: UserId) -> Result<()> {
        group::member_remove(&self.core, caller, id, user).await
    }

    async fn group_list_of(&self, caller: &Caller, user: UserId) -> Result<Vec<Group>> {
        group::list_of(&self.core, caller, user).await
    }

    async fn role_list(&self, caller: &Caller) -> Result<Vec<NamedRole>> {
        role::list(&self.core, caller).await
    }

    async fn role_show(&self, caller: &Caller, id: RoleId) -> Result<NamedRole> {
        role::show(&self.core, caller, id).await
    }

    async fn role_create(&self, caller: &Caller, form: RoleForm) -> Result<RoleId> {
        role::create(&self.core, caller, form).await
    }

    async fn role_update(&self, caller: &Caller, id: RoleId, form: RoleForm) -> Result<()> {
        role::update(&self.core, caller, id, form).await
    }

    async fn role_delete(&self, caller: &Caller, id: RoleId) -> Result<()> {
        role::delete(&self.core, caller, id).await
    }

    async fn assignment_list(&self, caller: &Caller, of: AssignmentsOf, query: &ListQuery) -> Result<Page<Assignment>> {
        assignment::list(&self.core, caller, of, query).await
    }

    async fn assignment_create(&self, caller: &Caller, new: NewAssignment) -> Result<AssignmentId> {
        assignment::create(&self.core, caller, new).await
    }

    async fn assignment_delete(&self, caller: &Caller, id: AssignmentId) -> Result<()> {
        assignment::delete(&self.core, caller, id).await
    }
}
