//! The facts of one thing: a definition list for detail pages.

use leptos::prelude::*;

/// A list of facts; its children are `<Fact>`s.
#[component]
pub fn Facts(children: Children) -> impl IntoView {
    view! { <dl class="facts">{children()}</dl> }
}

/// One fact: its name and its value.
#[component]
pub fn Fact(#[prop(into)] name: String, children: Children) -> impl IntoView {
    view! { <div class="fact"><dt>{name}</dt><dd>{children()}</dd></div> }
}

/// A part of a detail page with a heading of its own.
#[component]
pub fn Section(
    #[prop(into)] title: String,
    /// Buttons at the right of the heading.
    #[prop(optional, into)]
    actions: ViewFnOnce,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="section">
            <header class="section-header"><h2>{title}</h2><div class="section-actions">{actions.run()}</div></header>
            {children()}
        </section>
    }
}
