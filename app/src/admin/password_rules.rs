//! The rules for passwords, by domain.

use super::calls::{PasswordRulesSet, password_rules_list, password_rules_show};
use crate::i18n::text;
use crate::paths;
use crate::project::{here, parameter};
use crate::ui::{Column, Crumb, Form, Hidden, Icon, Load, NumberField, PageHeader, RowAction, Rows, Table};
use api::Action;
use api::account::{DomainRules, PasswordRules};
use leptos::prelude::*;

#[component]
pub fn PasswordRulesList() -> impl IntoView {
    let (t, here) = (text(), here());
    let rules = Resource::new(move || here.project.get(), password_rules_list);
    let columns = vec![
        Column::new("name", t.account.domain, move |of: &DomainRules| {
            view! { <a href=paths::domain_password_rules(here.id(), of.domain)>{of.domain_name.clone()}</a> }
        }),
        Column::new("length", t.account.min_length, |of: &DomainRules| of.rules.min_length).number(),
        Column::new("history", t.account.history, |of: &DomainRules| of.rules.history).number(),
        Column::new("expires", t.account.expires_days, |of: &DomainRules| {
            or_never(of.rules.expires_days, text().account.days)
        }),
        Column::new("lock", t.account.lock_after, |of: &DomainRules| {
            or_never(of.rules.lock_after, text().account.failures)
        }),
        Column::new("minutes", t.account.lock_minutes, |of: &DomainRules| {
            format!("{} {}", of.rules.lock_minutes, text().account.minutes)
        }),
    ];
    let rows = Rows::new(|of: &DomainRules| of.domain.to_string(), |of| of.domain_name.clone()).actions(move |of| {
        vec![RowAction::link(t.account.rules, Icon::Edit, paths::domain_password_rules(here.id(), of.domain))]
    });
    view! {
        <PageHeader title=t.account.rules hint=t.account.rules_hint/>
        <Load from=rules let:rules>
            <Table label=t.account.rules columns=columns.clone() rows=rows.clone() items=rules/>
        </Load>
    }
}

fn or_never(n: u32, unit: &str) -> String {
    if n == 0 { text().account.never_word.to_owned() } else { format!("{n} {unit}") }
}

#[component]
pub fn DomainPasswordRules() -> impl IntoView {
    let (here, domain) = (here(), parameter("domain"));
    let set = ServerAction::<PasswordRulesSet>::new();
    let rules = Resource::new(
        move || (here.project.get(), domain.get()),
        |(project, domain)| password_rules_show(project, domain),
    );
    view! { <Load from=rules let:rules>{move || form(set, rules.get())}</Load> }
}

fn form(set: ServerAction<PasswordRulesSet>, of: DomainRules) -> impl IntoView {
    let (t, here) = (text(), here());
    let list = paths::password_rules(here.id());
    let PasswordRules { min_length, history, expires_days, lock_after, lock_minutes } = of.rules;
    view! {
        <PageHeader title=(t.account.rules_of)(&of.domain_name) way=vec![Crumb::new(t.account.rules, list.clone())]/>
        <Form call=set submit=t.common.save cancel=list disabled_because=here.not_allowed(Action::ManagePasswordRules)>
            <Hidden name="project" value=here.project.get_untracked()/>
            <Hidden name="domain" value=of.domain.to_string()/>
            <NumberField name="min_length" label=t.account.min_length value=min_length.to_string() unit=t.account.characters min=8 max=128 required=true hint=t.account.min_length_hint/>
            <NumberField name="history" label=t.account.history value=history.to_string() min=1 max=24 required=true hint=t.account.history_hint/>
            <NumberField name="expires_days" label=t.account.expires_days value=expires_days.to_string() unit=t.account.days min=0 max=3650 required=true hint=t.account.expires_days_hint/>
            <NumberField name="lock_after" label=t.account.lock_after value=lock_after.to_string() unit=t.account.failures min=0 max=1000 required=true hint=t.account.lock_after_hint/>
            <NumberField name="lock_minutes" label=t.account.lock_minutes value=lock_minutes.to_string() unit=t.account.minutes min=1 max=1440 required=true hint=t.account.lock_minutes_hint/>
        </Form>
    }
}
