//! Creating a key pair. The private half is shown and handed over once.

use super::calls::KeypairCreate as Create;
use crate::i18n::text;
use crate::paths;
use crate::project::here;
use crate::ui::{
    Choice, CodeBlock, Crumb, Form, Hidden, Icon, LinkButton, Notice, PageHeader, RadioCards, SaveButton, TextField,
    Tone, Variant, answered,
};
use api::compute::{KeyType, NewKeypair};
use leptos::prelude::*;

#[component]
pub fn KeypairCreate() -> impl IntoView {
    let (t, here) = (text(), here());
    let create = ServerAction::<Create>::new();
    let made = answered(create);
    view! {
        <PageHeader title=t.compute.create_key_pair way=vec![Crumb::new(t.common.key_pairs, paths::key_pairs(here.id()))]/>
        {move || match made.get() {
            Some(made) => view! { <PrivateKey made/> }.into_any(),
            None => view! { <CreateForm create/> }.into_any(),
        }}
    }
}

#[component]
fn CreateForm(create: ServerAction<Create>) -> impl IntoView {
    let (t, here) = (text(), here());
    let detail = |kind| match kind {
        KeyType::Ed25519 => t.compute.ed25519_detail,
        KeyType::Ecdsa => t.compute.ecdsa_detail,
        KeyType::Rsa => t.compute.rsa_detail,
    };
    let kinds: Vec<_> = KeyType::ALL.map(|kind| Choice::new(kind.as_str(), kind.as_str()).detail(detail(kind))).into();
    view! {
        <Form call=create submit=t.compute.create_key_pair cancel=paths::key_pairs(here.id())>
            <Hidden name="project" value=here.project.get_untracked()/>
            <TextField name="name" label=t.common.name required=true autofocus=true/>
            <RadioCards name="kind" label=t.common.kind choices=kinds value=KeyType::Ed25519.as_str() required=true/>
            <p class="field-hint">{t.compute.key_once}</p>
        </Form>
    }
}

/// The private half, once.
#[component]
fn PrivateKey(made: NewKeypair) -> impl IntoView {
    let (t, here) = (text(), here());
    let NewKeypair { keypair, private_key } = made;
    view! {
        <div class="form">
            <Notice tone=Tone::Attention title=(t.compute.key_made)(&keypair.name)>{t.compute.key_made_hint}</Notice>
            <CodeBlock label=t.compute.private_key text=private_key.clone()/>
            <div class="form-buttons">
                <SaveButton name=format!("{}.pem", keypair.name) text=private_key>{t.compute.download_key}</SaveButton>
                <LinkButton href=paths::key_pairs(here.id()) icon=Some(Icon::Check) variant=Variant::Secondary>{t.compute.key_saved}</LinkButton>
            </div>
        </div>
    }
}
