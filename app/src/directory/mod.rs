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
pub use assignment_list::Assignments;
pub use domain_create::DomainCreatePage;
pub use domain_list::Domains;
pub use domain_page::DomainPage;
pub use group_create::GroupCreatePage;
pub use group_list::Groups;
pub use group_page::GroupPage;
pub use policy_page::PolicyPage;
pub use project_create::{ProjectCreatePage, limit_field};
pub use project_delete::ProjectDeletePage;
pub use project_edit::ProjectEditPage;
pub use project_list::Projects;
pub use project_page::ProjectPage;
pub use role_form::{RoleCreatePage, RolePage};
pub use role_list::Roles;
pub use user_create::UserCreatePage;
pub use user_edit::UserEditPage;
pub use user_list::Users;
pub use user_page::UserPage;

use crate::i18n::text;
use crate::ui::{Call, Icon, Question, RowAction, StateBadge, Tone};
use api::Action;
use api::directory::{DISABLED, ENABLED};
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
