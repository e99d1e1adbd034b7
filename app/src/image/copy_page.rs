//! A new image with the data of another.

use super::calls::{ImageCopy, image_show};
use crate::i18n::text;
use crate::paths;
use crate::project::{here, parameter};
use crate::ui::{Crumb, Form, Hidden, Load, PageHeader, TextField};
use api::image::ImageVerb;
use leptos::prelude::*;

#[component]
pub fn ImageCopyPage() -> impl IntoView {
    let (t, here, id) = (text(), here(), parameter("id"));
    let copy = ServerAction::<ImageCopy>::new();
    let image = Resource::new(move || (here.project.get(), id.get()), |(project, id)| image_show(project, id));
    view! {
        <Load from=image let:image>
            {
                let image = image.get_untracked();
                let why = here.read_only().or_else(|| image.can(ImageVerb::Copy).err().map(t.image.refusal));
                let page = paths::image(here.id(), image.id);
                let way = vec![Crumb::new(t.common.images, paths::images(here.id())), Crumb::new(image.name.clone(), page.clone())];
                view! {
                    <PageHeader title=t.image.copy_image hint=t.image.copy_hint way/>
                    <Form call=copy submit=t.image.copy cancel=page disabled_because=why>
                        <Hidden name="project" value=here.project.get_untracked()/>
                        <Hidden name="id" value=image.id.to_string()/>
                        <TextField name="name" label=t.common.name value=(t.image.copy_of)(&image.name) required=true autofocus=true/>
                    </Form>
                }
            }
        </Load>
    }
}
