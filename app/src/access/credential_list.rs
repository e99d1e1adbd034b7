//! Application credentials: one's own, and everybody's.

use super::calls::{CredentialDelete, CredentialRevoke, credential_list, credential_list_all};
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::here;
use crate::ui::{
    Column, Empty, Icon, LinkButton, List, Load, Outcomes, PageHeader, Question, RowAction, Rows, StateBadge, Tag,
    Tone, Variant, When, list_query,
};
use api::Kind;
use api::credential::{ApplicationCredential as Credential, Ended};
use leptos::prelude::*;

#[component]
pub fn OwnCredentials() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let query = list_query();
    let delete = ServerAction::<CredentialDelete>::new();
    let page = Resource::new(
        move || (here.project.get(), query.get(), live.version(Kind::ApplicationCredential)),
        |(project, query, _)| credential_list(project, query),
    );
    let columns = columns();
    let rows = Rows::new(|it: &Credential| it.id.to_string(), |it| it.name.clone()).actions(move |it| {
        let fields = vec![("project", here.project.get()), ("id", it.id.to_string())];
        let question = Question::new((t.ui.delete_named)(&it.name), t.access.delete_body);
        vec![RowAction::post(t.common.delete, Icon::Delete, delete, fields).confirm(question)]
    });
    let empty =
        move || view! { <Empty icon=Icon::KeyPair title=t.access.none hint=t.access.none_hint><CreateButton/></Empty> };
    view! {
        <PageHeader title=t.access.credentials hint=t.access.credentials_hint><CreateButton/></PageHeader>
        <Outcomes calls=vec![delete.into()]/>
        <Load from=page let:page>
            <List label=t.access.credentials page query columns=columns.clone() rows=rows.clone() default_sort="name" empty/>
        </Load>
    }
}

#[component]
fn CreateButton() -> impl IntoView {
    let (t, here) = (text(), here());
    view! {
        <LinkButton href=paths::application_credential_create(here.id()) variant=Variant::Primary icon=Some(Icon::Add)>{t.access.create_credential}</LinkButton>
    }
}

/// An administrator's page.
#[component]
pub fn AllCredentials() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let query = list_query();
    let revoke = ServerAction::<CredentialRevoke>::new();
    let page = Resource::new(
        move || (here.project.get(), query.get(), live.version(Kind::ApplicationCredential)),
        |(project, query, _)| credential_list_all(project, query),
    );
    let mut columns = columns();
    let user = Column::new("user", t.account.user, move |it: &Credential| {
        view! { <a href=paths::user(here.id(), it.user)>{it.user_name.clone()}</a> }
    });
    columns.insert(1, user.sortable());
    let rows = Rows::new(|it: &Credential| it.id.to_string(), |it| it.name.clone()).actions(move |it| {
        let fields = vec![("project", here.project.get()), ("id", it.id.to_string())];
        let question = Question::new((t.access.revoke_title)(&it.name, &it.user_name), t.access.delete_body);
        vec![RowAction::post(t.access.revoke, Icon::Delete, revoke, fields).confirm(question)]
    });
    let empty =
        move || view! { <Empty icon=Icon::KeyPair title=t.access.none hint=t.access.none_of_all_hint>""</Empty> };
    view! {
        <PageHeader title=t.access.all_credentials hint=t.access.all_credentials_hint/>
        <Outcomes calls=vec![revoke.into()]/>
        <Load from=page let:page>
            <List label=t.access.all_credentials page query columns=columns.clone() rows=rows.clone() default_sort="name" empty/>
        </Load>
    }
}

/// The columns of both lists.
fn columns() -> Vec<Column<Credential>> {
    let t = text();
    vec![
        Column::new("name", t.common.name, |it: &Credential| {
            let description = Some(it.description.clone()).filter(|text| !text.is_empty());
            view! { <span>{it.name.clone()}</span>{description.map(|text| view! { <p class="cell-note">{text}</p> })} }
        })
        .sortable(),
        Column::new("project", t.common.project, |it: &Credential| it.project_name.clone()),
        Column::new("status", t.common.status, |it: &Credential| state(it.ended)),
        Column::new("roles", t.common.roles, |it: &Credential| {
            it.roles.iter().map(|(_, name)| view! { <Tag label=name.clone()/> }).collect_view()
        }),
        Column::new("rules", t.access.good_for, good_for).wraps(),
        Column::new("expires", t.access.expires, |it: &Credential| match it.expires_at {
            Some(at) => view! { <When at/> }.into_any(),
            None => text().account.never_word.into_any(),
        }),
        Column::new("used", t.account.last_use, |it: &Credential| match it.used_at {
            Some(at) => view! { <When at/> }.into_any(),
            None => text().account.never_word.into_any(),
        })
        .sortable(),
    ]
}

fn state(ended: Option<Ended>) -> AnyView {
    let t = text();
    let (state, tone, label) = match ended {
        None => ("ACTIVE", Tone::Good, t.access.active),
        Some(Ended::Expired) => ("EXPIRED", Tone::Neutral, t.access.expired),
        Some(Ended::RoleLost) => ("ROLE_LOST", Tone::Bad, t.access.role_lost),
        Some(Ended::Disabled) => ("DISABLED", Tone::Bad, t.access.disabled),
    };
    view! { <StateBadge state tone label/> }.into_any()
}

/// The requests that it is good for.
fn good_for(it: &Credential) -> AnyView {
    let t = text();
    let unrestricted = it.unrestricted.then(|| view! { <Tag label=t.access.unrestricted_tag tone=Tone::Attention/> });
    let rules = it.rules.iter().map(|rule| view! { <p class="cell-note"><code>{rule.to_string()}</code></p> });
    let all = it.rules.is_empty().then_some(t.access.all_requests);
    view! { {all}{unrestricted}{rules.collect_view()} }.into_any()
}
