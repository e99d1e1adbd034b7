//! The site's files: script, WASM, style, icons, all embedded in the program.
//!
//! A file whose name carries a hash of its content never changes and is kept by browsers for ever; any other is asked for again with its
//! ETag. What shrinks has a `.br` and a `.gz` beside it, made when the site was built.

use app::backend::Site;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::borrow::Cow;

#[derive(RustEmbed)]
#[folder = "$OFFING_SITE"]
struct Files;

const MANIFEST: &str = "manifest.json";
/// The encodings there may be, best first: name and suffix.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// What pages load; `None` when the program was built without the browser's half.
pub fn site() -> Option<Site> {
    let manifest: serde_json::Value = serde_json::from_slice(&Files::get(MANIFEST)?.data).ok()?;
    let name = |key: &str| manifest.get(key)?.as_str().map(str::to_owned);
    Some(Site { js: name("js")?, wasm: name("wasm")?, css: name("css")? })
}

/// Answers with the file at the address; what is none goes on.
pub async fn first(request: Request, next: Next) -> Response {
    match serve(request.method(), request.uri().path(), request.headers()) {
        Some(file) => file,
        None => next.run(request).await,
    }
}

/// The file at the path, if there is one and it is asked for to be read.
fn serve(method: &Method, path: &str, headers: &HeaderMap) -> Option<Response> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return None;
    }
    let name = path
        .strip_prefix('/')
        .filter(|name| *name != MANIFEST && !ENCODINGS.iter().any(|(_, suffix)| name.ends_with(suffix)))?;
    let plain = Files::get(name)?;
    let (file, encoding) = encoded(name, headers).unwrap_or((plain.clone(), "identity"));
    let tag = format!("\"{}\"", hex::encode(&file.metadata.sha256_hash()[..16]));
    let cache = if is_hashed(name) { "public, max-age=31536000, immutable" } else { "public, no-cache" };

    let known = headers.get(IF_NONE_MATCH).is_some_and(|tags| tags.to_str().is_ok_and(|tags| tags.contains(&tag)));
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let length = file.data.len();
        let mut response = Response::new(if method == Method::HEAD { Body::empty() } else { body(file.data) });
        let headers = response.headers_mut();
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        if let Ok(kind) = HeaderValue::from_str(plain.metadata.mimetype()) {
            headers.insert(CONTENT_TYPE, kind);
        }
        response
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    Some(response)
}

/// Embedded data is part of the program: nothing is copied to send it.
fn body(data: Cow<'static, [u8]>) -> Body {
    match data {
        Cow::Borrowed(data) => Body::from(data),
        Cow::Owned(data) => Body::from(data),
    }
}

/// The smallest form that the browser takes.
fn encoded(name: &str, headers: &HeaderMap) -> Option<(EmbeddedFile, &'static str)> {
    let accepted = headers.get(ACCEPT_ENCODING)?.to_str().ok()?;
    ENCODINGS.into_iter().find_map(|(encoding, suffix)| {
        if accepts(accepted, encoding) { Some((Files::get(&format!("{name}{suffix}"))?, encoding)) } else { None }
    })
}

/// Whether an `Accept-Encoding` lists the encoding, and not with weight 0.
fn accepts(accepted: &str, encoding: &str) -> bool {
    accepted.split(',').any(|part| {
        let (name, weight) = part.split_once(';').unwrap_or((part, ""));
        name.trim().eq_ignore_ascii_case(encoding) && !matches!(weight.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}

/// Whether one of the name's parts is a hash of the content: sixteen hex digits, as the build writes it.
fn is_hashed(name: &str) -> bool {
    name.split(['.', '/']).any(|part| part.len() == 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        assert!(accepts("gzip, deflate, br", "br"));
        assert!(accepts("br;q=0.5", "br"));
        assert!(!accepts("gzip, br;q=0", "br"));
        assert!(!accepts("brotli", "br"));
    }

    #[test]
    fn hashed_names() {
        assert!(is_hashed("pkg/offing.0123456789abcdef.js"));
        assert!(!is_hashed("vendor/novnc.js"));
        assert!(!is_hashed("favicon.svg"));
    }
}
