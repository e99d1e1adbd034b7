//! The images that a project can launch from: its own and the public ones; and the administrator's list of all there are.

use super::calls::{ImageDeleteMany, image_list, image_list_all};
use super::{Verbs, badge};
use crate::Fail;
use crate::i18n::text;
use crate::live::{ReloadWhile, use_live};
use crate::paths;
use crate::project::here;
use crate::ui::{
    Bulk, Bytes, Choices, Column, Empty, Icon, LinkButton, List, Load, Outcomes, PageHeader, Question, Rows, Tag,
    Variant, When, filtered_query, provide_chosen,
};
use api::image::{DiskFormat, Image, ImageStatus, Visibility};
use api::{Kind, ListQuery, Page};
use leptos::prelude::*;

const FILTERS: &[&str] = &["visibility", "format", "protected", "tag", "owner"];

#[component]
pub fn Images() -> impl IntoView {
    view! { <ListPage all=false/> }
}

#[component]
pub fn AllImages() -> impl IntoView {
    view! { <ListPage all=true/> }
}

async fn read(all: bool, project: String, query: ListQuery) -> Result<Page<Image>, Fail> {
    if all { image_list_all(project, query).await } else { image_list(project, query).await }
}

#[component]
fn ListPage(all: bool) -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let query = filtered_query(FILTERS);
    let verbs = Verbs::new();
    let delete_many = ServerAction::<ImageDeleteMany>::new();
    provide_chosen();
    let page = Resource::new(
        move || (here.project.get(), query.get(), live.version(Kind::Image)),
        move |(project, query, _)| read(all, project, query),
    );
    let rows = Rows::new(|image: &Image| image.id.to_string(), |image| image.name.clone())
        .actions(move |image| verbs.of(image))
        .chosen_by("images");
    let statuses = ImageStatus::ALL.map(|status| (status.as_str(), (t.image.status)(status))).to_vec();
    let filters = filters();
    let mut calls = verbs.calls();
    calls.push(delete_many.into());
    let bulk = move || {
        let fields = vec![("project", here.project.get())];
        let question = Question::new(t.image.delete_many_title, t.image.delete_body);
        view! { <Bulk id="images" call=delete_many fields question button=t.image.delete_chosen disabled_because=here.read_only()/> }
    };
    let title = if all { t.image.all_images } else { t.common.images };
    view! {
        <PageHeader title hint=if all { t.image.all_images_hint } else { t.image.images_hint }>
            {(!all).then(|| view! {
                <LinkButton href=paths::images_shared(here.id())>{t.image.shared_images}</LinkButton>
                <CreateButton variant=Variant::Primary/>
            })}
        </PageHeader>
        <Outcomes calls/>
        <Load from=page let:page>
            <ReloadWhile moving=Signal::derive(move || page.with(|page| page.items.iter().any(|it| it.status.is_moving())))/>
            <List
                label=title page query columns=columns(all) rows=rows.clone() default_sort="name" statuses=statuses.clone()
                filters=filters.clone() bar=bulk
                empty=|| view! {
                    <Empty icon=Icon::Image title=text().image.no_images hint=text().image.no_images_hint>
                        <CreateButton variant=Variant::Secondary/>
                    </Empty>
                }
            />
        </Load>
    }
}

fn columns(all: bool) -> Vec<Column<Image>> {
    let (t, here) = (text(), here());
    let owner = Column::new("owner", t.common.owner, |image: &Image| image.owner_name.clone());
    vec![
        Column::new("name", t.common.name, move |image: &Image| {
            let refused = image.refused.clone().map(|why| view! { <p class="cell-note">{why}</p> });
            let protected = image.protected.then(|| view! { <Tag label=text().image.protected/> });
            let snapshot = image.properties.get("image_type").is_some_and(|kind| kind == "snapshot");
            let snapshot = snapshot.then(|| view! { <Tag label=text().image.snapshot/> });
            let tags = image.tags.iter().map(|tag| view! { <Tag label=tag.clone()/> }).collect_view();
            view! { <a href=paths::image(here.id(), image.id)>{image.name.clone()}</a>{snapshot}{protected}{tags}{refused} }
        })
        .sortable(),
        Column::new("visibility", t.image.visibility, |image: &Image| (text().image.visibilities)(image.visibility)),
        Column::new("format", t.image.format, |image: &Image| image.format.map(|format| format.as_str())),
        Column::new("size", t.common.size, |image: &Image| image.size.map(|bytes| view! { <Bytes bytes/> }))
            .sortable()
            .number(),
        if all { owner.sortable() } else { owner },
        Column::new("status", t.common.status, |image: &Image| badge(image.status)).sortable(),
        Column::new("created", t.common.created, |image: &Image| view! { <When at=image.created_at/> }).sortable(),
    ]
}

fn filters() -> Vec<Choices> {
    let t = text();
    let visibilities = Visibility::ALL.map(|it| (it.as_str(), (t.image.visibilities)(it))).to_vec();
    let formats = DiskFormat::ALL.map(|it| (it.as_str(), it.as_str())).to_vec();
    vec![
        Choices::new("visibility", t.image.visibility, visibilities),
        Choices::new("format", t.image.format, formats),
        Choices::new("protected", t.image.protected, vec![("true", t.common.yes), ("false", t.common.no)]),
    ]
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
