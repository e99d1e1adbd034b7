//! The directory as the browser calls it. `project` is always the project of the page; what a call is about is `id`.

use crate::Fail;
use crate::backend::*;
use api::directory::{Assignment, Domain, Group, NamedRole, Project, ProjectDetail, User};
use api::policy::{Rule, Simulation};
use api::{ListQuery, Page};
use std::collections::BTreeMap;

/// Enables, disables or deletes what has been chosen in a list of the kind; `verb` is one of these words.
#[server(endpoint = "directory_change_many")]
pub async fn directory_change_many(
    project: String,
    kind: String,
    verb: String,
    #[server(default)] ids: Vec<String>,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let kind = answer(Kind::parse(&kind).ok_or(Error::field("kind", Why::NotAChoice)))?;
    answer(backend()?.directory.change_many(&caller, kind, &verb, &ids).await)
}

#[server(endpoint = "domain_list")]
pub async fn domain_list(project: String, #[server(default)] query: ListQuery) -> Result<Page<Domain>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.directory.domain_list(&caller, &query).await)
}

#[server(endpoint = "domain_show")]
pub async fn domain_show(project: String, id: String) -> Result<Domain, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.directory.domain_show(&caller, parse(Kind::Domain, &id)?).await)
}

/// Leads to the domain.
#[server(endpoint = "domain_create")]
pub async fn domain_create(
    project: String,
    name: String,
    #[server(default)] description: String,
    #[server(default)] status: String,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let form = api::directory::DomainForm { name, description, disabled: status == api::directory::DISABLED };
    let id = answer(backend()?.directory.domain_create(&caller, form).await)?;
    redirect(&crate::paths::domain(caller.project, id));
    Ok(())
}

/// Leads to the domain.
#[server(endpoint = "domain_update")]
pub async fn domain_update(
    project: String,
    id: String,
    name: String,
    #[server(default)] description: String,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let id = parse(Kind::Domain, &id)?;
    let form = api::directory::DomainForm { name, description, disabled: false };
    answer(backend()?.directory.domain_update(&caller, id, form).await)?;
    redirect(&crate::paths::domain(caller.project, id));
    Ok(())
}

#[server(endpoint = "domain_enable")]
pub async fn domain_enable(project: String, id: String, enabled: bool) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.directory.domain_enable(&caller, parse(Kind::Domain, &id)?, enabled).await)
}

/// Leads from its page to the list.
#[server(endpoint = "domain_delete")]
pub async fn domain_delete(project: String, id: String) -> Result<(), Fail> {
    let (caller, id) = (caller(&project).await?, parse(Kind::Domain, &id)?);
    answer(backend()?.directory.domain_delete(&caller, id).await)?;
    leave(&crate::paths::domain(caller.project, id), &crate::paths::domains(caller.project));
    Ok(())
}

#[server(endpoint = "project_list")]
pub async fn project_list(project: String, #[server(default)] query: ListQuery) -> Result<Page<Project>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.directory.project_list(&caller, &query).await)
}

#[server(endpoint = "project_show")]
pub async fn project_show(project: String, id: String) -> Result<ProjectDetail, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.directory.project_show(&caller, parse(Kind::Project, &id)?).await)
}

/// Leads to the new project's page.
#[server(endpoint = "project_create")]
pub async fn project_create(
    project: String,
    #[server(default)] domain: String,
    #[server(default)] parent: String,
    name: String,
    #[server(default)] description: String,
    #[server(default)] tags: String,
    #[server(default)] members: Vec<String>,
    #[server(default)] roles: Vec<String>,
    #[server(default)] limits: BTreeMap<String, String>,
    #[server(default)] starter: bool,
    #[server(default)] status: String,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let disabled = status == api::directory::DISABLED;
    let new = api::directory::NewProject {
        domain,
        parent,
        name,
        description,
        tags,
        members,
        roles,
        limits,
        starter,
        disabled,
    };
    let id = answer(backend()?.directory.project_create(&caller, new).await)?;
    redirect(&crate::paths::project(caller.project, id));
    Ok(())
}

/// Leads to the project's page.
#[server(endpoint = "project_update")]
pub async fn project_update(
    project: String,
    id: String,
    name: String,
    #[server(default)] description: String,
    #[server(default)] tags: String,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let id = parse(Kind::Project, &id)?;
    answer(
        backend()?.directory.project_update(&caller, id, api::directory::ProjectForm { name, description, tags }).await,
    )?;
    redirect(&crate::paths::project(caller.project, id));
    Ok(())
}

#[server(endpoint = "project_enable")]
pub async fn project_enable(project: String, id: String, enabled: bool) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.directory.project_enable(&caller, parse(Kind::Project, &id)?, enabled).await)
}

