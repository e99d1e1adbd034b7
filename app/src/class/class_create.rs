//! A new class: who sits in it, and what every seat has. Its codes are shown once, on the page that the form leads to.

use super::calls::{ClassCreate, class_form};
use super::roster::RosterField;
use super::sheet::SheetView;
use crate::Fail;
use crate::directory::{DomainField, domains, limit_field};
use crate::i18n::text;
use crate::paths;
use crate::project::here;
use crate::ui::{
    Checks, Choice, Crumb, Form, Hidden, Icon, LinkButton, Load, PageHeader, TextField, Variant, answered,
};
use api::Action;
use api::class::{ClassChoices, Sheet};
use leptos::prelude::*;

/// What every project's starter network has.
const CIDR: &str = "10.0.0.0/24";

#[component]
pub fn ClassCreatePage() -> impl IntoView {
    let (t, here) = (text(), here());
    let create = ServerAction::<ClassCreate>::new();
    let made = answered(create);
    let read = Resource::new(
        move || here.project.get(),
        |project| async move { Ok::<_, Fail>((class_form(project.clone()).await?, domains(project).await?)) },
    );
    let way = vec![Crumb::new(t.class.title, paths::classes(here.id()))];
    view! {
        <PageHeader title=t.class.create way/>
        <Load from=read let:read>
            {move || match made.get() {
                Some(sheet) => view! { <Made sheet/> }.into_any(),
                None => {
                    let (offer, domains) = read.get_untracked();
                    view! { <CreateForm create offer domains/> }.into_any()
                }
            }}
        </Load>
    }
}

#[component]
fn Made(sheet: Sheet) -> impl IntoView {
    let (t, here) = (text(), here());
    let (title, page) = ((t.class.made)(&sheet.class_name), paths::class(here.id(), sheet.class));
    view! {
        <SheetView sheet title/>
        <p><LinkButton href=page icon=Some(Icon::Right) variant=Variant::Primary>{t.class.to_class}</LinkButton></p>
    }
}

#[component]
fn CreateForm(create: ServerAction<ClassCreate>, offer: ClassChoices, domains: Vec<(String, String)>) -> impl IntoView {
    let (t, here) = (text(), here());
    let ClassChoices { limits, images, flavors } = offer;
    let images = images.into_iter().map(|(id, name)| Choice::new(id, name)).collect();
    let flavors = flavors.into_iter().map(|(id, name)| Choice::new(id, name)).collect();
    let limits = limits.into_iter().map(|(resource, standard)| limit_field(resource, None, standard, None));
    view! {
        <Form call=create submit=t.class.create cancel=paths::classes(here.id()) disabled_because=here.not_allowed(Action::ManageClasses)>
            <Hidden name="project" value=here.project.get_untracked()/>
            <TextField name="name" label=t.common.name required=true autofocus=true/>
            <TextField name="description" label=t.common.description/>
            <RosterField/>
            <TextField name="teachers" label=t.class.teachers hint=t.class.teachers_hint/>
            <TextField name="expires" label=t.class.expires kind="date" hint=t.class.expires_hint/>
            <h2>{t.class.template}</h2>
            <TextField name="cidr" label=t.class.cidr hint=t.class.cidr_hint value=CIDR mono=true/>
            <Checks name="images" label=t.class.images choices=images values=Vec::new() hint=t.class.images_hint/>
            <Checks name="flavors" label=t.class.flavors choices=flavors values=Vec::new() hint=t.class.flavors_hint/>
            <details class="fold">
                <summary>{t.directory.limits}</summary>
                <p class="field-hint">{t.directory.limits_hint}</p>
                <div class="limits">{limits.collect_view()}</div>
            </details>
            <DomainField domains/>
        </Form>
    }
}
