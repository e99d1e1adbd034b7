//! The fields of forms. Each has a label, may have a hint, and shows its own fault, found by its name in the form's error.

use super::form::FormState;
use super::icon::{Glyph, Icon};
use crate::i18n::text;
use leptos::prelude::*;

/// What the input needs to know of its frame.
#[derive(Clone)]
pub(super) struct Wiring {
    pub id: String,
    error: Signal<Option<String>>,
    pub described_by: Signal<Option<String>>,
}

impl Wiring {
    /// Enters the field into its form.
    pub fn new(name: &str, label: &str, hint: bool) -> Self {
        let t = text();
        let form = FormState::here();
        form.fields.update_value(|fields| fields.push((name.to_owned(), label.to_owned())));
        let id = form.field_id(name);
        let field = name.to_owned();
        let error = Memo::new(move |_| form.error.with(|error| error.as_ref()?.of_field(&field).map(t.error.why)));
        let ids = id.clone();
        let described_by = Memo::new(move |_| match (hint, error.with(Option::is_some)) {
            (false, false) => None,
            (true, false) => Some(format!("{ids}-hint")),
            (false, true) => Some(format!("{ids}-error")),
            (true, true) => Some(format!("{ids}-error {ids}-hint")),
        });
        Self { id, error: error.into(), described_by: described_by.into() }
    }

    /// What the field held when its form was refused, or what the address asks for, or else `value`.
    pub fn kept(name: &str, value: String) -> String {
        FormState::here().kept(name).unwrap_or(value)
    }

    pub fn invalid(&self) -> impl Fn() -> Option<&'static str> + Clone + Send + Sync + 'static {
        let error = self.error;
        move || error.with(Option::is_some).then_some("true")
    }
}

/// Label, hint and fault around an input.
#[component]
pub(super) fn Frame(
    wiring: Wiring,
    label: String,
    hint: Option<String>,
    required: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=wiring.id.clone()>{label}<Mark required/></label>
            {children()}
            <Notes wiring hint/>
        </div>
    }
}

/// Most fields are required; the few that are not say so.
#[component]
pub(super) fn Mark(required: bool) -> impl IntoView {
    // The space is for those who hear the label.
    (!required).then(|| view! { " " <span class="field-optional">{text().common.optional}</span> })
}

#[component]
pub(super) fn Notes(wiring: Wiring, hint: Option<String>) -> impl IntoView {
    let (hint_id, error_id) = (format!("{}-hint", wiring.id), format!("{}-error", wiring.id));
    view! {
        {move || wiring.error.get().map(|why| view! { <p class="field-error" id=error_id.clone()><Glyph icon=Icon::Error/><span>{why}</span></p> })}
        {hint.map(|hint| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
    }
}

/// One line of text; `kind` is the input's type, such as `password`.
#[component]
pub fn TextField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] value: String,
    #[prop(optional)] required: bool,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(optional)] autofocus: bool,
    /// For ids, addresses and the like.
    #[prop(optional)]
    mono: bool,
) -> impl IntoView {
    let wiring = Wiring::new(&name, &label, hint.is_some());
    // Nobody's password is sent back.
    let value = if kind == "password" { value } else { Wiring::kept(&name, value) };
    view! {
        <Frame wiring=wiring.clone() label hint required>
            <input
                class="input" class:mono=mono id=wiring.id.clone() name=name type=kind value=value placeholder=placeholder
                required=required autocomplete=autocomplete autofocus=autofocus
                aria-invalid=wiring.invalid() aria-describedby=move || wiring.described_by.get()
            />
        </Frame>
    }
}

