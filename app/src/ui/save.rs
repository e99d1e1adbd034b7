//! Handing the reader a file whose text stands in the page.

use super::button::Variant;
use super::icon::{Glyph, Icon};
use leptos::prelude::*;
use std::fmt::Write as _;

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
    let start = String::from("data:text/plain;charset=utf-8,");
    text.bytes().fold(start, |mut out, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => _ = write!(out, "%{byte:02X}"),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_in_the_text_ends_the_address() {
        let address = super::address("a b#c?\"\n한");
        assert_eq!(address, "data:text/plain;charset=utf-8,a%20b%23c%3F%22%0A%ED%95%9C");
    }
}
