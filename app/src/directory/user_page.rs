//! A user: who it is, which roles it has, in which groups it is.

use super::assignment_list::AssignmentsHere;
use super::badge;
use super::calls::{UserDelete, UserEnable, UserFactorsRemove, UserUnlock, group_list_of, user_show};
use super::user_list::user_actions;
use crate::admin::SessionsOf;
use crate::audit::AuditsAbout;
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::{here, parameter};
use crate::provider::calls::UserFederate;
use crate::ui::{
    Column, Copyable, Crumb, Empty, Fact, Facts, Icon, Load, Outcomes, PageHeader, Question, RowAction, RowActions,
    Rows, Section, Tab, Table, Tabs, Tag, Tone, When, current_tab, switch,
};
use api::directory::{Group, User};
use api::{Action, Kind};
use leptos::prelude::*;

#[component]
pub fn UserPage() -> impl IntoView {
    let (t, here, live, id) = (text(), here(), use_live(), parameter("id"));
    let (enable, delete) = (ServerAction::<UserEnable>::new(), ServerAction::<UserDelete>::new());
    let (remove, unlock) = (ServerAction::<UserFactorsRemove>::new(), ServerAction::<UserUnlock>::new());
    let federate = ServerAction::<UserFederate>::new();
    let user = Resource::new(
        move || (here.project.get(), id.get(), live.version(Kind::User), live.version(Kind::Domain)),
        |(project, id, ..)| user_show(project, id),
    );
    let current = current_tab(&["overview", "roles", "groups", "sessions", "actions"]);
    view! {
        <Load from=user let:user>
            {
                let name = Memo::new(move |_| user.with(|user| user.name.clone()));
                let way = vec![Crumb::new(t.common.users, paths::users(here.id()))];
                let tabs = vec![
                    Tab::new("overview", t.common.overview),
                    Tab::new("roles", t.common.roles),
                    Tab::new("groups", t.common.groups),
                    Tab::new("sessions", t.common.sessions),
                    Tab::new("actions", t.compute.action_log),
                ];
                let tabs: Vec<_> = tabs.into_iter().filter(|tab| tab.key != "sessions" || here.allows(Action::ManageSessions)).collect();
                let actions = Signal::derive(move || user.with(|user| {
                    let mut actions = user_actions(user, enable, delete);
                    // What is needed now comes first.
                    actions.insert(if user.locked_out.is_some() { 0 } else { 2 }, unlocking(user, unlock));
                    actions.insert(3, factors_remove(user, remove));
                    actions.insert(4, by_provider(user, federate));
                    actions
                }));
                view! {
                    <PageHeader title=name way badges=move || move || badge(user.with(|user| user.enabled))>
                        <RowActions id="user" name actions buttons=2/>
                    </PageHeader>
                    <Outcomes calls=vec![enable.into(), delete.into(), remove.into(), unlock.into(), federate.into()]/>
                    <Tabs label=t.directory.user tabs current/>
                    {switch(move || match current.get() {
                        "roles" => view! { <AssignmentsHere of="user" id=id.get()/> }.into_any(),
                        "groups" => view! { <GroupsOf user=id/> }.into_any(),
                        "sessions" => view! { <SessionsOf user=id.get()/> }.into_any(),
                        "actions" => view! { <AuditsAbout of="user" id=id.get()/> }.into_any(),
                        _ => view! { {move || facts(user.get())} }.into_any(),
                    })}
                }
            }
        </Load>
    }
}

/// For users who cannot sign in because they, or others in their name, have failed too often.
fn unlocking(user: &User, unlock: ServerAction<UserUnlock>) -> RowAction {
    let (t, here) = (text(), here());
    let fields = vec![("project", here.project.get()), ("id", user.id.to_string())];
    let none = user.locked_out.is_none().then(|| t.directory.not_locked_out.to_owned());
    RowAction::post(t.directory.unlock, Icon::Lock, unlock, fields)
        .disabled_because(here.not_allowed(Action::ManageUsers).or(none))
}

