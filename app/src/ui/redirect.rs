//! Where the answer to a form leads: there, if its sender still waits where it was sent from. Who has gone elsewhere meanwhile is not
//! fetched back.

use leptos::prelude::*;
use leptos_router::location::{BrowserUrl, LocationProvider};
use server_fn::redirect::set_redirect_hook;

/// Forms that are sent, and the way to where they lead.
#[derive(Clone, Copy)]
pub(super) struct Redirects {
    /// The page that a form was sent from last.
    from: StoredValue<String>,
    /// What knows the router.
    below: StoredValue<Option<Owner>>,
}

impl Redirects {
    /// A form is sent from this page.
    pub fn sent(self) {
        self.from.set_value(here());
    }
}

/// Called around the router, which would follow all of them: the hook that is set first stays.
pub fn provide_redirects() {
    if is_server() {
        return;
    }
    let redirects = Redirects { from: StoredValue::new(String::new()), below: StoredValue::new(None) };
    provide_context(redirects);
    // Fails where it has been set before, which is as good.
    _ = set_redirect_hook(move |to| {
        if redirects.from.get_value() == here()
            && let Some(owner) = redirects.below.get_value()
        {
            owner.with(|| BrowserUrl::redirect(to));
        }
    });
}

/// Called below the router, once.
pub fn follow_redirects() {
    if let Some(redirects) = use_context::<Redirects>() {
        redirects.below.set_value(Owner::current());
    }
}

fn here() -> String {
    window().location().pathname().unwrap_or_default()
}
