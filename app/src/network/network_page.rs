//! A network: its subnets and what is plugged into it.

use super::badge;
use super::calls::{NetworkDelete, SubnetCreate, SubnetDelete, network_show};
use super::network_list::network_actions;
use crate::i18n::text;
use crate::live::use_live;
use crate::operation::TargetOperations;
use crate::paths;
use crate::project::{here, parameter};
use crate::ui::{
    Column, Copyable, Crumb, Fact, Facts, Form, Hidden, Icon, Load, Outcomes, PageHeader, Question, RowAction,
    RowActions, Rows, Section, Tab, Table, Tabs, TextField, When, current_tab, switch,
};
use api::Kind;
use api::network::{NetworkDetail, Port, Subnet};
use leptos::prelude::*;

#[component]
pub fn NetworkPage() -> impl IntoView {
    let (t, here, live, id) = (text(), here(), use_live(), parameter("id"));
    let delete = ServerAction::<NetworkDelete>::new();
    let detail = Resource::new(
        move || {
            (
                here.project.get(),
                id.get(),
                live.version(Kind::Network),
                live.version(Kind::Port),
                live.version(Kind::Subnet),
            )
        },
        |(project, id, ..)| network_show(project, id),
    );
    let current = current_tab(&["overview", "ports", "actions"]);
    view! {
        <Load from=detail let:detail>
            {
                let name = Memo::new(move |_| detail.with(|detail| detail.network.name.clone()));
                let status = Memo::new(move |_| detail.with(|detail| detail.network.status));
                let ports = detail.with_untracked(|detail| detail.ports.len());
                let tabs = vec![
                    Tab::new("overview", t.common.overview),
                    Tab::new("ports", t.network.ports).count(ports),
                    Tab::new("actions", t.compute.action_log),
                ];
                view! {
                    <PageHeader title=name way=vec![Crumb::new(t.common.networks, paths::networks(here.id()))] badges=move || move || badge(status.get())>
                        <RowActions id="network" name actions=Signal::derive(move || detail.with(|detail| network_actions(&detail.network, delete))) buttons=2/>
                    </PageHeader>
                    <Outcomes calls=vec![delete.into()]/>
                    <Tabs label=t.network.network tabs current/>
                    {switch(move || match current.get() {
                        "ports" => view! { <Ports detail/> }.into_any(),
                        "actions" => view! { <TargetOperations kind=Kind::Network target=id/> }.into_any(),
                        _ => view! { <Overview detail/> }.into_any(),
                    })}
                }
            }
        </Load>
    }
}

#[component]
fn Overview(detail: Signal<NetworkDetail>) -> impl IntoView {
    let t = text();
    let own = detail.with_untracked(|detail| !detail.network.external);
    view! {
        <Section title=t.common.overview>
            {move || {
                let network = detail.with(|detail| detail.network.clone());
                view! {
                    <Facts>
                        <Fact name=t.common.id><Copyable value=network.id.to_string()/></Fact>
                        <Fact name=t.network.external>{if network.external { t.common.yes } else { t.common.no }}</Fact>
                        <Fact name=t.network.router>{network.router.map_or_else(|| t.common.none.to_owned(), |(_, name)| name)}</Fact>
                        <Fact name=t.network.mtu>{(t.network.bytes)(u64::from(network.mtu))}</Fact>
                        <Fact name=t.common.created><When at=network.created_at/></Fact>
                    </Facts>
                }
            }}
        </Section>
        <Subnets detail/>
        {own.then(|| view! { <SubnetForm detail/> })}
    }
}

#[component]
fn Subnets(detail: Signal<NetworkDetail>) -> impl IntoView {
    let (t, here) = (text(), here());
    let delete = ServerAction::<SubnetDelete>::new();
    let columns = vec![
        Column::new("name", t.common.name, |subnet: &Subnet| subnet.name.clone()),
        Column::new("cidr", t.network.cidr, |subnet: &Subnet| view! { <code>{subnet.cidr.clone()}</code> }),
        Column::new("gateway", t.network.gateway, |subnet: &Subnet| {
            subnet.gateway.clone().map(|it| view! { <code>{it}</code> })
        }),
        Column::new("dhcp", "DHCP", |subnet: &Subnet| if subnet.dhcp { text().common.yes } else { text().common.no }),
    ];
    let own = detail.with_untracked(|detail| !detail.network.external);
    let rows =
        Rows::new(|subnet: &Subnet| subnet.id.to_string(), |subnet| subnet.name.clone()).actions(move |subnet| {
            if !own {
                return Vec::new();
            }
            let fields = vec![("project", here.project.get()), ("id", subnet.id.to_string())];
            let question = Question::new((t.network.subnet_delete_title)(&subnet.name), t.network.subnet_delete_body);
            let delete = RowAction::post(t.common.delete, Icon::Delete, delete, fields).confirm(question);
            vec![delete.disabled_because(here.read_only())]
        });
    let items = Signal::derive(move || detail.with(|detail| detail.network.subnets.clone()));
    view! {
        <Outcomes calls=vec![delete.into()]/>
        <Section title=t.network.subnets><Table label=t.network.subnets columns rows items/></Section>
    }
}

#[component]
fn SubnetForm(detail: Signal<NetworkDetail>) -> impl IntoView {
    let (t, here) = (text(), here());
    let create = ServerAction::<SubnetCreate>::new();
    let network = detail.with_untracked(|detail| detail.network.id.to_string());
    view! {
        <details class="more" open=create.value().with_untracked(Option::is_some)>
            <summary>{t.network.add_subnet}</summary>
            <Form id="subnet" call=create submit=t.network.add_subnet disabled_because=here.read_only()>
                <Hidden name="project" value=here.project.get_untracked()/>
                <Hidden name="network" value=network/>
                <TextField name="name" label=t.common.name/>
                <TextField name="cidr" label=t.network.cidr hint=t.network.cidr_hint placeholder="10.0.2.0/24" required=true mono=true/>
                <TextField name="gateway" label=t.network.gateway hint=t.network.gateway_hint mono=true/>
            </Form>
        </details>
    }
}

#[component]
fn Ports(detail: Signal<NetworkDetail>) -> impl IntoView {
    let (t, here) = (text(), here());
    let columns = vec![
        Column::new("address", t.network.address, |port: &Port| view! { <code>{port.address.clone()}</code> }),
        Column::new("device", t.network.device, move |port: &Port| match port.instance {
            Some(id) => view! { <a href=paths::instance(here.id(), id)>{port.device_name.clone()}</a> }.into_any(),
            None => port.device_name.clone().into_any(),
        }),
        Column::new("mac", t.compute.mac, |port: &Port| view! { <code>{port.mac.clone()}</code> }),
        Column::new("status", t.common.status, |port: &Port| badge(port.status)),
        Column::new("created", t.common.created, |port: &Port| view! { <When at=port.created_at/> }),
    ];
    let rows = Rows::new(|port: &Port| port.id.to_string(), |port| port.address.clone());
    let items = Signal::derive(move || detail.with(|detail| detail.ports.clone()));
    let some = Memo::new(move |_| items.with(|items: &Vec<Port>| !items.is_empty()));
    move || match some.get() {
        true => view! { <Table label=t.network.ports columns=columns.clone() rows=rows.clone() items/> }.into_any(),
        false => view! { <p class="quiet">{t.network.no_ports}</p> }.into_any(),
    }
}
