//! Pages stay true by themselves: one stream of hints per page, which the resources that read something listen to.
//!
//! ```text
//! let live = use_live();
//! Resource::new(move || (project.get(), live.version(Kind::Instance)), |(project, _)| instance_list(project))
//! ```
//!
//! Only while the stream is down everything is read again every few seconds.

use crate::i18n::text;
use crate::ui::{Notice, Tone};
use api::{Event, Kind};
use leptos::prelude::*;
use leptos::wasm_bindgen::prelude::*;
use leptos::web_sys::{EventSource, MessageEvent};
use std::collections::HashMap;
use std::time::Duration;

/// How long hints are gathered before anything is read again: what happens together is read once.
const GATHER: Duration = Duration::from_millis(60);
/// How often everything is read while the stream is down.
const POLL: Duration = Duration::from_secs(5);
/// How long until a broken stream is opened again.
const AGAIN: Duration = Duration::from_secs(2);
/// For how long the stream may be down before the reader is told.
const PATIENCE: Duration = Duration::from_secs(3);

/// What has changed, as numbers that grow.
#[derive(Clone, Copy)]
pub struct Live {
    versions: StoredValue<HashMap<Kind, ArcRwSignal<u32>>>,
    gathered: StoredValue<Vec<Kind>>,
    up: RwSignal<bool>,
}

/// The live state of the page; outside a project nothing changes.
pub fn use_live() -> Live {
    use_context().unwrap_or_else(Live::new)
}

/// Makes the live state that `use_live` finds, and listens for as long as the component around lives. `mark` is where the hub stood before
/// the page was drawn.
pub fn provide_live(project: Memo<String>, mark: Option<String>) -> Live {
    let live = Live::new();
    provide_context(live);
    // Later on, nobody knows what has happened before the stream was there.
    let mark = StoredValue::new(mark);
    let url = move || {
        let since =
            mark.try_update_value(Option::take).flatten().map(|mark| format!("&since={mark}")).unwrap_or_default();
        project.with(|project| format!("/events?project={project}{since}"))
    };
    listen(url, live.up, &["message", "refresh"], move |name, data| match serde_json::from_str::<Event>(&data) {
        Ok(event) if name == "message" => live.changed(event.kind),
        _ => live.refresh(),
    });
    Effect::new(move |_| {
        if !live.up.get() {
            every(POLL, move || live.refresh());
        }
    });
    live
}

impl Live {
    fn new() -> Self {
        let versions = Kind::ALL.map(|kind| (kind, ArcRwSignal::new(0))).into();
        Self { versions: StoredValue::new(versions), gathered: StoredValue::new(Vec::new()), up: RwSignal::new(false) }
    }

    /// Grows when a thing of this kind has changed: what reads such things has it in its source.
    pub fn version(self, kind: Kind) -> u32 {
        self.versions.with_value(|versions| versions.get(&kind).map(ArcRwSignal::get)).unwrap_or_default()
    }

    /// Everything may have changed.
    pub fn refresh(self) {
        for kind in Kind::ALL {
            self.changed(kind);
        }
    }

    fn changed(self, kind: Kind) {
        self.gathered.update_value(|kinds| {
            if kinds.is_empty() {
                set_timeout(move || self.tell(), GATHER);
            }
            kinds.push(kind);
        });
    }

    fn tell(self) {
        // The page may have been left meanwhile.
        for kind in self.gathered.try_update_value(std::mem::take).unwrap_or_default() {
            self.versions.with_value(|versions| versions.get(&kind).map(|version| version.update(|n| *n += 1)));
        }
    }
}

/// Says that the page may be behind, once the stream has been down for a while.
#[component]
pub fn Offline() -> impl IntoView {
    let (t, live) = (text(), use_live());
    let late = RwSignal::new(false);
    Effect::new(move |_| match live.up.get() {
        true => late.set(false),
        false => every(PATIENCE, move || late.set(true)),
    });
    move || late.get().then(|| view! { <Notice tone=Tone::Attention title=t.ui.offline>{t.ui.offline_hint}</Notice> })
}

/// Reads the page again without JavaScript, while something on it is on its way to another state.
#[component]
pub fn ReloadWhile(#[prop(into)] moving: Signal<bool>) -> impl IntoView {
    // As text: a browser with JavaScript makes no elements of what stands in here, so there are none to hydrate.
    move || moving.get().then(|| view! { <noscript inner_html="<meta http-equiv=refresh content=3>"></noscript> })
}

/// Listens to the stream of server-sent events at `url` while the page is seen. `up` says whether the stream is there. `url` is asked
/// again whenever the stream is opened, so that it can say from where on.
///
/// Pages in the background let go of theirs, because a browser opens no more than six connections to a server without TLS.
pub fn listen(
    url: impl Fn() -> String + 'static,
    up: RwSignal<bool>,
    names: &'static [&'static str],
    heard: impl Fn(&'static str, String) + Clone + 'static,
) {
    let (seen, attempt) = (RwSignal::new(true), RwSignal::new(0));
    Effect::new(move |_| {
        let look = move |_| seen.set(!document().hidden());
        let listener = window_event_listener_untyped("visibilitychange", look);
        on_cleanup(move || listener.remove());
    });
    Effect::new(move |_| {
        attempt.track();
        if !seen.get() {
            return up.set(false);
        }
        let stream = StoredValue::new_local(Stream::open(&url(), names, heard.clone()));
        let opened = Closure::<dyn FnMut()>::new(move || up.set(true));
        let failed = Closure::<dyn FnMut()>::new(move || {
            // The browser would open it at the old address again.
            stream.with_value(Stream::close);
            up.set(false);
            set_timeout(move || _ = attempt.try_update(|n| *n += 1), AGAIN);
        });
        stream.with_value(|stream| stream.watch(&opened, &failed));
        _ = StoredValue::new_local((opened, failed));
    });
}

/// An open stream; closed when dropped.
struct Stream {
    source: Option<EventSource>,
    _handlers: Vec<Closure<dyn FnMut(MessageEvent)>>,
}

impl Stream {
    fn open(url: &str, names: &[&'static str], heard: impl Fn(&'static str, String) + Clone + 'static) -> Self {
        let source = EventSource::new(url).ok();
        let handler = |name: &&'static str| {
            let (name, heard) = (*name, heard.clone());
            let handler = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                heard(name, event.data().as_string().unwrap_or_default());
            });
            if let Some(source) = &source {
                _ = source.add_event_listener_with_callback(name, handler.as_ref().unchecked_ref());
            }
            handler
        };
        let handlers = names.iter().map(handler).collect();
        Self { source, _handlers: handlers }
    }

    fn watch(&self, opened: &Closure<dyn FnMut()>, failed: &Closure<dyn FnMut()>) {
        if let Some(source) = &self.source {
            source.set_onopen(Some(opened.as_ref().unchecked_ref()));
            source.set_onerror(Some(failed.as_ref().unchecked_ref()));
        }
    }

    fn close(&self) {
        if let Some(source) = &self.source {
            source.set_onopen(None);
            source.set_onerror(None);
            source.close();
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.close();
    }
}

/// Does it again and again while the page is seen, until the effect around runs anew or its owner is gone.
pub fn every(time: Duration, what: impl Fn() + 'static) {
    let when_seen = move || {
        if !document().hidden() {
            what();
        }
    };
    if let Ok(interval) = set_interval_with_handle(when_seen, time) {
        on_cleanup(move || interval.clear());
    }
}