/// Leads to the list, where it stands until it is gone.
#[server(endpoint = "project_delete")]
pub async fn project_delete(project: String, id: String, #[server(default)] confirm: String) -> Result<(), Fail> {
    let (caller, id) = (caller(&project).await?, parse(Kind::Project, &id)?);
    answer(backend()?.directory.project_delete(&caller, id, &confirm).await)?;
    redirect(&crate::paths::projects(caller.project));
    Ok(())
}

#[server(endpoint = "user_list")]
pub async fn user_list(project: String, #[server(default)] query: ListQuery) -> Result<Page<User>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.directory.user_list(&caller, &query).await)
}

#[server(endpoint = "user_show")]
pub async fn user_show(project: String, id: String) -> Result<User, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.directory.user_show(&caller, parse(Kind::User, &id)?).await)
}

/// Leads to the new user's page.
#[server(endpoint = "user_create")]
pub async fn user_create(
    project: String,
    #[server(default)] domain: String,
    name: String,
    #[server(default)] email: String,
    #[server(default)] description: String,
    password: String,
    #[server(default)] again: String,
    #[server(default)] password_locked: bool,
    #[server(default)] must_change: bool,
    #[server(default)] status: String,
    #[server(default)] default_project: String,
    #[server(default)] role: String,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let new = api::directory::NewUser {
        domain,
        name,
        email,
        description,
        password,
        again: Some(again),
        password_locked,
        must_change,
        disabled: status == api::directory::DISABLED,
        default_project,
        role,
    };
    let id = answer(backend()?.directory.user_create(&caller, new).await)?;
    redirect(&crate::paths::user(caller.project, id));
    Ok(())
}

/// Leads to the user's page.
#[server(endpoint = "user_update")]
pub async fn user_update(
    project: String,
    id: String,
    name: String,
    #[server(default)] email: String,
    #[server(default)] description: String,
    #[server(default)] password_locked: bool,
    #[server(default)] must_change: bool,
    #[server(default)] default_project: String,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let id = parse(Kind::User, &id)?;
    let form = api::directory::UserForm { name, email, description, password_locked, must_change, default_project };
    answer(backend()?.directory.user_update(&caller, id, form).await)?;
    redirect(&crate::paths::user(caller.project, id));
    Ok(())
}

#[server(endpoint = "user_enable")]
pub async fn user_enable(project: String, id: String, enabled: bool) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.directory.user_enable(&caller, parse(Kind::User, &id)?, enabled).await)
}

#[server(endpoint = "user_unlock")]
pub async fn user_unlock(project: String, id: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.directory.user_unlock(&caller, parse(Kind::User, &id)?).await)
}

/// Leads to the user's page.
#[server(endpoint = "user_password_set")]
pub async fn user_password_set(project: String, id: String, password: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let id = parse(Kind::User, &id)?;
    answer(backend()?.directory.user_password_set(&caller, id, &password).await)?;
    redirect(&crate::paths::user(caller.project, id));
    Ok(())
}

#[server(endpoint = "user_factors_remove")]
pub async fn user_factors_remove(project: String, id: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.directory.user_factors_remove(&caller, parse(Kind::User, &id)?).await)
}

/// Leads from its page to the list.
#[server(endpoint = "user_delete")]
pub async fn user_delete(project: String, id: String) -> Result<(), Fail> {
    let (caller, id) = (caller(&project).await?, parse(Kind::User, &id)?);
    answer(backend()?.directory.user_delete(&caller, id).await)?;
    leave(&crate::paths::user(caller.project, id), &crate::paths::users(caller.project));
    Ok(())
}

#[server(endpoint = "group_list")]
pub async fn group_list(project: String, #[server(default)] query: ListQuery) -> Result<Page<Group>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.directory.group_list(&caller, &query).await)
}

#[server(endpoint = "group_show")]
pub async fn group_show(project: String, id: String) -> Result<Group, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.directory.group_show(&caller, parse(Kind::Group, &id)?).await)
}

/// Leads to the group.
#[server(endpoint = "group_create")]
pub async fn group_create(
    project: String,
    #[server(default)] domain: String,
    name: String,
    #[server(default)] description: String,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let id = answer(
        backend()?.directory.group_create(&caller, api::directory::GroupForm { domain, name, description }).await,
    )?;
    redirect(&crate::paths::group(caller.project, id));
    Ok(())
}

/// Leads to the group.
#[server(endpoint = "group_update")]
pub async fn group_update(
    project: String,
    id: String,
    name: String,
    #[server(default)] description: String,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let id = parse(Kind::Group, &id)?;
    let form = api::directory::GroupForm { domain: String::new(), name, description };
    answer(backend()?.directory.group_update(&caller, id, form).await)?;
    redirect(&crate::paths::group(caller.project, id));
    Ok(())
}

/// Leads from its page to the list.
#[server(endpoint = "group_delete")]
pub async fn group_delete(project: String, id: String) -> Result<(), Fail> {
    let (caller, id) = (caller(&project).await?, parse(Kind::Group, &id)?);
    answer(backend()?.directory.group_delete(&caller, id).await)?;
    leave(&crate::paths::group(caller.project, id), &crate::paths::groups(caller.project));
    Ok(())
}

