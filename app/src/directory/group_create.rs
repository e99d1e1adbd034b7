//! A new group.

use super::calls::GroupCreate;
use super::{DomainField, domains};
use crate::i18n::text;
use crate::paths;
use crate::project::here;
use crate::ui::{Crumb, Form, Hidden, Load, PageHeader, TextField};
use api::Action;
use leptos::prelude::*;

#[component]
pub fn GroupCreatePage() -> impl IntoView {
    let (t, here) = (text(), here());
    let create = ServerAction::<GroupCreate>::new();
    let read = Resource::new(move || here.project.get(), domains);
    let list = paths::groups(here.id());
    view! {
        <PageHeader title=t.directory.create_group way=vec![Crumb::new(t.common.groups, list.clone())]/>
        <Load from=read let:domains>
            <Form call=create submit=t.directory.create_group cancel=list.clone() disabled_because=here.not_allowed(Action::ManageGroups)>
                <Hidden name="project" value=here.project.get_untracked()/>
                <TextField name="name" label=t.common.name required=true autofocus=true/>
                <TextField name="description" label=t.common.description/>
                <DomainField domains=domains.get_untracked()/>
            </Form>
        </Load>
    }
}
