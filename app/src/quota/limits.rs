//! The page of administrators: everybody's requests, and the defaults.

use super::calls::{QuotaDefaultUpdate, quota_default_list};
use super::requests::Requests;
use crate::directory::limit_field;
use crate::i18n::text;
use crate::live::use_live;
use crate::project::here;
use crate::ui::{Form, Hidden, Load, PageHeader, Section};
use api::{Action, Kind};
use leptos::prelude::*;

#[component]
pub fn QuotaDefaults() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let update = ServerAction::<QuotaDefaultUpdate>::new();
    let limits = Resource::new(
        move || (here.project.get(), live.version(Kind::Quota)),
        |(project, _)| quota_default_list(project),
    );
    view! {
        <PageHeader title=t.quota.all hint=t.quota.admin_hint/>
        <Section title=t.quota.requests><Requests all=true again=Signal::stored(0)/></Section>
        <Section title=t.quota.defaults>
            <p class="page-hint">{t.quota.defaults_hint}</p>
            <Load from=limits let:limits>
                <Form id="defaults" call=update submit=t.common.save disabled_because=here.not_allowed(Action::ManageQuotas)>
                    <Hidden name="project" value=here.project.get_untracked()/>
                    <div class="limits">
                        {limits.get_untracked().into_iter().map(|it| limit_field(it.resource, it.own.then_some(it.limit), it.default, None)).collect_view()}
                    </div>
                </Form>
            </Load>
        </Section>
    }
}
