//! Pages made of the components, as the real ones are.

use super::samples::{self, LOG, NOW, instances, project};
use crate::Fail;
use crate::i18n::{format, text};
use crate::paths;
use crate::ui::*;
use api::compute::{Instance, State, Status, Verb};
use api::{ListQuery, Page};
use leptos::prelude::*;
use leptos_meta::Title;

fn tone(state: State) -> Tone {
    match state.status {
        _ if state.is_moving() => Tone::Moving,
        Status::Active => Tone::Good,
        Status::Build | Status::Reboot | Status::HardReboot => Tone::Moving,
        Status::Shutoff => Tone::Neutral,
        Status::Paused => Tone::Attention,
        Status::Error => Tone::Bad,
    }
}

#[component]
fn StatusBadge(state: State) -> impl IntoView {
    let t = text();
    let detail = state.task.map(|task| (t.compute.tasks)(task).to_owned());
    view! { <StateBadge state=state.status.as_str() tone=tone(state) label=(t.compute.status)(state.status) detail/> }
}

fn actions(instance: &Instance) -> Vec<RowAction> {
    let t = text();
    let can = |verb| instance.state.can(verb).err().map(t.error.refusal);
    let post = |verb, icon| {
        RowAction::post((t.compute.verb)(verb), icon, Call::plain("/dev/ui"), vec![("id", instance.id.to_string())])
            .disabled_because(can(verb))
    };
    let question = Question::new((t.ui.delete_named)(&instance.name), "The instance and its disk are deleted.");
    vec![
        post(Verb::Start, Icon::Start),
        post(Verb::Stop, Icon::Stop),
        RowAction::link((t.compute.verb)(Verb::Console), Icon::Console, "?tab=detail")
            .disabled_because(can(Verb::Console)),
        post(Verb::Reboot, Icon::Reboot),
        post(Verb::HardReboot, Icon::Power),
        post(Verb::Delete, Icon::Delete).confirm(question),
    ]
}

/// Filtered and sorted as a service would do it, so that the links can be tried.
fn page_of(query: ListQuery, empty: bool) -> Page<Instance> {
    let mut items = if empty { Vec::new() } else { instances() };
    items.retain(|item| {
        item.name.contains(&query.search) && [item.state.status.as_str(), ""].contains(&query.status.as_str())
    });
    let (key, down) = query.order("-created");
    match key {
        "name" => items.sort_by(|a, b| a.name.cmp(&b.name)),
        "status" => items.sort_by_key(|item| item.state.status.as_str()),
        _ => items.sort_by_key(|item| item.created_at),
    }
    if down {
        items.reverse();
    }
    let total = if query.is_filtered() { items.len() } else { items.len() * 4 } as u64;
    Page { items, total, next: (total > 20).then(|| "x".to_owned()), previous: None }
}

#[component]
pub fn ListPage(empty: bool) -> impl IntoView {
    let t = text();
    let query = list_query();
    let page = Resource::new(move || query.get(), move |query| async move { Ok::<_, Fail>(page_of(query, empty)) });
    let columns = vec![
        Column::new("name", t.common.name, |i: &Instance| view! { <a href="?tab=detail">{i.name.clone()}</a> })
            .sortable(),
        Column::new("status", t.common.status, |i: &Instance| view! { <StatusBadge state=i.state/> }).sortable(),
        Column::new("addresses", t.compute.addresses, |i: &Instance| {
            let address = |a: &api::compute::Address| view! { <code>{a.address.clone()}</code>{a.floating.clone().map(|ip| view! { <code class="faint">{ip}</code> })} };
            i.addresses.iter().map(address).collect_view()
        }),
        Column::new("image", t.compute.image, |i: &Instance| i.image_name.clone()),
        Column::new("flavor", t.compute.flavor, |i: &Instance| i.flavor_name.clone()),
        Column::new("created", t.common.created, |i: &Instance| view! { <When at=i.created_at/> }).sortable(),
    ];
    let rows = Rows::new(|i: &Instance| i.id.to_string(), |i| i.name.clone()).actions(actions);
    let statuses = Status::ALL.map(|status| (status.as_str(), (t.compute.status)(status))).to_vec();
    let launch = move || view! { <LinkButton href="?tab=form" variant=Variant::Primary icon=Some(Icon::Add)>{t.compute.launch_instance}</LinkButton> };
    let nothing = move || view! { <Empty icon=Icon::Instance title=t.compute.no_instances hint=t.compute.no_instances_hint>{launch()}</Empty> };
    view! {
        <PageHeader title=t.common.instances>{(!empty).then(launch)}</PageHeader>
        <Load from=page let:page>
            <List
                label=t.common.instances columns=columns.clone() rows=rows.clone() page query default_sort="-created"
                statuses=statuses.clone() empty=nothing
            />
        </Load>
    }
}

