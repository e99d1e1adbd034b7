//! What stands where data will be: only seen when moving between pages in the browser.

use crate::i18n::text;
use leptos::prelude::*;

/// Grey rows in place of a table or a page.
#[component]
pub fn Skeleton(#[prop(default = 5)] rows: usize) -> impl IntoView {
    let row = |_| view! { <div class="skeleton-row"><span></span><span></span><span></span></div> };
    view! {
        <div class="skeleton" role="status">
            <span class="unseen">{text().ui.loading}</span>
            {(0..rows).map(row).collect_view()}
        </div>
    }
}

/// A turning ring, for work that takes a moment.
#[component]
pub fn Spinner() -> impl IntoView {
    view! { <span class="spinner" role="status"><span class="unseen">{text().ui.loading}</span></span> }
}
