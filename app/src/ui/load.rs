//! Data on its way: nothing of a page is shown twice, and what is shown stays while newer data is fetched.

use super::button::{Button, Variant};
use super::late::{late, switch};
use super::notice::Failure;
use super::page_header::PageHeader;
use super::skeleton::Skeleton;
use crate::i18n::text;
use leptos::prelude::*;
use leptos::tachys::reactive_graph::{OwnedView, Suspend};

/// Shows `children` with the resource's value once it is there, the failure if it is one. New values reach the children through the
/// signal, so that open menus, focus and scroll position survive.
#[component]
pub fn Load<T, E, V>(
    from: Resource<Result<T, E>>,
    children: impl Fn(Signal<T>) -> V + Clone + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    E: Into<api::Error> + Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    // Untracked, or what is drawn around this would be drawn anew with every new value.
    let arrived = move || {
        untrack(|| {
            Suspend::new(async move {
                let first = from.await;
                OwnedView::new(shown(from, first.ok(), children))
            })
        })
    };
    waiting(arrived)
}

/// In the browser a skeleton stands where data is awaited, and what is shown stays while newer data comes. The server draws a page when
/// its data is there (`SsrMode::Async`): a `Transition` would only make the view three or four times before it draws it, to find out
/// whether there is more to wait for.
fn waiting(arrived: impl FnOnce() -> Suspend<OwnedView<AnyView>> + Send + 'static) -> AnyView {
    if !is_server() {
        return view! { <Transition fallback=|| view! { <Skeleton/> }>{arrived()}</Transition> }.into_any();
    }
    Owner::new().with(|| {
        // The browser's `Transition` takes a number here, and both halves have to count alike.
        let _ = Owner::current_shared_context().map(|shared| shared.next_id());
        OwnedView::new(arrived()).into_any()
    })
}

fn shown<T, E, V>(
    from: Resource<Result<T, E>>,
    first: Option<T>,
    children: impl Fn(Signal<T>) -> V + Send + Sync + 'static,
) -> AnyView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    E: Into<api::Error> + Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    // The resource is read in memos only: below a `Transition` even its untracked reads subscribe, and would draw everything anew.
    let failure = late(Memo::new(move |last: Option<&Option<api::Error>>| {
        let now: Option<api::Error> = from.with(|value| value.as_ref()?.as_ref().err().cloned().map(Into::into));
        // When the session has ended, what is shown stays: there may be something in a form.
        now.filter(|error| *error != api::Error::Unauthenticated || last != Some(&None))
    }));
    let newest = Memo::new(move |last: Option<&Option<T>>| match from.get() {
        Some(Ok(value)) => Some(value),
        _ => last.cloned().unwrap_or_else(|| first.clone()),
    });
    switch(move || match failure.get() {
        Some(error @ api::Error::NotFound { .. }) => view! { <NotFound error/> }.into_any(),
        Some(error) => view! { <Failure error/> }.into_any(),
        None => newest.get_untracked().map(|first| children(or(newest, first)).into_any()).into_any(),
    })
}

fn or<T: Clone + PartialEq + Send + Sync + 'static>(newest: Memo<Option<T>>, first: T) -> Signal<T> {
    Signal::derive(move || newest.get().unwrap_or_else(|| first.clone()))
}

/// What the page was about is not there: then the page is about that.
#[component]
fn NotFound(error: api::Error) -> impl IntoView {
    let t = text();
    view! {
        <PageHeader title=t.ui.not_found hint=(t.error.error)(&error)/>
        <form method="get" action="/"><Button variant=Variant::Secondary>{t.ui.to_start}</Button></form>
    }
}
