//! Projects.

use super::change::Change;
use super::{domain, short, store, taken};
use crate::audit::{self, About};
use crate::authz::{self, Action};
use crate::core::Core;
use crate::fault::StoreError;
use crate::network::{self, NetworkService};
use crate::quota;
use api::directory::{Actor, NewProject, Place, Project, ProjectDetail, ProjectForm};
use api::error::{Conflict, Faults};
use api::quota::Resource;
use api::{
    AssignmentId, Caller, DomainId, Error, Kind, ListQuery, Name, Page, ProjectId, Result, Role, RoleId, UserId, Why,
};
use uuid::Uuid;

/// Keystone's limit for project names; users have Nova's 255.
const NAME_MAX: usize = 64;
/// Keystone's limits for tags.
const TAG_MAX: usize = 255;
const TAGS_MAX: usize = 80;
const TAKEN: &str = "project.domain_id, project.name";

pub async fn list(core: &Core, caller: &Caller, query: &ListQuery) -> Result<Page<Project>> {
    let reach = authz::reach(caller, Action::ReadProjects)?;
    Ok(store::project::list(core.db.read(), &reach, query).await?)
}

/// One that the caller sees.
pub async fn visible(core: &Core, caller: &Caller, id: ProjectId) -> Result<Project> {
    let reach = authz::reach(caller, Action::ReadProjects)?;
    let mut db = core.db.read().acquire().await.map_err(StoreError)?;
    let found = store::project::find(&mut db, id).await?.filter(|project| reach.covers(project.domain));
    found.ok_or_else(|| Error::not_found(Kind::Project, id))
}

pub async fn show(core: &Core, caller: &Caller, id: ProjectId) -> Result<ProjectDetail> {
    let project = visible(core, caller, id).await?;
    let mut db = core.db.read().acquire().await.map_err(StoreError)?;
    let (parent, children) = store::project::family(&mut db, id).await?;
    let holdings = quota::holdings(&mut db, id).await?;
    Ok(ProjectDetail { project, parent, children, holdings })
}

/// What a form says by itself.
struct Form {
    name: Name,
    tags: Vec<String>,
}

fn read(form: &ProjectForm, faults: &mut Faults) -> Option<Form> {
    let name = faults.take("name", Name::parse(&form.name).and_then(|name| short(name, NAME_MAX)));
    faults.take("description", api::name::line(form.description.trim(), Name::MAX));
    let tags = faults.take("tags", tags(&form.tags));
    Some(Form { name: name?, tags: tags? })
}

/// Tags as they are typed, separated by commas. Keystone allows no slash in them.
fn tags(text: &str) -> std::result::Result<Vec<String>, Why> {
    let mut tags: Vec<String> =
        text.split(',').map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect();
    tags.sort();
    tags.dedup();
    if tags.len() > TAGS_MAX {
        return Err(Why::Range { min: 0, max: TAGS_MAX as i64 });
    }
    for tag in &tags {
        api::name::line(tag, TAG_MAX)?;
        if tag.contains('/') {
            return Err(Why::Characters);
        }
    }
    Ok(tags)
}

/// The limits that were given; the names of the form's fields are `limits[…]`.
fn limits<'a>(given: impl IntoIterator<Item = (&'a String, &'a String)>, faults: &mut Faults) -> Vec<(Resource, i64)> {
    let mut limits = Vec::new();
    for (key, text) in given {
        let resource = Resource::ALL.into_iter().find(|resource| resource.as_str() == key);
        if let Some(resource) = resource.filter(|_| !text.trim().is_empty())
            && let Some(max) = faults.take(&format!("limits[{key}]"), quota::parse(text))
        {
            limits.push((resource, max));
        }
    }
    limits
}

/// Somebody who is in a new project from the start.
struct Member {
    user: UserId,
    role: RoleId,
    grants: Option<Role>,
    /// As the form has it.
    role_name: String,
}

/// The members that were given, each with a role.
async fn members(
    change: &mut Change<'_>,
    domain: DomainId,
    new: &NewProject,
    faults: &mut Faults,
) -> Result<Vec<Member>> {
    let mut members: Vec<Member> = Vec::new();
    for (at, text) in new.members.iter().enumerate().filter(|(_, text)| !text.trim().is_empty()) {
        let found = store::user::named(&mut change.tx, domain, text).await?;
        let found = found.filter(|(_, domain)| change.reach.covers(*domain));
        let user = faults.take("members", found.ok_or(Why::NoUser { name: text.trim().to_owned() }));
        let role = new.roles.get(at).map_or("", |role| role.trim());
        let role_name = if role.is_empty() { Role::Member.as_str() } else { role };
        let role = store::role::named(&mut change.tx, role_name).await?.ok_or(Why::Gone { kind: Kind::Role });
        if let (Some((user, _)), Some((role, grants))) = (user, faults.take("members", role))
            && !members.iter().any(|member| (member.user, member.role) == (user, role))
        {
            members.push(Member { user, role, grants, role_name: role_name.to_owned() });
        }
    }
    Ok(members)
}

/// The project above: in the same domain.
async fn parent(
    change: &mut Change<'_>,
    domain: DomainId,
    text: &str,
) -> Result<std::result::Result<Option<ProjectId>, Why>> {
    if text.trim().is_empty() {
        return Ok(Ok(None));
    }
    let found = store::project::named(&mut change.tx, domain, text).await?.filter(|(_, of)| *of == domain);
    let Some((project, _)) = found else { return Ok(Err(Why::Gone { kind: Kind::Project })) };
    let enabled = store::project::find(&mut change.tx, project).await?.is_some_and(|it| it.enabled && !it.deleting);
    Ok(if enabled { Ok(Some(project)) } else { Err(Why::Gone { kind: Kind::Project }) })
}

