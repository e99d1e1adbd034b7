//! Data on its way: nothing of a page is shown twice, and what is shown stays while newer data is fetched.

use super::notice::Failure;
use super::skeleton::Skeleton;
use leptos::prelude::*;

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
    let shown = move || {
        let children = children.clone();
        let failure = Memo::new(move |_| {
            from.with(|value| value.as_ref().map(|value| value.as_ref().err().cloned().map(Into::into)))
        });
        move || match failure.get() {
            None => ().into_any(),
            Some(Some(error)) => view! { <Failure error/> }.into_any(),
            Some(None) => {
                from.get_untracked().and_then(Result::ok).map(|first| children(latest(from, first))).into_any()
            }
        }
    };
    view! { <Transition fallback=|| view! { <Skeleton/> }>{shown()}</Transition> }
}

/// The newest good value.
fn latest<T, E>(from: Resource<Result<T, E>>, first: T) -> Signal<T>
where
    T: Clone + PartialEq + Send + Sync + 'static,
    E: Clone + Send + Sync + 'static,
{
    Memo::new(move |last: Option<&T>| match from.get() {
        Some(Ok(value)) => value,
        _ => last.unwrap_or(&first).clone(),
    })
    .into()
}
