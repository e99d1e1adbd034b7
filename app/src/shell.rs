//! The document around the console: what the server sends before anything of it is a page.

use crate::App;
use crate::backend::Site;
use crate::ui::Refused;
use api::identity::SignInShown;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

/// The whole document. Without a `Site` it has neither script nor style, and still works.
#[component]
pub fn Shell() -> impl IntoView {
    let preferences = crate::preferences();
    view! {
        <!DOCTYPE html>
        <html lang=preferences.lang.tag() data-theme=preferences.theme.as_str() data-zone=preferences.zone.map(|zone| zone.to_string())
            data-page-size=(preferences.page_size > 0).then(|| preferences.page_size.to_string())>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                {use_context::<Site>().map(|site| view! { <Load site/> })}
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// Loads the style and the browser's half of the console.
#[component]
fn Load(site: Site) -> impl IntoView {
    // What a form held is known to the server only: its page stays plain, and works so.
    let plain = use_context::<Refused>().is_some() || use_context::<SignInShown>().is_some();
    view! {
        <link rel="stylesheet" href=site.css.clone()/>
        <link rel="preload" href="/fonts/inter.woff2" r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
        {(!plain).then(|| view! { <Script site/> })}
    }
}

#[component]
fn Script(site: Site) -> impl IntoView {
    let start =
        format!("import init,{{hydrate}} from {:?};await init({{module_or_path:{:?}}});hydrate();", site.js, site.wasm);
    view! {
        <link rel="modulepreload" href=site.js/>
        <link rel="preload" href=site.wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
        <script type="module" nonce=use_nonce() inner_html=start></script>
    }
}
