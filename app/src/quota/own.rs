//! A project's own page of quotas: what is used, and asking for more.

use super::calls::QuotaRequestCreate;
use super::requests::Requests;
use crate::i18n::text;
use crate::live::use_live;
use crate::overview::{calls::quota_usage, naming};
use crate::project::here;
use crate::ui::{Choice, Form, Hidden, Load, Meter, NumberField, PageHeader, Section, SelectField, TextArea};
use api::quota::Resource as Limited;
use api::{Action, Kind};
use leptos::prelude::*;

#[component]
pub fn Quotas() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let ask = ServerAction::<QuotaRequestCreate>::new();
    let usage = Resource::new(
        move || (here.project.get(), Kind::ALL.map(|kind| live.version(kind)).iter().sum::<u32>()),
        |(project, _)| quota_usage(project),
    );
    let again = Signal::derive(move || ask.version().get());
    let resources = Limited::ALL.map(|resource| Choice::new(resource.as_str(), naming(resource).0)).to_vec();
    view! {
        <PageHeader title=t.common.quotas hint=t.quota.hint/>
        <Section title=t.quota.usage>
        <Load from=usage let:usage>
            <div class="meters">
                {move || usage.get().into_iter().map(|usage| {
                    let (label, show) = naming(usage.resource);
                    view! { <Meter label used=usage.used limit=usage.limit show/> }
                }).collect_view()}
            </div>
        </Load>
        </Section>
        <details class="fold" open=ask.value().with_untracked(Option::is_some)>
            <summary>{t.quota.ask}</summary>
            <Form clears=true call=ask submit=t.quota.ask disabled_because=here.not_allowed_below_member(Action::RequestQuota)>
                <Hidden name="project" value=here.project.get_untracked()/>
                <SelectField name="resource" label=t.quota.resource choices=resources required=true/>
                <NumberField name="asked" label=t.quota.new_limit hint=t.quota.units min=-1 required=true/>
                <TextArea name="reason" label=t.quota.reason hint=t.quota.reason_hint rows=3 required=true/>
            </Form>
        </details>
        <Section title=t.quota.requests><Requests all=false again/></Section>
    }
}
