//! A new image, uploaded from this computer.

use super::upload::Upload;
use crate::i18n::text;
use crate::paths;
use crate::project::here;
use crate::ui::{Choice, Crumb, FileField, Form, NumberField, PageHeader, Progress, RadioCards, TextField, asked_for};
use api::image::Visibility;
use leptos::prelude::*;

#[component]
pub fn ImageCreatePage() -> impl IntoView {
    let (t, here) = (text(), here());
    let upload = Upload::new(paths::image_upload(here.id()));
    let visibility = move |it: Visibility| {
        let choice = Choice::new(it.as_str(), (t.image.visibilities)(it)).detail((t.image.visibility_hints)(it));
        choice.disabled_because(if it == Visibility::Public { here.not_admin() } else { None })
    };
    let progress = move || {
        upload.sent.get().map(|sent| {
            let percent = sent.percent();
            view! {
                <Progress label=t.image.uploading percent=Signal::stored(Some(percent))/>
                <p class="field-hint" role="status">{if percent < 100 { sent.text() } else { t.image.inspecting.to_owned() }}</p>
            }
        })
    };
    view! {
        <PageHeader title=t.image.create_image way=vec![Crumb::new(t.common.images, paths::images(here.id()))]/>
        <Form call=upload.call() submit=t.image.upload cancel=paths::images(here.id()) multipart=true disabled_because=here.read_only()>
            <TextField name="name" label=t.common.name required=true autofocus=true/>
            <TextField name="description" label=t.common.description/>
            {move || {
                let choices = Visibility::ALL.map(visibility).to_vec();
                let value = asked_for("visibility").unwrap_or_else(|| Visibility::Private.as_str().to_owned());
                view! { <RadioCards name="visibility" label=t.image.visibility choices value required=true/> }
            }}
            <details class="more">
                <summary>{t.image.minimums}</summary>
                <NumberField name="min_disk_gb" label=t.image.min_disk unit="GiB" min=0/>
                <NumberField name="min_ram_mb" label=t.image.min_ram unit="MiB" min=0/>
            </details>
            <FileField name="file" label=t.image.file hint=t.image.file_hint required=true accept=".qcow2,.img,.raw,.iso"/>
            {progress}
        </Form>
    }
}
