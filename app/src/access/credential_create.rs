//! A new application credential. Its secret is shown once, on the page that the form leads to.

use super::calls::{CredentialCreate, access_show, credential_roles};
use super::files;
use crate::Fail;
use crate::i18n::text;
use crate::paths;
use crate::project::here;
use crate::ui::{
    CheckboxField, Checks, Choice, Copyable, Crumb, Fact, Facts, Form, Hidden, Icon, LinkButton, Load, Notice,
    PageHeader, SaveButton, TextArea, TextField, Tone, Variant, answered,
};
use api::access::Access;
use api::credential::{NewCredential, RoleChoice};
use leptos::prelude::*;

#[component]
pub fn CredentialCreatePage() -> impl IntoView {
    let (t, here) = (text(), here());
    let create = ServerAction::<CredentialCreate>::new();
    let made = answered(create);
    let read = Resource::new(
        move || here.project.get(),
        |project| async move { Ok::<_, Fail>((credential_roles(project.clone()).await?, access_show(project).await?)) },
    );
    let way = vec![Crumb::new(t.access.credentials, paths::application_credentials(here.id()))];
    view! {
        <PageHeader title=t.access.create_credential hint=t.access.create_hint way/>
        <Load from=read let:read>
            {move || {
                let (roles, access) = read.get_untracked();
                match made.get() {
                    Some(new) => view! { <Secret access new/> }.into_any(),
                    None => view! { <CreateForm create roles/> }.into_any(),
                }
            }}
        </Load>
    }
}

#[component]
fn CreateForm(create: ServerAction<CredentialCreate>, roles: Vec<RoleChoice>) -> impl IntoView {
    let (t, here) = (text(), here());
    let roles = roles.into_iter().map(|role| Choice::new(role.id, role.name)).collect();
    view! {
        <Form call=create submit=t.access.create_credential cancel=paths::application_credentials(here.id())>
            <Hidden name="project" value=here.project.get_untracked()/>
            <TextField name="name" label=t.common.name required=true autofocus=true/>
            <TextField name="description" label=t.common.description/>
            <Checks name="roles" label=t.common.roles choices=roles values=Vec::new() hint=t.access.roles_hint/>
            <TextField name="expires" label=t.access.expires kind="date" hint=t.access.expires_hint/>
            <TextArea name="rules" label=t.access.rules hint=t.access.rules_hint mono=true rows=4 placeholder="identity GET /v3/auth/catalog"/>
            <CheckboxField name="unrestricted" label=t.access.unrestricted hint=t.access.unrestricted_hint/>
            <p class="field-hint">{t.access.once}</p>
        </Form>
    }
}

/// What is never shown again.
#[component]
fn Secret(access: Access, new: NewCredential) -> impl IntoView {
    let (t, here) = (text(), here());
    let (openrc, clouds) = (files::credential_openrc(&access, &new), files::credential_clouds_yaml(&access, &new));
    view! {
        <div class="form">
            <Notice tone=Tone::Attention title=(t.access.made)(&new.credential.name)>{t.access.made_hint}</Notice>
            <Facts>
                <Fact name=t.common.id><Copyable value=new.credential.id.to_string()/></Fact>
                <Fact name=t.access.secret><Copyable value=new.secret/></Fact>
                <Fact name=t.access.url><Copyable value=access.auth_url()/></Fact>
            </Facts>
            <div class="form-buttons">
                <SaveButton name=clouds.0 text=clouds.1>{t.access.clouds_yaml}</SaveButton>
                <SaveButton name=openrc.0 text=openrc.1 variant=Variant::Secondary>{t.access.openrc}</SaveButton>
                <LinkButton href=paths::application_credentials(here.id()) icon=Some(Icon::Check) variant=Variant::Quiet>{t.access.saved}</LinkButton>
            </div>
        </div>
    }
}
