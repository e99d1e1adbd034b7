//! Oneself: name, password's age, projects and roles.

use super::calls::{ProfileSet, profile_show};
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::here;
use crate::ui::{
    Choice, Column, Copyable, Fact, Facts, Form, Hidden, Icon, LinkButton, Load, Notice, PageHeader, Rows, Section,
    SelectField, Table, Tag, TextField, Tone, When,
};
use api::identity::Membership;
use api::{Action, Kind, ProjectId};
use leptos::prelude::*;

#[component]
pub fn Profile() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let profile = Resource::new(
        move || (here.project.get(), live.version(Kind::User), live.version(Kind::Project)),
        |(project, ..)| profile_show(project),
    );
    let set = ServerAction::<ProfileSet>::new();
    // Who is in no project lands here.
    let nowhere = (here.id() == ProjectId::NOWHERE).then(|| {
        let make = here.allows(Action::ManageProjects).then(|| {
            view! { <p><LinkButton href=paths::project_create(here.id()) icon=Some(Icon::Add)>{t.directory.create_project}</LinkButton></p> }
        });
        view! { <Notice tone=Tone::Attention title=t.identity.no_project><p>{t.identity.no_project_hint}</p>{make}</Notice> }
    });
    view! {
        <PageHeader title=t.account.profile>
            <LinkButton href=paths::password(here.id()) icon=Some(Icon::Lock)>{t.account.change_password}</LinkButton>
        </PageHeader>
        {nowhere}
        <Load from=profile let:profile>{move || facts(profile.get())}<EditForm set profile=profile.get_untracked()/></Load>
    }
}

/// What people say of themselves. The name is the administrators'.
#[component]
fn EditForm(set: ServerAction<ProfileSet>, profile: api::account::Profile) -> impl IntoView {
    let (t, here) = (text(), here());
    let none = Choice::new("", t.account.no_default_project);
    let open = profile.memberships.into_iter().map(|it| Choice::new(it.project, it.project_name));
    let choices = std::iter::once(none).chain(open).collect();
    let default_project = profile.default_project.map(|id| id.to_string()).unwrap_or_default();
    view! {
        <details class="fold" open=set.value().with_untracked(Option::is_some)>
            <summary>{t.account.edit_profile}</summary>
            <Form call=set submit=t.common.save>
                <Hidden name="project" value=here.project.get_untracked()/>
                <TextField name="email" label=t.account.email value=profile.email kind="email"/>
                <TextField name="description" label=t.common.description value=profile.description/>
                <SelectField name="default_project" label=t.account.default_project hint=t.account.default_project_hint choices value=default_project/>
            </Form>
        </details>
    }
}

fn facts(profile: api::account::Profile) -> impl IntoView {
    let (t, here) = (text(), here());
    let columns = vec![
        Column::new("name", t.common.project, move |membership: &Membership| {
            let current = (membership.project == here.id())
                .then(|| view! { <Tag label=text().account.this_project tone=Tone::Neutral/> });
            let href = paths::overview(membership.project);
            view! { <a href=href>{membership.project_name.clone()}</a>{current} }
        }),
        Column::new("role", t.account.role, |membership: &Membership| (text().identity.role)(membership.role)),
        Column::new("id", t.common.id, |membership: &Membership| {
            view! { <Copyable value=membership.project.to_string()/> }
        }),
    ];
    let rows = Rows::new(
        |membership: &Membership| membership.project.to_string(),
        |membership| membership.project_name.clone(),
    );
    let default = profile.memberships.iter().find(|it| Some(it.project) == profile.default_project);
    let default_name = default.map(|it| it.project_name.clone());
    let changed = match profile.password_changed_at {
        _ if profile.federated => t.provider.by_provider.into_any(),
        Some(at) => view! { <When at/> }.into_any(),
        None => t.account.never.into_any(),
    };
    let proof = if profile.federated { t.provider.signs_in } else { t.account.password_changed };
    view! {
        <Section title=t.account.profile>
            <Facts>
                <Fact name=t.identity.user_name>{profile.name}</Fact>
                <Fact name=t.account.domain>{profile.domain_name}</Fact>
                <Fact name=t.account.email>{profile.email}</Fact>
                <Fact name=t.common.description>{profile.description}</Fact>
                {default_name.map(|name| view! { <Fact name=t.account.default_project>{name}</Fact> })}
                <Fact name=t.common.id><Copyable value=profile.id.to_string()/></Fact>
                <Fact name=t.account.member_since><When at=profile.created_at/></Fact>
                <Fact name=proof>{changed}</Fact>
            </Facts>
        </Section>
        <Section title=t.account.projects>
            <Table label=t.account.projects columns rows items=Signal::stored(profile.memberships)/>
        </Section>
    }
}
