//! The field for who sits in a class: typed, pasted, or read from a file where a program runs.

use crate::i18n::text;
use crate::ui::TextArea;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{HtmlInputElement, HtmlTextAreaElement};
use wasm_bindgen_futures::JsFuture;

/// `id` is the form's.
#[component]
pub(super) fn RosterField(
    #[prop(default = "form")] id: &'static str,
    #[prop(optional)] required: bool,
) -> impl IntoView {
    let t = text();
    let chosen = move |event: leptos::ev::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let file = input.and_then(|input| input.files()).and_then(|files| files.get(0));
        let area = document().get_element_by_id(&format!("{id}-roster"));
        let area = area.and_then(|area| area.dyn_into::<HtmlTextAreaElement>().ok());
        if let Some((file, area)) = file.zip(area) {
            spawn_local(async move {
                if let Ok(text) = JsFuture::from(file.text()).await {
                    area.set_value(&text.as_string().unwrap_or_default());
                }
            });
        }
    };
    view! {
        <TextArea name="roster" label=t.class.roster hint=t.class.roster_hint rows=10 required/>
        <div class="field scripted">
            <label for=format!("{id}-csv")>{t.class.from_file}</label>
            <input class="input file" id=format!("{id}-csv") type="file" accept=".csv,.txt,text/csv,text/plain" on:change=chosen/>
        </div>
    }
}
