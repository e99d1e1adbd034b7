//! Moments: relative once a browser knows what time it is, exact before and in the tooltip.

use crate::i18n::{format, text};
use api::Micros;
use api::account::Zone;
use leptos::prelude::*;
use std::time::Duration;

/// What time it is; `None` on the server and until the page is hydrated, so that both halves write the same.
#[derive(Clone, Copy)]
struct Clock(ReadSignal<Option<Micros>>);

/// How the reader likes to read: the whole console's, in the context of every page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// `None`: the browser's own time zone.
    pub zone: Option<Zone>,
    /// Rows on a page of a list; 0 is the list's own number.
    pub page_size: u32,
}

/// Starts the clock that all moments of the page share. Called once, by the app.
pub fn provide_clock() {
    let (now, set_now) = signal(None);
    provide_context(Clock(now));
    Effect::new(move |_| {
        let tick = move || set_now.set(Some(browser_now()));
        tick();
        set_interval(tick, Duration::from_secs(5));
    });
}

/// A moment: “3 minutes ago”, with the exact one in the tooltip.
#[component]
pub fn When(at: Micros) -> impl IntoView {
    let lang = text().lang;
    let clock = use_context::<Clock>();
    let zone = StoredValue::new(use_context::<Reading>().and_then(|reading| reading.zone));
    let now = move || clock.and_then(|clock| clock.0.get());
    let shown = move || {
        now().map_or_else(
            || zone.with_value(|zone| format::moment(lang, at, zone.as_ref())),
            |now| format::relative(lang, at, now),
        )
    };
    let known = Memo::new(move |_| now().is_some());
    let exact = move || match zone.get_value() {
        Some(zone) => format::exact(at, &zone),
        None if known.get() => browser_local(at, lang.tag()),
        None => format::rfc3339(at),
    };
    view! { <time class="when" datetime=format::rfc3339(at) title=exact>{shown}</time> }
}

fn browser_now() -> Micros {
    (js_sys::Date::now() * 1000.0) as Micros
}

/// To the second, in the reader's own time zone.
fn browser_local(at: Micros, tag: &str) -> String {
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at as f64 / 1000.0));
    String::from(date.to_locale_string(tag, &wasm_bindgen::JsValue::UNDEFINED))
}
