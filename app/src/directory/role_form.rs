//! The form of a role: for a new one and for one that is there.

use super::calls::{RoleCreate, RoleDelete, RoleUpdate, role_list, role_show};
use super::role_list::delete_action;
use crate::i18n::text;
use crate::paths;
use crate::project::{here, parameter};
use crate::ui::{Checks, Choice, Crumb, Form, Hidden, Load, Notice, Outcomes, PageHeader, RowActions, TextField, Tone};
use api::Action;
use api::directory::NamedRole;
use leptos::prelude::*;

#[component]
pub fn RoleCreatePage() -> impl IntoView {
    let (t, here) = (text(), here());
    let create = ServerAction::<RoleCreate>::new();
    let roles = Resource::new(move || here.project.get(), role_list);
    let list = paths::roles(here.id());
    view! {
        <PageHeader title=t.directory.create_role way=vec![Crumb::new(t.common.roles, list.clone())]/>
        <Load from=roles let:roles>
            <Form call=create submit=t.directory.create_role cancel=list.clone() disabled_because=here.not_allowed(Action::ManageRoles)>
                <Hidden name="project" value=here.project.get_untracked()/>
                <TextField name="name" label=t.common.name required=true autofocus=true/>
                <TextField name="description" label=t.common.description/>
                <Checks name="implies" label=t.directory.implies choices=choices(&roles.get_untracked(), None) values=Vec::new()/>
            </Form>
        </Load>
    }
}

fn choices(roles: &[NamedRole], own: Option<&NamedRole>) -> Vec<Choice> {
    let others = roles.iter().filter(|role| own.is_none_or(|own| own.id != role.id));
    others.map(|role| Choice::new(role.id, role.name.clone()).detail(role.description.clone())).collect()
}

#[component]
pub fn RolePage() -> impl IntoView {
    let (here, id) = (here(), parameter("id"));
    // The form offers the other roles.
    let found = Resource::new(
        move || (here.project.get(), id.get()),
        |(project, id)| async move { futures::try_join!(role_show(project.clone(), id), role_list(project)) },
    );
    view! {
        <Load from=found let:found>
            {
                let (role, roles) = found.get_untracked();
                view! { <RoleForm role roles/> }
            }
        </Load>
    }
}

#[component]
fn RoleForm(role: NamedRole, roles: Vec<NamedRole>) -> impl IntoView {
    let (t, here) = (text(), here());
    let (update, delete) = (ServerAction::<RoleUpdate>::new(), ServerAction::<RoleDelete>::new());
    let list = paths::roles(here.id());
    let fixed = role.builtin.then(|| t.directory.builtin_fixed.to_owned());
    let refused = here.not_allowed(Action::ManageRoles).or(fixed);
    let (title, actions) = (role.name.clone(), vec![delete_action(&role, delete)]);
    let name = role.name.clone();
    view! {
        <PageHeader title way=vec![Crumb::new(t.common.roles, list.clone())]>
            <RowActions id="role" name actions/>
        </PageHeader>
        <Outcomes calls=vec![delete.into()]/>
        {role.builtin.then(|| view! { <Notice tone=Tone::Neutral title=t.directory.builtin_fixed/> })}
        <Form call=update submit=t.common.save cancel=list disabled_because=refused>
            <Hidden name="project" value=here.project.get_untracked()/>
            <Hidden name="id" value=role.id.to_string()/>
            <TextField name="name" label=t.common.name value=role.name.clone() required=true/>
            <TextField name="description" label=t.common.description value=role.description.clone()/>
            <Checks
                name="implies" label=t.directory.implies choices=choices(&roles, Some(&role))
                values=role.implies.iter().map(|(id, _)| id.to_string()).collect()
            />
        </Form>
    }
}
