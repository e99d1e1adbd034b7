//! The landing page of a project: what is used of its quota, the first steps, and what happened lately.

pub mod calls;

use crate::Fail;
use crate::i18n::{format, text};
use crate::image::calls::image_list;
use crate::live::use_live;
use crate::operation::{OperationTable, calls::operation_list};
use crate::paths;
use crate::project::here;
use crate::ui::{Empty, Glyph, Icon, Load, Meter, PageHeader, Section};
use api::image::ImageStatus;
use api::quota::{Resource as Limited, Usage};
use api::{Kind, ListQuery};
use calls::quota_usage;
use leptos::prelude::*;

/// The resources on the page, most asked for first.
const SHOWN: [Limited; 8] = [
    Limited::Instances,
    Limited::Cores,
    Limited::Ram,
    Limited::ImageBytes,
    Limited::Networks,
    Limited::FloatingIps,
    Limited::SecurityGroups,
    Limited::KeyPairs,
];

#[component]
pub fn Overview() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let usage = Resource::new(
        move || (here.project.get(), Kind::ALL.map(|kind| live.version(kind)).iter().sum::<u32>()),
        |(project, _)| usage_and_images(project),
    );
    let operations = Resource::new(
        move || (here.project.get(), live.version(Kind::Operation)),
        |(project, _)| operation_list(project),
    );
    view! {
        <PageHeader title=t.common.overview/>
        <Load from=usage let:usage>
            {move || usage.with(|(usage, images)| steps(usage, *images))}
            <Section title=t.overview.quota>
                <div class="meters">{move || usage.with(|(usage, _)| meters(usage))}</div>
            </Section>
        </Load>
        <Section title=t.overview.recent>
            <Load from=operations let:operations>
                {
                    let none = Memo::new(move |_| operations.with(Vec::is_empty));
                    move || match none.get() {
                        true => view! { <Empty icon=Icon::Tasks title=t.operation.none hint=t.operation.none_hint/> }.into_any(),
                        false => view! { <OperationTable label=t.overview.recent items=operations targets=true/> }.into_any(),
                    }
                }
            </Load>
        </Section>
    }
}

/// What is used, and how many images there are to launch from, whosever they are.
async fn usage_and_images(project: String) -> Result<(Vec<Usage>, u64), Fail> {
    let active = ListQuery { status: ImageStatus::Active.as_str().to_owned(), limit: 1, ..ListQuery::default() };
    let (usage, images) = futures::try_join!(quota_usage(project.clone()), image_list(project, active))?;
    Ok((usage, images.total))
}

/// How the amounts of a resource are written; plain numbers where nothing is said.
pub type Writing = Option<fn(u64) -> String>;

/// A resource's name on a meter, and how its amounts are written.
pub fn naming(resource: Limited) -> (&'static str, Writing) {
    let t = text();
    match resource {
        Limited::Instances => (t.common.instances, None),
        Limited::Cores => (t.compute.vcpus, None),
        Limited::Ram => (t.compute.memory, Some(format::mebibytes)),
        Limited::ImageBytes => (t.common.images, Some(format::bytes)),
        Limited::Networks => (t.common.networks, None),
        Limited::Subnets => (t.network.subnets, None),
        Limited::Routers => (t.network.routers, None),
        Limited::Ports => (t.network.ports, None),
        Limited::FloatingIps => (t.common.floating_ips, None),
        Limited::SecurityGroups => (t.common.security_groups, None),
        Limited::SecurityGroupRules => (t.network.rules_of_groups, None),
        Limited::KeyPairs => (t.common.key_pairs, None),
    }
}

fn meters(usage: &[Usage]) -> impl IntoView + use<> {
    let meter = |resource| {
        let usage = usage.iter().find(|usage| usage.resource == resource)?;
        let (label, show) = naming(resource);
        Some(view! { <Meter label used=usage.used limit=usage.limit show/> })
    };
    SHOWN.map(meter).into_iter().flatten().collect_view()
}

/// The way to the first instance; gone once it has been walked.
fn steps(usage: &[Usage], images: u64) -> Option<AnyView> {
    let (t, here) = (text(), here());
    let used = |resource| usage.iter().any(|usage| usage.resource == resource && usage.used > 0);
    if used(Limited::Instances) {
        return None;
    }
    let project = here.id();
    let steps = [
        (used(Limited::Networks), t.overview.step_network, t.overview.step_network_hint, paths::networks(project)),
        (images > 0, t.overview.step_image, t.overview.step_image_hint, paths::image_create(project)),
        (
            used(Limited::KeyPairs),
            t.overview.step_key_pair,
            t.overview.step_key_pair_hint,
            paths::key_pair_create(project),
        ),
        (false, t.overview.step_instance, t.overview.step_instance_hint, paths::instance_launch(project)),
    ];
    let step = |(done, title, hint, href): (bool, &'static str, &'static str, String)| {
        let mark = if done { t.overview.step_done } else { t.overview.step_open };
        view! {
            <li class="step" data-done=done.then_some("true")>
                <span class="step-mark">{done.then(|| view! { <Glyph icon=Icon::Check/> })}<span class="unseen">{mark}</span></span>
                <a href=href>{title}</a>
                <p>{hint}</p>
            </li>
        }
    };
    Some(
        view! { <Section title=t.overview.steps><ol class="steps">{steps.map(step).collect_view()}</ol></Section> }
            .into_any(),
    )
}
