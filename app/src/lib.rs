//! The console: pages rendered on the server and taken over in the browser. `routes` is the table of all pages, `paths` every link,
//! `ui` what pages are made of, `layout` what stands around them, `i18n` what they say.

pub mod access;
pub mod account;
pub mod admin;
pub mod audit;
#[cfg(feature = "ssr")]
pub mod backend;
pub mod class;
pub mod compute;
#[cfg(debug_assertions)]
pub mod dev_ui;
pub mod directory;
pub mod fail;
pub mod i18n;
pub mod identity;
pub mod image;
pub mod layout;
pub mod live;
pub mod metadef;
pub mod network;
pub mod operation;
pub mod overview;
pub mod paths;
pub mod project;
pub mod provider;
pub mod quota;
pub mod routes;
#[cfg(feature = "ssr")]
pub mod shell;
pub mod ui;

pub use fail::Fail;

/// In the browser a server function has no body: it is a request. And whoever is there has arrived already.
#[cfg(not(feature = "ssr"))]
mod backend {
    pub use leptos::prelude::server;

    pub fn arrival() -> Option<(Result<api::identity::Me, crate::Fail>, Vec<api::operation::Operation>, String)> {
        None
    }

    pub fn join_shown() -> api::class::JoinShown {
        api::class::JoinShown::default()
    }

    pub fn sign_in_options() -> api::identity::SignInOptions {
        api::identity::SignInOptions::default()
    }
}

use layout::Preferences;
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::Router;

/// The whole console. Runs on both halves.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let preferences = preferences();
    provide_context(preferences.lang);
    provide_context(ui::Reading { zone: preferences.zone.clone(), page_size: preferences.page_size });
    provide_context(preferences);
    ui::provide_clock();
    ui::provide_messages();
    ui::provide_redirects();
    // Styles show what only works with the program; tests wait for it.
    Effect::new(|_| _ = document().document_element().map(|root| root.set_attribute("data-live", "")));
    let (moving, set_moving) = signal(false);
    view! {
        <Title formatter=|title: String| if title.is_empty() { "Offing".to_owned() } else { format!("{title} · Offing") }/>
        <div class="moving" data-on=move || moving.get().then_some("true")></div>
        <Router set_is_routing=set_moving><routes::Pages/></Router>
    }
}

/// What the reader has chosen, from the request.
#[cfg(feature = "ssr")]
fn preferences() -> Preferences {
    let header = |parts: &http::request::Parts, name| {
        parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    let of = |parts: http::request::Parts| {
        let of_headers = Preferences::from_headers(
            &header(&parts, http::header::COOKIE),
            &header(&parts, http::header::ACCEPT_LANGUAGE),
        );
        match parts.extensions.get::<backend::Kept>() {
            Some(kept) => of_headers.with(&kept.preferences, kept.zone.clone()),
            None => of_headers,
        }
    };
    use_context::<http::request::Parts>().map(of).unwrap_or_default()
}

/// What the reader has chosen: the server has written it into the document's root.
#[cfg(not(feature = "ssr"))]
fn preferences() -> Preferences {
    let root = document().document_element();
    let attribute = |name| root.as_ref().and_then(|root| root.get_attribute(name)).unwrap_or_default();
    Preferences {
        lang: i18n::Lang::from_tag(&attribute("lang")).unwrap_or_default(),
        theme: layout::Theme::parse(&attribute("data-theme")).unwrap_or_default(),
        zone: Some(attribute("data-zone")).filter(|zone| !zone.is_empty()).and_then(|zone| zone.parse().ok()),
        page_size: attribute("data-page-size").parse().unwrap_or_default(),
    }
}
