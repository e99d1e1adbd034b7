//! Changing a project's name, description and tags.

use super::calls::{ProjectUpdate, project_show};
use crate::i18n::text;
use crate::paths;
use crate::project::{here, parameter};
use crate::ui::{Crumb, Form, Hidden, Load, PageHeader, TextField};
use api::Action;
use leptos::prelude::*;

#[component]
pub fn ProjectEditPage() -> impl IntoView {
    let (t, here, id) = (text(), here(), parameter("id"));
    let update = ServerAction::<ProjectUpdate>::new();
    let detail = Resource::new(move || (here.project.get(), id.get()), |(project, id)| project_show(project, id));
    view! {
        <Load from=detail let:detail>
            {
                let project = detail.get_untracked().project;
                let page = paths::project(here.id(), project.id);
                let way = vec![
                    Crumb::new(t.common.projects, paths::projects(here.id())),
                    Crumb::new(project.name.clone(), page.clone()),
                ];
                view! {
                    <PageHeader title=t.directory.edit_project way/>
                    <Form call=update submit=t.common.save cancel=page disabled_because=here.not_allowed(Action::ManageProjects)>
                        <Hidden name="project" value=here.project.get_untracked()/>
                        <Hidden name="id" value=project.id.to_string()/>
                        <TextField name="name" label=t.common.name value=project.name required=true/>
                        <TextField name="description" label=t.common.description value=project.description/>
                        <TextField name="tags" label=t.directory.tags hint=t.directory.tags_hint value=project.tags.join(", ")/>
                    </Form>
                }
            }
        </Load>
    }
}
