//! A new project with all that it needs, in one form.

use super::calls::{ProjectCreate, role_list};
use super::picker;
use super::{DomainField, StatusField, domains};
use crate::Fail;
use crate::i18n::text;
use crate::overview::naming;
use crate::paths;
use crate::project::here;
use crate::quota::amount;
use crate::quota::calls::quota_default_list;
use crate::ui::{
    CheckboxField, Choice, Crumb, Form, Hidden, Load, NumberField, PageHeader, PickRows, SearchField, TextField,
};
use api::directory::NamedRole;
use api::quota::Resource as Limited;
use api::{Action, Role};
use leptos::prelude::*;

#[component]
pub fn ProjectCreatePage() -> impl IntoView {
    let (t, here) = (text(), here());
    let create = ServerAction::<ProjectCreate>::new();
    // Who manages a domain cannot change quotas.
    let may_limit = here.allows(Action::ManageQuotas);
    let read = Resource::new(
        move || here.project.get(),
        move |project| async move {
            let limits = if may_limit { quota_default_list(project.clone()).await? } else { Vec::new() };
            Ok::<_, Fail>((role_list(project.clone()).await?, limits, domains(project).await?))
        },
    );
    let list = paths::projects(here.id());
    view! {
        <PageHeader title=t.directory.create_project way=vec![Crumb::new(t.common.projects, list.clone())]/>
        <Load from=read let:read>
            <Form call=create submit=t.directory.create_project cancel=list.clone() disabled_because=here.not_allowed(Action::ManageProjects)>
                <Hidden name="project" value=here.project.get_untracked()/>
                <TextField name="name" label=t.common.name required=true autofocus=true/>
                <TextField name="description" label=t.common.description/>
                <PickRows
                    name="members" choice_name="roles" label=t.directory.members choice_label=t.directory.role more=t.directory.member_row
                    hint=t.directory.members_hint search=picker::users() choices=role_choices(&read.with_untracked(|(roles, ..)| roles.clone())) chosen=Role::Member.as_str()
                />
                <CheckboxField name="starter" label=t.directory.starter hint=t.directory.starter_hint checked=true/>
                <details class="fold" hidden=!may_limit>
                    <summary>{t.directory.limits}</summary>
                    <p class="field-hint">{t.directory.limits_hint}</p>
                    <div class="limits">
                        {read.get_untracked().1.into_iter().map(|it| limit_field(it.resource, None, it.limit, None)).collect_view()}
                    </div>
                </details>
                <TextField name="tags" label=t.directory.tags hint=t.directory.tags_hint/>
                <SearchField name="parent" label=t.directory.parent hint=t.directory.parent_hint search=picker::projects()/>
                <DomainField domains=read.get_untracked().2/>
                <StatusField/>
            </Form>
        </Load>
    }
}

/// The roles by name, for a form.
pub(super) fn role_choices(roles: &[NamedRole]) -> Vec<Choice> {
    roles.iter().map(|role| Choice::new(&role.name, role.name.clone())).collect()
}

/// The field of a limit, with what holds if it stays empty and what is used. Its name is `limits[…]`, which a server function reads as a map.
pub fn limit_field(resource: Limited, own: Option<i64>, default: i64, used: Option<i64>) -> impl IntoView + use<> {
    let name = match resource {
        Limited::Instances => "limits[instances]",
        Limited::Cores => "limits[cores]",
        Limited::Ram => "limits[ram]",
        Limited::KeyPairs => "limits[key_pairs]",
        Limited::ImageBytes => "limits[image_bytes]",
        Limited::Networks => "limits[networks]",
        Limited::Subnets => "limits[subnets]",
        Limited::Routers => "limits[routers]",
        Limited::Ports => "limits[ports]",
        Limited::FloatingIps => "limits[floating_ips]",
        Limited::SecurityGroups => "limits[security_groups]",
        Limited::SecurityGroupRules => "limits[security_group_rules]",
    };
    let t = text();
    let (label, _) = naming(resource);
    let used = used.map(|used| (t.quota.used_is)(&amount(resource, used)));
    let hint = [Some((t.quota.default_is)(&amount(resource, default))), used].into_iter().flatten().collect::<Vec<_>>();
    let (hint, value) = (hint.join(" "), own.map(|own| own.to_string()).unwrap_or_default());
    let unit = match resource {
        Limited::Ram => "MB",
        Limited::ImageBytes => t.quota.bytes,
        _ => "",
    };
    view! { <NumberField name label hint value unit min=-1/> }
}
