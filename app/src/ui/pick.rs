//! Fields whose values are looked for on the server while one types. Without JavaScript they are fields for a name.

use super::address::Here;
use super::button::{Button, Variant};
use super::field::{Choice, Frame, Mark, Notes, Wiring};
use super::form::FormState;
use super::icon::{Glyph, Icon};
use crate::i18n::text;
use leptos::prelude::*;
use leptos_router::components::Form;
use leptos_router::hooks::use_query_map;
use std::time::Duration;

/// What is looked for, and what was found.
#[derive(Clone, Copy)]
pub struct Search {
    pub found: Signal<Vec<Choice>>,
    /// Called with what has been typed.
    pub typed: Callback<String>,
}

/// Rows to begin with: without JavaScript there are no more.
const ROWS: usize = 3;

/// One choice as it is offered: with what tells it from others of the same name.
fn options(id: String, search: Search) -> impl IntoView {
    let option = |choice: Choice| view! { <option value=choice.label>{choice.detail}</option> };
    view! { <datalist id=id>{move || search.found.get().into_iter().map(option).collect_view()}</datalist> }
}

/// The value of the choice that was taken from those offered. It is sent in place of what stands in the field, as several things may have
/// the same name; what is typed to its end is sent as it stands.
#[derive(Clone, Copy)]
struct Picked(RwSignal<Option<String>>);

impl Picked {
    fn new() -> Self {
        let (picked, form) = (RwSignal::new(None), FormState::here());
        // A form that was sent has been emptied.
        Effect::new(move |_| {
            form.cleared.track();
            picked.set(None);
        });
        Self(picked)
    }

    /// The field's own name, as long as its text is what is sent.
    fn name(self, name: String) -> impl Fn() -> Option<String> + Clone + Send + Sync + 'static {
        move || self.0.with(Option::is_none).then(|| name.clone())
    }

    fn hidden(self, name: String) -> impl Fn() -> Option<AnyView> + Send + Sync + 'static {
        move || self.0.get().map(|value| view! { <input type="hidden" name=name.clone() value=value/> }.into_any())
    }

    fn listener(self, search: Search) -> impl Fn(leptos::ev::Event) + Clone + 'static {
        let later =
            std::rc::Rc::new(std::cell::RefCell::new(debounce(Duration::from_millis(200), move |typed: String| {
                search.typed.run(typed);
            })));
        move |event| {
            let typed = event_target_value(&event);
            let is_it = |choice: &&Choice| choice.label == typed;
            let one = search.found.with_untracked(|found| found.iter().find(is_it).map(|one| one.value.clone()));
            self.0.set(one.clone());
            if one.is_none() {
                (later.borrow_mut())(typed);
            }
        }
    }
}

/// One thing, picked or by name.
#[component]
pub fn SearchField(
    name: &'static str,
    #[prop(into)] label: String,
    search: Search,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] value: String,
    #[prop(optional)] required: bool,
) -> impl IntoView {
    let wiring = Wiring::new(name, &label, hint.is_some());
    let value = Wiring::kept(name, value);
    let (list, picked) = (format!("{}-found", wiring.id), Picked::new());
    view! {
        <Frame wiring=wiring.clone() label hint required>
            <input
                class="input" id=wiring.id.clone() name=picked.name(name.to_owned()) type="text" value=value required=required autocomplete="off" list=list.clone()
                aria-invalid=wiring.invalid() aria-describedby=move || wiring.described_by.get() on:input=picked.listener(search)
            />
            {picked.hidden(name.to_owned())}
            {options(list, search)}
        </Frame>
    }
}

/// The form of a [`NarrowField`]. Forms are not nested in HTML, so it stands beside the one that its field stands in, and holds what the
/// address must not lose.
#[component]
pub fn NarrowForm(id: &'static str, name: &'static str) -> impl IntoView {
    let here = Here::new();
    let hidden = move || {
        let kept = here.kept.get().into_iter().filter(|(kept, _)| kept != name);
        kept.map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view()
    };
    view! { <Form method="get" action=move || here.path.get() noscroll=true replace=true attr:id=id>{hidden}</Form> }
}

/// Narrows another field's choices on the server: what is looked for stands in the address.
#[component]
pub fn NarrowField(
    /// The id of its `NarrowForm`.
    form: &'static str,
    name: &'static str,
    #[prop(into)] label: String,
    /// How much has been found.
    #[prop(into)]
    note: Signal<String>,
) -> impl IntoView {
    let now = use_query_map().with_untracked(|query| query.get(name)).unwrap_or_default();
    let search = NodeRef::<leptos::html::Input>::new();
    let mut send = debounce(Duration::from_millis(250), move |()| {
        if let Some(form) = search.get_untracked().and_then(|search| search.form()) {
            _ = form.request_submit();
        }
    });
    view! {
        <div class="narrow">
            <span class="search">
                <Glyph icon=Icon::Search/>
                <input
                    class="input" type="search" form=form name=name aria-label=label.clone() placeholder=label autocomplete="off" value=now
                    node_ref=search on:input=move |_| send(())
                />
            </span>
            <span class="filter-apply"><button class=Variant::Secondary.class() type="submit" form=form>{text().ui.search}</button></span>
            <p class="field-hint" role="status">{note}</p>
        </div>
    }
}

