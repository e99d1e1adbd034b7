//! Sending an image's file in chunks. What has arrived stays: after an interruption the sending goes on where it was, from the same page,
//! or, when the file is chosen again, from the image's own. Without JavaScript the browser sends the whole form by itself.

use super::calls::{image_upload_begin, image_upload_show};
use super::send::{self, Answer};
use crate::Fail;
use crate::i18n::format;
use crate::paths;
use crate::ui::Call;
use api::error::Conflict;
use api::image::UploadState;
use api::{Error, ImageId, ProjectId, Why};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::server_fn::error::ServerFnUrlError;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::prelude::*;
use leptos::web_sys::{File, FormData, HtmlFormElement};
use leptos_router::hooks::use_navigate;
use std::collections::BTreeMap;
use std::time::Duration;

/// Bytes in a chunk.
const CHUNK: f64 = 16.0 * 1024.0 * 1024.0;
/// Failures in a row after which it is left to the reader to go on: ten minutes, with pauses of at most half a minute.
const TRIES: u32 = 24;

/// An upload under way or yet to come.
#[derive(Clone, Copy)]
pub struct Upload {
    project: ProjectId,
    url: StoredValue<String>,
    pub error: RwSignal<Option<Error>>,
    /// How much has been sent; `None` before and after.
    pub sent: RwSignal<Option<Sent>>,
    /// The server does not answer; it is tried again.
    pub waiting: RwSignal<bool>,
}

/// How much of how much, in bytes, in what time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sent {
    bytes: f64,
    /// What was there when this page began to send.
    before: f64,
    of: f64,
    milliseconds: f64,
}

impl Sent {
    pub fn percent(self) -> u8 {
        if self.of > 0.0 { (self.bytes / self.of * 100.0) as u8 } else { 0 }
    }

    /// "12 MiB / 80 MiB · 4 MiB/s".
    pub fn text(self) -> String {
        let new = (self.bytes - self.before).max(0.0);
        let speed = if self.milliseconds > 0.0 { new / self.milliseconds * 1000.0 } else { 0.0 };
        format!(
            "{} / {} · {}/s",
            format::bytes(self.bytes as u64),
            format::bytes(self.of as u64),
            format::bytes(speed as u64)
        )
    }
}

impl Upload {
    pub fn new(project: ProjectId) -> Self {
        let url = paths::image_upload(project);
        Self {
            project,
            error: RwSignal::new(refused(&url)),
            url: StoredValue::new(url),
            sent: RwSignal::new(None),
            waiting: RwSignal::new(false),
        }
    }

    fn pending(self) -> Signal<bool> {
        Signal::derive(move || self.sent.with(Option::is_some))
    }

    /// The create form's target.
    pub fn call(self) -> Call {
        let navigate = use_navigate();
        Call::new(self.url.get_value(), self.error, self.pending(), move |event| {
            let Some((data, file)) = chosen(&event) else { return };
            event.prevent_default();
            let navigate = navigate.clone();
            // Goes on when the reader has left the page: the signals of a page that has gone are passed over.
            spawn_local(async move {
                _ = self.error.try_set(None);
                let Some(file) = file else {
                    _ = self.error.try_set(Some(Error::field("file", Why::Required)));
                    return;
                };
                let done = match self.begin(&data, &file).await {
                    Ok(id) => self.send(id, &file, 0.0).await.map(|()| id),
                    Err(error) => Err(error),
                };
                self.finish(done, navigate);
            });
        })
    }

    /// The target of the form that goes on with an upload, at the image's own page.
    pub fn go_on(self, id: ImageId) -> Call {
        let navigate = use_navigate();
        Call::new(String::new(), self.error, self.pending(), move |event| {
            event.prevent_default();
            let Some((_, file)) = chosen(&event) else { return };
            let navigate = navigate.clone();
            spawn_local(async move {
                _ = self.error.try_set(None);
                let done = match file {
                    Some(file) => self.again(id, &file).await,
                    None => Err(Error::field("file", Why::Required)),
                };
                self.finish(done.map(|()| id), navigate);
            });
        })
    }

    fn finish(self, done: Result<ImageId, Error>, navigate: impl Fn(&str, leptos_router::NavigateOptions)) {
        let here = self.sent.try_set(None).is_none();
        match done {
            Ok(id) if here => navigate(&paths::image(self.project, id), Default::default()),
            Ok(_) => {}
            Err(error) => _ = self.error.try_set(Some(error)),
        }
    }

