//! Text as it came: code, keys, console logs. Text nodes only: what guests write is hostile.

use super::copy::CopyButton;
use super::icon::{Glyph, Icon};
use crate::i18n::text as catalogue;
use leptos::prelude::*;

/// A block of code with a copy button.
#[component]
pub fn CodeBlock(#[prop(into)] label: String, #[prop(into)] text: String) -> impl IntoView {
    view! {
        <div class="code" role="group" aria-label=label>
            <pre tabindex="0"><code>{text.clone()}</code></pre>
            <CopyButton value=text/>
        </div>
    }
}

/// A log that grows at its end. It follows the end as long as the reader has not scrolled away from it.
#[component]
pub fn LogView(#[prop(into)] label: String, #[prop(into)] text: Signal<String>) -> impl IntoView {
    let t = catalogue();
    let view = NodeRef::<leptos::html::Pre>::new();
    let follows = RwSignal::new(true);
    let scrolled = move |_| {
        if let Some(view) = view.get_untracked() {
            let at_end = view.scroll_top() + view.client_height() >= view.scroll_height() - 24;
            if follows.get_untracked() != at_end {
                follows.set(at_end);
            }
        }
    };
    Effect::new(move |_| {
        text.track();
        if let Some(view) = view.get().filter(|_| follows.get()) {
            view.set_scroll_top(view.scroll_height());
        }
    });
    view! {
        <div class="log-frame">
            <pre class="log" role="log" tabindex="0" aria-label=label node_ref=view on:scroll=scrolled>{move || text.get()}</pre>
            <button class="button log-end" type="button" hidden=move || follows.get() on:click=move |_| follows.set(true)>
                <Glyph icon=Icon::Down/><span>{t.ui.log_end}</span>
            </button>
        </div>
    }
}