#[component]
pub fn OverviewPage() -> impl IntoView {
    let t = text();
    view! {
        <PageHeader title=t.common.overview><LinkButton href="?tab=form" variant=Variant::Primary icon=Some(Icon::Add)>{t.compute.launch_instance}</LinkButton></PageHeader>
        <Section title="Quota">
            <div class="meters">
                <Meter label=t.common.instances used=11 limit=20/>
                <Meter label=t.compute.vcpus used=18 limit=20/>
                <Meter label=t.compute.memory used=38_912 limit=51_200 show=Some(format::mebibytes)/>
                <Meter label=t.common.networks used=2 limit=10/>
                <Meter label=t.common.floating_ips used=3 limit=3/>
                <Meter label=t.common.security_groups used=1 limit=10/>
            </div>
        </Section>
        <ListPage empty=false/>
    }
}

#[component]
pub fn FormPage() -> impl IntoView {
    let t = text();
    let fault = RwSignal::new(Some(samples::invalid()));
    let call = Call::new("/dev/ui", fault, false, move |event| {
        event.prevent_default();
        fault.update(|fault| *fault = if fault.is_some() { None } else { Some(samples::invalid()) });
    });
    let flavors = vec![
        Choice::new("nano", "m1.nano")
            .detail("1 vCPU · 192 MiB · 1 GiB")
            .disabled_because(Some("The image needs 8 GiB of disk.".into())),
        Choice::new("small", "m1.small").detail("1 vCPU · 2 GiB · 20 GiB"),
        Choice::new("medium", "m1.medium").detail("2 vCPUs · 4 GiB · 40 GiB"),
        Choice::new("large", "m1.large").detail("4 vCPUs · 8 GiB · 80 GiB"),
    ];
    let images = vec![
        Choice::new("a", "debian-13-generic").detail("qcow2, 412 MiB"),
        Choice::new("b", "Offing Guest").detail("qcow2, 21 MiB"),
    ];
    let way = vec![Crumb::new(t.common.instances, paths::instances(project()))];
    view! {
        <PageHeader title=t.compute.launch_instance way/>
        <Form call submit=t.compute.launch cancel="?tab=list">
            <TextField name="name" label=t.common.name required=true value="web-4" hint="Also the guest’s host name."/>
            <SelectField name="image" label=t.compute.image required=true choices=images value="a"/>
            <RadioCards name="flavor" label=t.compute.flavor required=true choices=flavors value="small"/>
            <TextField name="cidr" label="CIDR" required=true mono=true value="10.0.0.0/24" placeholder="10.0.0.0/24"/>
            <NumberField name="min_disk" label=t.image.min_disk unit="GiB" value="8" min=0/>
            <FileField name="file" label="File" required=true accept=".qcow2,.raw,.iso,.img" hint="qcow2, raw or ISO. The format is found by the content."/>
            <TextArea name="user_data" label="User data" mono=true placeholder="#cloud-config" hint="A script or cloud-config that the guest runs on its first boot; 64 KiB at most."/>
            <CheckboxField name="routed" label="Connect to the router" checked=true hint="Without it the network reaches nothing but itself."/>
        </Form>
    }
}

#[component]
pub fn DetailPage() -> impl IntoView {
    let t = text();
    let Some(instance) = instances().into_iter().next() else { return ().into_any() };
    let way = vec![Crumb::new(t.common.instances, paths::instances(project()))];
    let state = instance.state;
    let id = instance.id.to_string();
    let all = RwSignal::new(actions(&instance));
    let inner = vec![
        Tab::new("detail", t.common.overview),
        Tab::new("log", t.compute.log),
        Tab::new("interfaces", t.compute.interfaces).count(1),
    ];
    view! {
        <PageHeader title=instance.name.clone() way badges=move || view! { <StatusBadge state/> }>
            <RowActions id="instance" name=instance.name.clone() buttons=2 actions=all.get_untracked()/>
        </PageHeader>
        <Tabs label="web-1" tabs=inner current=Memo::new(|_| "detail")/>
        <div class="sections">
            <Section title="Instance">
                <Facts>
                    <Fact name=t.common.id><Copyable value=id/></Fact>
                    <Fact name=t.compute.image><a href="?tab=list">"debian-13-generic"</a></Fact>
                    <Fact name=t.compute.key_pair>"mina"</Fact>
                    <Fact name=t.compute.power_state>"Running"</Fact>
                    <Fact name=t.common.created><When at=NOW/></Fact>
                </Facts>
            </Section>
            <Section title=t.compute.flavor>
                <Facts>
                    <Fact name=t.common.name>"m1.small"</Fact>
                    <Fact name=t.compute.vcpus>"1"</Fact>
                    <Fact name=t.compute.memory>{format::mebibytes(2048)}</Fact>
                    <Fact name=t.compute.disk>{format::gibibytes(20)}</Fact>
                </Facts>
            </Section>
        </div>
        <Section title=t.compute.log><LogView label=t.compute.log text=LOG.to_owned()/></Section>
    }
    .into_any()
}

#[component]
pub fn SignInPage() -> impl IntoView {
    let t = text();
    let call = Call::new("/dev/ui", Some(api::Error::field("password", api::Why::Credentials)), false, |event| {
        event.prevent_default()
    });
    view! {
        <Title text=t.identity.sign_in/>
        <h1>{t.identity.sign_in_to}</h1>
        <Form call submit=t.identity.sign_in>
            <TextField name="user_name" label=t.identity.user_name required=true autocomplete="username" autofocus=true/>
            <TextField name="password" label=t.identity.password required=true kind="password" autocomplete="current-password"/>
        </Form>
    }
}
