//! Asking before something is done to what a row or the head of a page shows.
//!
//! A list has hundreds of things to ask about and asks about one at a time, so a page has one dialog, which is filled when something has
//! been chosen. Without JavaScript what has been chosen is in the address, and the page comes with the question standing in it.

use super::address::address_without;
use super::call::Call;
use super::confirm::{Cancel, Question, QuestionForm};
use super::menu::hide_around;
use leptos::html::Div;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The parameter of the address that says what is asked.
pub const ASK: &str = "ask";

/// A question, and what is posted once it is answered.
#[derive(Clone)]
pub(super) struct Ask {
    pub call: Call,
    pub fields: Vec<(&'static str, String)>,
    pub question: Question,
    /// The text of the button that does it.
    pub button: String,
}

/// What the page asks.
#[derive(Clone, Copy)]
struct Asking {
    /// In its dialog.
    now: RwSignal<Option<Ask>>,
    /// What the address asks.
    standing: StoredValue<Option<String>>,
    /// The page's address when it asks nothing.
    page: Memo<String>,
}

impl Asking {
    fn new() -> Self {
        Self {
            now: RwSignal::new(None),
            standing: StoredValue::new(use_query_map().with_untracked(|query| query.get(ASK))),
            page: address_without(ASK),
        }
    }
}

/// Lets everything below ask in one dialog, which stands at the end of `children`.
#[component]
pub fn AskingArea(children: Children) -> impl IntoView {
    let asking = Asking::new();
    provide_context(asking);
    let children = children();
    let node = NodeRef::<Div>::new();
    Effect::new(move |_| {
        if asking.now.with(Option::is_some) {
            // When the question has been put into it.
            request_animation_frame(move || {
                if let Some(dialog) = node.get_untracked() {
                    // Fails if it is open already.
                    _ = dialog.show_popover();
                }
            });
        }
    });
    let form = move || asking.now.get().map(|ask| view! { <QuestionForm id=ASK ask cancel=Cancel::Popover/> });
    view! {
        {children}
        <div class="dialog" id=ASK popover="auto" role="alertdialog" aria-labelledby="ask-title" aria-describedby="ask-body" node_ref=node>{form}</div>
    }
}

/// Which of the things called `id`-0, `id`-1 and so on the address asks about.
pub(super) fn asked_within(id: &str) -> Option<usize> {
    let asking = use_context::<Asking>()?;
    asking.standing.with_value(|standing| standing.as_deref()?.strip_prefix(id)?.strip_prefix('-')?.parse().ok())
}

/// An item of a menu that asks first. `id` is unique in the page.
pub(super) fn asking_item(id: &str, class: &'static str, face: AnyView, ask: Ask) -> AnyView {
    let asking = use_context::<Asking>().unwrap_or_else(Asking::new);
    let page = asking.page.get_untracked();
    let address = format!("{page}{}{ASK}={id}", if page.contains('?') { '&' } else { '?' });
    let choose = move |event: &leptos::web_sys::Event| {
        event.prevent_default();
        hide_around(event);
        asking.now.set(Some(ask.clone()));
    };
    let pressed = choose.clone();
    // A button answers to the space bar too, which scrolls where there is a link.
    let press = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == " " {
            pressed(&event);
        }
    };
    view! { <a class=class role="button" href=address on:click=move |event| choose(&event) on:keydown=press>{face}</a> }
        .into_any()
}

/// The question that the address asks, in the page.
pub(super) fn standing(ask: Ask) -> AnyView {
    let page = use_context::<Asking>().unwrap_or_else(Asking::new).page.get_untracked();
    view! {
        <div class="dialog standing" role="alertdialog" aria-labelledby="standing-title" aria-describedby="standing-body">
            <QuestionForm id="standing" ask cancel=Cancel::Link(page)/>
        </div>
    }
    .into_any()
}
