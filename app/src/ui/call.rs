//! What a form posts to: a server function, seen without its type.

use super::redirect::Redirects;
use crate::paths::with_query;
use leptos::ev::SubmitEvent;
use leptos::form::FromFormData;
use leptos::prelude::*;
use server_fn::ServerFn;
use std::sync::Arc;

/// The page that is shown in answer to a plain form, and so has the address of what the form was posted to: what is posted from it says
/// where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandsOn(pub String);

/// How it says so.
pub const STANDS_ON: &str = "page";

/// A target for forms and row actions. Made from a `ServerAction` by `into()`; without JavaScript the form is posted to its address.
/// It is good for as long as the action is: a dialog may have it from a row that has been redrawn since.
#[derive(Clone)]
pub struct Call {
    pub url: String,
    /// What went wrong the last time.
    pub error: ArcSignal<Option<api::Error>>,
    /// An answer is awaited.
    pub pending: ArcSignal<bool>,
    submit: Arc<dyn Fn(SubmitEvent) + Send + Sync>,
}

impl Call {
    /// A target that is not a server function. `submit` gets the event and prevents its default if it takes care of sending.
    pub fn new(
        url: impl Into<String>,
        error: impl Into<Signal<Option<api::Error>>>,
        pending: impl Into<Signal<bool>>,
        submit: impl Fn(SubmitEvent) + Send + Sync + 'static,
    ) -> Self {
        Self { url: url.into(), error: error.into().into(), pending: pending.into().into(), submit: Arc::new(submit) }
    }

    /// A plain form: the browser posts it and goes where the answer says.
    pub fn plain(url: impl Into<String>) -> Self {
        Self::new(url, None, false, |_| ())
    }

    /// Sends the form of the event. A second click while the first is under way is dropped.
    pub fn submit(&self, event: SubmitEvent) {
        if self.pending.get_untracked() {
            event.prevent_default();
        } else if !event.default_prevented() {
            (self.submit)(event);
        }
    }
}

impl<S> From<ServerAction<S>> for Call
where
    S: ServerFn + FromFormData + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
    S::Error: Into<api::Error> + Clone + Send + Sync + 'static,
{
    fn from(action: ServerAction<S>) -> Self {
        let page = use_context::<StandsOn>().map(|page| page.0).unwrap_or_default();
        let redirects = use_context::<Redirects>();
        Self {
            url: with_query(S::url(), &[(STANDS_ON, &page)]),
            error: ArcSignal::derive(move || {
                action.value().with(|value| value.as_ref()?.as_ref().err().cloned().map(Into::into))
            }),
            pending: ArcMemo::from(action.pending()).into(),
            submit: Arc::new(move |event| match S::from_event(&event) {
                Ok(input) => {
                    event.prevent_default();
                    redirects.inspect(|redirects| redirects.sent());
                    action.dispatch(input);
                }
                // The browser's own submission still works, and its answer says what is wrong.
                Err(error) => leptos::logging::error!("the form does not fit its server function: {error:?}"),
            }),
        }
    }
}
