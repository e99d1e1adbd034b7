//! The classes that one sees, or teaches.

use super::calls::class_list;
use crate::i18n::text;
use crate::live::{ReloadWhile, use_live};
use crate::paths;
use crate::project::here;
use crate::ui::{
    Column, Empty, Icon, LinkButton, List, Load, PageHeader, Rows, StateBadge, Tone, Variant, When, list_query,
};
use api::class::Class;
use api::{Action, Kind};
use leptos::prelude::*;

#[component]
pub fn Classes() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let query = list_query();
    let page = Resource::new(
        move || (here.project.get(), query.get(), live.version(Kind::Class)),
        |(project, query, _)| class_list(project, query),
    );
    let columns = vec![
        Column::new("name", t.common.name, move |class: &Class| {
            view! { <a href=paths::class(here.id(), class.id)>{class.name.clone()}</a> }
        })
        .sortable(),
        Column::new("description", t.common.description, |class: &Class| class.description.clone()).wraps(),
        Column::new("seats", t.class.seats, |class: &Class| class.seats).number(),
        Column::new("status", t.common.status, class_badge),
        Column::new("expires", t.class.expires, |class: &Class| end(class.expires_at)).sortable(),
        Column::new("domain", t.directory.domain, |class: &Class| class.domain_name.clone()).sortable(),
        Column::new("created", t.common.created, |class: &Class| view! { <When at=class.created_at/> }).sortable(),
    ];
    let rows = Rows::new(|class: &Class| class.id.to_string(), |class| class.name.clone());
    view! {
        <PageHeader title=t.class.title hint=t.class.hint><CreateButton/></PageHeader>
        <Load from=page let:page>
            <ReloadWhile moving=Signal::derive(move || page.with(|page| page.items.iter().any(|class| class.removing || class.working > 0)))/>
            <List
                label=t.class.title page query columns=columns.clone() rows=rows.clone() default_sort="name"
                empty=move || view! {
                    <Empty icon=Icon::Class title=t.class.none hint=t.class.none_hint><CreateButton/></Empty>
                }
            />
        </Load>
    }
}

#[component]
fn CreateButton() -> impl IntoView {
    let (t, here) = (text(), here());
    move || {
        let disabled_because = here.not_allowed(Action::ManageClasses);
        view! {
            <LinkButton href=paths::class_create(here.id()) variant=Variant::Primary icon=Some(Icon::Add) disabled_because>
                {t.class.create}
            </LinkButton>
        }
    }
}

/// When its accounts end.
pub(super) fn end(at: Option<api::Micros>) -> AnyView {
    match at {
        Some(at) => view! { <When at/> }.into_any(),
        None => text().class.never.into_any(),
    }
}

/// How it is with the whole of it.
pub(super) fn class_badge(class: &Class) -> AnyView {
    let t = text();
    let detail = (class.working > 0 && !class.removing).then(|| (t.class.working)(class.working));
    let (state, tone, label) = if class.removing {
        ("removing", Tone::Moving, t.class.removing.to_owned())
    } else if let Some(detail) = detail {
        ("working", Tone::Moving, detail)
    } else if class.failed > 0 {
        ("failed", Tone::Bad, (t.class.failed)(class.failed))
    } else if class.expired {
        ("expired", Tone::Neutral, t.class.expired.to_owned())
    } else {
        ("ready", Tone::Good, t.class.ready.to_owned())
    };
    view! { <StateBadge state tone label/> }.into_any()
}
