//! A new network with its first subnet.

use super::calls::NetworkCreate;
use crate::i18n::text;
use crate::paths;
use crate::project::here;
use crate::ui::{CheckboxField, Crumb, Form, Hidden, PageHeader, TextField};
use leptos::prelude::*;

#[component]
pub fn NetworkCreatePage() -> impl IntoView {
    let (t, here) = (text(), here());
    let create = ServerAction::<NetworkCreate>::new();
    view! {
        <PageHeader title=t.network.create_network way=vec![Crumb::new(t.common.networks, paths::networks(here.id()))]/>
        <Form call=create submit=t.common.create cancel=paths::networks(here.id()) disabled_because=here.read_only()>
            <Hidden name="project" value=here.project.get_untracked()/>
            <TextField name="name" label=t.common.name required=true autofocus=true/>
            <TextField name="cidr" label=t.network.cidr hint=t.network.cidr_hint placeholder="10.0.1.0/24" required=true mono=true/>
            <TextField name="gateway" label=t.network.gateway hint=t.network.gateway_hint mono=true/>
            <CheckboxField name="routed" label=t.network.routed hint=t.network.routed_hint checked=true/>
        </Form>
    }
}
