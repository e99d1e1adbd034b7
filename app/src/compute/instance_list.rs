//! The instances of a project.

use super::calls::instance_list;
use super::instance::{Verbs, addresses, badge};
use super::launch_choices::{NothingYet, read_missing};
use crate::Fail;
use crate::i18n::text;
use crate::live::{ReloadWhile, use_live};
use crate::paths;
use crate::project::here;
use crate::ui::{Column, Empty, Icon, LinkButton, List, Load, Outcomes, PageHeader, Rows, Variant, When, list_query};
use api::compute::{Instance, Status};
use api::{Kind, ListQuery, Page};
use leptos::prelude::*;

#[component]
pub fn Instances() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let query = list_query();
    let verbs = Verbs::new();
    let things = [Kind::Instance, Kind::FloatingIp, Kind::Network, Kind::Image];
    let page = Resource::new(
        move || (here.project.get(), query.get(), things.map(|kind| live.version(kind))),
        |(project, query, _)| list_or_missing(project, query),
    );
    let columns = vec![
        Column::new("name", t.common.name, move |instance: &Instance| {
            let fault = instance.fault.as_ref().map(|fault| view! { <p class="cell-note">{fault.message.clone()}</p> });
            view! { <a href=paths::instance(here.id(), instance.id)>{instance.name.clone()}</a>{fault} }
        })
        .sortable(),
        Column::new("image", t.compute.image, |instance: &Instance| instance.image_name.clone()),
        Column::new("addresses", t.compute.addresses, |instance: &Instance| addresses(&instance.addresses)),
        Column::new("flavor", t.compute.flavor, |instance: &Instance| instance.flavor_name.clone()),
        Column::new("keypair", t.compute.key_pair, |instance: &Instance| instance.keypair_name.clone()),
        Column::new("status", t.common.status, |instance: &Instance| badge(instance.state)).sortable(),
        Column::new("created", t.compute.age, |instance: &Instance| view! { <When at=instance.created_at/> })
            .sortable(),
    ];
    let rows = Rows::new(|instance: &Instance| instance.id.to_string(), |instance| instance.name.clone())
        .actions(move |instance| verbs.actions(here, instance));
    let statuses = Status::ALL.map(|status| (status.as_str(), (t.compute.status)(status))).to_vec();
    view! {
        <PageHeader title=t.common.instances>
            <LaunchButton/>
        </PageHeader>
        <Outcomes calls=verbs.calls()/>
        <Load from=page let:found>
            {
            let page = Memo::new(move |_| found.with(|(page, _)| page.clone()));
            let missing = Memo::new(move |_| found.with(|(_, missing)| *missing));
            view! {
            <ReloadWhile moving=Signal::derive(move || page.with(|page| page.items.iter().any(|it| it.state.is_moving())))/>
            <List
                label=t.common.instances page query columns=columns.clone() rows=rows.clone() default_sort="-created"
                statuses=statuses.clone() empty=move || view! { <NothingYet missing/> }
            />
            }
            }
        </Load>
    }
}

/// The instances; where there are none, what has to be made before the first can be launched.
async fn list_or_missing(project: String, query: ListQuery) -> Result<(Page<Instance>, Option<Kind>), Fail> {
    let page = instance_list(project.clone(), query).await?;
    let missing = if page.total == 0 { read_missing(project).await? } else { None };
    Ok((page, missing))
}

/// The way to the launch page.
#[component]
pub fn LaunchButton() -> impl IntoView {
    let here = here();
    move || {
        view! {
            <LinkButton href=paths::instance_launch(here.id()) variant=Variant::Primary icon=Some(Icon::Add) disabled_because=here.read_only()>
                {text().compute.launch_instance}
            </LinkButton>
        }
    }
}

/// The project's instances that were launched from an image.
#[component]
pub fn InstancesOfImage(image: Memo<String>) -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let query = list_query();
    let page = Resource::new(
        move || (here.project.get(), image.get(), query.get(), live.version(Kind::Instance)),
        |(project, image, mut query, _)| {
            query.filters.insert("image".to_owned(), image);
            instance_list(project, query)
        },
    );
    let columns = vec![
        Column::new("name", t.common.name, move |instance: &Instance| {
            view! { <a href=paths::instance(here.id(), instance.id)>{instance.name.clone()}</a> }
        })
        .sortable(),
        Column::new("flavor", t.compute.flavor, |instance: &Instance| instance.flavor_name.clone()),
        Column::new("status", t.common.status, |instance: &Instance| badge(instance.state)).sortable(),
        Column::new("created", t.compute.age, |instance: &Instance| view! { <When at=instance.created_at/> })
            .sortable(),
    ];
    let rows = Rows::new(|instance: &Instance| instance.id.to_string(), |instance| instance.name.clone());
    view! {
        <Load from=page let:page>
            <List
                label=t.common.instances page query columns=columns.clone() rows=rows.clone() default_sort="-created"
                empty=|| view! { <Empty icon=Icon::Instance title=text().image.no_instances hint=text().image.no_instances_hint/> }
            />
        </Load>
    }
}
