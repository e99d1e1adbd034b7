//! The security groups of a project.

use super::calls::{SecurityGroupCreate, SecurityGroupDelete, security_group_list};
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::here;
use crate::ui::{
    Column, Form, Hidden, Icon, Load, Outcomes, PageHeader, Question, RowAction, Rows, Table, TextField, When,
};
use api::Kind;
use api::network::{DEFAULT_GROUP, SecurityGroup};
use leptos::prelude::*;

#[component]
pub fn SecurityGroups() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let delete = ServerAction::<SecurityGroupDelete>::new();
    let groups = Resource::new(
        move || (here.project.get(), live.version(Kind::SecurityGroup), live.version(Kind::SecurityGroupRule)),
        |(project, ..)| security_group_list(project),
    );
    let columns = vec![
        Column::new("name", t.common.name, move |group: &SecurityGroup| {
            view! { <a href=paths::security_group(here.id(), group.id)>{group.name.clone()}</a> }
        }),
        Column::new("description", t.common.description, |group: &SecurityGroup| group.description.clone()),
        Column::new("rules", t.network.rules, |group: &SecurityGroup| group.rules.len().to_string()).number(),
        Column::new("created", t.common.created, |group: &SecurityGroup| view! { <When at=group.created_at/> }),
    ];
    let rows = Rows::new(|group: &SecurityGroup| group.id.to_string(), |group| group.name.clone())
        .actions(move |group| group_actions(group, delete));
    view! {
        <PageHeader title=t.common.security_groups hint=t.network.groups_hint/>
        <Outcomes calls=vec![delete.into()]/>
        <Load from=groups let:groups>
            <Table label=t.common.security_groups columns=columns.clone() rows=rows.clone() items=groups/>
        </Load>
        <GroupForm/>
    }
}

pub(super) fn group_actions(group: &SecurityGroup, delete: ServerAction<SecurityGroupDelete>) -> Vec<RowAction> {
    let (t, here) = (text(), here());
    let fields = vec![("project", here.project.get()), ("id", group.id.to_string())];
    let question = Question::new((t.network.group_delete_title)(&group.name), t.network.group_delete_body);
    let fixed = (group.name == DEFAULT_GROUP).then(|| t.network.default_group_stays.to_owned());
    let delete = RowAction::post(t.common.delete, Icon::Delete, delete, fields).confirm(question);
    vec![delete.disabled_because(here.read_only().or(fixed))]
}

#[component]
fn GroupForm() -> impl IntoView {
    let (t, here) = (text(), here());
    let create = ServerAction::<SecurityGroupCreate>::new();
    view! {
        <details class="more" open=create.value().with_untracked(Option::is_some)>
            <summary>{t.network.create_group}</summary>
            <Form id="group" call=create submit=t.network.create_group disabled_because=here.read_only()>
                <Hidden name="project" value=here.project.get_untracked()/>
                <TextField name="name" label=t.common.name required=true/>
                <TextField name="description" label=t.common.description/>
            </Form>
        </details>
    }
}
