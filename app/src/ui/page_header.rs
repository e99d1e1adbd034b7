//! The top of a page: where one is, what this is, what can be done.

use super::icon::{Glyph, Icon};
use crate::i18n::text;
use leptos::prelude::*;
use leptos_meta::Title;

/// One step of the way to a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    pub title: String,
    pub href: String,
}

impl Crumb {
    pub fn new(title: impl Into<String>, href: impl Into<String>) -> Self {
        Self { title: title.into(), href: href.into() }
    }
}

/// The way to a page, from the area down; the page itself is not in it.
#[component]
pub fn Breadcrumbs(way: Vec<Crumb>) -> impl IntoView {
    let step = |crumb: Crumb| view! { <li><a href=crumb.href>{crumb.title}</a><Glyph icon=Icon::Right/></li> };
    view! { <nav class="breadcrumbs" aria-label=text().ui.breadcrumbs><ol>{way.into_iter().map(step).collect_view()}</ol></nav> }
}

/// The page's title (also the document's), the way to it, badges beside it and, as children, its actions.
#[component]
pub fn PageHeader(
    #[prop(into)] title: Signal<String>,
    #[prop(optional)] way: Vec<Crumb>,
    /// State badges and tags.
    #[prop(optional, into)]
    badges: ViewFnOnce,
    /// One line under the title: what this page is for. None where it is empty.
    #[prop(optional, into)]
    hint: Signal<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    // The server writes the document's title when the page has been drawn, and its signals may be gone by then.
    let first = title.get_untracked();
    view! {
        <Title text=move || title.try_get().unwrap_or_else(|| first.clone())/>
        <header class="page-header">
            {(!way.is_empty()).then(|| view! { <Breadcrumbs way/> })}
            <div class="page-title">
                <h1>{move || title.get()}</h1>
                <div class="page-badges">{badges.run()}</div>
            </div>
            {move || Some(hint.get()).filter(|hint| !hint.is_empty()).map(|hint| view! { <p class="page-hint">{hint}</p> })}
            {children.map(|children| view! { <div class="page-actions">{children()}</div> })}
        </header>
    }
}
