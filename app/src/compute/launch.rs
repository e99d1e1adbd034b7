//! The launch page: one screen, on which a name is all that has to be given.

use super::calls::InstanceLaunch;
use super::launch_choices::{
    IMAGES, MissingNotice, Offer, flavor_choices, group_choices, image_choices, image_fault, kept, keypair_choices,
    missing, network_choices, offer, offer_version,
};
use crate::i18n::{format, text};
use crate::live::use_live;
use crate::paths;
use crate::project::here;
use crate::ui::{
    Call, Checks, Choice, Crumb, Fact, Facts, Form, Hidden, Load, Meter, NarrowField, NarrowForm, Notice, PageHeader,
    RadioCards, Section, SelectField, TextArea, TextField, Tone, asked_for,
};
use api::compute::{Flavor, USER_DATA_MAX};
use api::image::Image;
use api::quota::{Resource as Limited, Usage};
use api::{Error, Why};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// What the address looks for images by.
const SEARCH: &str = "image_search";
/// The form that asks for it.
const SEARCH_FORM: &str = "find-image";

#[component]
pub fn Launch() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let launch = ServerAction::<InstanceLaunch>::new();
    let query = use_query_map();
    let search = Memo::new(move |_| query.with(|query| query.get(SEARCH)).unwrap_or_default());
    let asked = asked_for("image").unwrap_or_default();
    let offer = Resource::new(
        move || (here.project.get(), search.get(), offer_version(live)),
        move |(project, search, _)| offer(project, search, asked.clone()),
    );
    view! {
        <PageHeader title=t.compute.launch_instance way=vec![Crumb::new(t.common.instances, paths::instances(here.id()))]/>
        <Load from=offer let:offer>
            {
                // A form that is being filled in stays, whatever is found meanwhile.
                let missing = Memo::new(move |last: Option<&Option<_>>| match last {
                    Some(None) => None,
                    _ => offer.with(|offer| missing(offer, !search.get_untracked().is_empty())),
                });
                move || match missing.get() {
                    Some(missing) => view! { <MissingNotice missing/> }.into_any(),
                    None => view! { <LaunchForm launch offer search/> }.into_any(),
                }
            }
        </Load>
    }
}

/// One of a list that may change while it is being looked at.
#[derive(Clone, Copy)]
struct Pick {
    choices: Memo<Vec<Choice>>,
    asked: RwSignal<Option<String>>,
}

impl Pick {
    fn new(name: &'static str, choices: impl Fn() -> Vec<Choice> + Send + Sync + 'static) -> Self {
        Self::of(RwSignal::new(asked_for(name)), choices)
    }

    fn of(asked: RwSignal<Option<String>>, choices: impl Fn() -> Vec<Choice> + Send + Sync + 'static) -> Self {
        Self { choices: Memo::new(move |_| choices()), asked }
    }

    /// What was asked for, if it can be had; where nothing was, the first that can.
    fn value(self) -> String {
        self.choices.with(|choices| self.asked.with(|asked| settle(choices, asked.as_deref())))
    }

    fn label(self) -> String {
        let value = self.value();
        self.choices
            .with(|choices| choices.iter().find(|it| it.value == value).map(|it| it.label.clone()).unwrap_or_default())
    }
}

/// Nothing takes the place of what was asked for.
fn settle(choices: &[Choice], asked: Option<&str>) -> String {
    let mut possible = choices.iter().filter(|choice| choice.disabled_because.is_none());
    let settled = match asked {
        Some(asked) => possible.find(|choice| choice.value == asked),
        None => possible.next(),
    };
    settled.map(|choice| choice.value.clone()).unwrap_or_default()
}

