//! A security group and its rules.

use super::calls::{SecurityGroupDelete, SecurityGroupRuleDelete, security_group_show};
use super::rule_form::RuleForm;
use super::security_group_list::group_actions;
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::{here, parameter};
use crate::ui::{
    Column, Crumb, Icon, Load, Outcomes, PageHeader, Question, RowAction, RowActions, Rows, Section, Table,
};
use api::Kind;
use api::network::{SecurityGroup, SecurityGroupRule};
use leptos::prelude::*;

#[component]
pub fn SecurityGroupPage() -> impl IntoView {
    let (t, here, live, id) = (text(), here(), use_live(), parameter("id"));
    let delete = ServerAction::<SecurityGroupDelete>::new();
    let group = Resource::new(
        move || {
            (here.project.get(), id.get(), live.version(Kind::SecurityGroup), live.version(Kind::SecurityGroupRule))
        },
        |(project, id, ..)| security_group_show(project, id),
    );
    view! {
        <Load from=group let:group>
            {
                let name = Memo::new(move |_| group.with(|group| group.name.clone()));
                let way = vec![Crumb::new(t.common.security_groups, paths::security_groups(here.id()))];
                view! {
                    <PageHeader title=name way hint=Memo::new(move |_| group.with(|group| group.description.clone()))>
                        <RowActions id="group" name actions=Signal::derive(move || group.with(|group| group_actions(group, delete))) buttons=2/>
                    </PageHeader>
                    <Outcomes calls=vec![delete.into()]/>
                    <Rules group/>
                    <RuleForm group=group.with_untracked(|group| group.id.to_string())/>
                }
            }
        </Load>
    }
}

#[component]
fn Rules(group: Signal<SecurityGroup>) -> impl IntoView {
    let (t, here) = (text(), here());
    let delete = ServerAction::<SecurityGroupRuleDelete>::new();
    let columns = vec![
        Column::new("direction", t.network.direction, |rule: &SecurityGroupRule| {
            (text().network.directions)(&rule.direction)
        }),
        Column::new("protocol", t.network.protocol, |rule: &SecurityGroupRule| {
            (text().network.protocols)(&rule.protocol)
        }),
        Column::new("ports", t.network.port_range, |rule: &SecurityGroupRule| port_range(rule.ports)),
        Column::new("remote", t.network.remote, move |rule: &SecurityGroupRule| match &rule.remote_group {
            Some((id, name)) => view! { <a href=paths::security_group(here.id(), *id)>{name.clone()}</a> }.into_any(),
            None if rule.remote_cidr.is_empty() => text().network.anywhere.into_any(),
            None => view! { <code>{rule.remote_cidr.clone()}</code> }.into_any(),
        }),
    ];
    let rows =
        Rows::new(|rule: &SecurityGroupRule| rule.id.to_string(), |rule| (text().network.protocols)(&rule.protocol))
            .actions(move |rule| {
                let fields = vec![("project", here.project.get()), ("id", rule.id.to_string())];
                let question = Question::new(t.network.rule_delete_title, t.network.rule_delete_body);
                let delete = RowAction::post(t.common.delete, Icon::Delete, delete, fields).confirm(question);
                vec![delete.disabled_because(here.read_only())]
            });
    let items = Signal::derive(move || group.with(|group| group.rules.clone()));
    view! {
        <Outcomes calls=vec![delete.into()]/>
        <Section title=t.network.rules><Table label=t.network.rules columns rows items/></Section>
    }
}

fn port_range(ports: Option<(u16, u16)>) -> String {
    match ports {
        None => text().network.all_ports.to_owned(),
        Some((first, last)) if first == last => first.to_string(),
        Some((first, last)) => format!("{first}–{last}"),
    }
}
