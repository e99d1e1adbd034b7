//! A project: what it is, and who is in it.

use super::assignment_list::AssignmentsHere;
use super::calls::{ProjectEnable, project_show};
use super::project_delete::Holdings;
use super::project_list::{project_actions, project_badge};
use crate::audit::AuditsAbout;
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::{here, parameter};
use crate::quota::ProjectQuota;
use crate::ui::{
    Copyable, Crumb, Fact, Facts, Load, Outcomes, PageHeader, RowActions, Section, Tab, Tabs, Tag, When, current_tab,
    switch,
};
use api::Kind;
use api::directory::ProjectDetail;
use leptos::prelude::*;

#[component]
pub fn ProjectPage() -> impl IntoView {
    let (t, here, live, id) = (text(), here(), use_live(), parameter("id"));
    let enable = ServerAction::<ProjectEnable>::new();
    let detail = Resource::new(
        move || (here.project.get(), id.get(), live.version(Kind::Project)),
        |(project, id, _)| project_show(project, id),
    );
    let current = current_tab(&["overview", "members", "quotas", "actions"]);
    view! {
        <Load from=detail let:detail>
            {
                let name = Memo::new(move |_| detail.with(|detail| detail.project.name.clone()));
                let way = vec![Crumb::new(t.common.projects, paths::projects(here.id()))];
                let tabs = vec![
                    Tab::new("overview", t.common.overview),
                    Tab::new("members", t.directory.members),
                    Tab::new("quotas", t.common.quotas),
                    Tab::new("actions", t.compute.action_log),
                ];
                view! {
                    <PageHeader title=name way badges=move || move || detail.with(|detail| project_badge(&detail.project))>
                        <RowActions id="project" name actions=Signal::derive(move || detail.with(|detail| project_actions(&detail.project, enable))) buttons=2/>
                    </PageHeader>
                    <Outcomes calls=vec![enable.into()]/>
                    <Tabs label=t.directory.project tabs current/>
                    {switch(move || match current.get() {
                        "members" => view! { <AssignmentsHere of="project" id=id.get()/> }.into_any(),
                        "quotas" => view! { <ProjectQuota id=id.get()/> }.into_any(),
                        "actions" => view! { <AuditsAbout of="project" id=id.get()/> }.into_any(),
                        _ => view! { {move || facts(detail.get())} }.into_any(),
                    })}
                }
            }
        </Load>
    }
}

fn facts(detail: ProjectDetail) -> impl IntoView {
    let (t, here) = (text(), here());
    let ProjectDetail { project, parent, children, holdings } = detail;
    let link =
        move |(id, name): (api::ProjectId, String)| view! { <a href=paths::project(here.id(), id)>{name}</a>" " };
    view! {
        <Section title=t.compute.facts>
            <Facts>
                <Fact name=t.common.description>{project.description}</Fact>
                <Fact name=t.common.id><Copyable value=project.id.to_string()/></Fact>
                <Fact name=t.directory.domain>
                    <a href=paths::domain(here.id(), project.domain)>{project.domain_name}</a>
                </Fact>
                {(!project.tags.is_empty()).then(|| view! {
                    <Fact name=t.directory.tags>{project.tags.into_iter().map(|label| view! { <Tag label/>" " }).collect_view()}</Fact>
                })}
                {parent.map(|parent| view! { <Fact name=t.directory.parent>{link(parent)}</Fact> })}
                {(!children.is_empty()).then(|| view! {
                    <Fact name=t.directory.children>{children.into_iter().map(link).collect_view()}</Fact>
                })}
                <Fact name=t.common.created><When at=project.created_at/></Fact>
            </Facts>
        </Section>
        <Section title=t.directory.holdings><Holdings holdings/></Section>
    }
}
