//! Floating IPs: addresses that the outside world can reach.

use super::badge;
use super::calls::{
    FloatingIpAllocate, FloatingIpAssociate, FloatingIpDisassociate, FloatingIpRelease, floating_ip_list,
};
use crate::compute::calls::instance_list;
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::here;
use crate::ui::{
    Button, Call, Choice, Column, Copyable, Empty, Form, Hidden, Icon, LinkButton, List, Load, Outcomes, PageHeader,
    Question, RowAction, Rows, Section, SelectField, Variant, When, list_query,
};
use api::network::{FloatingIp, NetStatus};
use api::{Kind, ListQuery};
use leptos::prelude::*;

#[component]
pub fn FloatingIps() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let query = list_query();
    let disassociate = ServerAction::<FloatingIpDisassociate>::new();
    let release = ServerAction::<FloatingIpRelease>::new();
    let page = Resource::new(
        move || (here.project.get(), query.get(), live.version(Kind::FloatingIp), live.version(Kind::Instance)),
        |(project, query, ..)| floating_ip_list(project, query),
    );
    let columns = vec![
        Column::new("address", t.network.address, |ip: &FloatingIp| view! { <Copyable value=ip.address.clone()/> })
            .sortable(),
        Column::new("instance", t.compute.instance, move |ip: &FloatingIp| {
            ip.instance.clone().map(|(id, name)| view! { <a href=paths::instance(here.id(), id)>{name}</a> })
        }),
        Column::new("fixed", t.compute.fixed, |ip: &FloatingIp| {
            ip.fixed_address.clone().map(|it| view! { <code>{it}</code> })
        }),
        Column::new("pool", t.network.pool, |ip: &FloatingIp| ip.pool.clone()),
        Column::new("status", t.common.status, |ip: &FloatingIp| badge(ip.status)).sortable(),
        Column::new("created", t.common.created, |ip: &FloatingIp| view! { <When at=ip.created_at/> }).sortable(),
    ];
    let rows = Rows::new(|ip: &FloatingIp| ip.id.to_string(), |ip| ip.address.clone()).actions(move |ip| {
        let fields = || vec![("project", here.project.get()), ("id", ip.id.to_string())];
        let idle = ip.instance.is_none().then(|| t.network.not_associated.to_owned());
        let associate = RowAction::link(t.network.associate, Icon::Attach, format!("?associate={}", ip.id));
        let taken = ip.instance.is_some().then(|| t.network.associated.to_owned());
        let disassociate = RowAction::post(t.network.disassociate, Icon::Detach, disassociate, fields()).confirm(
            Question::new((t.network.disassociate_title)(&ip.address), t.network.disassociate_body).undoable(),
        );
        let release = RowAction::post(t.network.release, Icon::Delete, release, fields())
            .confirm(Question::new((t.network.release_title)(&ip.address), t.network.release_body));
        vec![
            associate.disabled_because(here.read_only().or(taken)),
            disassociate.disabled_because(here.read_only().or(idle)),
            release.disabled_because(here.read_only()),
        ]
    });
    let statuses =
        [NetStatus::Active, NetStatus::Down].map(|status| (status.as_str(), (t.network.status)(status))).to_vec();
    view! {
        <PageHeader title=t.common.floating_ips><Allocate/></PageHeader>
        <Outcomes calls=vec![disassociate.into(), release.into()]/>
        <Associate/>
        <Load from=page let:page>
            <List
                label=t.common.floating_ips page query columns=columns.clone() rows=rows.clone() default_sort="-created" statuses=statuses.clone()
                empty=move || view! { <Empty icon=Icon::FloatingIp title=t.network.no_floating_ips hint=t.network.no_floating_ips_hint>""</Empty> }
            />
        </Load>
    }
}

/// Takes the next free address from the pool.
#[component]
fn Allocate() -> impl IntoView {
    let (t, here) = (text(), here());
    let allocate = ServerAction::<FloatingIpAllocate>::new();
    let call = Call::from(allocate);
    let url = call.url.clone();
    view! {
        <Outcomes calls=vec![allocate.into()]/>
        <form method="post" action=url on:submit=move |event| call.submit(event)>
            <Hidden name="project" value=here.project.get_untracked()/>
            {move || view! {
                <Button variant=Variant::Primary icon=Some(Icon::Add) disabled_because=here.read_only()>{t.network.allocate}</Button>
            }}
        </form>
    }
}

/// Which instance the address is for; shown while the address bar says which one (`?associate=<id>`).
#[component]
fn Associate() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let asked = leptos_router::hooks::use_query_map();
    let id = Memo::new(move |_| asked.with(|asked| asked.get("associate")).unwrap_or_default());
    let associate = ServerAction::<FloatingIpAssociate>::new();
    let navigate = leptos_router::hooks::use_navigate();
    Effect::new(move |_| {
        if let Some(Ok(())) = associate.value().get() {
            navigate(&paths::floating_ips(here.id()), Default::default());
        }
    });
    let instances = Resource::new(
        move || (here.project.get(), id.get(), live.version(Kind::Instance)),
        |(project, id, _)| async move {
            if id.is_empty() {
                return Ok(Vec::new());
            }
            let query = ListQuery { sort: "name".into(), limit: ListQuery::MAX_LIMIT, ..ListQuery::default() };
            Ok::<_, crate::Fail>(instance_list(project, query).await?.items)
        },
    );
    view! {
        <Load from=instances let:instances>
            {move || {
                let id = id.get();
                let without = |it: &&api::compute::Instance| it.addresses.iter().any(|address| address.floating.is_none());
                let choices = instances.with(|instances| {
                    instances.iter().filter(without).map(|it| Choice::new(it.id, it.name.clone())).collect::<Vec<_>>()
                });
                (!id.is_empty()).then(|| view! {
                    <Section title=t.network.associate>
                        {match choices.is_empty() {
                            true => view! {
                                <p class="quiet">{t.network.nothing_to_associate}</p>
                                <LinkButton href=paths::floating_ips(here.id()) variant=Variant::Quiet>{t.common.cancel}</LinkButton>
                            }.into_any(),
                            false => view! {
                                <Form id="associate" call=associate submit=t.network.associate cancel=paths::floating_ips(here.id())>
                                    <Hidden name="project" value=here.project.get_untracked()/>
                                    <Hidden name="id" value=id/>
                                    <SelectField name="instance" label=t.compute.instance choices required=true/>
                                </Form>
                            }.into_any(),
                        }}
                    </Section>
                })
            }}
        </Load>
    }
}
