//! Changing a user, and setting a new password.

use super::calls::{UserPasswordSet, UserUpdate, user_show};
use super::picker;
use crate::admin::calls::password_rules_list;
use crate::i18n::text;
use crate::paths;
use crate::project::{here, parameter};
use crate::ui::{CheckboxField, Crumb, Form, Hidden, Load, PageHeader, SearchField, Section, TextField};
use api::Action;
use leptos::prelude::*;

#[component]
pub fn UserEditPage() -> impl IntoView {
    let (t, here, id) = (text(), here(), parameter("id"));
    let update = ServerAction::<UserUpdate>::new();
    let password = ServerAction::<UserPasswordSet>::new();
    let read = Resource::new(
        move || (here.project.get(), id.get()),
        |(project, id)| async move { futures::try_join!(user_show(project.clone(), id), password_rules_list(project)) },
    );
    view! {
        <Load from=read let:read>
            {
                let (user, rules) = read.get_untracked();
                let rules = rules.into_iter().find(|of| of.domain == user.domain).map(|of| of.rules).unwrap_or_default();
                let password_hint = format!("{} {}", (t.account.rules_said)(&rules), t.directory.set_password_hint);
                let page = paths::user(here.id(), user.id);
                let way = vec![
                    Crumb::new(t.common.users, paths::users(here.id())),
                    Crumb::new(user.name.clone(), page.clone()),
                ];
                let default_project = user.default_project.map(|(id, _)| id.to_string()).unwrap_or_default();
                let refused = here.not_allowed(Action::ManageUsers);
                view! {
                    <PageHeader title=t.directory.edit_user way/>
                    <Form call=update submit=t.common.save cancel=page disabled_because=refused.clone()>
                        <Hidden name="project" value=here.project.get_untracked()/>
                        <Hidden name="id" value=user.id.to_string()/>
                        <TextField name="name" label=t.common.name value=user.name required=true/>
                        <TextField name="email" label=t.directory.email value=user.email kind="email"/>
                        <TextField name="description" label=t.common.description value=user.description/>
                        <CheckboxField name="password_locked" label=t.directory.password_locked hint=t.directory.password_locked_hint checked=user.password_locked/>
                        <CheckboxField name="must_change" label=t.directory.must_change hint=t.directory.must_change_hint checked=user.must_change/>
                        <SearchField name="default_project" label=t.directory.default_project hint=t.directory.default_project_hint value=default_project search=picker::projects()/>
                    </Form>
                    <Section title=t.directory.set_password>
                        <Form id="password" call=password submit=t.directory.set_password disabled_because=refused>
                            <Hidden name="project" value=here.project.get_untracked()/>
                            <Hidden name="id" value=user.id.to_string()/>
                            <TextField name="password" label=t.directory.new_password hint=password_hint kind="password" required=true autocomplete="new-password"/>
                        </Form>
                    </Section>
                }
            }
        </Load>
    }
}
