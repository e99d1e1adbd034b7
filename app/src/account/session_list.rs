//! One's own sessions.

use super::calls::{SessionRevoke, SessionRevokeOthers, session_list};
use super::session::{Device, device};
use crate::i18n::text;
use crate::live::use_live;
use crate::project::here;
use crate::ui::{
    Button, Column, Confirm, Empty, Icon, List, Load, Outcomes, PageHeader, Question, RowAction, Rows, When, list_query,
};
use api::Kind;
use api::account::Session;
use leptos::prelude::*;

#[component]
pub fn AccountSessions() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let query = list_query();
    let (revoke, others) = (ServerAction::<SessionRevoke>::new(), ServerAction::<SessionRevokeOthers>::new());
    let page = Resource::new(
        move || (here.project.get(), query.get(), live.version(Kind::User)),
        |(project, query, _)| session_list(project, query),
    );
    let columns = vec![
        Column::new("device", t.account.device, |session: &Session| view! { <Device session=session.clone()/> }),
        Column::new("address", t.account.address, |session: &Session| view! { <code>{session.address.clone()}</code> })
            .sortable(),
        Column::new("used", t.account.last_use, |session: &Session| view! { <When at=session.used_at/> }).sortable(),
        Column::new("created", t.account.signed_in, |session: &Session| view! { <When at=session.created_at/> })
            .sortable(),
        Column::new("expires", t.account.expires, |session: &Session| view! { <When at=session.expires_at/> })
            .sortable(),
    ];
    let rows = Rows::new(|session: &Session| session.id.clone(), device).actions(move |session| {
        let body = if session.current { t.account.revoke_own_body } else { t.account.revoke_body };
        let question = Question::new((t.account.revoke_title)(&device(session)), body);
        let fields = vec![("project", here.project.get()), ("id", session.id.clone())];
        vec![RowAction::post(t.account.revoke, Icon::SignOut, revoke, fields).confirm(question)]
    });
    let empty = move || view! { <Empty icon=Icon::Console title=t.account.no_sessions hint=t.account.no_sessions_hint>""</Empty> };
    let question = Question::new(t.account.revoke_others_title, t.account.revoke_others_body);
    view! {
        <PageHeader title=t.common.sessions hint=t.account.sessions_hint>
            <Button kind="button" icon=Some(Icon::SignOut) opens="revoke-others">{t.account.revoke_others}</Button>
        </PageHeader>
        <Confirm id="revoke-others" call=others fields=vec![("project", here.project.get_untracked())] question button=t.account.revoke_others/>
        <Outcomes calls=vec![revoke.into(), others.into()]/>
        <Load from=page let:page>
            <List label=t.common.sessions page query columns=columns.clone() rows=rows.clone() default_sort="-used" empty/>
        </Load>
    }
}
