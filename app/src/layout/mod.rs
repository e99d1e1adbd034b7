//! What stands around every page: navigation, project picker, tasks, the reader's menu; and the bare frame of pages outside any project.

mod error_page;
mod navigation;
mod preferences;
mod project_picker;
mod sign_in_frame;
mod tasks;
mod user_menu;

pub use error_page::{ErrorPage, NotFoundPage};
pub use preferences::{Preferences, Theme};
pub use sign_in_frame::SignInFrame;

use crate::i18n::text;
use crate::paths;
use crate::ui::{AskingArea, Glyph, Icon, MessageArea, Palette};
use api::identity::Me;
use api::operation::Operation;
use leptos::prelude::*;
use navigation::{Navigation, entries};
use project_picker::ProjectPicker;
use tasks::Tasks;
use user_menu::UserMenu;

/// The frame of every page inside a project. `tasks` are the project's newest operations, newest first.
#[component]
pub fn Frame(
    #[prop(into)] me: Signal<Me>,
    #[prop(into)] tasks: Signal<Vec<Operation>>,
    children: Children,
) -> impl IntoView {
    let t = text();
    let (palette, help) = (RwSignal::new(false), RwSignal::new(false));
    let places = Signal::derive(move || me.with(|me| entries(me.project, &me.actions)));
    view! {
        <a class="skip" href="#content" rel="external">{t.ui.skip}</a>
        <div class="frame">
            <Navigation me/>
            <header class="bar">
                <button class="button quiet square bar-menu" type="button" popovertarget="navigation" aria-label=t.ui.menu><Glyph icon=Icon::Menu/></button>
                <a class="logo bar-logo" href=move || me.with(|me| paths::home(me.project)) aria-label="Offing"><Logo/></a>
                <ProjectPicker me/>
                <div class="bar-end">
                    <button class="palette-button scripted" type="button" aria-label=t.ui.palette on:click=move |_| palette.set(true)>
                        <Glyph icon=Icon::Search/><span>{t.ui.palette}</span><kbd>"Ctrl K"</kbd>
                    </button>
                    <Tasks me tasks/>
                    <UserMenu me help/>
                </div>
            </header>
            <main id="content" class="content" tabindex="-1"><AskingArea>{children()}</AskingArea></main>
        </div>
        <MessageArea/>
        <Palette entries=places open=palette help/>
    }
}

/// The mark: the horizon as seen from the shore, with a sail in the offing.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <svg class="logo-mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
            <use href="/logo.svg#mark"></use>
        </svg>
    }
}
