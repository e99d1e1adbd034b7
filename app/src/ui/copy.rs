//! Ids and addresses: in a fixed-width face, with a button that copies them.

use super::icon::{Glyph, Icon};
use crate::i18n::text;
use leptos::prelude::*;
use std::time::Duration;

/// Text that people copy: an id, an address, a fingerprint.
#[component]
pub fn Copyable(#[prop(into)] value: String) -> impl IntoView {
    view! { <span class="copyable"><code>{value.clone()}</code><CopyButton value/></span> }
}

/// Copies `value` to the clipboard. Without JavaScript it is not there: the text beside it can be selected.
#[component]
pub fn CopyButton(#[prop(into)] value: String) -> impl IntoView {
    let t = text();
    let copied = RwSignal::new(false);
    let copy = move |_| {
        if write_clipboard(&value) {
            copied.set(true);
            set_timeout(move || copied.set(false), Duration::from_secs(2));
        }
    };
    let label = move || if copied.get() { t.ui.copied } else { t.ui.copy };
    view! {
        <button class="button quiet square small scripted" type="button" on:click=copy aria-label=label title=label>
            {move || view! { <Glyph icon=if copied.get() { Icon::Check } else { Icon::Copy }/> }}
        </button>
    }
}

/// Whether the browser has a clipboard for us: it has none on pages that come by plain HTTP from another machine.
fn write_clipboard(value: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    if clipboard.is_undefined() {
        return false;
    }
    _ = clipboard.write_text(value);
    true
}
