//! The directory: who there is, what they may do, and where. For administrators and those who manage a domain.

mod assignment_create;
mod assignment_list;
pub mod calls;
mod domain_create;
mod domain_list;
mod domain_page;
mod group_create;
mod group_list;
mod group_page;
mod picker;
mod policy_page;
mod project_create;
mod project_delete;
mod project_edit;
mod project_list;
mod project_page;
mod role_form;
mod role_list;
mod user_create;
mod user_edit;
mod user_list;
mod user_page;

pub use assignment_create::AssignmentCreatePage;
pub use assignment_list::{Assignments, Members};
pub use domain_create::DomainCreatePage;
pub use domain_list::Domains;
pub use domain_page::DomainPage;
pub use group_create::GroupCreatePage;
pub use group_list::Groups;
pub use group_page::GroupPage;
pub use policy_page::PolicyPage;
pub use project_create::{ProjectCreatePage, limit_field};
pub use project_delete::{Holdings, ProjectDeletePage};
pub use project_edit::ProjectEditPage;
pub use project_list::Projects;
pub use project_page::ProjectPage;
pub use role_form::{RoleCreatePage, RolePage};
pub use role_list::Roles;
pub use user_create::UserCreatePage;
pub use user_edit::UserEditPage;
pub use user_list::Users;
pub use user_page::UserPage;

use crate::Fail;
use crate::i18n::text;
use crate::ui::{Bulk, Call, Choice, Choices, Icon, Question, RowAction, SelectField, StateBadge, TextField, Tone};
use api::directory::{DISABLED, ENABLED};
use api::{Action, Kind, ListQuery};
use calls::DirectoryChangeMany;
use leptos::prelude::*;

/// Whether something is switched on.
fn badge(enabled: bool) -> AnyView {
    let label = (text().directory.state)(enabled);
    let (state, tone) = if enabled { (ENABLED, Tone::Good) } else { (DISABLED, Tone::Neutral) };
    view! { <StateBadge state tone label/> }.into_any()
}

/// The states to filter a list by.
fn states() -> Vec<(&'static str, &'static str)> {
    let t = text();
    vec![(ENABLED, t.common.enabled), (DISABLED, t.common.disabled)]
}

/// So many domains are offered to choose from.
const OFFERED: u32 = 200;

/// The domains that one may see, by id and name: to filter by and to make things in.
pub(crate) async fn domains(project: String) -> Result<Vec<(String, String)>, Fail> {
    let query = ListQuery { limit: OFFERED, ..ListQuery::default() };
    let found = calls::domain_list(project, query).await?.items;
    Ok(found.into_iter().map(|domain| (domain.id.to_string(), domain.name)).collect())
}

/// A filter by domain, where there is a choice.
pub(crate) fn by_domain(domains: Vec<(String, String)>) -> Vec<Choices> {
    let choices = (domains.len() > 1).then(|| Choices::new("domain", text().directory.domain, domains));
    choices.into_iter().collect()
}

/// The domain of a new thing, where there is a choice; where there are too many to choose from, by name.
#[component]
pub(crate) fn DomainField(domains: Vec<(String, String)>) -> impl IntoView {
    let t = text();
    let own = crate::project::here().domain().map(|own| own.to_string()).unwrap_or_default();
    let choices: Vec<_> = domains.into_iter().map(|(id, name)| Choice::new(id, name)).collect();
    match choices.len() {
        0 | 1 => ().into_any(),
        n if n < OFFERED as usize => view! {
            <SelectField name="domain" label=t.directory.domain hint=t.directory.domain_hint choices value=own required=true/>
        }
        .into_any(),
        _ => view! { <TextField name="domain" label=t.directory.domain hint=t.directory.by_name_or_id value=own/> }.into_any(),
    }
}

/// Whether a new thing is switched on.
#[component]
fn StatusField() -> impl IntoView {
    let choices = states().into_iter().map(|(value, word)| Choice::new(value, word)).collect();
    view! { <SelectField name="status" label=text().common.status choices required=true/> }
}

/// What rows of a list are chosen by, for `many`.
const MANY: &str = "many";

/// What can be done with many rows of a list at once.
fn many(kind: Kind, call: ServerAction<DirectoryChangeMany>, action: Action) -> AnyView {
    let (t, here) = (text(), crate::project::here());
    let fields = vec![("project", here.project.get_untracked()), ("kind", kind.as_str().to_owned())];
    let on_off = [("enable", t.common.enable), ("disable", t.common.disable)];
    let delete = ("delete", t.common.delete);
    let (verbs, body) = match kind {
        Kind::Project => (on_off.to_vec(), t.directory.disable_project_body),
        Kind::Group => (vec![delete], t.directory.delete_group_body),
        Kind::Domain => ([&on_off[..], &[delete]].concat(), t.directory.delete_domain_body),
        _ => ([&on_off[..], &[delete]].concat(), t.directory.delete_user_body),
    };
    let question = Question::new(t.directory.many_title, body);
    // What is only switched off is switched on again.
    let question = if verbs.contains(&delete) { question } else { question.undoable() };
    let disabled_because = here.not_allowed(action);
    view! { <Bulk id=MANY call fields question verbs button=t.directory.many disabled_because/> }.into_any()
}

/// Switching on or off; off is asked about, because it ends what people are doing.
fn on_off(
    name: &str,
    id: String,
    enabled: bool,
    call: impl Into<Call>,
    body: &'static str,
    action: Action,
) -> RowAction {
    let (t, here) = (text(), crate::project::here());
    let fields = vec![("project", here.project.get()), ("id", id), ("enabled", (!enabled).to_string())];
    let way = match enabled {
        true => RowAction::post(t.common.disable, Icon::Stop, call, fields)
            .confirm(Question::new((t.directory.disable_title)(name), body).undoable()),
        false => RowAction::post(t.common.enable, Icon::Start, call, fields),
    };
    way.disabled_because(here.not_allowed(action))
}
