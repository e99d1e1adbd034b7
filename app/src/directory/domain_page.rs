//! A domain: what is in it, who has a role on it, and its form.

use super::assignment_list::AssignmentsHere;
use super::badge;
use super::calls::{DomainDelete, DomainEnable, DomainUpdate, domain_show};
use super::domain_list::domain_actions;
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::{here, parameter};
use crate::ui::{
    Copyable, Crumb, Fact, Facts, Form, Hidden, Load, Outcomes, PageHeader, RowActions, Section, Tab, Tabs, TextField,
    When, current_tab, switch,
};
use api::directory::Domain;
use api::{Action, Kind};
use leptos::prelude::*;

#[component]
pub fn DomainPage() -> impl IntoView {
    let (t, here, live, id) = (text(), here(), use_live(), parameter("id"));
    let (enable, delete) = (ServerAction::<DomainEnable>::new(), ServerAction::<DomainDelete>::new());
    let domain = Resource::new(
        move || (here.project.get(), id.get(), live.version(Kind::Domain)),
        |(project, id, _)| domain_show(project, id),
    );
    let current = current_tab(&["overview", "roles", "edit"]);
    view! {
        <Load from=domain let:domain>
            {
                let name = Memo::new(move |_| domain.with(|domain| domain.name.clone()));
                let way = vec![Crumb::new(t.common.domains, paths::domains(here.id()))];
                let tabs = vec![
                    Tab::new("overview", t.common.overview),
                    Tab::new("roles", t.common.roles),
                    Tab::new("edit", t.common.edit),
                ];
                view! {
                    <PageHeader title=name way badges=move || move || badge(domain.with(|domain| domain.enabled))>
                        <RowActions id="domain" name actions=Signal::derive(move || domain.with(|domain| domain_actions(domain, enable, delete)))/>
                    </PageHeader>
                    <Outcomes calls=vec![enable.into(), delete.into()]/>
                    <Tabs label=t.directory.domain tabs current/>
                    {switch(move || match current.get() {
                        "roles" => view! { <AssignmentsHere of="domain" id=id.get()/> }.into_any(),
                        "edit" => view! { <EditForm domain=domain.get_untracked()/> }.into_any(),
                        _ => view! { {move || facts(domain.get())} }.into_any(),
                    })}
                }
            }
        </Load>
    }
}

fn facts(domain: Domain) -> impl IntoView {
    let t = text();
    view! {
        <Section title=t.compute.facts>
            <Facts>
                <Fact name=t.common.description>{domain.description}</Fact>
                <Fact name=t.common.id><Copyable value=domain.id.to_string()/></Fact>
                <Fact name=t.common.projects>{domain.projects}</Fact>
                <Fact name=t.common.users>{domain.users}</Fact>
                <Fact name=t.common.groups>{domain.groups}</Fact>
                <Fact name=t.common.created><When at=domain.created_at/></Fact>
            </Facts>
        </Section>
    }
}

#[component]
fn EditForm(domain: Domain) -> impl IntoView {
    let (t, here) = (text(), here());
    let update = ServerAction::<DomainUpdate>::new();
    view! {
        <Form call=update submit=t.common.save disabled_because=here.not_allowed(Action::ManageDomains)>
            <Hidden name="project" value=here.project.get_untracked()/>
            <Hidden name="id" value=domain.id.to_string()/>
            <TextField name="name" label=t.common.name value=domain.name required=true/>
            <TextField name="description" label=t.common.description value=domain.description/>
        </Form>
    }
}
