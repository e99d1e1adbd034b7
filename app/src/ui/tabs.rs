//! Tabs: links, so that each tab has an address and works without JavaScript.

use super::late::late;
use crate::paths;
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};

/// One tab: its value of `?tab=`, its title and how many things are behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    pub key: &'static str,
    pub title: &'static str,
    pub count: Option<usize>,
}

impl Tab {
    pub fn new(key: &'static str, title: &'static str) -> Self {
        Self { key, title, count: None }
    }

    pub fn count(self, count: usize) -> Self {
        Self { count: Some(count), ..self }
    }
}

/// The tab that the address asks for, or the first.
pub fn current_tab(keys: &'static [&'static str]) -> Memo<&'static str> {
    let query = use_query_map();
    late(Memo::new(move |_| {
        let asked = query.with(|query| query.get("tab"));
        keys.iter().copied().find(|key| asked.as_deref() == Some(key)).unwrap_or(keys[0])
    }))
}

/// The row of tabs; the page shows what belongs to `current`.
#[component]
pub fn Tabs(#[prop(into)] label: String, tabs: Vec<Tab>, current: Memo<&'static str>) -> impl IntoView {
    let path = use_location().pathname;
    let tab = move |tab: Tab| {
        view! {
            <a
                href=move || paths::with_query(&path.get(), &[("tab", tab.key)])
                aria-current=move || (current.get() == tab.key).then_some("page")
                data-noscroll="true"
            >
                {tab.title}
                {tab.count.map(|count| view! { <span class="count">{count}</span> })}
            </a>
        }
    };
    view! { <nav class="tabs" aria-label=label>{tabs.into_iter().map(tab).collect_view()}</nav> }
}