#[server(endpoint = "group_member_list")]
pub async fn group_member_list(
    project: String,
    id: String,
    #[server(default)] query: ListQuery,
) -> Result<Page<User>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.directory.group_member_list(&caller, parse(Kind::Group, &id)?, &query).await)
}

#[server(endpoint = "group_member_add")]
pub async fn group_member_add(project: String, id: String, #[server(default)] users: Vec<String>) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.directory.group_member_add(&caller, parse(Kind::Group, &id)?, &users).await)
}

#[server(endpoint = "group_member_remove")]
pub async fn group_member_remove(project: String, id: String, user: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let user = parse(Kind::User, &user)?;
    answer(backend()?.directory.group_member_remove(&caller, parse(Kind::Group, &id)?, user).await)
}

/// The groups of a user.
#[server(endpoint = "group_list_of")]
pub async fn group_list_of(project: String, user: String) -> Result<Vec<Group>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.directory.group_list_of(&caller, parse(Kind::User, &user)?).await)
}

#[server(endpoint = "role_list")]
pub async fn role_list(project: String) -> Result<Vec<NamedRole>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.directory.role_list(&caller).await)
}

#[server(endpoint = "role_show")]
pub async fn role_show(project: String, id: String) -> Result<NamedRole, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.directory.role_show(&caller, parse(Kind::Role, &id)?).await)
}

/// Leads to the list.
#[server(endpoint = "role_create")]
pub async fn role_create(
    project: String,
    name: String,
    #[server(default)] description: String,
    #[server(default)] implies: Vec<String>,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.directory.role_create(&caller, api::directory::RoleForm { name, description, implies }).await)?;
    redirect(&crate::paths::roles(caller.project));
    Ok(())
}

/// Leads to the list.
#[server(endpoint = "role_update")]
pub async fn role_update(
    project: String,
    id: String,
    name: String,
    #[server(default)] description: String,
    #[server(default)] implies: Vec<String>,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let id = parse(Kind::Role, &id)?;
    answer(
        backend()?.directory.role_update(&caller, id, api::directory::RoleForm { name, description, implies }).await,
    )?;
    redirect(&crate::paths::roles(caller.project));
    Ok(())
}

/// Leads from its page to the list.
#[server(endpoint = "role_delete")]
pub async fn role_delete(project: String, id: String) -> Result<(), Fail> {
    let (caller, id) = (caller(&project).await?, parse(Kind::Role, &id)?);
    answer(backend()?.directory.role_delete(&caller, id).await)?;
    leave(&crate::paths::role(caller.project, id), &crate::paths::roles(caller.project));
    Ok(())
}

/// The assignments of one user, group, project or domain, of the system, or all: `of` is one of these words, or empty.
#[server(endpoint = "assignment_list")]
pub async fn assignment_list(
    project: String,
    #[server(default)] of: String,
    #[server(default)] id: String,
    #[server(default)] query: ListQuery,
) -> Result<Page<Assignment>, Fail> {
    let caller = caller(&project).await?;
    let of = match of.as_str() {
        "user" => api::directory::AssignmentsOf::User(parse(Kind::User, &id)?),
        "group" => api::directory::AssignmentsOf::Group(parse(Kind::Group, &id)?),
        "project" => api::directory::AssignmentsOf::Project(parse(Kind::Project, &id)?),
        "domain" => api::directory::AssignmentsOf::Domain(parse(Kind::Domain, &id)?),
        "system" => api::directory::AssignmentsOf::System,
        _ => api::directory::AssignmentsOf::All,
    };
    answer(backend()?.directory.assignment_list(&caller, of, &query).await)
}

/// Leads to the list of all, unless the form's page says where it wants to be: then back there.
#[server(endpoint = "assignment_create")]
pub async fn assignment_create(
    project: String,
    #[server(default)] actor_kind: String,
    #[server(default)] actor: String,
    #[server(default)] place_kind: String,
    #[server(default)] place: String,
    role: String,
    #[server(default)] inherited: bool,
    #[server(default)] stay: bool,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let new = api::directory::NewAssignment { actor_kind, actor, place_kind, place, role, inherited };
    answer(backend()?.directory.assignment_create(&caller, new).await)?;
    if !stay {
        redirect(&crate::paths::assignments(caller.project));
    }
    Ok(())
}

#[server(endpoint = "assignment_delete")]
pub async fn assignment_delete(project: String, id: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.directory.assignment_delete(&caller, parse(Kind::Assignment, &id)?).await)
}

#[server(endpoint = "policy_list")]
pub async fn policy_list(project: String) -> Result<Vec<Rule>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.policies.policy_list(&caller).await)
}

/// What the user may do in the project `target`.
#[server(endpoint = "policy_simulate")]
pub async fn policy_simulate(project: String, user: String, target: String) -> Result<Simulation, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.policies.policy_simulate(&caller, &user, &target).await)
}
