//! What stands in place of passwords and second factors for those who sign in with a provider.

use crate::i18n::text;
use crate::ui::{Notice, Tone};
use leptos::prelude::*;

#[component]
pub fn NoPassword() -> impl IntoView {
    let t = text();
    view! { <Notice tone=Tone::Neutral title=t.provider.no_password>{t.provider.no_password_hint}</Notice> }
}
