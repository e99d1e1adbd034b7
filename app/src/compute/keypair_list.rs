//! The reader's key pairs: they belong to a person, not to a project.

use super::calls::{KeypairDelete, keypair_list};
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::{Here, here};
use crate::ui::{
    Column, Copyable, Empty, Icon, LinkButton, List, Load, Outcomes, PageHeader, Question, RowAction, Rows, Variant,
    When, list_query,
};
use api::Kind;
use api::compute::Keypair;
use leptos::prelude::*;

#[component]
pub fn Keypairs() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let query = list_query();
    let delete = ServerAction::<KeypairDelete>::new();
    let page = Resource::new(
        move || (here.project.get(), query.get(), live.version(Kind::Keypair)),
        |(project, query, _)| keypair_list(project, query),
    );
    let columns = vec![
        Column::new("name", t.common.name, move |keypair: &Keypair| {
            view! { <a href=paths::key_pair(here.id(), keypair.id)>{keypair.name.clone()}</a> }
        })
        .sortable(),
        Column::new("algorithm", t.common.kind, |keypair: &Keypair| view! { <code>{keypair.algorithm.clone()}</code> }),
        Column::new("fingerprint", t.compute.fingerprint, |keypair: &Keypair| {
            view! { <Copyable value=keypair.fingerprint.clone()/> }
        }),
        Column::new("created", t.common.created, |keypair: &Keypair| view! { <When at=keypair.created_at/> })
            .sortable(),
    ];
    let rows = Rows::new(|keypair: &Keypair| keypair.id.to_string(), |keypair| keypair.name.clone())
        .actions(move |keypair| vec![delete_action(here, delete, keypair)]);
    let empty = move || view! { <Empty icon=Icon::KeyPair title=t.compute.no_key_pairs hint=t.compute.no_key_pairs_hint><Ways/></Empty> };
    view! {
        <PageHeader title=t.common.key_pairs hint=t.compute.key_pairs_hint><Ways/></PageHeader>
        <Outcomes calls=vec![delete.into()]/>
        <Load from=page let:page>
            <List label=t.common.key_pairs page query columns=columns.clone() rows=rows.clone() default_sort="name" empty/>
        </Load>
    }
}

/// Creating and importing.
#[component]
fn Ways() -> impl IntoView {
    let (t, here) = (text(), here());
    view! {
        <LinkButton href=paths::key_pair_import(here.id()) icon=Some(Icon::Upload)>{t.compute.import_key_pair}</LinkButton>
        <LinkButton href=paths::key_pair_create(here.id()) variant=Variant::Primary icon=Some(Icon::Add)>{t.compute.create_key_pair}</LinkButton>
    }
}

/// Deleting: instances keep what they have.
pub fn delete_action(here: Here, delete: ServerAction<KeypairDelete>, keypair: &Keypair) -> RowAction {
    let t = text();
    let fields = vec![("project", here.project.get()), ("id", keypair.id.to_string())];
    let question = Question::new((t.compute.delete_title)(&keypair.name), t.compute.delete_key_pair_body);
    RowAction::post(t.common.delete, Icon::Delete, delete, fields).confirm(question)
}
