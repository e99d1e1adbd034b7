//! All groups.

use super::calls::{DirectoryChangeMany, GroupDelete, group_list};
use super::{MANY, by_domain, domains, many};
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::here;
use crate::ui::{
    Column, Copyable, Empty, Icon, LinkButton, List, Load, Outcomes, PageHeader, Question, RowAction, Rows, Variant,
    When, filtered_query, provide_chosen,
};
use api::directory::Group;
use api::{Action, Kind};
use leptos::prelude::*;

#[component]
pub fn Groups() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let query = filtered_query(&["domain"]);
    let change = ServerAction::<DirectoryChangeMany>::new();
    provide_chosen();
    let delete = ServerAction::<GroupDelete>::new();
    let read = Resource::new(
        move || (here.project.get(), query.get(), live.version(Kind::Group)),
        |(project, query, _)| async move { futures::try_join!(group_list(project.clone(), query), domains(project)) },
    );
    let columns = vec![
        Column::new("name", t.common.name, move |group: &Group| {
            view! { <a href=paths::group(here.id(), group.id)>{group.name.clone()}</a> }
        })
        .sortable(),
        Column::new("description", t.common.description, |group: &Group| group.description.clone()).wraps(),
        Column::new("domain", t.directory.domain, |group: &Group| group.domain_name.clone()).sortable(),
        Column::new("members", t.directory.members, |group: &Group| group.members.to_string()).number(),
        Column::new("id", t.common.id, |group: &Group| view! { <Copyable value=group.id.to_string()/> }),
        Column::new("created", t.common.created, |group: &Group| view! { <When at=group.created_at/> }).sortable(),
    ];
    let rows = Rows::new(|group: &Group| group.id.to_string(), |group| group.name.clone())
        .actions(move |group| vec![delete_action(group, delete)])
        .chosen_by(MANY);
    view! {
        <PageHeader title=t.common.groups hint=t.directory.groups_hint>
            <CreateButton/>
        </PageHeader>
        <Outcomes calls=vec![delete.into(), change.into()]/>
        <Load from=read let:read>
            {
            let page = Signal::derive(move || read.with(|(page, _)| page.clone()));
            let filters = by_domain(read.with_untracked(|(_, domains)| domains.clone()));
            view! {
            <List
                label=t.common.groups page query columns=columns.clone() rows=rows.clone() default_sort="name"
                filters bar=move || many(Kind::Group, change, Action::ManageGroups)
                empty=move || view! {
                    <Empty icon=Icon::Group title=t.directory.no_groups hint=t.directory.no_groups_hint><CreateButton/></Empty>
                }
            />
            }
            }
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
