//! The policy: the table, and what it means for one user in one project.

use super::calls::{policy_list, policy_simulate};
use super::picker;
use crate::Fail;
use crate::i18n::text;
use crate::project::here;
use crate::ui::{
    Button, Column, Load, Notice, PageHeader, Rows, SearchField, Section, StateBadge, Table, Tone, Variant,
};
use api::policy::{Rule, Simulation, Verdict};
use api::{Error, Field, Role};
use leptos::prelude::*;
use leptos_router::components::Form;
use leptos_router::hooks::{use_location, use_query_map};

#[component]
pub fn PolicyPage() -> impl IntoView {
    let (t, here) = (text(), here());
    let rules = Resource::new(move || here.project.get(), policy_list);
    let columns = vec![
        Column::new("action", t.directory.action, |rule: &Rule| (text().directory.actions)(rule.action)),
        Column::new("project", t.directory.in_project, |rule: &Rule| role(Some(rule.project))),
        Column::new("domain", t.directory.on_domain, |rule: &Rule| role(rule.domain)),
        Column::new("system", t.directory.on_system, |rule: &Rule| role(Some(rule.system))),
    ];
    let rows = Rows::new(|rule: &Rule| rule.action.as_str().to_owned(), |rule| rule.action.as_str().to_owned());
    view! {
        <PageHeader title=t.common.policy hint=t.directory.policy_hint/>
        <Section title=t.directory.simulator><Simulator/></Section>
        <Section title=t.directory.table>
            <Load from=rules let:rules>
                <Table label=t.directory.table columns=columns.clone() rows=rows.clone() items=rules/>
            </Load>
        </Section>
    }
}

fn role(role: Option<Role>) -> AnyView {
    match role {
        Some(role) => view! { <code>{role.as_str()}</code> }.into_any(),
        None => view! { <span class="faint">"—"</span> }.into_any(),
    }
}

/// A GET form, so that an answer has an address.
#[component]
fn Simulator() -> impl IntoView {
    let (t, here, query) = (text(), here(), use_query_map());
    let path = use_location().pathname;
    let asked = Memo::new(move |_| {
        query.with(|query| {
            let get = |name| query.get(name).filter(|text| !text.trim().is_empty());
            get("user").zip(get("target"))
        })
    });
    let simulation = Resource::new(
        move || (here.project.get(), asked.get()),
        |(project, asked)| async move {
            match asked {
                Some((user, target)) => match policy_simulate(project, user, target).await {
                    Ok(found) => Ok(Some(Ok(found))),
                    // Nobody of that name: that is an answer too.
                    Err(Fail(Error::Invalid(faults))) => Ok(Some(Err(faults))),
                    Err(fail) => Err(fail),
                },
                None => Ok(None),
            }
        },
    );
    view! {
        <p class="page-hint">{t.directory.simulator_hint}</p>
        <Form method="get" action=move || path.get() noscroll=true attr:class="form">
            <SearchField name="user" label=t.directory.user search=picker::users() required=true/>
            <SearchField name="target" label=t.directory.project search=picker::projects() required=true/>
            <div class="form-buttons"><Button variant=Variant::Primary>{t.directory.simulate}</Button></div>
        </Form>
        <Load from=simulation let:found>
            {move || found.get().map(|found| match found {
                Ok(simulation) => view! { <Answer simulation/> }.into_any(),
                Err(faults) => view! { <Faults faults/> }.into_any(),
            })}
        </Load>
    }
}

#[component]
fn Faults(faults: Vec<Field>) -> impl IntoView {
    let t = text();
    let fault = |fault: Field| {
        let label = if fault.name == "user" { t.directory.user } else { t.directory.project };
        view! { <li>{format!("{label}: {}", (t.error.why)(&fault.why))}</li> }
    };
    let title = (t.ui.faults)(faults.len());
    view! { <Notice tone=Tone::Bad title><ul>{faults.into_iter().map(fault).collect_view()}</ul></Notice> }
}

#[component]
fn Answer(simulation: Simulation) -> impl IntoView {
    let t = text();
    let Simulation { user_name, project_name, role, disabled, verdicts } = simulation;
    let columns = vec![
        Column::new("action", t.directory.action, |it: &Verdict| (text().directory.actions)(it.rule.action)),
        Column::new("status", t.common.status, |it: &Verdict| {
            let t = text();
            match it.allowed {
                true => view! { <StateBadge state="allowed" tone=Tone::Good label=t.directory.allowed/> },
                false => view! { <StateBadge state="refused" tone=Tone::Neutral label=t.directory.refused/> },
            }
        }),
        Column::new("because", t.directory.because, |it: &Verdict| {
            let one = |by: &api::directory::Assignment| {
                let place = (text().directory.place_of)(by);
                view! { <p class="cell-note">{format!("{} · {} · {place}", by.actor_name, by.role_name)}</p> }
            };
            it.because.iter().map(one).collect_view()
        }),
    ];
    let rows =
        Rows::new(|it: &Verdict| format!("may-{}", it.rule.action.as_str()), |it| it.rule.action.as_str().to_owned());
    let title = (t.directory.simulated)(&user_name, &project_name, role.map(Role::as_str));
    view! {
        <Notice tone=Tone::Neutral title/>
        {disabled.then(|| view! { <Notice tone=Tone::Attention title=t.directory.simulated_disabled/> })}
        <Table label=t.directory.simulator columns rows items=Signal::stored(verdicts)/>
    }
}
