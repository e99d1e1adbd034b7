//! Every request has an id, a span in the log and its part in the metrics.

use crate::join::JOIN;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use std::time::Instant;
use tracing::Instrument as _;

/// The header by which OpenStack's services name a request's id.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-openstack-request-id");

/// A request's id: `req-` and a UUID. It stands in the log, in audit rows and operations, and in the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub String);

pub async fn request(mut request: Request, next: Next) -> Response {
    let id = cloud::identity::request_id();
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    // The pattern, not the address: addresses are without number.
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", id, %method, path = told(request.uri().path()));
    let begun = Instant::now();

    let mut response = next.run(request).instrument(span.clone()).await;

    let (took, status) = (begun.elapsed(), response.status());
    let ms = took.as_secs_f64() * 1000.0;
    if status.is_server_error() {
        span.in_scope(|| tracing::warn!(status = status.as_u16(), ms, "answered"));
    } else {
        span.in_scope(|| tracing::debug!(status = status.as_u16(), ms, "answered"));
    }
    let labels = [("method", method.to_string()), ("route", route), ("status", status.as_str().to_owned())];
    metrics::counter!(crate::metrics::REQUESTS, &labels).increment(1);
    metrics::histogram!(crate::metrics::REQUEST_SECONDS, &labels[..2]).record(took.as_secs_f64());
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// As much of an address as the log may hold: a code that opens something stands in its address, and whoever reads the log must not get in.
fn told(path: &str) -> &str {
    if path.starts_with(JOIN) { JOIN } else { path }
}

#[cfg(test)]
mod tests {
    #[test]
    fn security_26_codes_are_not_in_the_log() {
        assert_eq!(super::told("/join/aaaa-bbbb-cccc-dddd"), "/join/");
        assert_eq!(super::told("/p/x/overview"), "/p/x/overview");
    }
}
