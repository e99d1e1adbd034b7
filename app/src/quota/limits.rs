//! The page of administrators: everybody's requests, what all projects use, and the defaults.

use super::calls::{QuotaDefaultUpdate, quota_default_list};
use super::overview::QuotaOverview;
use super::requests::Requests;
use crate::directory::limit_field;
use crate::i18n::text;
use crate::live::use_live;
use crate::project::here;
use crate::ui::{Form, Hidden, Load, PageHeader, Tab, Tabs, current_tab, switch};
use api::{Action, Kind};
use leptos::prelude::*;

#[component]
pub fn QuotaDefaults() -> impl IntoView {
    let t = text();
    let current = current_tab(&["requests", "usage", "defaults"]);
    let tabs = vec![
        Tab::new("requests", t.quota.requests),
        Tab::new("usage", t.quota.usage),
        Tab::new("defaults", t.quota.defaults),
    ];
    view! {
        <PageHeader title=t.quota.all hint=t.quota.admin_hint/>
        <Tabs label=t.quota.all tabs current/>
        {switch(move || match current.get() {
            "usage" => view! { <QuotaOverview/> }.into_any(),
            "defaults" => view! { <Defaults/> }.into_any(),
            _ => view! { <Requests all=true again=Signal::stored(0)/> }.into_any(),
        })}
    }
}

#[component]
fn Defaults() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let update = ServerAction::<QuotaDefaultUpdate>::new();
    let limits = Resource::new(
        move || (here.project.get(), live.version(Kind::Quota)),
        |(project, _)| quota_default_list(project),
    );
    view! {
        <p class="page-hint">{t.quota.defaults_hint}</p>
        <Load from=limits let:limits>
            <Form id="defaults" call=update submit=t.common.save disabled_because=here.not_allowed(Action::ManageQuotas)>
                <Hidden name="project" value=here.project.get_untracked()/>
                <div class="limits">
                    {limits.get_untracked().into_iter().map(|it| limit_field(it.resource, it.own.then_some(it.limit), it.default, None)).collect_view()}
                </div>
            </Form>
        </Load>
    }
}
