//! Menus: native popovers, which open, close and take Escape without JavaScript. A browser too old for them shows them in place.

use super::icon::{Glyph, Icon};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;

/// A button and the menu it opens. `id` is unique in the page.
#[component]
pub fn Menu(
    #[prop(into)] id: String,
    /// The button's name.
    #[prop(into)]
    label: Signal<String>,
    #[prop(default = "button quiet square")] class: &'static str,
    /// What the button shows.
    #[prop(into)]
    face: ViewFnOnce,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="menu-anchor">
            <button class=class type="button" popovertarget=id.clone() aria-label=move || label.try_get() title=move || label.try_get() aria-haspopup="true">{face.run()}</button>
            <div class="menu" id=id popover="auto">{children()}</div>
        </div>
    }
}

/// A group in a menu, under a heading.
#[component]
pub fn MenuGroup(#[prop(into)] title: String, children: Children) -> impl IntoView {
    view! { <div class="menu-group" role="group" aria-label=title><p class="menu-title" aria-hidden="true">{title.clone()}</p>{children()}</div> }
}

/// A link in a menu.
#[component]
pub fn MenuLink(
    #[prop(into)] href: Signal<String>,
    #[prop(optional_no_strip)] icon: Option<Icon>,
    #[prop(optional)] current: bool,
    /// Loads the page anew instead of changing the one that is there.
    #[prop(optional)]
    afresh: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <a class="menu-item" href=move || href.get() rel=afresh.then_some("external") aria-current=current.then_some("true") on:click=|event| hide_around(&event)>
            {icon.map(|icon| view! { <Glyph icon/> })}
            <span class="menu-text">{children()}</span>
            {current.then(|| view! { <Glyph icon=Icon::Check/> })}
        </a>
    }
}

/// Closes the popovers around an event's target: a page that stays in place does not close them by itself.
pub fn hide_around(event: &leptos::web_sys::Event) {
    let mut element = event.target().and_then(|target| target.dyn_into::<leptos::web_sys::Element>().ok());
    while let Some(popover) = element.and_then(|element| element.closest("[popover]").ok().flatten()) {
        if let Some(popover) = popover.dyn_ref::<leptos::web_sys::HtmlElement>() {
            // Fails if it is closed already.
            _ = popover.hide_popover();
        }
        element = popover.parent_element();
    }
}
