//! Oneself: name, password's age, projects and roles.

use super::calls::profile_show;
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::here;
use crate::ui::{
    Column, Copyable, Fact, Facts, Icon, LinkButton, Load, PageHeader, Rows, Section, Table, Tag, Tone, When,
};
use api::Kind;
use api::identity::Membership;
use leptos::prelude::*;

#[component]
pub fn Profile() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let profile = Resource::new(
        move || (here.project.get(), live.version(Kind::User), live.version(Kind::Project)),
        |(project, ..)| profile_show(project),
    );
    view! {
        <PageHeader title=t.account.profile>
            <LinkButton href=paths::password(here.id()) icon=Some(Icon::Lock)>{t.account.change_password}</LinkButton>
        </PageHeader>
        <Load from=profile let:profile>{move || facts(profile.get())}</Load>
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
    let changed = match profile.password_changed_at {
        Some(at) => view! { <When at/> }.into_any(),
        None => t.account.never.into_any(),
    };
    view! {
        <Section title=t.account.profile>
            <Facts>
                <Fact name=t.identity.user_name>{profile.name}</Fact>
                <Fact name=t.account.domain>{profile.domain_name}</Fact>
                <Fact name=t.common.id><Copyable value=profile.id.to_string()/></Fact>
                <Fact name=t.account.member_since><When at=profile.created_at/></Fact>
                <Fact name=t.account.password_changed>{changed}</Fact>
            </Facts>
        </Section>
        <Section title=t.account.projects>
            <Table label=t.account.projects columns rows items=Signal::stored(profile.memberships)/>
        </Section>
    }
}
