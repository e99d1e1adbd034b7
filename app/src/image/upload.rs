//! Sending an image's form with progress. Without JavaScript the browser sends the same form by itself.

use crate::Fail;
use crate::i18n::format;
use crate::ui::Call;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::server_fn::error::ServerFnUrlError;
use leptos::wasm_bindgen::prelude::*;
use leptos::web_sys::{FormData, HtmlFormElement, ProgressEvent, XmlHttpRequest};
use leptos_router::hooks::use_navigate;

/// An upload under way or yet to come.
#[derive(Clone, Copy)]
pub struct Upload {
    url: StoredValue<String>,
    error: RwSignal<Option<api::Error>>,
    /// How much has been sent; `None` before and after.
    pub sent: RwSignal<Option<Sent>>,
}

/// How much of how much, in bytes, in what time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sent {
    bytes: f64,
    of: f64,
    milliseconds: f64,
}

impl Sent {
    pub fn percent(self) -> u8 {
        if self.of > 0.0 { (self.bytes / self.of * 100.0) as u8 } else { 0 }
    }

    /// "12 MiB / 80 MiB · 4 MiB/s".
    pub fn text(self) -> String {
        let speed = if self.milliseconds > 0.0 { self.bytes / self.milliseconds * 1000.0 } else { 0.0 };
        format!(
            "{} / {} · {}/s",
            format::bytes(self.bytes as u64),
            format::bytes(self.of as u64),
            format::bytes(speed as u64)
        )
    }
}

impl Upload {
    pub fn new(url: String) -> Self {
        Self { error: RwSignal::new(refused(&url)), url: StoredValue::new(url), sent: RwSignal::new(None) }
    }

    /// The form's target.
    pub fn call(self) -> Call {
        let pending = Signal::derive(move || self.sent.with(Option::is_some));
        let navigate = use_navigate();
        Call::new(self.url.get_value(), self.error, pending, move |event| self.send(event, navigate.clone()))
    }

    fn send(self, event: SubmitEvent, navigate: impl Fn(&str, leptos_router::NavigateOptions) + Clone + 'static) {
        let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
        let data = form.and_then(|form| FormData::new_with_form(&form).ok());
        // Where any of this is missing the browser's own sending still works.
        let (Some(data), Ok(request)) = (data, XmlHttpRequest::new()) else { return };
        let url = self.url.get_value();
        if request.open("POST", &url).is_err() || request.set_request_header("Accept", "application/json").is_err() {
            return;
        }
        event.prevent_default();
        self.error.set(None);
        self.sent.set(Some(Sent { bytes: 0.0, of: 0.0, milliseconds: 0.0 }));
        self.watch(&request);
        let done = Closure::once_into_js({
            let request = request.clone();
            move || self.finish(&request, &url, navigate)
        });
        request.set_onloadend(Some(done.unchecked_ref()));
        if request.send_with_opt_form_data(Some(&data)).is_err() {
            self.sent.set(None);
        }
    }

    fn watch(self, request: &XmlHttpRequest) {
        let begun = js_sys::Date::now();
        let moved = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
            let sent = Sent { bytes: event.loaded(), of: event.total(), milliseconds: js_sys::Date::now() - begun };
            _ = self.sent.try_set(Some(sent));
        });
        if let Ok(upload) = request.upload() {
            upload.set_onprogress(Some(moved.as_ref().unchecked_ref()));
        }
        // Lives as long as the request, which the browser holds.
        moved.forget();
    }

    /// To the image, or to what is wrong.
    fn finish(self, request: &XmlHttpRequest, url: &str, navigate: impl Fn(&str, leptos_router::NavigateOptions)) {
        let body = request.response_text().ok().flatten().unwrap_or_default();
        _ = self.sent.try_set(None);
        let made = serde_json::from_str::<Made>(&body).ok().filter(|_| request.status() == Ok(200));
        match (made, url.strip_suffix("/upload")) {
            (Some(made), Some(images)) => navigate(&format!("{images}/{}", made.id), Default::default()),
            _ => {
                let broken = || api::Error::field("file", api::Why::Incomplete);
                _ = self.error.try_set(Some(serde_json::from_str(&body).unwrap_or_else(|_| broken())));
            }
        }
    }
}

#[derive(serde::Deserialize)]
struct Made {
    id: api::ImageId,
}

/// What was wrong with the form that the browser sent by itself: it stands in the address.
fn refused(url: &str) -> Option<api::Error> {
    let error = use_context::<ServerActionError>().filter(|error| error.path() == url)?;
    Some(ServerFnUrlError::<Fail>::decode_err(error.err()).0)
}
