//! Whose page a request comes from. What changes something, and every WebSocket, must come from our own: a browser sends our cookie
//! along with whatever another site's page makes it send.

use crate::Edge;
use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN, REFERER, UPGRADE};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Refuses what another site's page has sent.
pub async fn check(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if reads && !request.headers().contains_key(UPGRADE) {
        return next.run(request).await;
    }
    let own = request
        .headers()
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .or(request.uri().authority().map(|a| a.as_str()));
    let public = edge.settings.public_url.as_ref().and_then(|url| url.authority()).map(|authority| authority.as_str());
    let ours: Vec<&str> = own.into_iter().chain(public).collect();
    if is_ours(request.headers(), &ours) {
        next.run(request).await
    } else {
        (
            StatusCode::FORBIDDEN,
            "This was sent by a page of another site, so it was not done. Open Offing itself and do it there.\n",
        )
            .into_response()
    }
}

/// At least one of the headers names the page's origin, and each that does names ours.
fn is_ours(headers: &HeaderMap, ours: &[&str]) -> bool {
    let url = |name| {
        headers.get(name).map(|value| {
            let uri: Option<Uri> = value.to_str().ok().and_then(|text| text.parse().ok());
            uri.as_ref()
                .and_then(Uri::authority)
                .is_some_and(|authority| ours.iter().any(|own| own.eq_ignore_ascii_case(authority.as_str())))
        })
    };
    let site = headers.get("sec-fetch-site").map(|site| site == "same-origin");
    let verdicts = [url(ORIGIN), url(REFERER), site];
    verdicts.iter().flatten().all(|ours| *ours) && verdicts.iter().any(Option::is_some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn check(headers: &[(&'static str, &'static str)], expected: bool) {
        let map = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        assert_eq!(is_ours(&map, &["cloud.example:8080", "offing.example"]), expected, "{headers:?}");
    }

    #[test]
    fn origins() {
        check(&[], false);
        check(&[("origin", "http://cloud.example:8080")], true);
        check(&[("origin", "https://OFFING.example")], true);
        check(&[("origin", "http://cloud.example")], false);
        check(&[("origin", "http://cloud.example:8080.evil.example")], false);
        check(&[("origin", "null")], false);
        check(&[("referer", "http://cloud.example:8080/p/x?y")], true);
        check(&[("referer", "http://evil.example/http://cloud.example:8080/")], false);
        check(&[("referer", "http://cloud.example:8080@evil.example/")], false);
        check(&[("sec-fetch-site", "same-origin")], true);
        check(&[("sec-fetch-site", "same-site")], false);
        check(&[("sec-fetch-site", "cross-site"), ("origin", "http://cloud.example:8080")], false);
        check(&[("origin", "http://cloud.example:8080"), ("referer", "http://evil.example/")], false);
    }
}
