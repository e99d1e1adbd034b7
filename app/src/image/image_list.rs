//! The images that a project can launch from: its own and the public ones.

use super::calls::{ImageDelete, image_list};
use super::{actions, badge};
use crate::i18n::text;
use crate::live::{ReloadWhile, use_live};
use crate::paths;
use crate::project::here;
use crate::ui::{
    Bytes, Column, Empty, Icon, LinkButton, List, Load, Outcomes, PageHeader, Rows, Variant, When, list_query,
};
use api::Kind;
use api::image::{Image, ImageStatus};
use leptos::prelude::*;

#[component]
pub fn Images() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let query = list_query();
    let delete = ServerAction::<ImageDelete>::new();
    let page = Resource::new(
        move || (here.project.get(), query.get(), live.version(Kind::Image)),
        |(project, query, _)| image_list(project, query),
    );
    let columns = vec![
        Column::new("name", t.common.name, move |image: &Image| {
            let refused = image.refused.clone().map(|why| view! { <p class="cell-note">{why}</p> });
            view! { <a href=paths::image(here.id(), image.id)>{image.name.clone()}</a>{refused} }
        })
        .sortable(),
        Column::new("visibility", t.image.visibility, |image: &Image| (text().image.visibilities)(image.visibility)),
        Column::new("format", t.image.format, |image: &Image| image.format.map(|format| format.as_str())),
        Column::new("size", t.common.size, |image: &Image| image.size.map(|bytes| view! { <Bytes bytes/> }))
            .sortable()
            .number(),
        Column::new("owner", t.common.owner, |image: &Image| image.owner_name.clone()),
        Column::new("status", t.common.status, |image: &Image| badge(image.status)).sortable(),
        Column::new("created", t.common.created, |image: &Image| view! { <When at=image.created_at/> }).sortable(),
    ];
    let rows = Rows::new(|image: &Image| image.id.to_string(), |image| image.name.clone())
        .actions(move |image| actions(image, delete));
    let statuses = ImageStatus::ALL.map(|status| (status.as_str(), (t.image.status)(status))).to_vec();
    view! {
        <PageHeader title=t.common.images><CreateButton variant=Variant::Primary/></PageHeader>
        <Outcomes calls=vec![delete.into()]/>
        <Load from=page let:page>
            <ReloadWhile moving=Signal::derive(move || page.with(|page| page.items.iter().any(|it| it.status == ImageStatus::Saving)))/>
            <List
                label=t.common.images page query columns=columns.clone() rows=rows.clone() default_sort="name" statuses=statuses.clone()
                empty=|| view! {
                    <Empty icon=Icon::Image title=text().image.no_images hint=text().image.no_images_hint>
                        <CreateButton variant=Variant::Secondary/>
                    </Empty>
                }
            />
        </Load>
    }
}

#[component]
fn CreateButton(variant: Variant) -> impl IntoView {
    let here = here();
    move || {
        view! {
            <LinkButton href=paths::image_create(here.id()) variant icon=Some(Icon::Upload) disabled_because=here.read_only()>
                {text().image.create_image}
            </LinkButton>
        }
    }
}
