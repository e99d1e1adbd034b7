//! Everybody's sessions.

use super::calls::{SessionRevokeAny, SessionRevokeUser, session_list_all};
use crate::account::{Device, device};
use crate::i18n::text;
use crate::live::use_live;
use crate::project::here;
use crate::ui::{Column, Empty, Icon, List, Load, Outcomes, PageHeader, Question, RowAction, Rows, When, list_query};
use api::Kind;
use api::account::Session;
use leptos::prelude::*;

#[component]
pub fn Sessions() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let query = list_query();
    let (revoke, revoke_user) = (ServerAction::<SessionRevokeAny>::new(), ServerAction::<SessionRevokeUser>::new());
    let page = Resource::new(
        move || (here.project.get(), query.get(), live.version(Kind::Session)),
        |(project, query, _)| session_list_all(project, query),
    );
    let columns = vec![
        Column::new("user", t.account.user, |session: &Session| session.user_name.clone()).sortable(),
        Column::new("device", t.account.device, |session: &Session| view! { <Device session=session.clone()/> }),
        Column::new("address", t.account.address, |session: &Session| view! { <code>{session.address.clone()}</code> })
            .sortable(),
        Column::new("used", t.account.last_use, |session: &Session| view! { <When at=session.used_at/> }).sortable(),
        Column::new("created", t.account.signed_in, |session: &Session| view! { <When at=session.created_at/> })
            .sortable(),
    ];
    let rows = Rows::new(|session: &Session| session.id.clone(), |session| session.user_name.clone()).actions(
        move |session| {
            let body = if session.current { t.account.revoke_own_body } else { t.account.revoke_body };
            let one = Question::new((t.account.revoke_title)(&device(session)), body);
            let all = Question::new((t.account.revoke_user_title)(&session.user_name), t.account.revoke_body);
            let project = ("project", here.project.get());
            let (id, user) = (("id", session.id.clone()), ("user", session.user.to_string()));
            vec![
                RowAction::post(t.account.revoke, Icon::SignOut, revoke, vec![project.clone(), id]).confirm(one),
                RowAction::post(t.account.revoke_user, Icon::Lock, revoke_user, vec![project, user]).confirm(all),
            ]
        },
    );
    let empty = move || view! { <Empty icon=Icon::Console title=t.account.no_sessions hint=t.account.no_sessions_hint>""</Empty> };
    view! {
        <PageHeader title=t.account.all_sessions hint=t.account.all_sessions_hint/>
        <Outcomes calls=vec![revoke.into(), revoke_user.into()]/>
        <Load from=page let:page>
            <List label=t.account.all_sessions page query columns=columns.clone() rows=rows.clone() default_sort="-used" empty/>
        </Load>
    }
}
