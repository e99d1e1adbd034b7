//! Forms: what they post to, which faults came back, and the row of buttons at the end.

use super::button::{Button, LinkButton, Variant};
use super::call::Call;
use super::icon::{Glyph, Icon};
use crate::i18n::text;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;
use leptos_router::hooks::use_query_map;
use serde::Serialize;
use serde::de::DeserializeOwned;
use server_fn::ServerFn;

/// A plain form that was refused, with what it held: the edge shows its page again and gives it this context, so that nothing has to be
/// typed twice and nothing of it is ever in an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Where the form was posted to.
    pub url: String,
    pub fields: Vec<(String, String)>,
}

/// A plain form that has been answered with something to show: the edge shows the form's page again and gives it this context. What is
/// shown once, such as a secret, has no address of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Where the form was posted to.
    pub url: String,
    pub json: String,
}

/// What the call has answered last: to the page's program, or to the plain form that this page answers.
pub fn answered<S>(action: ServerAction<S>) -> Signal<Option<S::Output>>
where
    S: ServerFn + Clone + Send + Sync + 'static,
    S::Output: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    S::Error: Clone + Send + Sync + 'static,
{
    let plainly =
        || use_context::<Answered>().filter(|it| it.url == S::url()).and_then(|it| serde_json::from_str(&it.json).ok());
    // Known to the server only; it hands it on, so that both halves show the same.
    let first: Option<S::Output> = SharedValue::new(plainly).into_inner();
    let value = action.value();
    Signal::derive(move || value.with(|value| value.as_ref()?.as_ref().ok().cloned()).or_else(|| first.clone()))
}

/// What a field is to begin with: what it held when its form was refused, or what the address asks for (`?image=…`).
pub fn asked_for(name: &str) -> Option<String> {
    let first =
        |fields: Vec<(String, String)>| fields.into_iter().find(|(field, _)| field == name).map(|(_, value)| value);
    use_context::<Refused>()
        .and_then(|refused| first(refused.fields))
        .or_else(|| use_query_map().with_untracked(|query| query.get(name)))
}

/// What the fields of a form know of it.
#[derive(Clone, Copy)]
pub(super) struct FormState {
    /// Prefix of the fields' ids.
    pub id: StoredValue<String>,
    pub error: Signal<Option<api::Error>>,
    /// Names and labels of the fields, in order: for the summary of faults.
    pub fields: StoredValue<Vec<(String, String)>>,
    /// What the form held when it was refused, if it was.
    refused: StoredValue<Option<Vec<(String, String)>>>,
    /// Grows when the form has been emptied for the next.
    pub cleared: RwSignal<u32>,
}

impl FormState {
    /// What fields outside any form see.
    fn none() -> Self {
        Self {
            id: StoredValue::new("f".to_owned()),
            error: None.into(),
            fields: StoredValue::new(Vec::new()),
            refused: StoredValue::new(None),
            cleared: RwSignal::new(0),
        }
    }

    pub fn here() -> Self {
        use_context().unwrap_or_else(Self::none)
    }

    pub fn was_refused(self) -> bool {
        self.refused.with_value(Option::is_some)
    }

    /// What the field held when the form was refused, or what the address asks for.
    pub fn kept(self, name: &str) -> Option<String> {
        let asked = || use_query_map().with_untracked(|query| query.get(name));
        self.all_kept(name).into_iter().next().or_else(asked)
    }

    pub fn all_kept(self, name: &str) -> Vec<String> {
        let of_field = |fields: &Vec<(String, String)>| {
            fields.iter().filter(|(field, _)| field == name).map(|(_, value)| value.clone()).collect()
        };
        self.refused.with_value(|refused| refused.as_ref().map(of_field)).unwrap_or_default()
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
    /// The form stays on its page when it has been sent, and is then ready for the next.
    #[prop(optional)]
    clears: bool,
    children: Children,
) -> impl IntoView {
    let t = text();
    let is_own = |refused: &Refused| call.url.split('?').next() == Some(&refused.url);
    let refused = use_context::<Refused>().filter(is_own).map(|refused| refused.fields);
    let (pending, error): (Signal<bool>, Signal<_>) = (call.pending.clone().into(), call.error.clone().into());
    let state = FormState {
        id: StoredValue::new(id.to_owned()),
        error,
        fields: StoredValue::new(Vec::new()),
        refused: StoredValue::new(refused),
        cleared: RwSignal::new(0),
    };
    // Made first, so that the summary knows the labels of all fields.
    let fields = provide_and_run(state, children);
    let form = NodeRef::<leptos::html::Form>::new();
    if clears {
        Effect::new(move |was: Option<bool>| {
            let now = pending.get();
            if was == Some(true) && !now && error.with_untracked(Option::is_none) {
                form.get_untracked().inspect(|form| form.reset());
                state.cleared.update(|n| *n += 1);
            }
            now
        });
    }
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
            node_ref=form
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

/// Opens whatever is folded up around it.
fn unfold(field: &HtmlElement) {
    let mut around = field.parent_element();
    while let Some(element) = around {
        if element.tag_name() == "DETAILS" {
            _ = element.set_attribute("open", "");
        }
        around = element.parent_element();
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
            Some(field) => {
                unfold(&field);
                _ = field.focus();
            }
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
