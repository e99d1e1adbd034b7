//! The network interfaces of an instance.

use crate::i18n::text;
use crate::paths;
use crate::project::here;
use crate::ui::{Column, Copyable, Rows, StateBadge, Table, Tone};
use api::compute::{InstanceDetail, Interface};
use leptos::prelude::*;

#[component]
pub fn InterfacesTab(detail: Signal<InstanceDetail>) -> impl IntoView {
    let (t, here) = (text(), here());
    let columns = vec![
        Column::new("network", t.network.network, move |it: &Interface| {
            view! { <a href=paths::network(here.id(), it.network)>{it.network_name.clone()}</a> }
        }),
        Column::new("address", t.compute.fixed, |it: &Interface| view! { <Copyable value=it.address.clone()/> }),
        Column::new("floating", t.compute.floating, |it: &Interface| {
            it.floating.clone().map(|value| view! { <Copyable value/> })
        }),
        Column::new("mac", t.compute.mac, |it: &Interface| view! { <Copyable value=it.mac.clone()/> }),
        Column::new("port", t.compute.port, |it: &Interface| view! { <Copyable value=it.port.to_string()/> }),
        Column::new("status", t.common.status, |it: &Interface| {
            let t = text();
            match it.up {
                true => view! { <StateBadge state="ACTIVE" tone=Tone::Good label=t.compute.plugged/> },
                false => view! { <StateBadge state="DOWN" tone=Tone::Neutral label=t.compute.unplugged/> },
            }
        }),
    ];
    let rows = Rows::new(|it: &Interface| it.port.to_string(), |it| it.address.clone());
    let items = Signal::derive(move || detail.with(|detail| detail.interfaces.clone()));
    view! { <Table label=t.compute.interfaces columns rows items/> }
}
