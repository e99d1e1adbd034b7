//! The table of all pages.

// The page of components is part of debug builds only.
#[cfg(debug_assertions)]
use crate::dev_ui::DevUi;
use crate::layout::NotFoundPage;
#[cfg(not(debug_assertions))]
use crate::layout::NotFoundPage as DevUi;
use leptos::prelude::*;
use leptos_router::SsrMode;
use leptos_router::components::{Route, Routes};
use leptos_router::path;

/// Every data route is `SsrMode::Async`: rows that arrive in a `<template>` are invisible without JavaScript.
#[component]
pub fn Pages() -> impl IntoView {
    view! {
        <Routes fallback=NotFoundPage>
            <Route path=path!("/dev/ui") view=DevUi ssr=SsrMode::Async/>
        </Routes>
    }
}
