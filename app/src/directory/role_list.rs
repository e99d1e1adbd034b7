//! All roles.

use super::calls::{RoleDelete, role_list};
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::here;
use crate::ui::{Column, Icon, LinkButton, Load, Outcomes, PageHeader, Question, RowAction, Rows, Table, Tag, Variant};
use api::directory::NamedRole;
use api::{Action, Kind};
use leptos::prelude::*;

#[component]
pub fn Roles() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let delete = ServerAction::<RoleDelete>::new();
    let roles = Resource::new(
        move || (here.project.get(), live.version(Kind::Role), live.version(Kind::Assignment)),
        |(project, ..)| role_list(project),
    );
    let columns = vec![
        Column::new("name", t.common.name, move |role: &NamedRole| {
            let builtin = role.builtin.then(|| view! { " "<Tag label=text().directory.builtin/> });
            view! { <a href=paths::role(here.id(), role.id)>{role.name.clone()}</a>{builtin} }
        }),
        Column::new("description", t.common.description, |role: &NamedRole| role.description.clone()).wraps(),
        Column::new("implies", t.directory.implies, |role: &NamedRole| {
            role.implies.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ")
        }),
        Column::new("grants", t.directory.grants, |role: &NamedRole| match role.grants {
            Some(role) => (text().identity.role)(role),
            None => text().directory.grants_nothing,
        }),
        Column::new("assignments", t.common.assignments, |role: &NamedRole| role.assignments.to_string()).number(),
    ];
    let rows = Rows::new(|role: &NamedRole| role.id.to_string(), |role| role.name.clone())
        .actions(move |role| vec![delete_action(role, delete)]);
    view! {
        <PageHeader title=t.common.roles hint=t.directory.roles_hint>
            {move || view! {
                <LinkButton href=paths::role_create(here.id()) variant=Variant::Primary icon=Some(Icon::Add) disabled_because=here.not_allowed(Action::ManageRoles)>
                    {t.directory.create_role}
                </LinkButton>
            }}
        </PageHeader>
        <Outcomes calls=vec![delete.into()]/>
        <Load from=roles let:roles>
            <Table label=t.common.roles columns=columns.clone() rows=rows.clone() items=roles/>
        </Load>
    }
}

pub(super) fn delete_action(role: &NamedRole, delete: ServerAction<RoleDelete>) -> RowAction {
    let (t, here) = (text(), here());
    let fields = vec![("project", here.project.get()), ("id", role.id.to_string())];
    let fixed = role.builtin.then(|| t.directory.builtin_fixed.to_owned());
    let used = (role.assignments > 0).then(|| t.directory.role_in_use.to_owned());
    RowAction::post(t.common.delete, Icon::Delete, delete, fields)
        .confirm(Question::new((t.ui.delete_named)(&role.name), t.directory.delete_role_body))
        .disabled_because(here.not_allowed(Action::ManageRoles).or(fixed).or(used))
}
