//! The hosts that instances run on: what they have, what is used, and how guests run there.

use super::calls::hypervisor_list;
use crate::i18n::{format, text};
use crate::live::use_live;
use crate::project::here;
use crate::ui::{Bytes, Column, Load, Meter, PageHeader, Rows, StateBadge, Table, Tag, Tone, When};
use api::Kind;
use api::compute::HypervisorHost;
use leptos::prelude::*;

#[component]
pub fn Hypervisors() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let hosts = Resource::new(
        move || (here.project.get(), live.version(Kind::Host), live.version(Kind::Instance)),
        |(project, ..)| hypervisor_list(project),
    );
    let columns = vec![
        Column::new("name", t.compute.host, |host: &HypervisorHost| host.name.clone()),
        Column::new("status", t.common.status, status),
        Column::new("virtualisation", t.compute.virtualisation, virtualisation),
        Column::new("instances", t.common.instances, |host: &HypervisorHost| host.instances).number(),
        Column::new("vcpus", t.compute.vcpus, |host: &HypervisorHost| {
            view! { <Meter label=text().compute.vcpus used=host.vcpus_used.into() limit=host.vcpus.into()/> }
        }),
        Column::new("memory", t.compute.memory, |host: &HypervisorHost| {
            let (used, limit) = (host.memory_mb_used as i64, host.memory_mb as i64);
            view! { <Meter label=text().compute.memory used limit show=Some(format::mebibytes)/> }
        }),
        Column::new("disk", t.compute.disk_free, |host: &HypervisorHost| view! { <Bytes bytes=host.disk_free/> })
            .number(),
    ];
    let rows = Rows::new(|host: &HypervisorHost| host.name.clone(), |host| host.name.clone());
    view! {
        <PageHeader title=t.common.hypervisors/>
        <Load from=hosts let:hosts>
            <Table label=t.common.hypervisors columns=columns.clone() rows=rows.clone() items=hosts/>
        </Load>
    }
}

fn status(host: &HypervisorHost) -> AnyView {
    let t = text();
    match host.up {
        true => view! { <StateBadge state="up" tone=Tone::Good label=t.compute.up/> }.into_any(),
        false => view! {
            <StateBadge state="down" tone=Tone::Bad label=t.compute.down/>
            <p class="cell-note">{t.compute.seen}" "<When at=host.seen_at/></p>
        }
        .into_any(),
    }
}

fn virtualisation(host: &HypervisorHost) -> AnyView {
    let t = text();
    let (name, tone) = match host.virtualisation.as_str() {
        "kvm" => (t.compute.kvm, Tone::Good),
        "qemu" => (t.compute.tcg, Tone::Attention),
        "simulated" => (t.compute.simulated, Tone::Neutral),
        other => (other, Tone::Neutral),
    };
    let why = host.virtualisation_why.clone().map(|why| view! { <p class="cell-note">{why}</p> });
    view! { <span>{host.hypervisor.clone()}</span><Tag label=name tone/>{why} }.into_any()
}
