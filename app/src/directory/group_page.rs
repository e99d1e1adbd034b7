//! A group: who is in it, and what that means.

use super::assignment_list::AssignmentsHere;
use super::calls::{GroupDelete, GroupMemberAdd, GroupMemberRemove, GroupUpdate, group_member_list, group_show};
use super::group_list::delete_action;
use super::picker;
use super::user_list::user_columns;
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::{here, parameter};
use crate::ui::{
    Crumb, Empty, Form, Hidden, Icon, List, Load, Outcomes, PageHeader, Question, RowAction, RowActions, Rows,
    SearchRows, Tab, Tabs, TextField, current_tab, list_query, switch,
};
use api::directory::{Group, User};
use api::{Action, Kind};
use leptos::prelude::*;

#[component]
pub fn GroupPage() -> impl IntoView {
    let (t, here, live, id) = (text(), here(), use_live(), parameter("id"));
    let delete = ServerAction::<GroupDelete>::new();
    let group = Resource::new(
        move || (here.project.get(), id.get(), live.version(Kind::Group)),
        |(project, id, _)| group_show(project, id),
    );
    let current = current_tab(&["members", "roles", "edit"]);
    view! {
        <Load from=group let:group>
            {
                let name = Memo::new(move |_| group.with(|group| group.name.clone()));
                let way = vec![Crumb::new(t.common.groups, paths::groups(here.id()))];
                let tabs = vec![
                    Tab::new("members", t.directory.members),
                    Tab::new("roles", t.common.roles),
                    Tab::new("edit", t.common.edit),
                ];
                view! {
                    <PageHeader title=name way hint=Memo::new(move |_| group.with(|group| group.description.clone()))>
                        <RowActions id="group" name actions=Signal::derive(move || vec![group.with(|group| delete_action(group, delete))])/>
                    </PageHeader>
                    <Outcomes calls=vec![delete.into()]/>
                    <Tabs label=t.directory.group tabs current/>
                    {switch(move || match current.get() {
                        "roles" => view! { <AssignmentsHere of="group" id=id.get()/> }.into_any(),
                        "edit" => view! { <EditForm group=group.get_untracked()/> }.into_any(),
                        _ => view! { <Members id/> }.into_any(),
                    })}
                }
            }
        </Load>
    }
}

#[component]
fn EditForm(group: Group) -> impl IntoView {
    let (t, here) = (text(), here());
    let update = ServerAction::<GroupUpdate>::new();
    view! {
        <Form call=update submit=t.common.save disabled_because=here.not_allowed(Action::ManageGroups)>
            <Hidden name="project" value=here.project.get_untracked()/>
            <Hidden name="id" value=group.id.to_string()/>
            <TextField name="name" label=t.common.name value=group.name required=true/>
            <TextField name="description" label=t.common.description value=group.description/>
        </Form>
    }
}

#[component]
fn Members(id: Memo<String>) -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let query = list_query();
    let (add, remove) = (ServerAction::<GroupMemberAdd>::new(), ServerAction::<GroupMemberRemove>::new());
    let versions = move || (live.version(Kind::Group), live.version(Kind::User), add.version().get());
    let page = Resource::new(
        move || (here.project.get(), id.get(), query.get(), versions()),
        |(project, id, query, _)| group_member_list(project, id, query),
    );
    let rows = Rows::new(|user: &User| user.id.to_string(), |user| user.name.clone()).actions(move |user| {
        let fields = vec![("project", here.project.get()), ("id", id.get()), ("user", user.id.to_string())];
        let question =
            Question::new((t.directory.remove_member_title)(&user.name), t.directory.remove_member_body).undoable();
        let remove = RowAction::post(t.common.remove, Icon::Close, remove, fields).confirm(question);
        vec![remove.disabled_because(here.not_allowed(Action::ManageGroups))]
    });
    let columns = user_columns();
    view! {
        <Outcomes calls=vec![remove.into()]/>
        <Form id="member" clears=true call=add submit=t.directory.add_member disabled_because=here.not_allowed(Action::ManageGroups)>
            <Hidden name="project" value=here.project.get_untracked()/>
            <Hidden name="id" value=id.get_untracked()/>
            <SearchRows name="users" label=t.directory.user more=t.directory.member_row hint=t.directory.by_name_or_id search=picker::users()/>
        </Form>
        <Load from=page let:page>
            <List
                label=t.directory.members page query columns=columns.clone() rows=rows.clone() default_sort="name"
                empty=move || view! { <Empty icon=Icon::User title=t.directory.no_members hint=t.directory.no_members_hint/> }
            />
        </Load>
    }
}
