//! The state of a thing: a dot and a word.

use leptos::prelude::*;

/// What a state means to the person looking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Settled, neither good nor bad: off, unused.
    #[default]
    Neutral,
    Good,
    /// On its way to another state by itself.
    Moving,
    /// Somebody should look.
    Attention,
    Bad,
}

impl Tone {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Good => "good",
            Self::Moving => "moving",
            Self::Attention => "attention",
            Self::Bad => "bad",
        }
    }
}

/// A state badge. `state` is the API's own word, for tests and styles; `label` is what is read; `detail` is what goes on, such as a task.
#[component]
pub fn StateBadge(
    #[prop(into)] state: String,
    tone: Tone,
    #[prop(into)] label: String,
    #[prop(optional_no_strip)] detail: Option<String>,
) -> impl IntoView {
    view! {
        <span class="state" data-state=state data-tone=tone.as_str()>
            <span class="state-dot" aria-hidden="true"></span>
            <span class="state-word">{label}</span>
            {detail.map(|detail| view! { <span class="state-detail">{detail}</span> })}
        </span>
    }
}

/// A small label for a property, such as “public” or “default”.
#[component]
pub fn Tag(#[prop(into)] label: String, #[prop(optional)] tone: Tone) -> impl IntoView {
    view! { <span class="tag" data-tone=tone.as_str()>{label}</span> }
}
