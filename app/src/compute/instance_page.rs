//! An instance: what it is, what can be done with it, and a tab for each side of it.

use super::calls::instance_show;
use super::instance::{Verbs, badge};
use super::instance_console::{ConsoleTab, Screen};
use super::instance_interfaces::InterfacesTab;
use super::instance_log::LogTab;
use super::instance_overview::OverviewTab;
use crate::i18n::text;
use crate::live::{ReloadWhile, use_live};
use crate::operation::TargetOperations;
use crate::paths;
use crate::project::{here, parameter};
use crate::ui::{
    Crumb, Load, Notice, Outcomes, PageHeader, RowActions, Tab, Tabs, Tone, current_tab, messages, switch,
};
use api::compute::InstanceDetail;
use api::{Error, Kind};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

#[component]
pub fn InstancePage() -> impl IntoView {
    let (here, live, id) = (here(), use_live(), parameter("id"));
    let verbs = Verbs::new();
    let detail = Resource::new(
        move || (here.project.get(), id.get(), live.version(Kind::Instance), live.version(Kind::FloatingIp)),
        |(project, id, ..)| instance_show(project, id),
    );
    leave_when_deleted(detail);
    view! {
        <Load from=detail let:detail>
            <Top verbs detail/>
            <Sides detail/>
        </Load>
    }
}

/// Its name, state and actions, and why it is in trouble.
#[component]
fn Top(verbs: Verbs, detail: Signal<InstanceDetail>) -> impl IntoView {
    let (t, here) = (text(), here());
    let name = Memo::new(move |_| detail.with(|detail| detail.instance.name.clone()));
    let state = Memo::new(move |_| detail.with(|detail| detail.instance.state));
    let fault = Memo::new(move |_| detail.with(|detail| detail.instance.fault.clone()));
    // Opening the console is a tab away.
    let actions = Signal::derive(move || detail.with(|detail| verbs.actions(here, &detail.instance)));
    view! {
        <ReloadWhile moving=Signal::derive(move || state.get().is_moving())/>
        <PageHeader title=name way=vec![Crumb::new(t.common.instances, paths::instances(here.id()))] badges=move || move || badge(state.get())>
            <RowActions id="instance" name actions buttons=2/>
        </PageHeader>
        <Outcomes calls=verbs.calls()/>
        {move || fault.get().map(|fault| view! { <Notice tone=Tone::Bad title=t.compute.fault>{fault.message}</Notice> })}
    }
}

/// The tabs.
#[component]
fn Sides(detail: Signal<InstanceDetail>) -> impl IntoView {
    let (t, id) = (text(), parameter("id"));
    let current = current_tab(&["overview", "interfaces", "log", "console", "serial", "actions"]);
    let interfaces = detail.with_untracked(|detail| detail.interfaces.len());
    let tabs = vec![
        Tab::new("overview", t.common.overview),
        Tab::new("interfaces", t.compute.interfaces).count(interfaces),
        Tab::new("log", t.compute.log),
        Tab::new("console", t.compute.console),
        Tab::new("serial", t.compute.serial_console),
        Tab::new("actions", t.compute.action_log),
    ];
    view! {
        <Tabs label=t.compute.instance tabs current/>
        {switch(move || match current.get() {
            "interfaces" => view! { <InterfacesTab detail/> }.into_any(),
            "log" => view! { <LogTab detail/> }.into_any(),
            "console" => view! { <ConsoleTab detail screen=Screen::Graphical/> }.into_any(),
            "serial" => view! { <ConsoleTab detail screen=Screen::Serial/> }.into_any(),
            "actions" => view! { <TargetOperations kind=Kind::Instance target=id/> }.into_any(),
            _ => view! { <OverviewTab detail/> }.into_any(),
        })}
    }
}

/// Whoever looks at an instance that is gone is led to the list and told.
fn leave_when_deleted(detail: Resource<Result<InstanceDetail, crate::Fail>>) {
    let (t, here, messages, navigate) = (text(), here(), messages(), use_navigate());
    Effect::new(move |last: Option<Option<String>>| match detail.get() {
        Some(Ok(detail)) => Some(detail.instance.name),
        Some(Err(fail)) if matches!(fail.0, Error::NotFound { .. }) => {
            if let Some(name) = last.flatten() {
                messages.done((t.compute.deleted)(&name));
                navigate(&paths::instances(here.id()), Default::default());
            }
            None
        }
        _ => last.flatten(),
    });
}
