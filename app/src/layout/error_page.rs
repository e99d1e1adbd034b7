//! Pages that are not there, not allowed or broken.

use super::SignInFrame;
use crate::i18n::text;
use crate::ui::{Button, Variant};
use api::Error;
use leptos::prelude::*;
use leptos_meta::Title;

/// A whole page that says what failed and what to do. It stands in whichever frame is around it.
#[component]
pub fn ErrorPage(error: Error) -> impl IntoView {
    let t = text();
    let title = match &error {
        Error::NotFound { .. } => t.ui.not_found,
        Error::Forbidden { .. } | Error::Delegated | Error::Unauthenticated => t.ui.forbidden,
        Error::Unavailable { .. } => t.ui.unavailable,
        _ => t.ui.failed,
    };
    view! { <Plain code=error.status().to_string() title hint=(t.error.error)(&error)/> }
}

/// An address that nothing answers to.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    let t = text();
    view! { <SignInFrame><Plain code="404" title=t.ui.not_found hint=t.ui.not_found_hint/></SignInFrame> }
}

#[component]
fn Plain(#[prop(into)] code: String, title: &'static str, #[prop(into)] hint: String) -> impl IntoView {
    let t = text();
    view! {
        <Title text=title/>
        <section class="error-page">
            <p class="error-code">{code}</p>
            <h1>{title}</h1>
            <p>{hint}</p>
            // A plain GET of the start, which knows the reader's project.
            <form method="get" action="/"><Button variant=Variant::Secondary>{t.ui.to_start}</Button></form>
        </section>
    }
}
