//! Headers of every request and answer: what clients may not tell us, and what browsers must know.

use crate::identity_api::{AUTH_TOKEN, SUBJECT_TOKEN};
use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, FORWARDED, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::middleware::Next;
use axum::response::Response;

/// For answers that are no pages: nothing in them is to be run or shown.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";

/// The policy of a page whose scripts carry the nonce. Styles may stand inline: xterm.js makes its own, and no tenant's text ever
/// reaches one.
pub fn page_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
         img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    )
}

/// Takes away every header by which a proxy or another service would vouch for a client: nobody vouches for anybody here. Puts the
/// browser's protections on the answer.
pub async fn guard(mut request: Request, next: Next) -> Response {
    let vouching: Vec<HeaderName> = request
        .headers()
        .keys()
        // A token vouches for nobody by being named: what it stands for is asked of its row.
        .filter(|name| **name != AUTH_TOKEN && **name != SUBJECT_TOKEN)
        .filter(|name| name.as_str().starts_with("x-") || **name == FORWARDED)
        .cloned()
        .collect();
    for name in vouching {
        request.headers_mut().remove(name);
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(NOTHING));
    // What is not said to be the same for everybody is somebody's own, and gone from the browser once they have signed out.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    // Plain forms are sent back by their Referer, so our own pages must learn it; no other site does.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin"));
    response
}
