//! Where the API is, and what clients have to be told to use it as oneself in this project.

use super::calls::access_show;
use super::files;
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::here;
use crate::ui::{
    Column, Copyable, Fact, Facts, Icon, LinkButton, Load, PageHeader, Rows, SaveButton, Section, Table, Variant,
};
use api::Kind;
use api::access::{Access, REGION, SERVICES};
use leptos::prelude::*;

#[component]
pub fn ApiAccess() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let access = Resource::new(
        move || (here.project.get(), live.version(Kind::User), live.version(Kind::Project)),
        |(project, ..)| access_show(project),
    );
    view! {
        <PageHeader title=t.access.title hint=t.access.hint>
            <LinkButton href=paths::application_credentials(here.id()) icon=Some(Icon::KeyPair)>{t.access.credentials}</LinkButton>
        </PageHeader>
        <Load from=access let:access>{move || shown(access.get())}</Load>
    }
}

/// A service and the address of it.
type Endpoint = (&'static str, &'static str, String);

fn shown(access: Access) -> impl IntoView {
    let (t, here) = (text(), here());
    let columns = vec![
        Column::new("service", t.access.service, |it: &Endpoint| it.1),
        Column::new("type", t.common.kind, |it: &Endpoint| view! { <code>{it.0}</code> }),
        Column::new("url", t.access.url, |it: &Endpoint| view! { <Copyable value=it.2.clone()/> }),
    ];
    let endpoints: Vec<Endpoint> =
        SERVICES.iter().map(|it| (it.kind, it.name, format!("{}{}", access.base, it.path))).collect();
    let rows = Rows::new(|it: &Endpoint| it.0.to_owned(), |it| it.1.to_owned());
    let (openrc, clouds) = (files::openrc(&access), files::clouds_yaml(&access));
    let auth_url = access.auth_url();
    view! {
        <Section title=t.access.endpoints>
            <Table label=t.access.endpoints columns rows items=Signal::stored(endpoints)/>
        </Section>
        <Section title=t.access.values>
            <Facts>
                <Fact name=t.access.auth_url><Copyable value=auth_url/></Fact>
                <Fact name=t.access.project_id><Copyable value=here.id().to_string()/></Fact>
                <Fact name=t.common.project><Copyable value=access.project_name/></Fact>
                <Fact name=t.access.project_domain><Copyable value=access.project_domain/></Fact>
                <Fact name=t.identity.user_name><Copyable value=access.user_name/></Fact>
                <Fact name=t.access.user_domain><Copyable value=access.user_domain/></Fact>
                <Fact name=t.access.region><Copyable value=REGION/></Fact>
            </Facts>
        </Section>
        <Section title=t.access.files>
            <div class="form">
                <p class="field-hint">{t.access.files_hint}</p>
                <div class="form-buttons">
                    <SaveButton name=openrc.0 text=openrc.1 variant=Variant::Secondary>{t.access.openrc}</SaveButton>
                    <SaveButton name=clouds.0 text=clouds.1 variant=Variant::Secondary>{t.access.clouds_yaml}</SaveButton>
                </div>
            </div>
        </Section>
    }
}
