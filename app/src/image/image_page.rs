//! An image: what it is, what the inspection found, what stands on it, what has been done with it.

use super::calls::image_show;
use super::members::Members;
use super::resume::ResumeUpload;
use super::{Verbs, badge, tag_links};
use crate::compute::InstancesOfImage;
use crate::i18n::text;
use crate::live::{ReloadWhile, use_live};
use crate::operation::TargetOperations;
use crate::paths;
use crate::project::{here, parameter};
use crate::ui::{
    Bytes, Copyable, Crumb, Empty, Fact, Facts, Icon, LinkButton, Load, Notice, Outcomes, PageHeader, RowActions,
    Section, Tab, Tabs, Tone, When, current_tab, late, switch,
};
use api::image::{Image, ImageStatus, ImageVerb, Origin};
use api::{ImageId, Kind};
use leptos::prelude::*;

#[component]
pub fn ImagePage() -> impl IntoView {
    let (t, here, live, id) = (text(), here(), use_live(), parameter("id"));
    let verbs = Verbs::new();
    let image = Resource::new(
        move || (here.project.get(), id.get(), live.version(Kind::Image)),
        |(project, id, _)| image_show(project, id),
    );
    let current = current_tab(&["overview", "properties", "members", "instances", "actions"]);
    view! {
        <Load from=image let:image>
            {
                let name = Memo::new(move |_| image.with(|image| image.name.clone()));
                let status = Memo::new(move |_| image.with(|image| image.status));
                let phase = late(status);
                let tabs = vec![
                    Tab::new("overview", t.common.overview),
                    Tab::new("properties", t.image.properties),
                    Tab::new("members", t.image.members),
                    Tab::new("instances", t.common.instances),
                    Tab::new("actions", t.compute.action_log),
                ];
                view! {
                    <ReloadWhile moving=Signal::derive(move || status.get().is_moving())/>
                    <PageHeader title=name way=vec![Crumb::new(t.common.images, paths::images(here.id()))] badges=move || move || badge(status.get())>
                        <RowActions id="image" name actions=Signal::derive(move || image.with(|image| verbs.of(image))) buttons=2/>
                    </PageHeader>
                    <Outcomes calls=verbs.calls()/>
                    {move || image.with(|image| image.refused.clone()).map(|why| view! { <Notice tone=Tone::Bad title=t.image.refused>{why}</Notice> })}
                    {move || (status.get() == ImageStatus::Deactivated).then(|| view! { <Notice tone=Tone::Neutral title=t.image.is_deactivated>{t.image.deactivate_body}</Notice> })}
                    {switch(move || unfinished(phase.get(), image.with_untracked(|image| image.id)))}
                    <Tabs label=t.image.image tabs current/>
                    {switch(move || match current.get() {
                        "actions" => view! { <TargetOperations kind=Kind::Image target=id/> }.into_any(),
                        "members" => view! { <Members image=image.get_untracked()/> }.into_any(),
                        "instances" => view! { <InstancesOfImage image=id/> }.into_any(),
                        "properties" => (move || properties(image.get())).into_any(),
                        _ => (move || facts(image.get())).into_any(),
                    })}
                }
            }
        </Load>
    }
}

/// What is going on while the data is not complete.
fn unfinished(status: ImageStatus, id: ImageId) -> AnyView {
    match status {
        ImageStatus::Queued | ImageStatus::Saving => view! { <ResumeUpload id/> }.into_any(),
        ImageStatus::Importing => {
            let target = Memo::new(move |_| id.to_string());
            let title = (text().image.status)(status);
            view! { <Section title><TargetOperations kind=Kind::Image target/></Section> }.into_any()
        }
        _ => ().into_any(),
    }
}