#[component]
fn LaunchForm(launch: ServerAction<InstanceLaunch>, offer: Signal<Offer>, search: Memo<String>) -> impl IntoView {
    let (t, here) = (text(), here());
    let asked = RwSignal::new(asked_for("image"));
    let images = Memo::new(move |before: Option<&Vec<Image>>| {
        offer.with(|(found, ..)| asked.with_untracked(|asked| kept(&found.items, before, asked.as_deref())))
    });
    let image = Pick::of(asked, move || images.with(|images| image_choices(images)));
    let fault = move || images.with(|images| asked.with(|asked| image_fault(images, asked.as_deref())));
    let fault = Signal::derive(move || fault().map(|why| Error::field("image", why)));
    let found = Memo::new(move |_| offer.with(|(found, ..)| found.total));
    // Once there, it stays: somebody may be typing into it.
    let many = Memo::new(move |last: Option<&bool>| {
        last == Some(&true) || found.get() > u64::from(IMAGES) || !search.get().is_empty()
    });
    let shown = Signal::derive(move || (t.ui.rows_of)(found.get().min(u64::from(IMAGES)), found.get()));
    let flavor = Pick::new("flavor", move || {
        offer.with(|offer| images.with(|images| flavor_choices(images, offer, &image.value())))
    });
    let network = Pick::new("network", move || offer.with(network_choices));
    let keypair = Pick::new("keypair", move || offer.with(keypair_choices));
    let (groups, default_group) = offer.with_untracked(group_choices);
    let bytes = RwSignal::new(asked_for("user_data").unwrap_or_default().len());
    let has_data = bytes.get_untracked() > 0;
    view! {
        <NarrowForm id=SEARCH_FORM name=SEARCH/>
        <div class="split">
            <Form call=within_limit(launch.into(), bytes, fault) submit=t.compute.launch cancel=paths::instances(here.id()) disabled_because=here.read_only()>
                <Hidden name="project" value=here.project.get_untracked()/>
                <TextField name="name" label=t.common.name value=offer.with_untracked(suggested_name) required=true autofocus=true/>
                <div class="field-group">
                    <Picker name="image" label=t.compute.image pick=image/>
                    {move || many.get().then(|| view! { <NarrowField form=SEARCH_FORM name=SEARCH label=t.compute.find_image note=shown/> })}
                </div>
                <Picker name="flavor" label=t.compute.flavor pick=flavor cards=true/>
                <Picker name="network" label=t.network.network pick=network/>
                <Picker name="keypair" label=t.compute.key_pair pick=keypair hint=t.compute.keypair_hint/>
                <Checks name="security_groups" label=t.common.security_groups choices=groups values=default_group/>
                <details class="more" open=has_data>
                    <summary>{t.compute.user_data}</summary>
                    <div on:input=move |event| bytes.set(event_target_value(&event).len())>
                        <TextArea name="user_data" label=t.compute.user_data hint=t.compute.user_data_hint rows=10 mono=true placeholder="#!/bin/sh"/>
                    </div>
                    <p class="field-hint scripted" data-tone=move || (bytes.get() > USER_DATA_MAX).then_some("bad")>
                        {move || (t.ui.used_of)(&format::bytes(bytes.get() as u64), &format::bytes(USER_DATA_MAX as u64))}
                    </p>
                </details>
            </Form>
            <aside class="split-side">
                <Section title=t.compute.summary>
                    <Facts>
                        <Fact name=t.compute.image>{move || image.label()}</Fact>
                        <Fact name=t.compute.flavor>{move || flavor.choices.with(|choices| specs_of(choices, &flavor.value()))}</Fact>
                        <Fact name=t.network.network>{move || network.label()}</Fact>
                        <Fact name=t.compute.key_pair>{move || keypair.label()}</Fact>
                    </Facts>
                </Section>
                <Section title=t.compute.quota_after>
                    <div class="meters">{move || offer.with(|offer| quota_after(offer, &flavor.value()))}</div>
                </Section>
            </aside>
        </div>
    }
}

