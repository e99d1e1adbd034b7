//! Everybody's sessions.

use super::calls::{SessionRevokeAny, SessionRevokeUser, session_list_all};
use crate::account::{Device, device};
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::here;
use crate::ui::{
    Button, Column, Confirm, Empty, Icon, List, Load, Outcomes, PageHeader, Question, RowAction, Rows, When, list_query,
};
use api::Kind;
use api::account::Session;
use leptos::prelude::*;

#[component]
pub fn Sessions() -> impl IntoView {
    let t = text();
    view! {
        <PageHeader title=t.account.all_sessions hint=t.account.all_sessions_hint/>
        <SessionsOf user=String::new()/>
    }
}

/// The sessions of one user, on the user's page; of all, if none is named.
#[component]
pub fn SessionsOf(user: String) -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let query = list_query();
    let (of_all, end) = (user.is_empty(), user.clone());
    let (revoke, revoke_user) = (ServerAction::<SessionRevokeAny>::new(), ServerAction::<SessionRevokeUser>::new());
    let page = Resource::new(
        move || (here.project.get(), query.get(), live.version(Kind::Session)),
        move |(project, mut query, _)| {
            query.filters.insert("user".to_owned(), user.clone());
            session_list_all(project, query)
        },
    );
    let of_user = Column::new("user", t.account.user, move |session: &Session| {
        view! { <a href=paths::user(here.id(), session.user)>{session.user_name.clone()}</a> }
    });
    let columns = [
        of_all.then(|| of_user.sortable()),
        Some(Column::new("device", t.account.device, |session: &Session| view! { <Device session=session.clone()/> })),
        Some(
            Column::new("address", t.account.address, |session: &Session| {
                view! { <code>{session.address.clone()}</code> }
            })
            .sortable(),
        ),
        Some(
            Column::new("used", t.account.last_use, |session: &Session| view! { <When at=session.used_at/> })
                .sortable(),
        ),
        Some(
            Column::new("created", t.account.signed_in, |session: &Session| view! { <When at=session.created_at/> })
                .sortable(),
        ),
    ];
    let columns: Vec<_> = columns.into_iter().flatten().collect();
    let rows = Rows::new(|session: &Session| session.id.clone(), |session| session.user_name.clone()).actions(
        move |session| {
            let body = if session.current { t.account.revoke_own_body } else { t.account.revoke_body };
            let one = Question::new((t.account.revoke_title)(&device(session)), body);
            let all = Question::new((t.account.revoke_user_title)(&session.user_name), t.account.revoke_body);
            let project = ("project", here.project.get());
            let (id, user) = (("id", session.id.clone()), ("user", session.user.to_string()));
            let one = RowAction::post(t.account.revoke, Icon::SignOut, revoke, vec![project.clone(), id]).confirm(one);
            let all = RowAction::post(t.account.revoke_user, Icon::Lock, revoke_user, vec![project, user]).confirm(all);
            // On the user's own page there is a button for all.
            if of_all { vec![one, all] } else { vec![one] }
        },
    );
    let empty = move || view! { <Empty icon=Icon::Console title=t.account.no_sessions hint=t.account.no_sessions_hint>""</Empty> };
    let all = (!of_all).then(|| {
        let fields = vec![("project", here.project.get_untracked()), ("user", end)];
        let question = Question::new(t.account.revoke_all_title, t.account.revoke_body);
        view! {
            <p class="list-actions"><Button kind="button" icon=Some(Icon::SignOut) opens="revoke-all">{t.account.revoke_user}</Button></p>
            <Confirm id="revoke-all" call=revoke_user fields question button=t.account.revoke_user/>
        }
    });
    view! {
        {all}
        <Outcomes calls=vec![revoke.into(), revoke_user.into()]/>
        <Load from=page let:page>
            <List label=t.account.all_sessions page query columns=columns.clone() rows=rows.clone() default_sort="-used" empty/>
        </Load>
    }
}