fn facts(image: Image) -> impl IntoView {
    let t = text();
    let or_unknown = |value: Option<u64>| match value {
        Some(bytes) => view! { <Bytes bytes/> }.into_any(),
        None => t.common.unknown.into_any(),
    };
    let minimum =
        |value: u64, unit: &str| if value == 0 { t.common.none.to_owned() } else { format!("{value} {unit}") };
    let tags = tag_links(&paths::images(here().id()), &image.tags);
    let has_tags = !image.tags.is_empty();
    view! {
        <Section title=t.common.overview>
            <Facts>
                <Fact name=t.common.id><Copyable value=image.id.to_string()/></Fact>
                <Fact name=t.common.description>{image.description}</Fact>
                <Fact name=t.common.owner>{image.owner_name}</Fact>
                <Fact name=t.image.visibility>{(t.image.visibilities)(image.visibility)}</Fact>
                <Fact name=t.image.protected>{if image.protected { t.common.yes } else { t.common.no }}</Fact>
                <Fact name=t.image.tags>{if has_tags { tags.into_any() } else { t.common.none.into_any() }}</Fact>
                {(!image.source.is_empty()).then(|| view! { <Fact name=t.image.source>{source(image.source, image.origin)}</Fact> })}
                <Fact name=t.common.created><When at=image.created_at/></Fact>
                <Fact name=t.common.updated><When at=image.updated_at/></Fact>
            </Facts>
        </Section>
        <Section title=t.image.data>
            <Facts>
                <Fact name=t.image.format>{image.format.map_or(t.common.unknown, |format| format.as_str())}</Fact>
                <Fact name=t.image.verdict>{verdict(image.status, image.evidence)}</Fact>
                <Fact name=t.common.size>{or_unknown(image.size)}</Fact>
                <Fact name=t.image.virtual_size>{or_unknown(image.virtual_size)}</Fact>
                <Fact name=t.image.min_disk>{minimum(image.min_disk_gb, "GiB")}</Fact>
                <Fact name=t.image.min_ram>{minimum(image.min_ram_mb, "MiB")}</Fact>
                <Fact name="SHA-512">{image.checksum.map(|value| view! { <Copyable value/> })}</Fact>
                <Fact name="MD5">{image.md5.map(|value| view! { <Copyable value/> })}</Fact>
            </Facts>
        </Section>
    }
}

/// Where the data came from: an address, or the way to what it was made of.
fn source(source: String, origin: Option<Origin>) -> AnyView {
    let Some(Origin { kind, id, name }) = origin else { return source.into_any() };
    match name.zip(paths::target(here().id(), kind, &id)) {
        Some((name, href)) => view! { <a href=href>{name}</a> }.into_any(),
        None => (text().image.source_gone)(&id).into_any(),
    }
}

/// What the inspection says of the data.
fn verdict(status: ImageStatus, evidence: Option<String>) -> String {
    let t = text();
    match (status, evidence) {
        (ImageStatus::Killed, _) => t.image.verdict_bad.to_owned(),
        (_, Some(evidence)) => (t.image.verdict_good)(&evidence),
        (status, None) if status.has_data() => t.image.verdict_plain.to_owned(),
        (_, None) => t.image.verdict_pending.to_owned(),
    }
}

fn properties(image: Image) -> AnyView {
    let (t, here) = (text(), here());
    let why = here.read_only().or_else(|| image.can(ImageVerb::Edit).err().map(t.image.refusal));
    let edit = move || {
        let why = why.clone();
        view! { <LinkButton href=paths::image_edit(here.id(), image.id) icon=Some(Icon::Edit) disabled_because=why>{t.image.edit}</LinkButton> }
    };
    if image.properties.is_empty() {
        return view! { <Empty icon=Icon::Image title=t.image.no_properties hint=t.image.no_properties_hint>{edit()}</Empty> }
            .into_any();
    }
    let facts = image.properties.into_iter().map(|(name, value)| view! { <Fact name>{value}</Fact> }).collect_view();
    view! { <Section title=t.image.properties actions=edit><Facts>{facts}</Facts></Section> }.into_any()
}