/// A whole number, with its unit behind it.
#[component]
pub fn NumberField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] value: String,
    #[prop(optional)] required: bool,
    #[prop(optional, into)] unit: Option<String>,
    #[prop(optional)] min: Option<i64>,
    #[prop(optional)] max: Option<i64>,
) -> impl IntoView {
    let wiring = Wiring::new(&name, &label, hint.is_some());
    let value = Wiring::kept(&name, value);
    view! {
        <Frame wiring=wiring.clone() label hint required>
            <span class="input-row">
                <input
                    class="input number" id=wiring.id.clone() name=name type="number" inputmode="numeric" step="1" value=value
                    min=min.map(|n| n.to_string()) max=max.map(|n| n.to_string()) required=required
                    aria-invalid=wiring.invalid() aria-describedby=move || wiring.described_by.get()
                />
                {unit.map(|unit| view! { <span class="unit">{unit}</span> })}
            </span>
        </Frame>
    }
}

/// Several lines.
#[component]
pub fn TextArea(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] value: String,
    #[prop(optional)] required: bool,
    #[prop(default = 5)] rows: u32,
    #[prop(optional, into)] placeholder: Option<String>,
    /// For keys and scripts.
    #[prop(optional)]
    mono: bool,
) -> impl IntoView {
    let wiring = Wiring::new(name, &label, hint.is_some());
    let value = Wiring::kept(name, value);
    view! {
        <Frame wiring=wiring.clone() label hint required>
            <textarea
                class="input" class:mono=mono id=wiring.id.clone() name=name rows=rows.to_string() placeholder=placeholder
                required=required spellcheck=if mono { "false" } else { "true" }
                aria-invalid=wiring.invalid() aria-describedby=move || wiring.described_by.get()
            >{value}</textarea>
        </Frame>
    }
}

/// A file to be sent; the form needs `multipart=true`.
#[component]
pub fn FileField(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional)] required: bool,
    /// Suffixes or media types, separated by commas.
    #[prop(optional)]
    accept: &'static str,
) -> impl IntoView {
    let wiring = Wiring::new(name, &label, hint.is_some());
    view! {
        <Frame wiring=wiring.clone() label hint required>
            <input
                class="input file" id=wiring.id.clone() name=name type="file" accept=(!accept.is_empty()).then_some(accept) required=required
                aria-invalid=wiring.invalid() aria-describedby=move || wiring.described_by.get()
            />
        </Frame>
    }
}

/// One of the choices of a `SelectField` or `RadioCards`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
    /// What it is, in a line; shown on cards.
    pub detail: String,
    /// Shown, but cannot be chosen now.
    pub disabled_because: Option<String>,
}

impl Choice {
    pub fn new(value: impl ToString, label: impl Into<String>) -> Self {
        Self { value: value.to_string(), label: label.into(), ..Self::default() }
    }

    pub fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }

    pub fn disabled_because(self, why: Option<String>) -> Self {
        Self { disabled_because: why, ..self }
    }
}

/// One of a list; for many choices.
#[component]
pub fn SelectField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    choices: Vec<Choice>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] value: String,
    #[prop(optional)] required: bool,
    /// The page has settled what is chosen; neither the address nor what was refused is asked.
    #[prop(optional)]
    settled: bool,
) -> impl IntoView {
    let wiring = Wiring::new(&name, &label, hint.is_some());
    let value = if settled { value } else { Wiring::kept(&name, value) };
    let option = move |choice: Choice| {
        let label = match &choice.disabled_because {
            Some(why) => format!("{} — {why}", choice.label),
            None if choice.detail.is_empty() => choice.label,
            None => format!("{} — {}", choice.label, choice.detail),
        };
        let selected = choice.value == value;
        view! { <option value=choice.value selected=selected disabled=choice.disabled_because.is_some()>{label}</option> }
    };
    view! {
        <Frame wiring=wiring.clone() label hint required>
            <span class="select">
                <select
                    class="input" id=wiring.id.clone() name=name required=required
                    aria-invalid=wiring.invalid() aria-describedby=move || wiring.described_by.get()
                >{choices.into_iter().map(option).collect_view()}</select>
                <Glyph icon=Icon::Down/>
            </span>
        </Frame>
    }
}

