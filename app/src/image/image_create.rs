//! A new image: uploaded from this computer, fetched from a URL, or chosen from well-known ones.

use super::calls::{ImageImport, ImageImportKnown, image_catalogue};
use super::upload::Upload;
use crate::i18n::text;
use crate::metadef::PropertyFields;
use crate::metadef::calls::namespace_list;
use crate::paths;
use crate::project::{Here, here};
use crate::ui::{
    CheckboxField, Choice, Column, Crumb, FileField, Form, Hidden, Icon, LinkButton, Load, NumberField, Outcomes,
    PageHeader, Progress, RadioCards, Refused, RowAction, Rows, Tab, Table, Tabs, TextField, asked_for, current_tab,
    switch,
};
use api::Action;
use api::image::{CatalogueEntry, Visibility};
use api::metadef::{Namespace, ResourceType};
use leptos::prelude::*;

#[component]
pub fn ImageCreatePage() -> impl IntoView {
    let (t, here) = (text(), here());
    let current = current_tab(&["upload", "url", "catalogue"]);
    let tabs = vec![
        Tab::new("upload", t.image.from_file),
        Tab::new("url", t.image.from_url),
        Tab::new("catalogue", t.image.from_catalogue),
    ];
    view! {
        <PageHeader title=t.image.create_image way=vec![Crumb::new(t.common.images, paths::images(here.id()))]>
            <LinkButton href=String::new() disabled_because=Some(t.image.no_block_storage.to_owned())>{t.image.from_volume}</LinkButton>
        </PageHeader>
        <Tabs label=t.image.source tabs current/>
        {switch(move || match current.get() {
            "url" => view! { <FromUrl/> }.into_any(),
            "catalogue" => view! { <Catalogue/> }.into_any(),
            _ => view! { <FromFile/> }.into_any(),
        })}
    }
}

#[component]
fn FromFile() -> impl IntoView {
    let (t, here) = (text(), here());
    let upload = Upload::new(here.id());
    let call = upload.call();
    view! {
        <Load from=namespaces() let:namespaces>
            <Form call=call.clone() submit=t.image.upload cancel=paths::images(here.id()) multipart=true disabled_because=here.read_only()>
                <TextField name="name" label=t.common.name required=true autofocus=true/>
                <TextField name="description" label=t.common.description/>
                <VisibilityField/>
                <Minimums/>
                <More namespaces=namespaces.get_untracked()/>
                <TextField name="checksum" label=t.image.checksum hint=t.image.checksum_hint mono=true/>
                <FileField name="file" label=t.image.file hint=t.image.file_hint required=true accept=".qcow2,.img,.raw,.iso,.vmdk,.vhd,.vhdx,.vdi"/>
                <Sending upload/>
            </Form>
        </Load>
    }
}

/// What an image's properties may be.
fn namespaces() -> Resource<Result<Vec<Namespace>, crate::Fail>> {
    let here = here();
    Resource::new(
        move || here.project.get(),
        |project| namespace_list(project, ResourceType::Image.as_str().to_owned()),
    )
}

/// What an image may be given from the start, but seldom is.
#[component]
fn More(namespaces: Vec<Namespace>) -> impl IntoView {
    let t = text();
    let open = use_context::<Refused>().is_some();
    view! {
        <details class="fold" open=open>
            <summary>{t.image.more}</summary>
            <CheckboxField name="protected" label=t.image.protect hint=t.image.protect_hint/>
            <TextField name="tags" label=t.image.tags hint=t.image.tags_hint/>
            <PropertyFields namespaces values=Default::default()/>
        </details>
    }
}

/// How far the sending is.
#[component]
pub fn Sending(upload: Upload) -> impl IntoView {
    let t = text();
    move || {
        upload.sent.get().map(|sent| {
            let percent = sent.percent();
            let note = move || {
                if upload.waiting.get() {
                    t.image.waiting.to_owned()
                } else if percent < 100 {
                    sent.text()
                } else {
                    t.image.inspecting.to_owned()
                }
            };
            view! {
                <Progress label=t.image.uploading percent=Signal::stored(Some(percent))/>
                <p class="field-hint" role="status">{note}</p>
            }
        })
    }
}

