//! A new user.

use super::calls::{UserCreate, role_list};
use super::picker;
use super::project_create::role_choices;
use super::{DomainField, StatusField, domains};
use crate::admin::calls::password_rules_list;
use crate::i18n::text;
use crate::paths;
use crate::project::here;
use crate::ui::{CheckboxField, Choice, Crumb, Form, Hidden, Load, PageHeader, SearchField, SelectField, TextField};
use api::account::DomainRules;
use api::{Action, Role};
use leptos::prelude::*;

/// What the password has to be, by domain where they differ.
fn rules_hint(all: &[DomainRules]) -> String {
    let said = text().account.rules_said;
    match all {
        [first, rest @ ..] if rest.iter().all(|of| of.rules == first.rules) => said(&first.rules),
        _ => all.iter().map(|of| format!("{}: {}", of.domain_name, said(&of.rules))).collect::<Vec<_>>().join(" "),
    }
}

#[component]
pub fn UserCreatePage() -> impl IntoView {
    let (t, here) = (text(), here());
    let create = ServerAction::<UserCreate>::new();
    let read = Resource::new(
        move || here.project.get(),
        |project| async move {
            futures::try_join!(role_list(project.clone()), domains(project.clone()), password_rules_list(project))
        },
    );
    let list = paths::users(here.id());
    view! {
        <PageHeader title=t.directory.create_user way=vec![Crumb::new(t.common.users, list.clone())]/>
        <Load from=read let:read>
            {
                let (roles, domains, rules) = read.get_untracked();
                let none = Choice::new("", t.directory.no_role);
                let choices = std::iter::once(none).chain(role_choices(&roles)).collect::<Vec<_>>();
                view! {
                    <Form call=create submit=t.directory.create_user cancel=list.clone() disabled_because=here.not_allowed(Action::ManageUsers)>
                        <Hidden name="project" value=here.project.get_untracked()/>
                        <TextField name="name" label=t.common.name required=true autofocus=true/>
                        <TextField name="email" label=t.directory.email kind="email"/>
                        <TextField name="description" label=t.common.description/>
                        <TextField name="password" label=t.identity.password hint=rules_hint(&rules) kind="password" required=true autocomplete="new-password"/>
                        <TextField name="again" label=t.directory.password_again kind="password" required=true autocomplete="new-password"/>
                        <CheckboxField name="must_change" label=t.directory.must_change hint=t.directory.must_change_hint checked=true/>
                        <CheckboxField name="password_locked" label=t.directory.password_locked hint=t.directory.password_locked_hint/>
                        <SearchField name="default_project" label=t.directory.default_project hint=t.directory.default_project_hint search=picker::projects()/>
                        <SelectField name="role" label=t.directory.role_there choices value=Role::Member.as_str()/>
                        <DomainField domains/>
                        <StatusField/>
                    </Form>
                }
            }
        </Load>
    }
}
