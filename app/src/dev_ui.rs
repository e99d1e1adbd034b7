//! Every component in every state, on one page of debug builds.

use leptos::prelude::*;

#[component]
pub fn DevUi() -> impl IntoView {
    view! { <h1>"Components"</h1> }
}