pub async fn create(
    core: &Core,
    networks: Option<&NetworkService>,
    caller: &Caller,
    new: NewProject,
) -> Result<ProjectId> {
    let mut change = Change::begin(core, caller, Action::ManageProjects).await?;
    let domain = change.domain(&new.domain).await?;
    let form = ProjectForm { name: new.name.clone(), description: new.description.clone(), tags: new.tags.clone() };
    let mut faults = Faults::default();
    let form = read(&form, &mut faults);
    let parent = parent(&mut change, domain, &new.parent).await?;
    let parent = faults.take("parent", parent);
    let members = members(&mut change, domain, &new, &mut faults).await?;
    let limits = limits(&new.limits, &mut faults);
    let (form, parent) = faults.finish_with(form.zip(parent))?;
    if !limits.is_empty() {
        authz::require(caller, Action::ManageQuotas)?;
    }

    let (id, now) = (ProjectId(Uuid::new_v4()), change.now);
    store::project::insert(&mut change.tx, id, domain, form.name.as_str(), new.description.trim(), now)
        .await
        .map_err(|error| taken(error, TAKEN, Kind::Project))?;
    if let Some(parent) = parent {
        store::project::put_below(&mut change.tx, id, parent).await?;
    }
    store::project::tags_set(&mut change.tx, id, &form.tags).await?;
    network::default_group_ensure(&mut change.tx, id, now).await?;
    for (resource, max) in limits {
        quota::set(&mut change.tx, id, resource, max).await?;
    }
    for Member { user, role, grants, role_name } in members {
        let (assignment, place) = (AssignmentId(Uuid::new_v4()), Place::Project(id));
        change.may_grant(grants, place)?;
        store::assignment::insert(&mut change.tx, assignment, Actor::User(user), place, role, false, now)
            .await
            .map_err(StoreError)?;
        let user_name = store::user::name(&mut change.tx, user).await?.unwrap_or_default();
        let (target, name) = (user.to_string(), format!("{user_name} · {role_name} · {}", form.name));
        let about = About { kind: Kind::User, id: &target, name: &name, project: Some(id) };
        audit::record_about(&mut change.tx, caller, "assignment_create", about, now).await?;
        change.touch(Kind::User, user);
    }
    let mut plugged = None;
    if let Some(networks) = networks.filter(|_| new.starter) {
        let name = form.name.to_string();
        let inside = Caller { project: id, project_name: name, domain, role: Role::Admin, ..caller.clone() };
        let (tx, touched) = networks.starter_within(change.tx, &inside, network::STARTER_CIDR).await?;
        change.tx = tx;
        plugged = Some((networks, touched));
    }
    if new.disabled {
        store::project::enable(&mut change.tx, id, false).await?;
    }
    change.done("project_create", Kind::Project, id, form.name.as_str()).await?;
    change.commit().await?;
    if let Some((networks, touched)) = plugged {
        networks.announce(id, &touched);
    }
    Ok(id)
}

/// One that the caller may change.
pub async fn find(change: &mut Change<'_>, id: ProjectId) -> Result<Project> {
    let found = store::project::find(&mut change.tx, id).await?.filter(|project| change.reach.covers(project.domain));
    found.ok_or_else(|| Error::not_found(Kind::Project, id))
}

pub async fn update(core: &Core, caller: &Caller, id: ProjectId, form: ProjectForm) -> Result<()> {
    let mut change = Change::begin(core, caller, Action::ManageProjects).await?;
    find(&mut change, id).await?;
    let mut faults = Faults::default();
    let read = read(&form, &mut faults);
    let Form { name, tags } = faults.finish_with(read)?;
    store::project::update(&mut change.tx, id, name.as_str(), form.description.trim())
        .await
        .map_err(|error| taken(error, TAKEN, Kind::Project))?;
    store::project::tags_set(&mut change.tx, id, &tags).await?;
    change.done("project_update", Kind::Project, id, name.as_str()).await?;
    change.commit().await
}

/// What runs in it runs on; nobody can enter it or change anything.
pub async fn enable(core: &Core, caller: &Caller, id: ProjectId, enabled: bool) -> Result<()> {
    let mut change = Change::begin(core, caller, Action::ManageProjects).await?;
    let project = find(&mut change, id).await?;
    if !enabled && id == caller.project {
        return Err(Error::Conflict(Conflict::OwnGround { kind: Kind::Project }));
    }
    if !enabled && store::project::has_enabled_child(&mut change.tx, id).await? {
        return Err(Error::Conflict(Conflict::EnabledBelow));
    }
    if enabled && let (Some((parent, _)), _) = store::project::family(&mut change.tx, id).await? {
        let above = store::project::find(&mut change.tx, parent).await?;
        if above.is_some_and(|above| !above.enabled) {
            return Err(Error::Conflict(Conflict::DisabledAbove));
        }
    }
    store::project::enable(&mut change.tx, id, enabled).await?;
    change.somebody_runs_cloud().await?;
    change.done(domain::verb("project", enabled), Kind::Project, id, &project.name).await?;
    change.commit().await
}

impl super::IdentityService {
    /// A project of which nothing but the name is known.
    pub async fn project_create(&self, caller: &Caller, name: &str, description: &str) -> Result<ProjectId> {
        let new = NewProject { name: name.to_owned(), description: description.to_owned(), ..NewProject::default() };
        create(&self.core, None, caller, new).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_separated_by_commas() {
        assert_eq!(tags(" web, , prod,web"), Ok(vec!["prod".to_owned(), "web".to_owned()]));
        assert_eq!(tags(""), Ok(Vec::new()));
        assert_eq!(tags("a/b"), Err(Why::Characters));
    }
}