/// Rows of a name that is looked for and a choice beside it; sent as the lists `name[]` and `choice_name[]`.
#[component]
pub fn PickRows(
    name: &'static str,
    choice_name: &'static str,
    #[prop(into)] label: String,
    #[prop(into)] choice_label: String,
    /// The text of the button that adds a row.
    #[prop(into)]
    more: String,
    search: Search,
    choices: Vec<Choice>,
    /// What is chosen in a new row.
    #[prop(into)]
    chosen: String,
    #[prop(optional, into)] hint: Option<String>,
) -> impl IntoView {
    let wiring = Wiring::new(name, &label, hint.is_some());
    let (names, picks) = (format!("{name}[]"), format!("{choice_name}[]"));
    let form = FormState::here();
    let (kept, kept_picks) = (form.all_kept(&names), form.all_kept(&picks));
    let rows = RwSignal::new(ROWS.max(kept.len()));
    let list = format!("{}-found", wiring.id);
    let (first, field_label, invalid) = (wiring.id.clone(), label.clone(), wiring.invalid());
    let found = list.clone();
    let row = move |at: usize| {
        // The first field carries the group's own id, so that the summary of faults can lead there.
        let id = if at == 0 { first.clone() } else { format!("{first}-{at}") };
        let value = kept.get(at).cloned().unwrap_or_default();
        let picked = Picked::new();
        let beside = kept_picks.get(at).cloned().unwrap_or_else(|| chosen.clone());
        let option = |choice: &Choice| {
            let selected = choice.value == beside;
            view! { <option value=choice.value.clone() selected=selected>{choice.label.clone()}</option> }
        };
        view! {
            <div class="pick-row">
                <input
                    class="input" id=id name=picked.name(names.clone()) type="text" value=value autocomplete="off" list=found.clone()
                    aria-label=format!("{field_label} {}", at + 1) aria-invalid=invalid.clone() on:input=picked.listener(search)
                />
                {picked.hidden(names.clone())}
                <span class="select">
                    <select class="input" name=picks.clone() aria-label=format!("{choice_label} {}", at + 1)>
                        {choices.iter().map(option).collect_view()}
                    </select>
                    <Glyph icon=Icon::Down/>
                </span>
            </div>
        }
    };
    view! {
        <fieldset class="field" aria-describedby=move || wiring.described_by.get()>
            <legend>{label}<Mark required=false/></legend>
            <For each=move || 0..rows.get() key=|at| *at children=row/>
            {options(list, search)}
            <div class="scripted" on:click=move |_| rows.update(|rows| *rows += 1)>
                <Button kind="button" icon=Some(Icon::Add)>{more}</Button>
            </div>
            <Notes wiring=wiring.clone() hint/>
        </fieldset>
    }
}

/// Rows of names that are looked for; sent as the list `name[]`.
#[component]
pub fn SearchRows(
    name: &'static str,
    #[prop(into)] label: String,
    /// The text of the button that adds a row.
    #[prop(into)]
    more: String,
    search: Search,
    #[prop(optional, into)] hint: Option<String>,
) -> impl IntoView {
    let wiring = Wiring::new(name, &label, hint.is_some());
    let names = format!("{name}[]");
    let kept = FormState::here().all_kept(&names);
    let rows = RwSignal::new(kept.len().max(ROWS));
    let list = format!("{}-found", wiring.id);
    let (first, field_label, invalid, found) = (wiring.id.clone(), label.clone(), wiring.invalid(), list.clone());
    let row = move |at: usize| {
        let id = if at == 0 { first.clone() } else { format!("{first}-{at}") };
        let (value, picked) = (kept.get(at).cloned().unwrap_or_default(), Picked::new());
        // The first is called by the label alone: often it is the only one.
        let label = if at == 0 { field_label.clone() } else { format!("{field_label} {}", at + 1) };
        view! {
            <div class="pick-row">
                <input
                    class="input" id=id name=picked.name(names.clone()) type="text" value=value autocomplete="off" list=found.clone()
                    aria-label=label aria-invalid=invalid.clone() on:input=picked.listener(search)
                />
                {picked.hidden(names.clone())}
            </div>
        }
    };
    view! {
        <fieldset class="field" aria-describedby=move || wiring.described_by.get()>
            <legend>{label}</legend>
            <For each=move || 0..rows.get() key=|at| *at children=row/>
            {options(list, search)}
            <div class="scripted" on:click=move |_| rows.update(|rows| *rows += 1)>
                <Button kind="button" icon=Some(Icon::Add)>{more}</Button>
            </div>
            <Notes wiring=wiring.clone() hint/>
        </fieldset>
    }
}
