//! Going on with an upload that was interrupted: the file has to be chosen again, as no page may read it by itself.

use super::calls::image_upload_show;
use super::image_create::Sending;
use super::upload::Upload;
use crate::i18n::{format, text};
use crate::live::use_live;
use crate::project::here;
use crate::ui::{FileField, Form, Load, Notice, Progress, Section, Tone, late};
use api::image::UploadState;
use api::{ImageId, Kind};
use leptos::prelude::*;

/// Shown at an image whose data is not complete.
#[component]
pub fn ResumeUpload(id: ImageId) -> impl IntoView {
    let (here, live) = (here(), use_live());
    let upload = Upload::new(here.id());
    let state = Resource::new(
        move || (here.project.get(), live.version(Kind::Image)),
        move |(project, _)| image_upload_show(project, id.to_string()),
    );
    view! {
        <Load from=state let:state>
            {
                let known = late(Memo::new(move |_| state.with(Option::is_some)));
                move || known.get().then(|| view! { <Rest id upload state/> })
            }
        </Load>
    }
}

#[component]
fn Rest(id: ImageId, upload: Upload, state: Signal<Option<UploadState>>) -> impl IntoView {
    let (t, here) = (text(), here());
    let name = move || state.with(|state| state.as_ref().map(|state| state.file_name.clone()).unwrap_or_default());
    let of = move |state: &UploadState| (state.offset * 100 / state.size.max(1)) as u8;
    let percent = Signal::derive(move || state.with(|state| state.as_ref().map(of)));
    let amount = move || {
        state.with(|state| {
            state.as_ref().map(|state| format!("{} / {}", format::bytes(state.offset), format::bytes(state.size)))
        })
    };
    // Only the one page sends; the others see it arrive.
    let elsewhere = Memo::new(move |_| {
        upload.sent.with(Option::is_none) && state.with(|state| state.as_ref().is_some_and(|state| state.busy))
    });
    view! {
        <Section title=t.image.unfinished>
            <div class="stack">
                <div><Progress label=t.image.uploading percent/><p class="field-hint" role="status">{amount}</p></div>
                {move || elsewhere.get().then(|| view! { <Notice tone=Tone::Moving title=t.image.arriving/> })}
                <noscript><p>{t.image.no_script}</p></noscript>
                <div class="scripted">
                    <Form call=upload.go_on(id) submit=t.image.go_on disabled_because=here.read_only() id="resume">
                        <p>{move || (t.image.choose_again)(&name())}</p>
                        <FileField name="file" label=t.image.file required=true/>
                        <Sending upload/>
                    </Form>
                </div>
            </div>
        </Section>
    }
}
