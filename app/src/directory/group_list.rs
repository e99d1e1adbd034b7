//! All groups.

use super::calls::{GroupDelete, group_list};
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::here;
use crate::ui::{
    Column, Empty, Icon, LinkButton, List, Load, Outcomes, PageHeader, Question, RowAction, Rows, Variant, When,
    list_query,
};
use api::directory::Group;
use api::{Action, Kind};
use leptos::prelude::*;

#[component]
pub fn Groups() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let query = list_query();
    let delete = ServerAction::<GroupDelete>::new();
    let page = Resource::new(
        move || (here.project.get(), query.get(), live.version(Kind::Group)),
        |(project, query, _)| group_list(project, query),
    );
    let columns = vec![
        Column::new("name", t.common.name, move |group: &Group| {
            view! { <a href=paths::group(here.id(), group.id)>{group.name.clone()}</a> }
        })
        .sortable(),
        Column::new("description", t.common.description, |group: &Group| group.description.clone()).wraps(),
        Column::new("domain", t.directory.domain, |group: &Group| group.domain_name.clone()).sortable(),
        Column::new("members", t.directory.members, |group: &Group| group.members.to_string()).number(),
        Column::new("created", t.common.created, |group: &Group| view! { <When at=group.created_at/> }).sortable(),
    ];
    let rows = Rows::new(|group: &Group| group.id.to_string(), |group| group.name.clone())
        .actions(move |group| vec![delete_action(group, delete)]);
    view! {
        <PageHeader title=t.common.groups hint=t.directory.groups_hint>
            <CreateButton/>
        </PageHeader>
        <Outcomes calls=vec![delete.into()]/>
        <Load from=page let:page>
            <List
                label=t.common.groups page query columns=columns.clone() rows=rows.clone() default_sort="name"
                empty=move || view! {
                    <Empty icon=Icon::Group title=t.directory.no_groups hint=t.directory.no_groups_hint><CreateButton/></Empty>
                }
            />
        </Load>
    }
}

#[component]
fn CreateButton() -> impl IntoView {
    let (t, here) = (text(), here());
    move || {
        let disabled_because = here.not_allowed(Action::ManageGroups);
        view! {
            <LinkButton href=paths::group_create(here.id()) variant=Variant::Primary icon=Some(Icon::Add) disabled_because>
                {t.directory.create_group}
            </LinkButton>
        }
    }
}

pub(super) fn delete_action(group: &Group, delete: ServerAction<GroupDelete>) -> RowAction {
    let (t, here) = (text(), here());
    let fields = vec![("project", here.project.get()), ("id", group.id.to_string())];
    let question = Question::new((t.ui.delete_named)(&group.name), t.directory.delete_group_body);
    RowAction::post(t.common.delete, Icon::Delete, delete, fields)
        .confirm(question)
        .disabled_because(here.not_allowed(Action::ManageGroups))
}
