//! A class: its seats, how students come into it, and what it was made from.

use super::calls::{ClassExtend, ClassJoinSet, ClassRemove, ClassReset, SeatCreate, class_show};
use super::class_list::{class_badge, end};
use super::roster::RosterField;
use super::seat_list::Seats;
use super::sheet::SheetView;
use crate::directory::Holdings;
use crate::i18n::{format, text};
use crate::live::use_live;
use crate::operation::TargetOperations;
use crate::overview::naming;
use crate::paths;
use crate::project::{here, parameter};
use crate::quota::amount;
use crate::ui::{
    Copyable, Crumb, Fact, Facts, Form, Hidden, Icon, Load, Notice, NumberField, Outcomes, PageHeader, Question,
    RowAction, RowActions, Section, Tab, Tabs, Tag, TextField, Tone, When, answered, current_tab, switch,
};
use api::class::{ClassDetail, JOIN_LIMIT, JoinCode};
use api::{Action, Kind};
use leptos::prelude::*;

#[component]
pub fn ClassPage() -> impl IntoView {
    let (t, here, live, id) = (text(), here(), use_live(), parameter("id"));
    let (reset, remove) = (ServerAction::<ClassReset>::new(), ServerAction::<ClassRemove>::new());
    let detail = Resource::new(
        move || (here.project.get(), id.get(), live.version(Kind::Class)),
        |(project, id, _)| class_show(project, id),
    );
    let current = current_tab(&["seats", "joining", "overview", "actions"]);
    view! {
        <Load from=detail let:detail>
            {
                let name = Memo::new(move |_| detail.with(|detail| detail.class.name.clone()));
                let way = vec![Crumb::new(t.class.title, paths::classes(here.id()))];
                let tabs = vec![
                    Tab::new("seats", t.class.seats),
                    Tab::new("joining", t.class.joining),
                    Tab::new("overview", t.common.overview),
                    Tab::new("actions", t.compute.action_log),
                ];
                view! {
                    <PageHeader title=name way badges=move || move || detail.with(|detail| class_badge(&detail.class))>
                        <RowActions id="class" name actions=Signal::derive(move || detail.with(|detail| actions(detail, reset, remove))) buttons=2/>
                    </PageHeader>
                    <Outcomes calls=vec![reset.into(), remove.into()]/>
                    <Tabs label=t.class.class tabs current/>
                    {switch(move || match current.get() {
                        "joining" => view! { <JoiningTab id detail/> }.into_any(),
                        "overview" => view! { <Overview id detail/> }.into_any(),
                        "actions" => view! { <TargetOperations kind=Kind::Class target=id/> }.into_any(),
                        _ => view! { <Seats id reset/> }.into_any(),
                    })}
                }
            }
        </Load>
    }
}

/// What can be done with all of it. What is destroyed is said first.
fn actions(detail: &ClassDetail, reset: ServerAction<ClassReset>, remove: ServerAction<ClassRemove>) -> Vec<RowAction> {
    let (t, here, class) = (text(), here(), &detail.class);
    let busy = class.removing.then(|| t.class.removing.to_owned());
    let fields = || vec![("project", here.project.get()), ("id", class.id.to_string())];
    let held: Vec<String> =
        detail.holdings.iter().map(|held| format!("{} × {}", held.count, (t.error.kind)(held.kind))).collect();
    let with_users = [vec![(t.class.users_n)(class.seats)], held.clone()].concat();
    let confirmed = [fields(), vec![("confirm", class.name.clone())]].concat();
    vec![
        RowAction::post(t.class.reset_all, Icon::Reboot, reset, fields())
            .confirm(Question::new((t.class.reset_title)(&class.name), t.class.reset_all_body).also(held))
            .disabled_because(busy.clone().or((class.seats == 0).then(|| t.class.no_seats.to_owned()))),
        RowAction::post(t.class.remove, Icon::Delete, remove, confirmed)
            .confirm(
                Question::new((t.ui.delete_named)(&class.name), t.class.remove_body)
                    .also(with_users)
                    .typed(&class.name),
            )
            .disabled_because(busy.clone()),
        RowAction::link(t.common.edit, Icon::Edit, paths::class_edit(here.id(), class.id))
            .disabled_because(busy.or_else(|| here.not_allowed(Action::ManageClasses))),
    ]
}

