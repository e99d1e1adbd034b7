//! A new group.

use super::calls::GroupCreate;
use crate::i18n::text;
use crate::paths;
use crate::project::here;
use crate::ui::{Crumb, Form, Hidden, PageHeader, TextField};
use api::Action;
use leptos::prelude::*;

#[component]
pub fn GroupCreatePage() -> impl IntoView {
    let (t, here) = (text(), here());
    let create = ServerAction::<GroupCreate>::new();
    let list = paths::groups(here.id());
    view! {
        <PageHeader title=t.directory.create_group way=vec![Crumb::new(t.common.groups, list.clone())]/>
        <Form call=create submit=t.directory.create_group cancel=list disabled_because=here.not_allowed(Action::ManageGroups)>
            <Hidden name="project" value=here.project.get_untracked()/>
            <TextField name="name" label=t.common.name required=true autofocus=true/>
            <TextField name="description" label=t.common.description/>
            <TextField name="domain" label=t.directory.domain hint=t.directory.domain_hint/>
        </Form>
    }
}
