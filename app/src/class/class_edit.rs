//! Changing who teaches a class and what its seats may use.

use super::calls::{ClassUpdate, class_form, class_show};
use crate::Fail;
use crate::directory::limit_field;
use crate::i18n::text;
use crate::paths;
use crate::project::{here, parameter};
use crate::ui::{Checks, Choice, Crumb, Form, Hidden, Load, PageHeader, TextField};
use api::Action;
use api::class::{ClassChoices, ClassDetail};
use leptos::prelude::*;

#[component]
pub fn ClassEditPage() -> impl IntoView {
    let (t, here, id) = (text(), here(), parameter("id"));
    let update = ServerAction::<ClassUpdate>::new();
    let read = Resource::new(
        move || (here.project.get(), id.get()),
        |(project, id)| async move {
            // First what may be chosen: it is refused to those who may not change anything here.
            let offer = class_form(project.clone()).await?;
            Ok::<_, Fail>((offer, class_show(project, id).await?))
        },
    );
    view! {
        <Load from=read let:read>
            {
                let (ClassChoices { limits, images, flavors }, detail) = read.get_untracked();
                let ClassDetail { class, teachers, limits: own, images: only_images, flavors: only_flavors, .. } = detail;
                let page = paths::class(here.id(), class.id);
                let way = vec![
                    Crumb::new(t.class.title, paths::classes(here.id())),
                    Crumb::new(class.name.clone(), page.clone()),
                ];
                let teachers = teachers.into_iter().map(|(_, name)| name).collect::<Vec<_>>().join(", ");
                let limits = limits.into_iter().map(move |(resource, standard)| {
                    let own = own.iter().find(|(of, _)| *of == resource).map(|(_, max)| *max);
                    limit_field(resource, own, standard, None)
                });
                let images = Allowed::new(images, only_images, t.class.images_hint);
                let flavors = Allowed::new(flavors, only_flavors, t.class.flavors_hint);
                view! {
                    <PageHeader title=t.class.edit hint=t.class.edit_hint way/>
                    <Form call=update submit=t.common.save cancel=page disabled_because=here.not_allowed(Action::ManageClasses)>
                        <Hidden name="project" value=here.project.get_untracked()/>
                        <Hidden name="id" value=class.id.to_string()/>
                        <TextField name="description" label=t.common.description value=class.description/>
                        <TextField name="teachers" label=t.class.teachers hint=t.class.teachers_hint value=teachers/>
                        <Checks name="images" label=t.class.images choices=images.choices values=images.values hint=images.hint/>
                        <Checks name="flavors" label=t.class.flavors choices=flavors.choices values=flavors.values hint=flavors.hint/>
                        <details class="fold">
                            <summary>{t.directory.limits}</summary>
                            <p class="field-hint">{t.directory.limits_hint}</p>
                            <div class="limits">{limits.collect_view()}</div>
                        </details>
                    </Form>
                }
            }
        </Load>
    }
}

/// A list of what may be used, as the form shows it.
struct Allowed {
    choices: Vec<Choice>,
    values: Vec<String>,
    hint: &'static str,
}

impl Allowed {
    /// What stands in the list is there to be unchecked, whether or not everybody may still use it.
    fn new<Id: ToString + PartialEq>(
        offered: Vec<(Id, String)>,
        only: Option<Vec<(Id, String)>>,
        hint: &'static str,
    ) -> Self {
        // A list whose last one has been deleted allows nothing, although nothing is checked.
        let hint = if only.as_ref().is_some_and(Vec::is_empty) { text().class.none_left } else { hint };
        let only = only.unwrap_or_default();
        let values = only.iter().map(|(id, _)| id.to_string()).collect();
        let others: Vec<_> = only.into_iter().filter(|(id, _)| !offered.iter().any(|(is, _)| is == id)).collect();
        let choices = offered.into_iter().chain(others).map(|(id, name)| Choice::new(id, name)).collect();
        Self { choices, values, hint }
    }
}
