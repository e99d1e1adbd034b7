//! The networks of a project, and the routers between them.

use super::badge;
use super::calls::{NetworkDelete, RouterDelete, network_list, router_list};
use super::starter::StarterButton;
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::here;
use crate::ui::{
    Column, Empty, Icon, LinkButton, List, Load, Notice, Outcomes, PageHeader, Question, RowAction, Rows, Section,
    Table, Tag, Tone, Variant, When, list_query,
};
use api::Kind;
use api::network::{NetStatus, Network, Router};
use leptos::prelude::*;

#[component]
pub fn Networks() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let query = list_query();
    let delete = ServerAction::<NetworkDelete>::new();
    let page = Resource::new(
        move || (here.project.get(), query.get(), live.version(Kind::Network), live.version(Kind::Router)),
        |(project, query, ..)| network_list(project, query),
    );
    let columns = vec![
        Column::new("name", t.common.name, move |network: &Network| {
            let external = network.external.then(|| view! { " " <Tag label=text().network.external/> });
            view! { <a href=paths::network(here.id(), network.id)>{network.name.clone()}</a>{external} }
        })
        .sortable(),
        Column::new("subnets", t.network.subnets, |network: &Network| {
            network.subnets.iter().map(|subnet| view! { <code>{subnet.cidr.clone()}</code> " " }).collect_view()
        }),
        Column::new("router", t.network.router, |network: &Network| network.router.clone().map(|(_, name)| name)),
        Column::new("ports", t.common.instances, |network: &Network| network.ports.to_string()).number(),
        Column::new("status", t.common.status, |network: &Network| badge(network.status)).sortable(),
        Column::new("created", t.common.created, |network: &Network| view! { <When at=network.created_at/> })
            .sortable(),
    ];
    let rows = Rows::new(|network: &Network| network.id.to_string(), |network| network.name.clone())
        .actions(move |network| network_actions(network, delete));
    let statuses = NetStatus::ALL.map(|status| (status.as_str(), (t.network.status)(status))).to_vec();
    view! {
        <PageHeader title=t.common.networks>
            {move || view! {
                <LinkButton href=paths::network_create(here.id()) variant=Variant::Primary icon=Some(Icon::Add) disabled_because=here.read_only()>
                    {t.network.create_network}
                </LinkButton>
            }}
        </PageHeader>
        <Outcomes calls=vec![delete.into()]/>
        <Load from=page let:page>
            {
                // An administrator's list has the provider's network from the beginning, and still nothing to launch on.
                let none = Memo::new(move |_| page.with(|page| !page.items.is_empty() && page.items.iter().all(|it| it.external)));
                move || none.get().then(|| view! {
                    <Notice tone=Tone::Neutral title=t.network.no_networks>
                        <p>{t.network.no_networks_hint}</p>
                        <StarterButton/>
                    </Notice>
                })
            }
            <List
                label=t.common.networks page query columns=columns.clone() rows=rows.clone() default_sort="name" statuses=statuses.clone()
                empty=move || view! {
                    <Empty icon=Icon::Network title=t.network.no_networks hint=t.network.no_networks_hint>
                        <StarterButton variant=Variant::Primary/>
                    </Empty>
                }
            />
        </Load>
        <Routers/>
    }
}

/// What can be done with a network. A network of the provider's is everybody's.
pub(super) fn network_actions(network: &Network, delete: ServerAction<NetworkDelete>) -> Vec<RowAction> {
    let (t, here) = (text(), here());
    if network.external {
        return Vec::new();
    }
    let fields = vec![("project", here.project.get()), ("id", network.id.to_string())];
    let subnets = network.subnets.iter().map(|subnet| (t.network.subnet_named)(&subnet.cidr)).collect();
    let used = (network.ports > 0).then(|| (t.network.in_use)(network.ports));
    let question = Question::new((t.network.delete_title)(&network.name), t.network.delete_body).also(subnets);
    let delete = RowAction::post(t.common.delete, Icon::Delete, delete, fields).confirm(question);
    vec![delete.disabled_because(here.read_only().or(used))]
}

/// The routers: few, and mostly made by the starter network.
#[component]
fn Routers() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let delete = ServerAction::<RouterDelete>::new();
    let routers = Resource::new(
        move || (here.project.get(), live.version(Kind::Router), live.version(Kind::Network)),
        |(project, ..)| router_list(project),
    );
    let columns = vec![
        Column::new("name", t.common.name, |router: &Router| router.name.clone()),
        Column::new("address", t.network.external_address, |router: &Router| {
            router.external_address.clone().map(|address| view! { <code>{address}</code> })
        }),
        Column::new("networks", t.common.networks, |router: &Router| router.interfaces.to_string()).number(),
        Column::new("status", t.common.status, |router: &Router| badge(router.status)),
    ];
    let rows =
        Rows::new(|router: &Router| router.id.to_string(), |router| router.name.clone()).actions(move |router| {
            let fields = vec![("project", here.project.get()), ("id", router.id.to_string())];
            let question = Question::new((t.network.router_delete_title)(&router.name), t.network.router_delete_body);
            let connected = (router.interfaces > 0).then(|| t.network.router_connected.to_owned());
            let delete = RowAction::post(t.common.delete, Icon::Delete, delete, fields).confirm(question);
            vec![delete.disabled_because(here.read_only().or(connected))]
        });
    view! {
        <Outcomes calls=vec![delete.into()]/>
        <Load from=routers let:routers>
            {
                let (columns, rows) = (columns.clone(), rows.clone());
                let some = Memo::new(move |_| routers.with(|routers| !routers.is_empty()));
                move || {
                    let (columns, rows) = (columns.clone(), rows.clone());
                    some.get().then(|| view! {
                        <Section title=t.network.routers><Table label=t.network.routers columns rows items=routers/></Section>
                    })
                }
            }
        </Load>
    }
}