/// One of a few, each with a line about it.
#[component]
pub fn RadioCards(
    name: &'static str,
    #[prop(into)] label: String,
    choices: Vec<Choice>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] value: String,
    #[prop(optional)] required: bool,
    /// The page has settled what is chosen; neither the address nor what was refused is asked.
    #[prop(optional)]
    settled: bool,
) -> impl IntoView {
    let wiring = Wiring::new(name, &label, hint.is_some());
    let value = if settled { value } else { Wiring::kept(name, value) };
    let group = wiring.id.clone();
    let card = move |(i, choice): (usize, Choice)| {
        // The first card carries the group's own id, so that the summary of faults can lead there.
        let id = if i == 0 { group.clone() } else { format!("{group}-{i}") };
        let checked = choice.value == value;
        let why = choice.disabled_because.clone();
        view! {
            <label class="card-choice" data-disabled=why.is_some().then_some("true")>
                <input type="radio" id=id name=name value=choice.value checked=checked required=required disabled=why.is_some()/>
                <span class="card-label">{choice.label}</span>
                {(!choice.detail.is_empty()).then(|| view! { <span class="card-detail">{choice.detail}</span> })}
                {why.clone().map(|why| view! { <span class="card-why">{why}</span> })}
            </label>
        }
    };
    view! {
        <fieldset class="field" aria-describedby=move || wiring.described_by.get()>
            <legend>{label}<Mark required/></legend>
            <div class="cards">{choices.into_iter().enumerate().map(card).collect_view()}</div>
            <Notes wiring=wiring.clone() hint/>
        </fieldset>
    }
}

/// Yes or no. Sends `value` when checked, nothing otherwise.
#[component]
pub fn CheckboxField(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(default = "true")] value: &'static str,
    #[prop(optional)] checked: bool,
) -> impl IntoView {
    let wiring = Wiring::new(name, &label, hint.is_some());
    let form = FormState::here();
    let checked = if form.was_refused() { !form.all_kept(name).is_empty() } else { checked };
    view! {
        <div class="field checkbox">
            <label>
                <input
                    type="checkbox" id=wiring.id.clone() name=name value=value checked=checked
                    aria-invalid=wiring.invalid() aria-describedby=move || wiring.described_by.get()
                />
                <span>{label}</span>
            </label>
            <Notes wiring=wiring.clone() hint/>
        </div>
    }
}

/// Any of a few. Sends its values as a list, `name[]`.
#[component]
pub fn Checks(
    name: &'static str,
    #[prop(into)] label: String,
    choices: Vec<Choice>,
    /// Those that are checked.
    values: Vec<String>,
    #[prop(optional, into)] hint: Option<String>,
) -> impl IntoView {
    let wiring = Wiring::new(name, &label, hint.is_some());
    let (group, list) = (wiring.id.clone(), format!("{name}[]"));
    let form = FormState::here();
    let values = if form.was_refused() { form.all_kept(&list) } else { values };
    let check = move |(i, choice): (usize, Choice)| {
        let id = if i == 0 { group.clone() } else { format!("{group}-{i}") };
        let checked = values.contains(&choice.value);
        view! {
            <label class="card-choice">
                <input type="checkbox" id=id name=list.clone() value=choice.value checked=checked/>
                <span class="card-label">{choice.label}</span>
                {(!choice.detail.is_empty()).then(|| view! { <span class="card-detail">{choice.detail}</span> })}
            </label>
        }
    };
    view! {
        <fieldset class="field" aria-describedby=move || wiring.described_by.get()>
            <legend>{label}</legend>
            <div class="cards">{choices.into_iter().enumerate().map(check).collect_view()}</div>
            <Notes wiring=wiring.clone() hint/>
        </fieldset>
    }
}

/// A value that the form sends without showing it.
#[component]
pub fn Hidden(name: &'static str, #[prop(into)] value: String) -> impl IntoView {
    view! { <input type="hidden" name=name value=value/> }
}
