//! All domains.

use super::calls::{DirectoryChangeMany, DomainDelete, DomainEnable, domain_list};
use super::{MANY, badge, many, on_off, states};
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::here;
use crate::ui::{
    Column, Copyable, Empty, Icon, LinkButton, List, Load, Outcomes, PageHeader, Question, RowAction, Rows, Variant,
    list_query, provide_chosen,
};
use api::directory::Domain;
use api::{Action, Kind};
use leptos::prelude::*;

#[component]
pub fn Domains() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let query = list_query();
    let change = ServerAction::<DirectoryChangeMany>::new();
    provide_chosen();
    let (enable, delete) = (ServerAction::<DomainEnable>::new(), ServerAction::<DomainDelete>::new());
    let page = Resource::new(
        move || (here.project.get(), query.get(), live.version(Kind::Domain)),
        |(project, query, _)| domain_list(project, query),
    );
    let columns = vec![
        Column::new("name", t.common.name, move |domain: &Domain| {
            view! { <a href=paths::domain(here.id(), domain.id)>{domain.name.clone()}</a> }
        })
        .sortable(),
        Column::new("description", t.common.description, |domain: &Domain| domain.description.clone()).wraps(),
        Column::new("status", t.common.status, |domain: &Domain| badge(domain.enabled)),
        Column::new("projects", t.common.projects, |domain: &Domain| domain.projects.to_string()).number(),
        Column::new("users", t.common.users, |domain: &Domain| domain.users.to_string()).number(),
        Column::new("groups", t.common.groups, |domain: &Domain| domain.groups.to_string()).number(),
        Column::new("id", t.common.id, |domain: &Domain| view! { <Copyable value=domain.id.to_string()/> }),
    ];
    let rows = Rows::new(|domain: &Domain| domain.id.to_string(), |domain| domain.name.clone())
        .actions(move |domain| domain_actions(domain, enable, delete))
        .chosen_by(MANY);
    view! {
        <PageHeader title=t.common.domains hint=t.directory.domains_hint>
            {move || view! {
                <LinkButton href=paths::domain_create(here.id()) variant=Variant::Primary icon=Some(Icon::Add) disabled_because=here.not_allowed(Action::ManageDomains)>
                    {t.directory.create_domain}
                </LinkButton>
            }}
        </PageHeader>
        <Outcomes calls=vec![enable.into(), delete.into(), change.into()]/>
        <Load from=page let:page>
            <List
                label=t.common.domains page query columns=columns.clone() rows=rows.clone() default_sort="name" statuses=states()
                bar=move || many(Kind::Domain, change, Action::ManageDomains)
                empty=move || view! { <Empty icon=Icon::Domain title=t.directory.no_domains hint=t.directory.domains_hint/> }
            />
        </Load>
    }
}

/// What can be done with a domain.
pub(super) fn domain_actions(
    domain: &Domain,
    enable: ServerAction<DomainEnable>,
    delete: ServerAction<DomainDelete>,
) -> Vec<RowAction> {
    let (t, here) = (text(), here());
    let fields = vec![("project", here.project.get()), ("id", domain.id.to_string())];
    let question = Question::new((t.ui.delete_named)(&domain.name), t.directory.delete_domain_body);
    let enabled = domain.enabled.then(|| t.directory.still_enabled.to_owned());
    let body = t.directory.disable_domain_body;
    vec![
        RowAction::link(t.provider.title, Icon::KeyPair, paths::provider(here.id(), domain.id))
            .disabled_because(here.not_allowed(Action::ManageDomains)),
        on_off(&domain.name, domain.id.to_string(), domain.enabled, enable, body, Action::ManageDomains),
        RowAction::post(t.common.delete, Icon::Delete, delete, fields)
            .confirm(question)
            .disabled_because(here.not_allowed(Action::ManageDomains).or(enabled)),
    ]
}
