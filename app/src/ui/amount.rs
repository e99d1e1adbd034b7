//! Amounts: numbers, sizes and shares of a whole.

use super::state::Tone;
use crate::i18n::{format, text};
use leptos::prelude::*;

/// A size in bytes: “24.6 MiB”, with the exact count in the tooltip.
#[component]
pub fn Bytes(bytes: u64) -> impl IntoView {
    view! { <span class="number" title=format!("{} B", format::number(bytes))>{format::bytes(bytes)}</span> }
}

/// How far a piece of work has come, in percent; `None` while nobody can tell.
#[component]
pub fn Progress(#[prop(into)] label: String, #[prop(into)] percent: Signal<Option<u8>>) -> impl IntoView {
    view! {
        <progress class="progress" aria-label=label max="100" value=move || percent.get().map(|percent| percent.min(100).to_string())>
            {move || percent.get().map(|percent| format!("{percent} %"))}
        </progress>
    }
}

/// How much of a limit is used, such as a quota. A negative limit means there is none.
#[component]
pub fn Meter(
    #[prop(into)] label: String,
    used: i64,
    limit: i64,
    /// How an amount is written; plain numbers if not given.
    #[prop(optional_no_strip)]
    show: Option<fn(u64) -> String>,
) -> impl IntoView {
    let t = text();
    let show = |amount: i64| show.unwrap_or(format::number)(amount.unsigned_abs());
    let share = if limit > 0 { used as f64 / limit as f64 } else { 0.0 };
    let tone = match () {
        () if limit < 0 => Tone::Neutral,
        () if used >= limit => Tone::Bad,
        () if share >= 0.8 => Tone::Attention,
        () => Tone::Good,
    };
    let value = if limit < 0 {
        format!("{} · {}", show(used), t.ui.unlimited)
    } else {
        (t.ui.used_of)(&show(used), &show(limit))
    };
    view! {
        <div class="meter" data-tone=tone.as_str()>
            <span class="meter-label">{label.clone()}</span>
            <span class="meter-value number">{value.clone()}</span>
            <meter aria-label=label aria-valuetext=value min="0" max=limit.max(1).to_string() value=used.min(limit.max(0)).to_string()></meter>
        </div>
    }
}
