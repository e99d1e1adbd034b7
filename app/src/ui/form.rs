//! Forms: what they post to, which faults came back, and the row of buttons at the end.

use super::button::{Button, LinkButton, Variant};
use super::call::Call;
use super::icon::{Glyph, Icon};
use crate::i18n::text;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;

/// What the fields of a form know of it.
#[derive(Clone, Copy)]
pub(super) struct FormState {
    /// Prefix of the fields' ids.
    pub id: StoredValue<String>,
    pub error: Signal<Option<api::Error>>,
    /// Names and labels of the fields, in order: for the summary of faults.
    pub fields: StoredValue<Vec<(String, String)>>,
}

impl FormState {
    /// What fields outside any form see.
    fn none() -> Self {
        Self { id: StoredValue::new("f".to_owned()), error: None.into(), fields: StoredValue::new(Vec::new()) }
    }

    pub fn here() -> Self {
        use_context().unwrap_or_else(Self::none)
    }

    pub fn field_id(self, name: &str) -> String {
        self.id.with_value(|id| format!("{id}-{name}"))
    }
}

/// A form. Its fields find their own faults by their names; faults that belong to no field stand at the top. Keeps what was typed when
/// it is refused.
#[component]
pub fn Form(
    #[prop(into)] call: Call,
    /// The text of the button that sends it; without one the form brings its own buttons.
    #[prop(optional, into)]
    submit: Option<String>,
    /// Where “Cancel” leads.
    #[prop(optional, into)]
    cancel: Option<String>,
    /// Prefix of the fields' ids, where a page has more than one form.
    #[prop(default = "form")]
    id: &'static str,
    #[prop(optional)] danger: bool,
    #[prop(optional_no_strip)] disabled_because: Option<String>,
    /// The form carries a file.
    #[prop(optional)]
    multipart: bool,
    children: Children,
) -> impl IntoView {
    let t = text();
    let state =
        FormState { id: StoredValue::new(id.to_owned()), error: call.error, fields: StoredValue::new(Vec::new()) };
    // Made first, so that the summary knows the labels of all fields.
    let fields = provide_and_run(state, children);
    let pending = call.pending;
    let variant = if danger { Variant::Danger } else { Variant::Primary };
    let buttons = submit.map(|submit| {
        view! {
            <div class="form-buttons" data-pending=move || pending.get().then_some("true")>
                <Button variant disabled_because>{submit}</Button>
                {cancel.map(|href| view! { <LinkButton href variant=Variant::Quiet>{t.common.cancel}</LinkButton> })}
                <span class="form-pending" role="status">{move || pending.get().then_some(t.ui.working)}</span>
            </div>
        }
    });
    view! {
        <form
            class="form"
            method="post"
            action=call.url.clone()
            enctype=multipart.then_some("multipart/form-data")
            novalidate=true
            on:submit=move |event| call.submit(event)
        >
            <ErrorSummary state/>
            {fields}
            {buttons}
        </form>
    }
}

fn provide_and_run(state: FormState, children: Children) -> AnyView {
    provide_context(state);
    children()
}

/// What has to be put right before the form can be sent, with a link to each field. A single fault of a field is not repeated here: it
/// stands beside the field, which takes the focus.
#[component]
fn ErrorSummary(state: FormState) -> impl IntoView {
    let t = text();
    let summary = NodeRef::<leptos::html::Div>::new();
    let label_of = move |name: &str| {
        state.fields.with_value(|fields| fields.iter().find(|(field, _)| field == name).map(|(_, label)| label.clone()))
    };
    let alone = move |error: &api::Error| match error {
        api::Error::Invalid(faults) if faults.len() == 1 => {
            label_of(&faults[0].name).map(|_| state.field_id(&faults[0].name))
        }
        _ => None,
    };
    Effect::new(move |_| {
        let field = state.error.with(|error| error.as_ref().and_then(alone));
        match field
            .and_then(|id| document().get_element_by_id(&id))
            .and_then(|field| field.dyn_into::<HtmlElement>().ok())
        {
            Some(field) => _ = field.focus(),
            None => _ = summary.get().map(|summary| summary.focus()),
        }
    });
    let body = move |error: api::Error| {
        let (title, body) = match &error {
            api::Error::Invalid(faults) => {
                let fault = |fault: &api::Field| {
                    let why = (t.error.why)(&fault.why);
                    let link = label_of(&fault.name).map(|label| {
                        let href = format!("#{}", state.field_id(&fault.name));
                        view! { <a href=href rel="external">{label}</a>": " }
                    });
                    view! { <li>{link}{why}</li> }
                };
                ((t.ui.faults)(faults.len()), view! { <ul>{faults.iter().map(fault).collect_view()}</ul> }.into_any())
            }
            other => (t.ui.form_failed.to_owned(), view! { <p>{(t.error.error)(other)}</p> }.into_any()),
        };
        view! {
            <div class="notice" data-tone="bad" role="alert" tabindex="-1" node_ref=summary>
                <Glyph icon=Icon::Error/>
                <div class="notice-text"><p class="notice-title">{title}</p><div class="notice-body">{body}</div></div>
            </div>
        }
    };
    move || state.error.get().filter(|error| alone(error).is_none()).map(body)
}