/// A field for a pick: a list, or cards. It is drawn anew only when the choices change.
#[component]
fn Picker(
    name: &'static str,
    label: &'static str,
    pick: Pick,
    #[prop(optional)] cards: bool,
    #[prop(optional)] hint: &'static str,
) -> impl IntoView {
    let field = move || {
        let (mut choices, value) = (pick.choices.get(), untrack(|| pick.value()));
        let required = !choices.iter().any(|choice| choice.value.is_empty());
        if required && value.is_empty() && !cards {
            // Left to itself a browser would show the first as if it were chosen.
            choices.insert(0, Choice::new("", text().ui.choose_one));
        }
        match cards {
            true => view! { <RadioCards name label choices value required settled=true/> }.into_any(),
            false if hint.is_empty() => {
                view! { <SelectField name label choices value required settled=true/> }.into_any()
            }
            false => view! { <SelectField name label choices value required hint settled=true/> }.into_any(),
        }
    };
    view! { <div on:change=move |event| pick.asked.set(Some(event_target_value(&event)))>{field}</div> }
}

/// Refuses what the server would refuse, before all of it has been sent there; until then `fault` is what is wrong.
fn within_limit(launch: Call, bytes: RwSignal<usize>, fault: Signal<Option<Error>>) -> Call {
    let too_large = RwSignal::new(None);
    let (url, error, pending) = (launch.url.clone(), launch.error.clone(), Signal::from(launch.pending.clone()));
    let error = Signal::derive(move || too_large.get().or_else(|| error.get()).or_else(|| fault.get()));
    Call::new(url, error, pending, move |event| {
        let is = bytes.get_untracked();
        let why = Why::TooLarge { max: USER_DATA_MAX as u64, is: is as u64 };
        too_large.set((is > USER_DATA_MAX).then(|| Error::field("user_data", why)));
        match is > USER_DATA_MAX {
            true => event.prevent_default(),
            false => launch.submit(event),
        }
    })
}

/// A name nobody has to think about.
fn suggested_name((.., usage): &Offer) -> String {
    let instances = usage.iter().find(|usage| usage.resource == Limited::Instances).map_or(0, |usage| usage.used);
    format!("instance-{}", instances + 1)
}

fn specs_of(choices: &[Choice], flavor: &str) -> String {
    let chosen = choices.iter().find(|choice| choice.value == flavor);
    chosen.map(|choice| format!("{} ({})", choice.label, choice.detail)).unwrap_or_default()
}

/// What of the quota would be used with one more instance of the flavor.
fn quota_after((_, flavors, .., usage): &Offer, flavor: &str) -> AnyView {
    let t = text();
    let flavor = flavors.iter().find(|it| it.id.to_string() == flavor);
    let with = |resource| usage.iter().find(|it| it.resource == resource).map(|it| with_one_more(it, flavor));
    let after: Vec<_> = [Limited::Instances, Limited::Cores, Limited::Ram].into_iter().filter_map(with).collect();
    let passed = after.iter().any(|usage| usage.limit >= 0 && usage.used > usage.limit);
    let meter = |usage: &Usage| {
        let (label, show) = crate::overview::naming(usage.resource);
        view! { <Meter label used=usage.used limit=usage.limit show/> }
    };
    view! {
        {after.iter().map(meter).collect_view()}
        {passed.then(|| view! { <Notice tone=Tone::Bad title=t.compute.over_quota>{t.compute.over_quota_hint}</Notice> })}
    }
    .into_any()
}

fn with_one_more(usage: &Usage, flavor: Option<&Flavor>) -> Usage {
    let more = match usage.resource {
        Limited::Instances => 1,
        Limited::Cores => flavor.map_or(0, |flavor| i64::from(flavor.vcpus)),
        Limited::Ram => flavor.map_or(0, |flavor| flavor.ram_mb as i64),
        _ => 0,
    };
    Usage { used: usage.used + more, ..*usage }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_if_it_can_be_had() {
        fn check(asked: Option<&str>, expected: &str) {
            let choices = [
                Choice::new("a", "A").disabled_because(Some("too small".into())),
                Choice::new("b", "B"),
                Choice::new("c", "C"),
                Choice::new("", "None"),
            ];
            assert_eq!(settle(&choices, asked), expected, "{asked:?}");
        }
        check(Some("c"), "c");
        check(Some(""), "");
        check(Some("a"), "");
        check(Some("gone"), "");
        check(None, "b");
        assert_eq!(settle(&[], Some("a")), "");
    }
}
