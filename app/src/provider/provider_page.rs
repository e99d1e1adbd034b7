//! The provider of identity that a domain's users sign in with.

use super::calls::{ProviderRemove, ProviderSet, ProviderTest, provider_show};
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::{here, parameter};
use crate::ui::{
    CheckboxField, Copyable, Crumb, Fact, Facts, Form, Hidden, Load, Notice, PageHeader, Section, TextArea, TextField,
    Tone, answered,
};
use api::Kind;
use api::provider::{DomainProvider, Provider, ProviderFound};
use leptos::prelude::*;

#[component]
pub fn ProviderPage() -> impl IntoView {
    let (here, live, id) = (here(), use_live(), parameter("id"));
    let calls = Calls { set: ServerAction::new(), test: ServerAction::new(), remove: ServerAction::new() };
    let shown = Resource::new(
        move || (here.project.get(), id.get(), live.version(Kind::Domain)),
        |(project, id, _)| provider_show(project, id),
    );
    let found = answered(calls.test);
    view! { <Load from=shown let:shown>{move || page(calls, found, shown.get())}</Load> }
}

#[derive(Clone, Copy)]
struct Calls {
    set: ServerAction<ProviderSet>,
    test: ServerAction<ProviderTest>,
    remove: ServerAction<ProviderRemove>,
}

fn page(calls: Calls, found: Signal<Option<ProviderFound>>, (shown, back): (DomainProvider, String)) -> impl IntoView {
    let (t, here) = (text(), here());
    let DomainProvider { domain, domain_name, provider } = shown;
    let own = paths::domain(here.id(), domain);
    let way =
        vec![Crumb::new(t.common.domains, paths::domains(here.id())), Crumb::new(domain_name.clone(), own.clone())];
    let id = domain.to_string();
    let more = provider.is_some().then(|| more(calls, found, id.clone()));
    view! {
        <PageHeader title=(t.provider.title_of)(&domain_name) hint=t.provider.hint way/>
        <Facts><Fact name=t.provider.redirect><Copyable value=back/></Fact></Facts>
        <p class="field-hint">{t.provider.redirect_hint}</p>
        {form(calls.set, id, own, provider)}
        {more}
    }
}

/// What a form of a domain that has none begins with: what most providers call it.
fn usual() -> Provider {
    Provider {
        name: String::new(),
        issuer: String::new(),
        client_id: String::new(),
        has_secret: false,
        scopes: "profile email".to_owned(),
        name_claim: "preferred_username".to_owned(),
        email_claim: "email".to_owned(),
        groups_claim: "groups".to_owned(),
        enabled_claim: String::new(),
        creates_users: false,
        groups: Vec::new(),
    }
}

fn form(set: ServerAction<ProviderSet>, id: String, cancel: String, provider: Option<Provider>) -> impl IntoView {
    let (t, here) = (text(), here());
    let it = provider.unwrap_or_else(usual);
    let secret_hint = if it.has_secret { t.provider.secret_kept } else { t.provider.secret_none };
    let groups: Vec<String> = it.groups.iter().map(|it| format!("{}={}", it.value, it.group_name)).collect();
    view! {
        <Section title=t.provider.title>
            <Form call=set submit=t.common.save cancel>
                <Hidden name="project" value=here.project.get_untracked()/>
                <Hidden name="id" value=id/>
                <TextField name="name" label=t.common.name value=it.name required=true hint=t.provider.name_hint/>
                <TextField name="issuer" label=t.provider.issuer value=it.issuer required=true hint=t.provider.issuer_hint mono=true/>
                <TextField name="client_id" label=t.provider.client_id value=it.client_id required=true mono=true/>
                <TextField name="secret" label=t.provider.secret kind="password" hint=secret_hint autocomplete="new-password"/>
                <TextField name="scopes" label=t.provider.scopes value=it.scopes hint=t.provider.scopes_hint mono=true/>
                <fieldset class="field">
                    <legend>{t.provider.claims}</legend>
                    <p class="field-hint">{t.provider.claims_hint}</p>
                    <div class="limits">
                        <TextField name="name_claim" label=t.provider.name_claim value=it.name_claim required=true mono=true/>
                        <TextField name="email_claim" label=t.provider.email_claim value=it.email_claim mono=true/>
                        <TextField name="groups_claim" label=t.provider.groups_claim value=it.groups_claim hint=t.provider.groups_claim_hint mono=true/>
                        <TextField name="enabled_claim" label=t.provider.enabled_claim value=it.enabled_claim hint=t.provider.enabled_claim_hint mono=true/>
                    </div>
                </fieldset>
                <TextArea name="groups" label=t.provider.groups value=groups.join("\n") hint=t.provider.groups_hint rows=4 mono=true/>
                <CheckboxField name="creates_users" label=t.provider.creates_users hint=t.provider.creates_users_hint checked=it.creates_users/>
            </Form>
        </Section>
    }
}

/// What can be done with one that is there.
fn more(calls: Calls, found: Signal<Option<ProviderFound>>, id: String) -> impl IntoView {
    let (t, here) = (text(), here());
    let project = here.project.get_untracked();
    let (project_again, id_again) = (project.clone(), id.clone());
    let found = move || {
        found.get().map(|found| {
            view! {
                <Notice tone=Tone::Good title=(t.provider.test_ok)(found.keys)>
                    <Facts>
                        <Fact name=t.provider.authorization>{found.authorization}</Fact>
                        <Fact name=t.provider.token>{found.token}</Fact>
                    </Facts>
                </Notice>
            }
        })
    };
    view! {
        <Section title=t.provider.test_title>
            {found}
            <Form id="test" call=calls.test submit=t.provider.test>
                <p class="field-hint">{t.provider.test_hint}</p>
                <Hidden name="project" value=project/>
                <Hidden name="id" value=id/>
            </Form>
        </Section>
        <Section title=t.provider.remove>
            <Form id="remove" call=calls.remove submit=t.provider.remove danger=true>
                <p class="field-hint">{t.provider.remove_hint}</p>
                <Hidden name="project" value=project_again/>
                <Hidden name="id" value=id_again/>
            </Form>
        </Section>
    }
}
