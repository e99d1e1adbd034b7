//! What somebody has chosen for the whole console, kept on the server.

use super::calls::{PreferencesSet, preferences_show};
use crate::i18n::{Lang, text};
use crate::live::use_live;
use crate::project::here;
use crate::ui::{Choice, Form, Hidden, Load, NumberField, PageHeader, SelectField};
use api::Kind;
use api::account::PreferencesPage as Page;
use leptos::prelude::*;

#[component]
pub fn PreferencesPage() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let set = ServerAction::<PreferencesSet>::new();
    let page =
        Resource::new(move || (here.project.get(), live.version(Kind::User)), |(project, _)| preferences_show(project));
    // Language, times and lists are what the whole page is made with: it begins anew.
    Effect::new(move |_| {
        if set.value().with(|value| matches!(value, Some(Ok(())))) {
            _ = window().location().reload();
        }
    });
    view! {
        <PageHeader title=t.account.preferences hint=t.account.preferences_hint/>
        <Load from=page let:page>{move || form(set, page.get())}</Load>
    }
}

fn form(set: ServerAction<PreferencesSet>, page: Page) -> impl IntoView {
    let (t, here) = (text(), here());
    let Page { chosen, time_zones } = page;
    let langs = Lang::ALL.map(|lang| Choice::new(lang.tag(), lang.own_name()));
    let langs = std::iter::once(Choice::new("", t.account.lang_browser)).chain(langs).collect();
    let zones = time_zones.into_iter().map(|zone| Choice::new(zone.clone(), zone.replace('_', " ")));
    let zones = std::iter::once(Choice::new("", t.account.time_zone_browser)).chain(zones).collect();
    let page_size = chosen.page_size.map(|size| size.to_string()).unwrap_or_default();
    view! {
        <Form call=set submit=t.account.save_preferences>
            <Hidden name="project" value=here.project.get_untracked()/>
            <SelectField name="lang" label=t.ui.language choices=langs value=chosen.lang.unwrap_or_default() required=true/>
            <SelectField name="time_zone" label=t.account.time_zone choices=zones value=chosen.time_zone.unwrap_or_default() hint=t.account.time_zone_hint required=true/>
            <NumberField name="page_size" label=t.account.page_size value=page_size min=1 max=1000 hint=t.account.page_size_hint/>
        </Form>
    }
}
