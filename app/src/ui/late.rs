//! Switching between views without pulling the ground from under the old one.

use leptos::prelude::*;

/// `source`, one turn later in a browser: for a value that decides which view is shown.
///
/// A view that is replaced loses its signals at once, but its inner effects only when their turn comes. If the same change that replaces
/// the view also woke such an effect, it would read a signal that is gone, and panic. So the change reaches what is shown first, and what
/// decides after. On the server, which has no effects, the value is the source's own.
pub fn late<T: Clone + PartialEq + Send + Sync + 'static>(source: Memo<T>) -> Memo<T> {
    let late = RwSignal::new(None);
    Effect::new(move |_| late.set(Some(source.get())));
    Memo::new(move |_| late.get().unwrap_or_else(|| source.get()))
}

/// A view that follows signals, for one with resources inside.
///
/// On the server it is drawn once: the framework runs the closures below a `Transition` more than once before it draws them, and every
/// run would make the resources anew, with other ids than the browser expects.
pub fn switch(view: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    if is_server() { untrack(view) } else { view.into_any() }
}
