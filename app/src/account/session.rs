//! What the lists of sessions share.

use crate::i18n::text;
use crate::ui::{Tag, Tone};
use api::account::Session;
use leptos::prelude::*;

/// “Firefox on Linux”, as far as the browser has told.
pub fn device(session: &Session) -> String {
    let t = text();
    match (session.browser.as_str(), session.system.as_str()) {
        ("", "") => t.account.unknown_device.to_owned(),
        (one, "") | ("", one) => one.to_owned(),
        (browser, system) => (t.account.on)(browser, system),
    }
}

/// The device, and whether it is this one.
#[component]
pub fn Device(session: Session) -> impl IntoView {
    let t = text();
    let current = session.current.then(|| view! { <Tag label=t.account.this_session tone=Tone::Good/> });
    view! { <span>{device(&session)}</span>{current} }
}
