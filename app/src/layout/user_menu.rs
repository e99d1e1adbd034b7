//! Who is signed in, and what they have chosen for themselves. Every choice is a plain form.

use super::preferences::{Preferences, Theme};
use crate::i18n::{Lang, text};
use crate::paths;
use crate::ui::{Glyph, Hidden, Icon, Menu, MenuLink, hide_around};
use api::ProjectId;
use api::identity::Me;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

#[component]
pub(super) fn UserMenu(me: Signal<Me>, help: RwSignal<bool>) -> impl IntoView {
    let t = text();
    let chosen = use_context::<Preferences>().unwrap_or_default();
    let theme = move |theme: Theme| {
        let (icon, name) = match theme {
            Theme::Light => (Icon::Light, t.ui.theme_light),
            Theme::Dark => (Icon::Dark, t.ui.theme_dark),
            Theme::System => (Icon::System, t.ui.theme_system),
        };
        let pressed = (theme == chosen.theme).to_string();
        view! { <button type="submit" name="theme" value=theme.as_str() aria-pressed=pressed><Glyph icon/><span>{name}</span></button> }
    };
    let help = move |event: leptos::ev::MouseEvent| {
        hide_around(&event);
        help.set(true);
    };
    view! {
        <Menu id="account" label=t.ui.account face=|| view! { <Glyph icon=Icon::User/> }>
            <div class="account">
                <span class="unseen">{t.ui.signed_in_as}</span>
                <p class="account-name">{move || me.with(|me| me.user_name.clone())}</p>
                {move || me.with(|me| (me.project != ProjectId::NOWHERE).then(|| {
                    view! { <p class="account-role">{(t.ui.role)((t.identity.role)(me.role))}</p> }
                }))}
            </div>
            <MenuLink href=Signal::derive(move || me.with(|me| paths::profile(me.project))) icon=Some(Icon::User)>{t.account.profile}</MenuLink>
            <MenuLink href=Signal::derive(move || me.with(|me| paths::password(me.project))) icon=Some(Icon::Lock)>{t.account.change_password}</MenuLink>
            <PreferenceForm title=t.ui.theme>{Theme::ALL.map(theme).collect_view()}</PreferenceForm>
            <LanguageForm/>
            <button class="menu-item scripted" type="button" on:click=help><Glyph icon=Icon::Help/><span class="menu-text">{t.ui.keys}</span></button>
            <form method="post" action=paths::SIGN_OUT>
                <button class="menu-item" type="submit"><Glyph icon=Icon::SignOut/><span class="menu-text">{t.ui.sign_out}</span></button>
            </form>
        </Menu>
    }
}

/// The languages, each by its own name.
#[component]
pub(super) fn LanguageForm() -> impl IntoView {
    let t = text();
    let language = |lang: Lang| {
        let pressed = (lang == t.lang).to_string();
        view! { <button type="submit" name="lang" value=lang.tag() lang=lang.tag() aria-pressed=pressed><span>{lang.own_name()}</span></button> }
    };
    view! { <PreferenceForm title=t.ui.language>{Lang::ALL.map(language).collect_view()}</PreferenceForm> }
}

/// A row of buttons of which one is chosen; leads back to the page it is on.
#[component]
fn PreferenceForm(title: &'static str, children: Children) -> impl IntoView {
    let location = use_location();
    let here = move || match location.search.get() {
        search if search.is_empty() => location.pathname.get(),
        search => format!("{}?{search}", location.pathname.get()),
    };
    view! {
        <form class="segments" method="post" action=paths::PREFERENCES aria-label=title>
            {move || view! { <Hidden name="return" value=here()/> }}
            {children()}
        </form>
    }
}
