//! Signing in: a plain form, so that it works before any script is there.

use crate::account::AskDevice;
use crate::backend::sign_in_options;
use crate::i18n::text;
use crate::layout::SignInFrame;
use crate::paths;
use crate::ui::{Call, Form, Hidden, TextField};
use api::account::{Asked, Factors, More};
use api::identity::SignInShown;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The form: what was asked for last, with its reason and the name that was typed.
#[component]
pub fn SignIn() -> impl IntoView {
    let t = text();
    // Known to the server only; it hands it on, so that both halves show the same.
    let shown = SharedValue::new(use_context::<SignInShown>).into_inner();
    let asked_next = use_query_map().with_untracked(|query| query.get("next")).unwrap_or_default();
    let options = SharedValue::new(sign_in_options).into_inner();
    let SignInShown { domain, name, asked, next, error } =
        shown.unwrap_or_else(|| SignInShown { next: asked_next, ..SignInShown::default() });
    let by_passkey = passkey_form(asked.as_ref(), next.clone());
    let offers = if asked.is_none() { options.providers } else { Vec::new() };
    let ways = offers.into_iter().map(|offer| {
        let href = paths::sign_in_with(offer.domain, &next);
        view! { <a class="button" href=href rel="external">{(t.provider.sign_in_with)(&offer.name)}</a> }
    });
    let ways = ways.collect_view();
    let (title, error, fields) = match asked {
        Some(asked) => (title_of(asked.what), asked.error.clone(), more(asked).into_any()),
        None => (t.identity.sign_in_to, error, credentials(options.domains, domain, name).into_any()),
    };
    let call = Call::new(paths::SIGN_IN, Signal::stored(error), false, |_| ());
    view! {
        <Title text=t.identity.sign_in/>
        <SignInFrame>
            <h1>{title}</h1>
            <Form call submit=t.identity.sign_in><Hidden name="next" value=next/>{fields}</Form>
            {by_passkey}
            <div class="ways">{ways}</div>
        </SignInFrame>
    }
}

fn credentials(domains: bool, domain: String, name: String) -> impl IntoView {
    let t = text();
    let named = !name.is_empty();
    view! {
        {domains.then(|| view! { <TextField name="domain" label=t.account.domain value=domain hint=t.identity.domain_hint/> })}
        <TextField name="name" label=t.identity.user_name value=name required=true autocomplete="username" autofocus=!named/>
        <TextField name="password" label=t.identity.password kind="password" required=true autocomplete="current-password" autofocus=named/>
    }
}

fn title_of(what: More) -> &'static str {
    let t = text();
    match what {
        More::Code(Factors { app: false, .. }) => t.identity.passkey_title,
        More::Code(_) => t.identity.code_title,
        More::NewPassword => t.identity.new_password_title,
    }
}

/// What is asked for after the right password.
fn more(asked: Asked) -> impl IntoView {
    let t = text();
    let fields = match asked.what {
        More::Code(Factors { app: false, .. }) => view! {
            <TextField name="code" label=t.account.recovery_code hint=t.identity.recovery_hint required=true autocomplete="one-time-code" mono=true/>
        }
        .into_any(),
        More::Code(_) => view! {
            <TextField name="code" label=t.account.code hint=t.identity.code_hint required=true autocomplete="one-time-code" autofocus=true mono=true/>
        }
        .into_any(),
        More::NewPassword => {
            let said = (t.account.rules_said)(&asked.rules.unwrap_or_default());
            let hint = format!("{said} {}", t.account.sentence_hint);
            view! {
                <TextField name="new" label=t.account.new_password kind="password" required=true autocomplete="new-password" hint autofocus=true/>
                <TextField name="again" label=t.account.new_password_again kind="password" required=true autocomplete="new-password"/>
            }
            .into_any()
        }
    };
    view! { <Hidden name="ticket" value=asked.ticket/>{fields}<p><a href=paths::SIGN_IN rel="external">{t.identity.begin_anew}</a></p> }
}

/// The other way: with a device, alone or after the password. A form of its own, because the device sends it.
fn passkey_form(asked: Option<&Asked>, next: String) -> Option<impl IntoView + use<>> {
    let t = text();
    let (label, ticket) = match asked {
        None => (t.identity.passkey_sign_in, None),
        Some(Asked { what: More::Code(Factors { passkey: true, .. }), ticket, .. }) => {
            (t.identity.passkey_use, Some(ticket.clone()))
        }
        Some(_) => return None,
    };
    Some(view! {
        <p class="or"><span>{t.identity.or}</span></p>
        <Form id="passkey" call=Call::plain(paths::SIGN_IN)>
            <Hidden name="next" value=next/>
            {ticket.map(|ticket| view! { <Hidden name="ticket" value=ticket/> })}
            <AskDevice label/>
        </Form>
    })
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