#[component]
fn FromUrl() -> impl IntoView {
    let (t, here) = (text(), here());
    let import = ServerAction::<ImageImport>::new();
    view! {
        <Load from=namespaces() let:namespaces>
            <Form call=import submit=t.image.import cancel=paths::images(here.id()) disabled_because=here.read_only()>
                <Hidden name="project" value=here.project.get_untracked()/>
                <TextField name="url" label="URL" hint=t.image.url_hint kind="url" required=true autofocus=true placeholder="https://"/>
                <TextField name="name" label=t.common.name hint=t.image.name_hint/>
                <TextField name="description" label=t.common.description/>
                <VisibilityField/>
                <Minimums/>
                <More namespaces=namespaces.get_untracked()/>
                <TextField name="checksum" label=t.image.checksum hint=t.image.checksum_hint mono=true/>
                <TextField name="checksum_url" label=t.image.checksum_url hint=t.image.checksum_url_hint kind="url" placeholder="https://"/>
            </Form>
        </Load>
    }
}

#[component]
fn VisibilityField() -> impl IntoView {
    let (t, here) = (text(), here());
    let visibility = move |it: Visibility| {
        let choice = Choice::new(it.as_str(), (t.image.visibilities)(it)).detail((t.image.visibility_hints)(it));
        choice.disabled_because(if it == Visibility::Public { here.not_allowed(Action::PublishImage) } else { None })
    };
    move || {
        let choices = Visibility::ALL.map(visibility).to_vec();
        let value = asked_for("visibility").unwrap_or_else(|| Visibility::Private.as_str().to_owned());
        view! { <RadioCards name="visibility" label=t.image.visibility choices value required=true/> }
    }
}

#[component]
fn Minimums() -> impl IntoView {
    let t = text();
    view! {
        <details class="fold">
            <summary>{t.image.minimums}</summary>
            <NumberField name="min_disk_gb" label=t.image.min_disk unit="GiB" min=0/>
            <NumberField name="min_ram_mb" label=t.image.min_ram unit="MiB" min=0/>
        </details>
    }
}

#[component]
fn Catalogue() -> impl IntoView {
    let (t, here) = (text(), here());
    let import = ServerAction::<ImageImportKnown>::new();
    let known = Resource::new(move || here.project.get(), image_catalogue);
    let columns = vec![
        Column::new("name", t.common.name, |entry: &CatalogueEntry| {
            view! { <span>{entry.name.clone()}" "{entry.version.clone()}</span> }
        }),
        Column::new("architecture", t.image.architecture, |entry: &CatalogueEntry| entry.architecture.clone()),
        Column::new("user", t.image.admin_user, |entry: &CatalogueEntry| view! { <code>{entry.user.clone()}</code> }),
        Column::new("url", t.image.source, |entry: &CatalogueEntry| {
            view! { <a href=entry.url.clone() rel="external noreferrer">{host(&entry.url)}</a> }
        }),
    ];
    let rows = Rows::new(|entry: &CatalogueEntry| entry.key.replace('.', "-"), |entry| entry.name.clone())
        .actions(move |entry| one_click(here, entry, import));
    view! {
        <p class="tab-hint">{t.image.catalogue_hint}</p>
        <Outcomes calls=vec![import.into()]/>
        <Load from=known let:items>
            <Table label=t.image.from_catalogue columns=columns.clone() rows=rows.clone() items/>
        </Load>
    }
}

/// For this project alone by one click; for others too by the menu.
fn one_click(here: Here, entry: &CatalogueEntry, import: ServerAction<ImageImportKnown>) -> Vec<RowAction> {
    let t = text();
    let action = |it: Visibility| {
        let label = if it == Visibility::Private { t.image.import.to_owned() } else { (t.image.import_as)(it) };
        let fields =
            vec![("project", here.project.get()), ("key", entry.key.clone()), ("visibility", it.as_str().to_owned())];
        let not_admin = if it == Visibility::Public { here.not_allowed(Action::PublishImage) } else { None };
        RowAction::post(label, Icon::Download, import, fields).disabled_because(here.read_only().or(not_admin))
    };
    Visibility::ALL.map(action).into()
}

/// The host of an address.
fn host(url: &str) -> String {
    url.split('/').nth(2).unwrap_or_default().to_owned()
}
