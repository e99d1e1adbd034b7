//! Where the answer to a form leads: there, if its sender still waits where it was sent from. Who has gone elsewhere meanwhile is not
//! fetched back.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use leptos_router::location::{BrowserUrl, LocationProvider};
use server_fn::redirect::set_redirect_hook;

/// Forms that are sent, and the way to where they lead.
#[derive(Clone, Copy)]
pub(super) struct Redirects {
    /// The page that a form was sent from last.
    from: StoredValue<String>,
    /// What knows the router, and the page that it shows or is on its way to.
    router: StoredValue<Option<(Owner, Memo<String>)>>,
}

impl Redirects {
    /// A form is sent from this page.
    pub fn sent(self) {
        self.from.set_value(self.page());
    }

    fn page(self) -> String {
        self.router.with_value(|router| router.as_ref().map(|(_, path)| path.get_untracked())).unwrap_or_default()
    }

    fn follow(self, to: &str) {
        if self.from.with_value(|from| *from == self.page())
            && let Some((owner, _)) = self.router.get_value()
        {
            owner.with(|| BrowserUrl::redirect(to));
        }
    }
}

/// Called around the router, which would follow all of them: the hook that is set first stays.
pub fn provide_redirects() {
    if !is_server() {
        let redirects = Redirects { from: StoredValue::new(String::new()), router: StoredValue::new(None) };
        provide_context(redirects);
        // Fails where it has been set before, which is as good.
        _ = set_redirect_hook(move |to| redirects.follow(to));
    }
}

/// Called below the router, once.
pub fn follow_redirects() {
    if let Some((redirects, owner)) = use_context::<Redirects>().zip(Owner::current()) {
        redirects.router.set_value(Some((owner, use_location().pathname)));
    }
}
