//! The frame of pages outside any project: one card in the middle.

use super::Logo;
use super::user_menu::LanguageForm;
use leptos::prelude::*;

/// The card, with the mark above it and the languages below.
#[component]
pub fn SignInFrame(children: Children) -> impl IntoView {
    view! {
        <main class="sign-in" id="content">
            <div class="sign-in-card">
                <p class="logo"><Logo/><span>"Offing"</span></p>
                {children()}
            </div>
            <footer class="sign-in-footer"><LanguageForm/></footer>
        </main>
    }
}
