//! Signing in: a plain form, so that it works before any script is there.

use crate::backend::sign_in_options;
use crate::i18n::text;
use crate::layout::SignInFrame;
use crate::paths;
use crate::ui::{Call, Form, Hidden, TextField};
use api::identity::SignInFailure;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The form; after a refusal with its reason and the name that was typed.
#[component]
pub fn SignIn() -> impl IntoView {
    let t = text();
    // Known to the server only; it hands it on, so that both halves show the same.
    let failure = SharedValue::new(use_context::<SignInFailure>).into_inner();
    let asked = use_query_map().with_untracked(|query| query.get("next")).unwrap_or_default();
    let next = failure.as_ref().map_or(asked, |failure| failure.next.clone());
    let options = SharedValue::new(sign_in_options).into_inner();
    let (domain, name) =
        failure.as_ref().map(|failure| (failure.domain.clone(), failure.name.clone())).unwrap_or_default();
    let named = !name.is_empty();
    let change = failure.as_ref().is_some_and(|failure| failure.change);
    let error = failure.map(|failure| failure.error);
    let call = Call::new(paths::SIGN_IN, Signal::stored(error), false, |_| ());
    view! {
        <Title text=t.identity.sign_in/>
        <SignInFrame>
            <h1>{if change { t.identity.new_password_title } else { t.identity.sign_in_to }}</h1>
            <Form call submit=t.identity.sign_in>
                <Hidden name="next" value=next/>
                {options.domains.then(|| view! { <TextField name="domain" label=t.account.domain value=domain hint=t.identity.domain_hint/> })}
                <TextField name="name" label=t.identity.user_name value=name required=true autocomplete="username" autofocus=!named/>
                <TextField name="password" label=t.identity.password kind="password" required=true autocomplete="current-password" autofocus=named/>
                {change.then(|| view! {
                    <TextField name="new" label=t.account.new_password kind="password" required=true autocomplete="new-password" hint=t.account.password_hint/>
                    <TextField name="again" label=t.account.new_password_again kind="password" required=true autocomplete="new-password"/>
                })}
            </Form>
        </SignInFrame>
    }
}

/// Where those land who have signed in and are in no project.
#[component]
pub fn NoProject() -> impl IntoView {
    let t = text();
    view! {
        <Title text=t.identity.no_project/>
        <SignInFrame>
            <h1>{t.identity.no_project}</h1>
            <p>{t.identity.no_project_hint}</p>
            <Form call=Call::plain(paths::SIGN_OUT) submit=t.ui.sign_out>""</Form>
        </SignInFrame>
    }
}
