//! Changing one's own password.

use super::calls::PasswordChange;
use crate::i18n::text;
use crate::paths;
use crate::project::here;
use crate::ui::{Crumb, Form, Hidden, PageHeader, TextField};
use leptos::prelude::*;

#[component]
pub fn Password() -> impl IntoView {
    let (t, here) = (text(), here());
    let change = ServerAction::<PasswordChange>::new();
    let profile = paths::profile(here.id());
    view! {
        <PageHeader title=t.account.change_password hint=t.account.change_password_hint way=vec![Crumb::new(t.account.profile, profile.clone())]/>
        <Form call=change submit=t.account.change_password cancel=profile>
            <Hidden name="project" value=here.project.get_untracked()/>
            <TextField name="current" label=t.account.current_password kind="password" required=true autocomplete="current-password" autofocus=true/>
            <TextField name="new" label=t.account.new_password kind="password" required=true autocomplete="new-password" hint=t.account.password_hint/>
            <TextField name="again" label=t.account.new_password_again kind="password" required=true autocomplete="new-password"/>
        </Form>
    }
}
