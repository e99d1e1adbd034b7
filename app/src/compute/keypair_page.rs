//! A key pair.

use super::calls::{KeypairDelete, keypair_show};
use super::keypair_list::delete_action;
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::{here, parameter};
use crate::ui::{CodeBlock, Copyable, Crumb, Fact, Facts, Load, Outcomes, PageHeader, RowActions, Section, When};
use api::Kind;
use api::compute::Keypair;
use leptos::prelude::*;

#[component]
pub fn KeypairPage() -> impl IntoView {
    let (here, live, id) = (here(), use_live(), parameter("id"));
    let delete = ServerAction::<KeypairDelete>::new();
    let keypair = Resource::new(
        move || (here.project.get(), id.get(), live.version(Kind::Keypair)),
        |(project, id, _)| keypair_show(project, id),
    );
    view! {
        <Load from=keypair let:keypair>
            {move || top(keypair.get(), delete)}
            <Outcomes calls=vec![delete.into()]/>
            {move || facts(keypair.get())}
        </Load>
    }
}

fn top(keypair: Keypair, delete: ServerAction<KeypairDelete>) -> impl IntoView {
    let (t, here) = (text(), here());
    let (name, way) = (keypair.name.clone(), vec![Crumb::new(t.common.key_pairs, paths::key_pairs(here.id()))]);
    let actions = vec![delete_action(here, delete, &keypair)];
    view! {
        <PageHeader title=keypair.name way>
            <RowActions id="keypair" name actions/>
        </PageHeader>
    }
}

fn facts(keypair: Keypair) -> impl IntoView {
    let t = text();
    view! {
        <Section title=t.compute.facts>
            <Facts>
                <Fact name=t.common.kind><code>{keypair.algorithm}</code></Fact>
                <Fact name=t.compute.fingerprint><Copyable value=keypair.fingerprint/></Fact>
                <Fact name=t.common.created><When at=keypair.created_at/></Fact>
            </Facts>
        </Section>
        <Section title=t.compute.public_key><CodeBlock label=t.compute.public_key text=keypair.public_key/></Section>
    }
}
