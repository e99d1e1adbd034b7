//! All users.

use super::calls::{DirectoryChangeMany, UserDelete, UserEnable, user_list};
use super::{MANY, badge, by_domain, domains, many, on_off, states};
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::here;
use crate::ui::{
    Column, Copyable, Empty, Icon, LinkButton, List, Load, Outcomes, PageHeader, Question, RowAction, Rows, Variant,
    When, filtered_query, provide_chosen,
};
use api::directory::User;
use api::{Action, Kind};
use leptos::prelude::*;

#[component]
pub fn Users() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let query = filtered_query(&["domain"]);
    let change = ServerAction::<DirectoryChangeMany>::new();
    provide_chosen();
    let (enable, delete) = (ServerAction::<UserEnable>::new(), ServerAction::<UserDelete>::new());
    let read = Resource::new(
        move || (here.project.get(), query.get(), live.version(Kind::User)),
        |(project, query, _)| async move { futures::try_join!(user_list(project.clone(), query), domains(project)) },
    );
    let columns = user_columns();
    let rows = Rows::new(|user: &User| user.id.to_string(), |user| user.name.clone())
        .actions(move |user| user_actions(user, enable, delete))
        .chosen_by(MANY);
    view! {
        <PageHeader title=t.common.users hint=t.directory.users_hint>
            <CreateButton/>
        </PageHeader>
        <Outcomes calls=vec![enable.into(), delete.into(), change.into()]/>
        <Load from=read let:read>
            {
            let page = Signal::derive(move || read.with(|(page, _)| page.clone()));
            let filters = by_domain(read.with_untracked(|(_, domains)| domains.clone()));
            view! {
            <List
                label=t.common.users page query columns=columns.clone() rows=rows.clone() default_sort="name" statuses=states()
                filters bar=move || many(Kind::User, change, Action::ManageUsers)
                empty=move || view! {
                    <Empty icon=Icon::User title=t.directory.no_users hint=t.directory.no_users_hint><CreateButton/></Empty>
                }
            />
            }
            }
        </Load>
    }
}

/// The columns of every list of users.
pub(super) fn user_columns() -> Vec<Column<User>> {
    let (t, here) = (text(), here());
    vec![
        Column::new("name", t.common.name, move |user: &User| {
            view! { <a href=paths::user(here.id(), user.id)>{user.name.clone()}</a> }
        })
        .sortable(),
        Column::new("email", t.directory.email, |user: &User| user.email.clone()).sortable(),
        Column::new("description", t.common.description, |user: &User| user.description.clone()).wraps(),
        Column::new("domain", t.directory.domain, |user: &User| user.domain_name.clone()).sortable(),
        Column::new("status", t.common.status, |user: &User| badge(user.enabled)),
        Column::new("id", t.common.id, |user: &User| view! { <Copyable value=user.id.to_string()/> }),
        Column::new("created", t.common.created, |user: &User| view! { <When at=user.created_at/> }).sortable(),
    ]
}

#[component]
fn CreateButton() -> impl IntoView {
    let (t, here) = (text(), here());
    move || {
        let disabled_because = here.not_allowed(Action::ManageUsers);
        view! {
            <LinkButton href=paths::user_create(here.id()) variant=Variant::Primary icon=Some(Icon::Add) disabled_because>
                {t.directory.create_user}
            </LinkButton>
        }
    }
}

/// What can be done with a user.
pub(super) fn user_actions(
    user: &User,
    enable: ServerAction<UserEnable>,
    delete: ServerAction<UserDelete>,
) -> Vec<RowAction> {
    let (t, here) = (text(), here());
    let fields = vec![("project", here.project.get()), ("id", user.id.to_string())];
    let question = Question::new((t.ui.delete_named)(&user.name), t.directory.delete_user_body);
    let refused = here.not_allowed(Action::ManageUsers);
    vec![
        RowAction::link(t.common.edit, Icon::Edit, paths::user_edit(here.id(), user.id))
            .disabled_because(refused.clone()),
        on_off(
            &user.name,
            user.id.to_string(),
            user.enabled,
            enable,
            t.directory.disable_user_body,
            Action::ManageUsers,
        ),
        RowAction::post(t.common.delete, Icon::Delete, delete, fields).confirm(question).disabled_because(refused),
    ]
}
