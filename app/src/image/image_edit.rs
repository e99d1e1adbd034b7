//! What may change of an image: everything but its data.

use super::calls::{ImageEdit, image_form};
use crate::i18n::text;
use crate::metadef::PropertyFields;
use crate::paths;
use crate::project::{here, parameter};
use crate::ui::{CheckboxField, Choice, Crumb, Form, Hidden, Load, NumberField, PageHeader, RadioCards, TextField};
use api::Action;
use api::image::{Image, ImageVerb, Visibility};
use api::metadef::Namespace;
use leptos::prelude::*;

#[component]
pub fn ImageEditPage() -> impl IntoView {
    let (here, id) = (here(), parameter("id"));
    let edit = ServerAction::<ImageEdit>::new();
    // Not read again while somebody types: what has changed meanwhile is told when the form is sent.
    let form = Resource::new(move || (here.project.get(), id.get()), |(project, id)| image_form(project, id));
    view! {
        <Load from=form let:form>
            {
                let (image, namespaces) = form.get_untracked();
                view! { <EditForm image namespaces edit/> }
            }
        </Load>
    }
}

#[component]
fn EditForm(image: Image, namespaces: Vec<Namespace>, edit: ServerAction<ImageEdit>) -> impl IntoView {
    let (t, here) = (text(), here());
    let why = here.read_only().or_else(|| image.can(ImageVerb::Edit).err().map(t.image.refusal));
    let page = paths::image(here.id(), image.id);
    let way = vec![Crumb::new(t.common.images, paths::images(here.id())), Crumb::new(image.name.clone(), page.clone())];
    let number = |value: u64| if value == 0 { String::new() } else { value.to_string() };
    let now = image.visibility;
    let choices = Visibility::ALL.map(move |it| {
        let not_admin =
            if it == Visibility::Public && now != it { here.not_allowed(Action::PublishImage) } else { None };
        Choice::new(it.as_str(), (t.image.visibilities)(it))
            .detail((t.image.visibility_hints)(it))
            .disabled_because(not_admin)
    });
    view! {
        <PageHeader title=t.image.edit_image way/>
        <Form call=edit submit=t.common.save cancel=page disabled_because=why>
            <Hidden name="project" value=here.project.get_untracked()/>
            <Hidden name="id" value=image.id.to_string()/>
            <Hidden name="seen" value=image.updated_at.to_string()/>
            <TextField name="name" label=t.common.name value=image.name required=true/>
            <TextField name="description" label=t.common.description value=image.description/>
            <RadioCards name="visibility" label=t.image.visibility choices=choices.to_vec() value=now.as_str() required=true/>
            <CheckboxField name="protected" label=t.image.protect hint=t.image.protect_hint checked=image.protected/>
            <TextField name="tags" label=t.image.tags hint=t.image.tags_hint value=image.tags.join(", ")/>
            <NumberField name="min_disk_gb" label=t.image.min_disk unit="GiB" min=0 value=number(image.min_disk_gb)/>
            <NumberField name="min_ram_mb" label=t.image.min_ram unit="MiB" min=0 value=number(image.min_ram_mb)/>
            <h2>{t.image.properties}</h2>
            <PropertyFields namespaces values=image.properties/>
        </Form>
    }
}
