//! An image: what it is, and what the inspection found.

use super::calls::{ImageDelete, image_show};
use super::{actions, badge};
use crate::i18n::text;
use crate::live::{ReloadWhile, use_live};
use crate::operation::TargetOperations;
use crate::paths;
use crate::project::{here, parameter};
use crate::ui::{
    Bytes, Copyable, Crumb, Fact, Facts, Load, Notice, Outcomes, PageHeader, RowActions, Section, Tab, Tabs, Tone,
    When, current_tab, switch,
};
use api::Kind;
use api::image::{Image, ImageStatus};
use leptos::prelude::*;

#[component]
pub fn ImagePage() -> impl IntoView {
    let (t, here, live, id) = (text(), here(), use_live(), parameter("id"));
    let delete = ServerAction::<ImageDelete>::new();
    let image = Resource::new(
        move || (here.project.get(), id.get(), live.version(Kind::Image)),
        |(project, id, _)| image_show(project, id),
    );
    let current = current_tab(&["overview", "actions"]);
    view! {
        <Load from=image let:image>
            {
                let name = Memo::new(move |_| image.with(|image| image.name.clone()));
                let status = Memo::new(move |_| image.with(|image| image.status));
                let tabs = vec![Tab::new("overview", t.common.overview), Tab::new("actions", t.compute.action_log)];
                view! {
                    <ReloadWhile moving=Signal::derive(move || status.get() == ImageStatus::Saving)/>
                    <PageHeader title=name way=vec![Crumb::new(t.common.images, paths::images(here.id()))] badges=move || move || badge(status.get())>
                        {move || {
                            let actions = image.with(|image| actions(image, delete));
                            view! { <RowActions id="image" name=name.get() actions buttons=2/> }
                        }}
                    </PageHeader>
                    <Outcomes calls=vec![delete.into()]/>
                    {move || image.with(|image| image.refused.clone()).map(|why| view! { <Notice tone=Tone::Bad title=t.image.refused>{why}</Notice> })}
                    <Tabs label=t.image.image tabs current/>
                    {switch(move || match current.get() {
                        "actions" => view! { <TargetOperations kind=Kind::Image target=id/> }.into_any(),
                        _ => (move || facts(image.get())).into_any(),
                    })}
                }
            }
        </Load>
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
    view! {
        <Section title=t.common.overview>
            <Facts>
                <Fact name=t.common.id><Copyable value=image.id.to_string()/></Fact>
                <Fact name=t.common.description>{image.description}</Fact>
                <Fact name=t.common.owner>{image.owner_name}</Fact>
                <Fact name=t.image.visibility>{(t.image.visibilities)(image.visibility)}</Fact>
                <Fact name=t.common.created><When at=image.created_at/></Fact>
            </Facts>
        </Section>
        <Section title=t.image.data>
            <Facts>
                <Fact name=t.image.format>{image.format.map_or(t.common.unknown, |format| format.as_str())}</Fact>
                <Fact name=t.common.size>{or_unknown(image.size)}</Fact>
                <Fact name=t.image.virtual_size>{or_unknown(image.virtual_size)}</Fact>
                <Fact name=t.image.min_disk>{minimum(image.min_disk_gb, "GiB")}</Fact>
                <Fact name=t.image.min_ram>{minimum(image.min_ram_mb, "MiB")}</Fact>
                <Fact name=t.image.checksum>{image.checksum.map(|value| view! { <Copyable value/> })}</Fact>
            </Facts>
        </Section>
    }
}