    async fn begin(self, data: &FormData, file: &File) -> Result<ImageId, Error> {
        let field = |name: &str| data.get(name).as_string().unwrap_or_default();
        _ = self.sent.try_set(Some(Sent { bytes: 0.0, before: 0.0, of: file.size(), milliseconds: 0.0 }));
        let begun = image_upload_begin(
            self.project.to_string(),
            field("name"),
            field("description"),
            field("visibility"),
            field("min_disk_gb"),
            field("min_ram_mb"),
            field("protected") == "true",
            field("tags"),
            properties(data),
            field("others"),
            field("checksum"),
            file.size() as u64,
            file.name(),
        );
        begun.await.map_err(Error::from)
    }

    /// Goes on with a file that was chosen again, if it is the same.
    async fn again(self, id: ImageId, file: &File) -> Result<(), Error> {
        let Some(state) = self.state(id).await? else { return Ok(()) };
        if file.size() as u64 != state.size || !send::begins_with(file, state.head_bytes, &state.head).await {
            return Err(Error::field("file", Why::OtherFile));
        }
        self.send(id, file, state.offset as f64).await
    }

    async fn state(self, id: ImageId) -> Result<Option<UploadState>, Error> {
        image_upload_show(self.project.to_string(), id.to_string()).await.map_err(Error::from)
    }

    /// Sends what is missing, chunk by chunk; after a failure it goes on from where the server says.
    async fn send(self, id: ImageId, file: &File, from: f64) -> Result<(), Error> {
        let (begun, size) = (js_sys::Date::now(), file.size());
        let (mut offset, mut failures) = (from, 0);
        let show = move |bytes: f64| {
            let milliseconds = js_sys::Date::now() - begun;
            _ = self.sent.try_set(Some(Sent { bytes, before: from, of: size, milliseconds }));
        };
        show(offset);
        while offset < size {
            let end = (offset + CHUNK).min(size);
            let url = paths::image_file(self.project, id, offset as u64);
            match send::chunk(&url, file, offset, end, move |sent| show(offset + sent)).await {
                Answer::Taken(due) => {
                    (offset, failures) = (due as f64, 0);
                    _ = self.waiting.try_set(false);
                }
                Answer::Refused(Error::Conflict(Conflict::Offset { offset: due })) if failures < TRIES => {
                    failures += 1;
                    offset = due as f64;
                    send::pause(Duration::from_millis(200 * u64::from(failures))).await;
                }
                Answer::Refused(error) if !matches!(error, Error::Unavailable { .. } | Error::Internal { .. }) => {
                    return Err(error);
                }
                _ if failures < TRIES => {
                    failures += 1;
                    _ = self.waiting.try_set(true);
                    send::pause(Duration::from_secs(2_u64.pow(failures.min(5)).min(30))).await;
                    match self.state(id).await {
                        Ok(Some(state)) => offset = state.offset as f64,
                        // It has ended, and only the answer was lost.
                        Ok(None) => return Ok(()),
                        Err(error @ (Error::NotFound { .. } | Error::Unauthenticated)) => return Err(error),
                        Err(_) => {}
                    }
                }
                _ => return Err(Error::field("file", Why::Incomplete)),
            }
            show(offset);
        }
        Ok(())
    }
}

/// The properties that have a field of their own.
fn properties(data: &FormData) -> BTreeMap<String, String> {
    let entries = js_sys::try_iter(data).ok().flatten();
    let entries = entries.into_iter().flatten().flatten().map(|entry| js_sys::Array::from(&entry));
    let named = entries.filter_map(|entry| Some((entry.get(0).as_string()?, entry.get(1).as_string()?)));
    let named = named.filter_map(|(name, value)| {
        let name = name.strip_prefix("properties[")?.strip_suffix(']')?.to_owned();
        (!value.is_empty()).then_some((name, value))
    });
    named.collect()
}

/// What the form holds, and the file that is chosen in it.
fn chosen(event: &SubmitEvent) -> Option<(FormData, Option<File>)> {
    let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok())?;
    // Where any of this is missing the browser's own sending still works.
    let data = FormData::new_with_form(&form).ok()?;
    let file = data.get("file").dyn_into::<File>().ok().filter(|file| file.size() > 0.0);
    Some((data, file))
}

/// What was wrong with the form that the browser sent by itself: it stands in the address.
fn refused(url: &str) -> Option<Error> {
    let error = use_context::<ServerActionError>().filter(|error| error.path() == url)?;
    Some(ServerFnUrlError::<Fail>::decode_err(error.err()).0)
}
