//! Deleting a project: all that goes with it, and a name to type.

use super::calls::{ProjectDelete, project_show};
use crate::i18n::text;
use crate::paths;
use crate::project::{here, parameter};
use crate::ui::{Crumb, Form, Hidden, Load, Notice, PageHeader, Section, TextField, Tone};
use api::Action;
use api::directory::Holding;
use leptos::prelude::*;

#[component]
pub fn ProjectDeletePage() -> impl IntoView {
    let (t, here, id) = (text(), here(), parameter("id"));
    let delete = ServerAction::<ProjectDelete>::new();
    let detail = Resource::new(move || (here.project.get(), id.get()), |(project, id)| project_show(project, id));
    view! {
        <Load from=detail let:detail>
            {
                let detail = detail.get_untracked();
                let project = detail.project;
                let page = paths::project(here.id(), project.id);
                let way = vec![
                    Crumb::new(t.common.projects, paths::projects(here.id())),
                    Crumb::new(project.name.clone(), page.clone()),
                ];
                view! {
                    <PageHeader title=t.directory.delete_project way/>
                    <Notice tone=Tone::Attention title=(t.ui.delete_named)(&project.name)>
                        {t.directory.delete_project_body}" "{t.ui.no_undo}
                    </Notice>
                    <Section title=t.directory.holdings><Holdings holdings=detail.holdings/></Section>
                    <Form call=delete submit=t.directory.delete_project cancel=page danger=true disabled_because=here.not_allowed(Action::ManageProjects)>
                        <Hidden name="project" value=here.project.get_untracked()/>
                        <Hidden name="id" value=project.id.to_string()/>
                        <TextField name="confirm" label=(t.ui.type_to_confirm)(&project.name) required=true/>
                    </Form>
                }
            }
        </Load>
    }
}

/// What a project holds, by kind.
#[component]
pub fn Holdings(holdings: Vec<Holding>) -> impl IntoView {
    let t = text();
    let item = |holding: Holding| {
        let more = holding.count.saturating_sub(holding.names.len() as u64);
        let names = match holding.names.join(", ") {
            names if more > 0 && !names.is_empty() => format!("{names}, +{more}"),
            names => names,
        };
        view! { <li><strong>{format!("{} × {}", holding.count, (t.error.kind)(holding.kind))}</strong>" "<span class="faint">{names}</span></li> }
    };
    match holdings.is_empty() {
        true => view! { <p>{t.directory.holds_nothing}</p> }.into_any(),
        false => view! { <ul class="holdings">{holdings.into_iter().map(item).collect_view()}</ul> }.into_any(),
    }
}
