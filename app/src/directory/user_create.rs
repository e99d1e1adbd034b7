//! A new user.

use super::calls::{UserCreate, role_list};
use super::picker;
use super::project_create::role_choices;
use crate::i18n::text;
use crate::paths;
use crate::project::here;
use crate::ui::{CheckboxField, Choice, Crumb, Form, Hidden, Load, PageHeader, SearchField, SelectField, TextField};
use api::{Action, Role};
use leptos::prelude::*;

#[component]
pub fn UserCreatePage() -> impl IntoView {
    let (t, here) = (text(), here());
    let create = ServerAction::<UserCreate>::new();
    let roles = Resource::new(move || here.project.get(), role_list);
    let list = paths::users(here.id());
    view! {
        <PageHeader title=t.directory.create_user way=vec![Crumb::new(t.common.users, list.clone())]/>
        <Load from=roles let:roles>
            {
                let none = Choice::new("", t.directory.no_role);
                let choices = std::iter::once(none).chain(role_choices(&roles.get_untracked())).collect::<Vec<_>>();
                view! {
                    <Form call=create submit=t.directory.create_user cancel=list.clone() disabled_because=here.not_allowed(Action::ManageUsers)>
                        <Hidden name="project" value=here.project.get_untracked()/>
                        <TextField name="name" label=t.common.name required=true autofocus=true/>
                        <TextField name="email" label=t.directory.email kind="email"/>
                        <TextField name="description" label=t.common.description/>
                        <TextField name="password" label=t.identity.password hint=t.directory.password_hint kind="password" required=true autocomplete="new-password"/>
                        <CheckboxField name="must_change" label=t.directory.must_change hint=t.directory.must_change_hint checked=true/>
                        <CheckboxField name="password_locked" label=t.directory.password_locked hint=t.directory.password_locked_hint/>
                        <SearchField name="default_project" label=t.directory.default_project hint=t.directory.default_project_hint search=picker::projects()/>
                        <SelectField name="role" label=t.directory.role_there choices value=Role::Member.as_str()/>
                        <TextField name="domain" label=t.directory.domain hint=t.directory.domain_hint/>
                    </Form>
                }
            }
        </Load>
    }
}
