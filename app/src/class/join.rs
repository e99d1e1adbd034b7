//! Where students come in: by a code of their own, or by the class's. A plain form, so that it works before any script is there.

use crate::backend::join_shown;
use crate::i18n::text;
use crate::layout::SignInFrame;
use crate::paths;
use crate::project::parameter;
use crate::ui::{Call, Form, Notice, TextField, Tone};
use api::class::{JoinShown, Joining};
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn JoinPage() -> impl IntoView {
    let t = text();
    // Known to the server only; it hands it on, so that both halves show the same.
    let shown = SharedValue::new(join_shown).into_inner();
    let call =
        Call::new(paths::join(&parameter("code").get_untracked()), Signal::stored(shown.error.clone()), false, |_| ());
    let (title, body) = match shown {
        JoinShown { joining: Some(Ok(Joining::Class { class, full: false })), name, .. } => {
            let fields = view! {
                <Form call submit=t.class.join>
                    <TextField name="name" label=t.class.your_name value=name hint=t.class.your_name_hint required=true autofocus=true autocomplete="name"/>
                    <Passwords/>
                </Form>
            };
            ((t.class.join_title)(&class), fields.into_any())
        }
        JoinShown { joining: Some(Ok(Joining::Seat { class, name, user_name })), .. } => {
            let fields = view! {
                <p>{name}": "{(t.class.claim_hint)(&user_name)}</p>
                <Form call submit=t.class.set_password>
                    <input type="hidden" autocomplete="username" value=user_name/>
                    <Passwords/>
                </Form>
            };
            ((t.class.claim_title)(&class), fields.into_any())
        }
        JoinShown { joining: Some(Ok(Joining::Class { class, .. })), .. } => {
            let full = api::Error::Conflict(api::error::Conflict::ClassFull);
            ((t.class.join_title)(&class), view! { <p>{(t.error.error)(&full)}</p> }.into_any())
        }
        JoinShown { joining, .. } => {
            let why = match joining {
                Some(Err(error)) => error.of_field("code").map_or_else(|| (t.error.error)(&error), t.error.why),
                _ => (t.error.why)(&api::Why::Code),
            };
            let body = view! {
                <Notice tone=Tone::Attention title=why/>
                <p><a href=paths::SIGN_IN rel="external">{t.class.to_sign_in}</a></p>
            };
            (t.class.no_code.to_owned(), body.into_any())
        }
    };
    view! {
        <Title text=title.clone()/>
        <SignInFrame><h1>{title}</h1>{body}</SignInFrame>
    }
}

#[component]
fn Passwords() -> impl IntoView {
    let t = text();
    view! {
        <TextField name="password" label=t.account.new_password kind="password" required=true autocomplete="new-password" hint=t.account.sentence_hint/>
        <TextField name="again" label=t.account.new_password_again kind="password" required=true autocomplete="new-password"/>
    }
}
