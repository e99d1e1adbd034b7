//! The starter network: all that a first instance needs, by one click.

use super::calls::StarterNetworkCreate;
use crate::i18n::text;
use crate::project::here;
use crate::ui::{Button, Call, Hidden, Icon, Outcomes, Variant};
use leptos::prelude::*;

/// The button, with what went wrong with it.
#[component]
pub fn StarterButton(#[prop(default = Variant::Secondary)] variant: Variant) -> impl IntoView {
    let (t, here) = (text(), here());
    let create = ServerAction::<StarterNetworkCreate>::new();
    let call = Call::from(create);
    let url = call.url.clone();
    view! {
        <Outcomes calls=vec![create.into()]/>
        <form method="post" action=url on:submit=move |event| call.submit(event)>
            <Hidden name="project" value=here.project.get_untracked()/>
            <Button variant icon=Some(Icon::Network) disabled_because=here.read_only()>{t.network.create_starter}</Button>
        </form>
    }
}
