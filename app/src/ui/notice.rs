//! Messages to the reader. What failed stays until it is dismissed; what succeeded goes by itself.

use super::call::Call;
use super::icon::{Glyph, Icon};
use super::state::Tone;
use crate::i18n::text;
use leptos::prelude::*;
use std::time::Duration;

/// A message in the page.
#[component]
pub fn Notice(tone: Tone, #[prop(into)] title: String, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    let icon = match tone {
        Tone::Bad => Icon::Error,
        Tone::Attention => Icon::Warning,
        Tone::Good => Icon::Done,
        Tone::Neutral | Tone::Moving => Icon::Info,
    };
    view! {
        <div class="notice" data-tone=tone.as_str() role=if tone == Tone::Bad { "alert" } else { "status" }>
            <Glyph icon/>
            <div class="notice-text">
                <p class="notice-title">{title}</p>
                {children.map(|children| view! { <div class="notice-body">{children()}</div> })}
            </div>
        </div>
    }
}

/// A part of a page that could not be had, with the reason.
#[component]
pub fn Failure(#[prop(into)] error: api::Error) -> impl IntoView {
    let t = text();
    let title = match &error {
        api::Error::NotFound { .. } => t.ui.not_found,
        api::Error::Forbidden { .. } | api::Error::Delegated | api::Error::Unauthenticated => t.ui.forbidden,
        api::Error::Unavailable { .. } => t.ui.unavailable,
        _ => t.ui.failed,
    };
    view! { <Notice tone=Tone::Bad title>{(t.error.error)(&error)}</Notice> }
}

/// What went wrong with the actions of a page's rows: one notice for each that failed, until it is tried again.
#[component]
pub fn Outcomes(calls: Vec<Call>) -> impl IntoView {
    let t = text();
    let outcome = move |call: Call| {
        let failed = move || call.error.get().map(|error| (t.error.error)(&error));
        move || failed().map(|why| view! { <Notice tone=Tone::Bad title=t.ui.form_failed>{why}</Notice> })
    };
    view! { <div class="outcomes">{calls.into_iter().map(outcome).collect_view()}</div> }
}

#[derive(Clone, PartialEq, Eq)]
struct Message {
    number: u32,
    tone: Tone,
    text: String,
}

/// The messages that float above every page. Only a browser with the page's program shows them.
#[derive(Clone, Copy)]
pub struct Messages {
    list: RwSignal<Vec<Message>>,
    last: StoredValue<u32>,
}

impl Messages {
    /// Something went well: shown for a few seconds.
    pub fn done(self, text: impl Into<String>) {
        let number = self.push(Tone::Good, text.into());
        set_timeout(move || self.dismiss(number), Duration::from_secs(5));
    }

    /// Something failed: stays until dismissed.
    pub fn failed(self, text: impl Into<String>) {
        self.push(Tone::Bad, text.into());
    }

    fn push(self, tone: Tone, text: String) -> u32 {
        self.last.update_value(|last| *last += 1);
        let number = self.last.get_value();
        self.list.update(|list| list.push(Message { number, tone, text }));
        number
    }

    fn dismiss(self, number: u32) {
        self.list.update(|list| list.retain(|message| message.number != number));
    }
}

/// Makes the messages that `messages()` finds. Called once, by the app.
pub fn provide_messages() {
    provide_context(Messages { list: RwSignal::new(Vec::new()), last: StoredValue::new(0) });
}

/// The floating messages. Take them in a component's body and use them in its handlers.
pub fn messages() -> Messages {
    use_context().unwrap_or_else(|| Messages { list: RwSignal::new(Vec::new()), last: StoredValue::new(0) })
}

/// Where the floating messages stand; part of the frame.
#[component]
pub fn MessageArea() -> impl IntoView {
    let t = text();
    let messages = messages();
    let message = move |message: Message| {
        let number = message.number;
        view! {
            <div class="message">
                <Notice tone=message.tone title=message.text/>
                <button class="button quiet square small" type="button" aria-label=t.ui.dismiss on:click=move |_| messages.dismiss(number)>
                    <Glyph icon=Icon::Close/>
                </button>
            </div>
        }
    };
    view! {
        <section class="messages" aria-label=t.ui.notices>
            <For each=move || messages.list.get() key=|message| message.number children=message/>
        </section>
    }
}
