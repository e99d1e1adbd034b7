//! Importing a key pair: its public half, as it stands in `~/.ssh/*.pub`.

use super::calls::KeypairImport as Import;
use crate::i18n::text;
use crate::paths;
use crate::project::here;
use crate::ui::{Crumb, Form, Hidden, PageHeader, TextArea, TextField};
use leptos::prelude::*;

#[component]
pub fn KeypairImport() -> impl IntoView {
    let (t, here) = (text(), here());
    let import = ServerAction::<Import>::new();
    let list = paths::key_pairs(here.id());
    view! {
        <PageHeader title=t.compute.import_key_pair way=vec![Crumb::new(t.common.key_pairs, list.clone())]/>
        <Form call=import submit=t.compute.import cancel=list>
            <Hidden name="project" value=here.project.get_untracked()/>
            <TextField name="name" label=t.common.name required=true autofocus=true/>
            <TextArea name="public_key" label=t.compute.public_key hint=t.compute.public_key_hint required=true rows=6 mono=true placeholder="ssh-ed25519 AAAA…"/>
        </Form>
    }
}