/// The two ways in: by name, and by a code.
#[component]
fn JoiningTab(id: Memo<String>, detail: Signal<ClassDetail>) -> impl IntoView {
    let (t, here) = (text(), here());
    let (add, join) = (ServerAction::<SeatCreate>::new(), ServerAction::<ClassJoinSet>::new());
    let (added, code) = (answered(add), answered(join));
    let open = Memo::new(move |_| detail.with(|detail| detail.join_limit));
    let busy = Memo::new(move |_| detail.with(|detail| detail.class.removing));
    let why = move || busy.get_untracked().then(|| t.class.removing.to_owned());
    let project = move || here.project.get_untracked();
    view! {
        {move || added.get().map(|sheet| view! { <SheetView sheet/> })}
        <Section title=t.class.joining>
            <p class="page-hint">{t.class.join_hint}</p>
            {move || code.get().flatten().map(|code| view! { <Code code/> })}
            <p>{move || open.get().map_or_else(|| t.class.join_is_closed.to_owned(), t.class.join_is_open)}</p>
            {move || {
                let (submit, limit) = match open.get() {
                    Some(limit) => (t.class.join_renew, limit),
                    None => (t.class.join_open, JOIN_LIMIT),
                };
                view! {
                    <Form id="join" call=join submit disabled_because=why()>
                        <Hidden name="project" value=project()/>
                        <Hidden name="id" value=id.get_untracked()/>
                        <NumberField name="limit" label=t.class.join_limit hint=t.class.join_limit_hint value=limit.to_string() min=1/>
                    </Form>
                }
            }}
            {move || open.get().map(|_| view! {
                <Form id="close" call=join>
                    <Hidden name="project" value=project()/>
                    <Hidden name="id" value=id.get_untracked()/>
                    <Hidden name="close" value="true"/>
                    <div class="form-buttons"><button class="button quiet" type="submit">{t.class.join_close}</button></div>
                </Form>
            })}
        </Section>
        <Section title=t.class.add_seats>
            <Form id="seats" call=add submit=t.class.add_seats disabled_because=why() clears=true>
                <Hidden name="project" value=project()/>
                <Hidden name="id" value=id.get_untracked()/>
                <RosterField id="seats" required=true/>
            </Form>
        </Section>
    }
}

/// The code, once: large enough for the last row.
#[component]
fn Code(code: JoinCode) -> impl IntoView {
    let t = text();
    let JoinCode { url, qr } = code;
    view! {
        <Notice tone=Tone::Attention title=t.class.join_shown>{t.class.join_shown_hint}</Notice>
        <div class="enrolment">
            <svg class="qr large" viewBox=format!("0 0 {0} {0}", qr.size) role="img" aria-label=t.class.qr_label shape-rendering="crispEdges">
                <path d=qr.path/>
            </svg>
            <Facts><Fact name=t.class.address><Copyable value=url/></Fact></Facts>
        </div>
    }
}

/// What it was made from, what it holds, and when it ends.
#[component]
fn Overview(id: Memo<String>, detail: Signal<ClassDetail>) -> impl IntoView {
    let (t, here) = (text(), here());
    let extend = ServerAction::<ClassExtend>::new();
    // The accounts end with a day: at the first moment of the next one.
    let day = |at: api::Micros| format::rfc3339(at - 1).chars().take(10).collect::<String>();
    let last = detail.with_untracked(|detail| detail.class.expires_at.map(day)).unwrap_or_default();
    view! {
        {move || facts(detail.get())}
        <Section title=t.class.extend>
            <Form id="extend" call=extend submit=t.class.extend>
                <Hidden name="project" value=here.project.get_untracked()/>
                <Hidden name="id" value=id.get_untracked()/>
                <TextField name="expires" label=t.class.expires kind="date" hint=t.class.expires_hint value=last/>
            </Form>
        </Section>
    }
}

fn facts(detail: ClassDetail) -> impl IntoView {
    let t = text();
    let ClassDetail { class, teachers, limits, cidr, images, flavors, holdings, .. } = detail;
    let teachers: Vec<String> = teachers.into_iter().map(|(_, name)| name).collect();
    let names = move |names: Option<Vec<String>>| match names {
        Some(names) => names.into_iter().map(|label| view! { <Tag label/>" " }).collect_view().into_any(),
        None => t.class.all.into_any(),
    };
    let images = images.map(|images| images.into_iter().map(|(_, name)| name).collect());
    let flavors = flavors.map(|flavors| flavors.into_iter().map(|(_, name)| name).collect());
    let limit = |(resource, max)| {
        let label = format!("{}: {}", naming(resource).0, amount(resource, max));
        view! { <Tag label/>" " }
    };
    view! {
        <Section title=t.compute.facts>
            <Facts>
                <Fact name=t.common.description>{class.description}</Fact>
                <Fact name=t.common.id><Copyable value=class.id.to_string()/></Fact>
                <Fact name=t.directory.domain>{class.domain_name}</Fact>
                <Fact name=t.class.teachers>{teachers.join(", ")}</Fact>
                <Fact name=t.class.seats>{class.seats}</Fact>
                <Fact name=t.class.expires>{end(class.expires_at)}</Fact>
                <Fact name=t.class.cidr>{cidr.unwrap_or_else(|| t.common.none.to_owned())}</Fact>
                <Fact name=t.class.images>{names(images)}</Fact>
                <Fact name=t.class.flavors>{names(flavors)}</Fact>
                {(!limits.is_empty()).then(|| view! { <Fact name=t.directory.limits>{limits.into_iter().map(limit).collect_view()}</Fact> })}
                <Fact name=t.common.created><When at=class.created_at/></Fact>
            </Facts>
        </Section>
        <Section title=t.directory.holdings><Holdings holdings/></Section>
    }
}
