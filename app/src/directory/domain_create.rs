//! A new domain.

use super::StatusField;
use super::calls::DomainCreate;
use crate::i18n::text;
use crate::paths;
use crate::project::here;
use crate::ui::{Crumb, Form, Hidden, PageHeader, TextField};
use api::Action;
use leptos::prelude::*;

#[component]
pub fn DomainCreatePage() -> impl IntoView {
    let (t, here) = (text(), here());
    let create = ServerAction::<DomainCreate>::new();
    let list = paths::domains(here.id());
    view! {
        <PageHeader title=t.directory.create_domain way=vec![Crumb::new(t.common.domains, list.clone())]/>
        <Form call=create submit=t.directory.create_domain cancel=list disabled_because=here.not_allowed(Action::ManageDomains)>
            <Hidden name="project" value=here.project.get_untracked()/>
            <TextField name="name" label=t.common.name required=true autofocus=true/>
            <TextField name="description" label=t.common.description/>
            <StatusField/>
        </Form>
    }
}
