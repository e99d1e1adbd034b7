//! Doing one thing to many rows. The rows' boxes belong to the form of a dialog, by its id, so that it works without JavaScript too; where
//! there is some, the button counts what is chosen and says so when nothing is.

use super::button::{Button, Variant};
use super::call::Call;
use super::confirm::Question;
use super::field::Hidden;
use super::icon::Icon;
use super::menu::hide_around;
use crate::i18n::text;
use leptos::ev::Event;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{HtmlFormElement, HtmlInputElement, SubmitEvent};

/// How many rows are chosen; `None` before a browser's program knows.
#[derive(Clone, Copy)]
struct Chosen(RwSignal<Option<usize>>);

/// What rows and bar share. Call it in the page, before its list.
pub fn provide_chosen() {
    provide_context(Chosen(RwSignal::new(None)));
}

/// The box of a row.
#[component]
pub(super) fn Chooser(bulk: &'static str, value: String, name: String) -> impl IntoView {
    let chosen = use_context::<Chosen>();
    let changed = move |event: Event| {
        let boxed = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if let Some((form, chosen)) = boxed.and_then(|boxed| boxed.form()).zip(chosen) {
            chosen.0.set(Some(count(&form)));
        }
    };
    view! {
        <input class="chooser" type="checkbox" form=format!("{bulk}-form") name="ids[]" value=value aria-label=(text().ui.choose)(&name) on:change=changed/>
    }
}

fn boxes(form: &HtmlFormElement) -> impl Iterator<Item = HtmlInputElement> {
    let elements = form.elements();
    (0..elements.length())
        .filter_map(move |n| elements.item(n)?.dyn_into::<HtmlInputElement>().ok())
        .filter(|input| input.name() == "ids[]")
}

fn count(form: &HtmlFormElement) -> usize {
    boxes(form).filter(HtmlInputElement::checked).count()
}

/// The button over a list of rows that can be chosen, and the dialog that asks first.
#[component]
pub fn Bulk(
    /// The same as in `Rows::chosen_by`.
    id: &'static str,
    #[prop(into)] call: Call,
    fields: Vec<(&'static str, String)>,
    question: Question,
    /// What there is to choose from, as the field `verb`; empty: the button says it.
    #[prop(optional)]
    verbs: Vec<(&'static str, &'static str)>,
    #[prop(into)] button: String,
    #[prop(optional_no_strip)] disabled_because: Option<String>,
) -> impl IntoView {
    let t = text();
    let form_node = NodeRef::<leptos::html::Form>::new();
    let chosen = use_context::<Chosen>().map_or_else(|| RwSignal::new(None), |chosen| chosen.0);
    // Rows that were redrawn have lost their ticks.
    Effect::new(move |_| chosen.set(form_node.get().map(|form| count(&form))));
    let choose_all = move |_| {
        if let Some(form) = form_node.get_untracked() {
            let all = boxes(&form).all(|boxed| boxed.checked());
            boxes(&form).for_each(|boxed| boxed.set_checked(!all));
            chosen.set(Some(count(&form)));
        }
    };
    let icon = if verbs.is_empty() { Icon::Delete } else { Icon::Edit };
    let verb = |(n, (value, word)): (usize, (&'static str, &'static str))| {
        view! {
            <label class="card-choice"><input type="radio" name="verb" value=value checked={n == 0} required=true/><span class="card-label">{word}</span></label>
        }
    };
    let verbs = (!verbs.is_empty()).then(|| {
        view! { <div class="cards" role="radiogroup" aria-label=question.title.clone()>{verbs.into_iter().enumerate().map(verb).collect_view()}</div> }
    });
    let url = call.url.clone();
    let send = move |event: SubmitEvent| {
        hide_around(&event);
        call.submit(event);
        chosen.set(Some(0));
    };
    let opener = {
        let button = button.clone();
        move || {
            let none = (chosen.get() == Some(0)).then(|| t.ui.none_chosen.to_owned());
            let why = disabled_because.clone().or(none);
            let label = match chosen.get() {
                Some(n) if n > 0 => format!("{button} ({n})"),
                _ => button.clone(),
            };
            view! { <Button kind="button" icon=Some(icon) opens=format!("{id}-dialog") disabled_because=why>{label}</Button> }
        }
    };
    let (title_id, body_id) = (format!("{id}-title"), format!("{id}-body"));
    view! {
        <div class="bulk">
            <button class="button quiet bulk-all" type="button" on:click=choose_all>{t.ui.choose_all}</button>
            {opener}
            <div class="dialog" id=format!("{id}-dialog") popover="auto" role="alertdialog" aria-labelledby=title_id aria-describedby=body_id>
                <form method="post" action=url id=format!("{id}-form") node_ref=form_node on:submit=send>
                    <h2 id=title_id.clone()>{question.title}</h2>
                    <div class="dialog-body" id=body_id.clone()><p>{question.body}{(!question.undoable).then(|| format!(" {}", t.ui.no_undo))}</p></div>
                    {verbs}
                    {fields.into_iter().map(|(name, value)| view! { <Hidden name value/> }).collect_view()}
                    <div class="form-buttons">
                        <button class=Variant::Secondary.class() type="button" popovertarget=format!("{id}-dialog") popovertargetaction="hide" autofocus=true>
                            {t.common.cancel}
                        </button>
                        <Button variant=Variant::Danger>{button}</Button>
                    </div>
                </form>
            </div>
        </div>
    }
}
