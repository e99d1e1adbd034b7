//! Handing the reader a file that is made in the page.

use super::button::Variant;
use super::icon::{Glyph, Icon};
use leptos::prelude::*;
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::{Blob, HtmlAnchorElement, Url};

/// Saves `text` under `name` where the reader's downloads go.
#[component]
pub fn SaveButton(#[prop(into)] name: String, #[prop(into)] text: String, children: Children) -> impl IntoView {
    let save = move |_| {
        if save(&name, &text).is_err() {
            leptos::logging::error!("the browser does not save {name}");
        }
    };
    view! {
        <button class=Variant::Primary.class() type="button" on:click=save><Glyph icon=Icon::Download/><span>{children()}</span></button>
    }
}

fn save(name: &str, text: &str) -> Result<(), JsValue> {
    let blob = Blob::new_with_str_sequence(&js_sys::Array::of1(&text.into()))?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    Url::revoke_object_url(&url)
}
