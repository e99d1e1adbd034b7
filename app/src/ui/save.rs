//! Handing the reader a file whose text stands in the page.

use super::button::Variant;
use super::icon::{Glyph, Icon};
use crate::paths::percent_encoded;
use leptos::prelude::*;

/// Saves `text` under `name` where the reader's downloads go; with and without JavaScript.
#[component]
pub fn SaveButton(
    #[prop(into)] name: String,
    #[prop(into)] text: String,
    #[prop(default = Variant::Primary)] variant: Variant,
    children: Children,
) -> impl IntoView {
    view! {
        <a class=variant.class() download=name href=address(&text)><Glyph icon=Icon::Download/><span>{children()}</span></a>
    }
}

/// The text as an address of its own (RFC 2397).
fn address(text: &str) -> String {
    format!("data:text/plain;charset=utf-8,{}", percent_encoded(text))
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_in_the_text_ends_the_address() {
        let address = super::address("a b#c?\"\n한");
        assert_eq!(address, "data:text/plain;charset=utf-8,a%20b%23c%3F%22%0A%ED%95%9C");
    }
}
