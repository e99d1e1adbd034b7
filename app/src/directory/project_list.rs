//! All projects.

use super::calls::{DirectoryChangeMany, ProjectEnable, project_list};
use super::{MANY, badge, by_domain, domains, many, on_off, states};
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::here;
use crate::ui::{
    Column, Copyable, Empty, Icon, LinkButton, List, Load, Outcomes, PageHeader, RowAction, Rows, StateBadge, Tag,
    Tone, Variant, When, filtered_query, provide_chosen,
};
use api::directory::Project;
use api::{Action, Kind};
use leptos::prelude::*;

#[component]
pub fn Projects() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let query = filtered_query(&["domain"]);
    let change = ServerAction::<DirectoryChangeMany>::new();
    provide_chosen();
    let enable = ServerAction::<ProjectEnable>::new();
    let read = Resource::new(
        move || (here.project.get(), query.get(), live.version(Kind::Project)),
        |(project, query, _)| async move { futures::try_join!(project_list(project.clone(), query), domains(project)) },
    );
    let columns = vec![
        Column::new("name", t.common.name, move |project: &Project| {
            let tags = project.tags.iter().map(|tag| view! { " "<Tag label=tag.clone()/> }).collect_view();
            view! { <a href=paths::project(here.id(), project.id)>{project.name.clone()}</a>{tags} }
        })
        .sortable(),
        Column::new("description", t.common.description, |project: &Project| project.description.clone()).wraps(),
        Column::new("domain", t.directory.domain, |project: &Project| project.domain_name.clone()).sortable(),
        Column::new("status", t.common.status, |project: &Project| project_badge(project)),
        Column::new("id", t.common.id, |project: &Project| view! { <Copyable value=project.id.to_string()/> }),
        Column::new("created", t.common.created, |project: &Project| view! { <When at=project.created_at/> })
            .sortable(),
    ];
    let rows = Rows::new(|project: &Project| project.id.to_string(), |project| project.name.clone())
        .actions(move |project| project_actions(project, enable))
        .chosen_by(MANY);
    view! {
        <PageHeader title=t.common.projects hint=t.directory.projects_hint>
            <CreateButton/>
        </PageHeader>
        <Outcomes calls=vec![enable.into(), change.into()]/>
        <Load from=read let:read>
            {
            let page = Signal::derive(move || read.with(|(page, _)| page.clone()));
            let filters = by_domain(read.with_untracked(|(_, domains)| domains.clone()));
            view! {
            <List
                label=t.common.projects page query columns=columns.clone() rows=rows.clone() default_sort="name" statuses=states()
                filters bar=move || many(Kind::Project, change, Action::ManageProjects)
                empty=move || view! {
                    <Empty icon=Icon::Project title=t.directory.no_projects hint=t.directory.no_projects_hint><CreateButton/></Empty>
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
        let disabled_because = here.not_allowed(Action::ManageProjects);
        view! {
            <LinkButton href=paths::project_create(here.id()) variant=Variant::Primary icon=Some(Icon::Add) disabled_because>
                {t.directory.create_project}
            </LinkButton>
        }
    }
}

/// Whether it can be entered.
pub(super) fn project_badge(project: &Project) -> AnyView {
    if project.deleting {
        return view! { <StateBadge state="deleting" tone=Tone::Moving label=text().directory.deleting/> }.into_any();
    }
    badge(project.enabled)
}

/// What can be done with a project.
pub(super) fn project_actions(project: &Project, enable: ServerAction<ProjectEnable>) -> Vec<RowAction> {
    let (t, here) = (text(), here());
    if project.deleting {
        return Vec::new();
    }
    let body = t.directory.disable_project_body;
    vec![
        RowAction::link(t.common.edit, Icon::Edit, paths::project_edit(here.id(), project.id))
            .disabled_because(here.not_allowed(Action::ManageProjects)),
        RowAction::link(t.directory.enter_project, Icon::Right, paths::overview(project.id)),
        on_off(&project.name, project.id.to_string(), project.enabled, enable, body, Action::ManageProjects),
        RowAction::link(t.common.delete, Icon::Delete, paths::project_delete(here.id(), project.id))
            .disabled_because(here.not_allowed(Action::ManageProjects)),
    ]
}
