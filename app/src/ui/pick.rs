//! Fields whose values are looked for on the server while one types. Without JavaScript they are fields for a name.

use super::button::Button;
use super::field::{Choice, Frame, Mark, Notes, Wiring};
use super::form::FormState;
use super::icon::{Glyph, Icon};
use leptos::prelude::*;
use std::time::Duration;

/// What is looked for, and what was found.
#[derive(Clone, Copy)]
pub struct Search {
    pub found: Signal<Vec<Choice>>,
    /// Called with what has been typed.
    pub typed: Callback<String>,
}

fn options(id: String, search: Search) -> impl IntoView {
    let option = |choice: Choice| view! { <option value=choice.value>{choice.label}</option> };
    view! { <datalist id=id>{move || search.found.get().into_iter().map(option).collect_view()}</datalist> }
}

fn listener(search: Search) -> impl Fn(leptos::ev::Event) + Clone + 'static {
    let later =
        std::rc::Rc::new(std::cell::RefCell::new(debounce(Duration::from_millis(200), move |typed: String| {
            search.typed.run(typed);
        })));
    move |event| (later.borrow_mut())(event_target_value(&event))
}

/// One thing, by name.
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
    let list = format!("{}-found", wiring.id);
    view! {
        <Frame wiring=wiring.clone() label hint required>
            <input
                class="input" id=wiring.id.clone() name=name type="text" value=value required=required autocomplete="off" list=list.clone()
                aria-invalid=wiring.invalid() aria-describedby=move || wiring.described_by.get() on:input=listener(search)
            />
            {options(list, search)}
        </Frame>
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
    const ROWS: usize = 3;
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
        let picked = kept_picks.get(at).cloned().unwrap_or_else(|| chosen.clone());
        let option = |choice: &Choice| {
            let selected = choice.value == picked;
            view! { <option value=choice.value.clone() selected=selected>{choice.label.clone()}</option> }
        };
        view! {
            <div class="pick-row">
                <input
                    class="input" id=id name=names.clone() type="text" value=value autocomplete="off" list=found.clone()
                    aria-label=format!("{field_label} {}", at + 1) aria-invalid=invalid.clone() on:input=listener(search)
                />
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
