//! The console: pages, components and server functions.

#[cfg(feature = "ssr")]
pub mod backend;
pub mod fail;
#[cfg(feature = "ssr")]
pub mod shell;

pub use fail::Fail;

use leptos::prelude::*;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, StaticSegment};

/// The console.
#[component]
pub fn App() -> impl IntoView {
    leptos_meta::provide_meta_context();
    view! {
        <Router>
            <Routes fallback=|| "Not found.">
                <Route path=StaticSegment("sign-in") view=|| "Sign in" ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}
