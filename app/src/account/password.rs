//! Changing one's own password, by the rules of one's domain.

use super::calls::{PasswordChange, profile_show};
use crate::i18n::text;
use crate::paths;
use crate::project::here;
use crate::provider::NoPassword;
use crate::ui::{Crumb, Form, Hidden, Load, Notice, PageHeader, TextField, Tone};
use api::Why;
use api::account::PasswordFault;
use leptos::prelude::*;

#[component]
pub fn Password() -> impl IntoView {
    let (t, here) = (text(), here());
    let change = ServerAction::<PasswordChange>::new();
    let read = Resource::new(move || here.project.get(), profile_show);
    let profile = paths::profile(here.id());
    view! {
        <PageHeader title=t.account.change_password hint=t.account.change_password_hint way=vec![Crumb::new(t.account.profile, profile.clone())]/>
        <Load from=read let:own>
            {
                let own = own.get_untracked();
                let hint = format!("{} {}", (t.account.rules_said)(&own.rules), t.account.sentence_hint);
                let locked = (t.error.why)(&Why::Password(PasswordFault::Locked));
                match (own.federated, own.password_locked) {
                    (true, _) => view! { <NoPassword/> }.into_any(),
                    (false, true) => view! { <Notice tone=Tone::Attention title=t.account.locked_title>{locked}</Notice> }.into_any(),
                    (false, false) => view! {
                        <Form call=change submit=t.account.change_password cancel=profile.clone()>
                            <Hidden name="project" value=here.project.get_untracked()/>
                            <TextField name="current" label=t.account.current_password kind="password" required=true autocomplete="current-password" autofocus=true/>
                            <TextField name="new" label=t.account.new_password kind="password" required=true autocomplete="new-password" hint/>
                            <TextField name="again" label=t.account.new_password_again kind="password" required=true autocomplete="new-password"/>
                        </Form>
                    }
                    .into_any(),
                }
            }
        </Load>
    }
}
