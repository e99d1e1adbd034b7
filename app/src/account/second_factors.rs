//! One's own second factors: setting them up, the codes for when they are lost, and giving them up.

use super::calls::{
    PasskeyBegin, PasskeyFinish, RecoveryCodeRenew, TotpBegin, TotpConfirm, TotpRemove, second_factor_show,
};
use super::passkey::PasskeyList;
use crate::i18n::text;
use crate::live::use_live;
use crate::project::here;
use crate::provider::NoPassword;
use crate::ui::{
    Call, CodeBlock, Copyable, Fact, Facts, Form, Hidden, Load, Notice, PageHeader, SaveButton, Section, TextField,
    Tone, When, answered,
};
use api::account::{Enrolment, SecondFactors, Totp};
use api::passkey::Challenge;
use api::{Kind, Micros};
use leptos::prelude::*;

#[derive(Clone, Copy)]
struct Calls {
    begin: ServerAction<TotpBegin>,
    confirm: ServerAction<TotpConfirm>,
    remove: ServerAction<TotpRemove>,
    renew: ServerAction<RecoveryCodeRenew>,
    passkey_begin: ServerAction<PasskeyBegin>,
    passkey: ServerAction<PasskeyFinish>,
}

#[component]
pub fn SecondFactorsPage() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let calls = Calls {
        begin: ServerAction::new(),
        confirm: ServerAction::new(),
        remove: ServerAction::new(),
        renew: ServerAction::new(),
        passkey_begin: ServerAction::new(),
        passkey: ServerAction::new(),
    };
    let factors = Resource::new(
        move || (here.project.get(), live.version(Kind::User)),
        |(project, _)| second_factor_show(project),
    );
    // The codes that were made last, as long as the page is open.
    let (renewed, first, with_passkey) = (answered(calls.renew), answered(calls.confirm), answered(calls.passkey));
    let begun = answered(calls.passkey_begin);
    let fresh = move || {
        let made = renewed.get().or(first.get()).or(with_passkey.get()).filter(|codes| !codes.is_empty());
        made.map(|codes| view! { <Codes codes/> })
    };
    view! {
        <PageHeader title=t.account.second_factors hint=t.account.second_factors_hint/>
        {fresh}
        <Load from=factors let:factors>{parts(calls, begun, factors)}</Load>
    }
}

/// Each part by itself: what is typed into one stays while another changes.
fn parts(calls: Calls, begun: Signal<Option<Challenge>>, factors: Signal<SecondFactors>) -> AnyView {
    if factors.with_untracked(|it| it.federated) {
        return view! { <NoPassword/> }.into_any();
    }
    let totp = Memo::new(move |_| factors.with(|it| it.totp.clone()));
    let passkeys = Memo::new(move |_| factors.with(|it| it.passkeys.clone()));
    let codes_left = Memo::new(move |_| {
        factors.with(|it| (matches!(it.totp, Totp::On(_)) || !it.passkeys.is_empty()).then_some(it.codes_left))
    });
    view! {
        {move || app(calls, totp.get())}
        <PasskeyList passkeys begin=calls.passkey_begin begun finish=calls.passkey/>
        {move || codes_left.get().map(|left| recovery(calls, left))}
    }
    .into_any()
}

/// The recovery codes, once.
#[component]
fn Codes(codes: Vec<String>) -> impl IntoView {
    let t = text();
    let list = codes.join("\n");
    view! {
        <Notice tone=Tone::Attention title=t.account.keep_codes>
            <p>{t.account.keep_codes_hint}</p>
            <CodeBlock label=t.account.recovery_codes text=list.clone()/>
            <p class="scripted"><SaveButton name="offing-recovery-codes.txt" text=list>{t.account.save_codes}</SaveButton></p>
        </Notice>
    }
}

/// The authenticator app, as far as it has come.
fn app(calls: Calls, totp: Totp) -> impl IntoView {
    let t = text();
    let body = match totp {
        Totp::Off => view! { <p class="page-hint">{t.account.totp_hint}</p><Begin call=calls.begin submit=t.account.totp_begin/> }.into_any(),
        Totp::Pending(enrolment) => setting_up(calls, enrolment).into_any(),
        Totp::On(since) => on(calls, since).into_any(),
    };
    view! { <Section title=t.account.totp>{body}</Section> }
}

/// A form that takes the password again.
#[component]
fn Begin(
    #[prop(into)] call: Call,
    #[prop(into)] submit: String,
    #[prop(default = "begin")] id: &'static str,
    #[prop(optional)] danger: bool,
) -> impl IntoView {
    let here = here();
    view! {
        <Form id call submit danger>
            <Hidden name="project" value=here.project.get_untracked()/>
            <Confirmed/>
        </Form>
    }
}

/// The password again: what a borrowed session must not do asks for it.
#[component]
pub(super) fn Confirmed() -> impl IntoView {
    let t = text();
    view! { <TextField name="password" label=t.account.current_password kind="password" required=true autocomplete="current-password"/> }
}

fn setting_up(calls: Calls, enrolment: Enrolment) -> impl IntoView {
    let (t, here) = (text(), here());
    let Enrolment { secret, uri, qr } = enrolment;
    let project = move || here.project.get_untracked();
    view! {
        <p class="page-hint">{t.account.scan_hint}</p>
        <div class="enrolment">
            <svg class="qr" viewBox=format!("0 0 {0} {0}", qr.size) role="img" aria-label=t.account.qr_label shape-rendering="crispEdges">
                <path d=qr.path/>
            </svg>
            <Facts>
                <Fact name=t.account.app_key><Copyable value=secret/></Fact>
                <Fact name=t.account.this_device><a href=uri rel="external">{t.account.open_app}</a></Fact>
            </Facts>
        </div>
        <Form id="confirm" call=calls.confirm submit=t.account.totp_confirm>
            <Hidden name="project" value=project()/>
            <TextField name="code" label=t.account.app_code hint=t.account.app_code_hint required=true autocomplete="one-time-code" mono=true/>
        </Form>
        <Form id="stop" call=calls.remove>
            <Hidden name="project" value=project()/>
            <div class="form-buttons"><button class="button quiet" type="submit">{t.account.totp_stop}</button></div>
        </Form>
    }
}

fn on(calls: Calls, since: Micros) -> impl IntoView {
    let t = text();
    view! {
        <Facts><Fact name=t.account.asked_since><When at=since/></Fact></Facts>
        <details class="fold">
            <summary>{t.account.totp_remove}</summary>
            <p class="field-hint">{t.account.totp_remove_hint}</p>
            <Begin id="remove" call=calls.remove submit=t.account.totp_remove danger=true/>
        </details>
    }
}

/// What helps when all of them are lost.
fn recovery(calls: Calls, codes_left: u32) -> impl IntoView {
    let t = text();
    view! {
        <Section title=t.account.recovery_codes>
            <Facts><Fact name=t.account.codes_left>{codes_left}</Fact></Facts>
            <details class="fold">
                <summary>{t.account.renew_codes}</summary>
                <p class="field-hint">{t.account.renew_codes_hint}</p>
                <Begin id="renew" call=calls.renew submit=t.account.renew_codes/>
            </details>
        </Section>
    }
}
