//! The images that a project can launch from: its own and the public ones; and the administrator's list of all there are.

use super::calls::{ImageDeleteMany, image_list, image_list_all, image_store_show};
use super::{Verbs, badge, tag_links};
use crate::Fail;
use crate::i18n::{format, text};
use crate::live::{ReloadWhile, use_live};
use crate::paths;
use crate::project::here;
use crate::ui::{
    Bulk, Bytes, Choices, Column, Empty, Fact, Facts, Icon, LinkButton, List, Load, Outcomes, PageHeader, Question,
    Rows, Section, Tag, Variant, When, filtered_query, provide_chosen,
};
use api::image::{DiskFormat, Image, ImageStatus, ImageStore, Visibility};
use api::{Kind, ListQuery, Page};
use leptos::prelude::*;

const FILTERS: &[&str] = &["visibility", "format", "type", "size", "protected", "owner", "tag"];
/// Where the ranges of sizes begin and end, in bytes.
const SIZES: [u64; 3] = [100 << 20, 1 << 30, 10 << 30];

#[component]
pub fn Images() -> impl IntoView {
    view! { <ListPage all=false/> }
}

#[component]
pub fn AllImages() -> impl IntoView {
    view! { <ListPage all=true/> }
}

/// The images; for administrators what the store holds as well.
async fn read(all: bool, project: String, query: ListQuery) -> Result<(Page<Image>, Option<ImageStore>), Fail> {
    if !all {
        return Ok((image_list(project, query).await?, None));
    }
    let (page, store) = futures::try_join!(image_list_all(project.clone(), query), image_store_show(project))?;
    Ok((page, Some(store)))
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
        <Load from=page let:found>
            {
            let page = Memo::new(move |_| found.with(|(page, _)| page.clone()));
            let store = Memo::new(move |_| found.with(|(_, store)| store.clone()));
            let owners = store.get_untracked().map(|store| store.owners).unwrap_or_default();
            view! {
            {move || store.get().map(store_facts)}
            <ReloadWhile moving=Signal::derive(move || page.with(|page| page.items.iter().any(|it| it.status.is_moving())))/>
            <List
                label=title page query columns=columns(all) rows=rows.clone() default_sort="name" statuses=statuses.clone()
                filters=filters(all, owners) bar=bulk
                empty=|| view! {
                    <Empty icon=Icon::Image title=text().image.no_images hint=text().image.no_images_hint>
                        <CreateButton variant=Variant::Secondary/>
                    </Empty>
                }
            />
            }
            }
        </Load>
    }
}

/// What the store holds, and what it saves by keeping the same data once.
fn store_facts(store: ImageStore) -> impl IntoView {
    let t = text();
    let saved = store.bytes.saturating_sub(store.stored);
    view! {
        <Section title=t.image.store>
            <Facts>
                <Fact name=t.common.images>{format::number(store.images)}</Fact>
                <Fact name=t.image.store_bytes><Bytes bytes=store.bytes/></Fact>
                <Fact name=t.image.store_stored><Bytes bytes=store.stored/></Fact>
                <Fact name=t.image.store_saved><Bytes bytes=saved/></Fact>
            </Facts>
        </Section>
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
            let list = if all { paths::images_of_all(here.id()) } else { paths::images(here.id()) };
            let tags = tag_links(&list, &image.tags);
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

fn filters(all: bool, owners: Vec<String>) -> Vec<Choices> {
    let t = text();
    let sizes: Vec<_> =
        (0..=SIZES.len()).map(|n| size_range(n.checked_sub(1).map(|n| SIZES[n]), SIZES.get(n).copied())).collect();
    let owner = match all && owners.is_empty() {
        // There are too many to choose from.
        true => Choices::typed("owner", t.common.owner, "text"),
        false => Choices::new("owner", t.common.owner, owners.into_iter().map(|it| (it.clone(), it)).collect()),
    };
    let visibilities = Visibility::ALL.map(|it| (it.as_str(), (t.image.visibilities)(it))).to_vec();
    let formats = DiskFormat::ALL.map(|it| (it.as_str(), it.as_str())).to_vec();
    vec![
        Choices::new("visibility", t.image.visibility, visibilities),
        Choices::new("format", t.image.format, formats),
        Choices::new("type", t.image.kind, vec![("image", t.image.image), ("snapshot", t.image.snapshot)]),
        Choices::new("size", t.common.size, sizes),
        Choices::new("protected", t.image.protected, vec![("true", t.common.yes), ("false", t.common.no)]),
        owner,
        // Links lead to it.
        Choices::new("tag", t.image.tags, Vec::<(String, String)>::new()),
    ]
}

/// A range of sizes as the address has it, and as it reads.
fn size_range(from: Option<u64>, to: Option<u64>) -> (String, String) {
    let value = |bytes: Option<u64>| bytes.map(|bytes| bytes.to_string()).unwrap_or_default();
    let word = match (from.map(format::bytes), to.map(format::bytes)) {
        (None, Some(to)) => format!("< {to}"),
        (Some(from), Some(to)) => format!("{from} – {to}"),
        (from, None) => format!("≥ {}", from.unwrap_or_default()),
    };
    (format!("{}-{}", value(from), value(to)), word)
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