/// For users who have lost what they sign in with.
fn factors_remove(user: &User, remove: ServerAction<UserFactorsRemove>) -> RowAction {
    let (t, here) = (text(), here());
    let fields = vec![("project", here.project.get()), ("id", user.id.to_string())];
    let question = Question::new((t.directory.remove_factors_title)(&user.name), t.directory.remove_factors_body);
    let none = (!user.second_factor).then(|| t.directory.no_factors.to_owned());
    RowAction::post(t.directory.remove_factors, Icon::KeyPair, remove, fields)
        .confirm(question)
        .disabled_because(here.not_allowed(Action::ManageUsers).or(none))
}

/// For users whom the domain's provider is to vouch for.
fn by_provider(user: &User, federate: ServerAction<UserFederate>) -> RowAction {
    let (t, here) = (text(), here());
    let fields = vec![("project", here.project.get()), ("id", user.id.to_string())];
    let question = Question::new((t.provider.federate_title)(&user.name), t.provider.federate_body);
    let none = (!user.has_provider).then(|| t.provider.none.to_owned());
    RowAction::post(t.provider.federate, Icon::Domain, federate, fields)
        .confirm(question)
        .disabled_because(here.not_allowed(Action::ManageUsers).or(none))
}

fn facts(user: User) -> impl IntoView {
    let (t, here) = (text(), here());
    view! {
        <Section title=t.compute.facts>
            <Facts>
                <Fact name=t.directory.email>{user.email}</Fact>
                <Fact name=t.common.description>{user.description}</Fact>
                <Fact name=t.common.id><Copyable value=user.id.to_string()/></Fact>
                <Fact name=t.directory.domain><a href=paths::domain(here.id(), user.domain)>{user.domain_name}</a></Fact>
                {user.default_project.map(|(id, name)| view! {
                    <Fact name=t.directory.default_project><a href=paths::project(here.id(), id)>{name}</a></Fact>
                })}
                <Fact name=t.provider.signs_in>{if user.federated { t.provider.by_provider } else { t.provider.by_password }}</Fact>
                {user.password_locked.then(|| view! { <Fact name=t.identity.password><Tag label=t.directory.locked/></Fact> })}
                {user.must_change.then(|| view! { <Fact name=t.account.new_password><Tag label=t.directory.must_change/></Fact> })}
                {user.locked_out.map(|minutes| view! {
                    <Fact name=t.directory.lock_out><Tag label=(t.directory.locked_out)(minutes) tone=Tone::Bad/></Fact>
                })}
                {user.expires_at.map(|at| view! { <Fact name=t.directory.account_ends><When at/></Fact> })}
                <Fact name=t.directory.last_sign_in>{match user.last_sign_in {
                    Some(at) => view! { <When at/> }.into_any(),
                    None => t.account.never.into_any(),
                }}</Fact>
                <Fact name=t.account.second_factors>{if user.second_factor { t.directory.factors_on } else { t.directory.factors_off }}</Fact>
                <Fact name=t.common.created><When at=user.created_at/></Fact>
            </Facts>
        </Section>
    }
}

#[component]
fn GroupsOf(user: Memo<String>) -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let groups = Resource::new(
        move || (here.project.get(), user.get(), live.version(Kind::Group)),
        |(project, user, _)| group_list_of(project, user),
    );
    let columns = vec![
        Column::new("name", t.common.name, move |group: &Group| {
            view! { <a href=paths::group(here.id(), group.id)>{group.name.clone()}</a> }
        }),
        Column::new("description", t.common.description, |group: &Group| group.description.clone()).wraps(),
        Column::new("members", t.directory.members, |group: &Group| group.members.to_string()).number(),
    ];
    let rows = Rows::new(|group: &Group| group.id.to_string(), |group| group.name.clone());
    view! {
        <Load from=groups let:groups>
            {
                let (columns, rows) = (columns.clone(), rows.clone());
                let none = Memo::new(move |_| groups.with(Vec::is_empty));
                move || match none.get() {
                    true => view! { <Empty icon=Icon::Group title=t.directory.no_groups_of_user hint=t.directory.groups_hint/> }.into_any(),
                    false => view! { <Table label=t.common.groups columns=columns.clone() rows=rows.clone() items=groups/> }.into_any(),
                }
            }
        </Load>
    }
}
