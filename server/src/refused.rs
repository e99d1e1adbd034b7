//! Plain forms that a server function refuses: the answer is the form's page, with the faults and with what was typed.
//!
//! Left to itself Leptos would lead the browser back with the error in the address, and what was typed would be lost. It cannot go into
//! the address as well: user-data is too long for that, and may hold secrets.

use crate::{CALL_MAX, Edge, pages};
use app::Fail;
use app::backend::{CALLS, accepts_html};
use app::ui::{ASK, Refused};
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION, REFERER};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use leptos::prelude::provide_context;
use leptos::server_fn::error::ServerFnUrlError;

pub async fn show_again(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let is_plain_form =
        request.method() == Method::POST && request.uri().path().starts_with(CALLS) && accepts_html(request.headers());
    if !is_plain_form {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    answered(&mut parts.headers);
    let Ok(form) = to_bytes(body, CALL_MAX).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let response = next.run(Request::from_parts(parts.clone(), Body::from(form.clone()))).await;
    let Some((page, fail)) = sent_back(&response) else { return response };

    let refused =
        Refused { url: parts.uri.path().to_owned(), fields: form_urlencoded::parse(&form).into_owned().collect() };
    let mut request = Request::from_parts(parts, Body::empty());
    *request.method_mut() = Method::GET;
    *request.uri_mut() = page;
    for name in [CONTENT_TYPE, CONTENT_LENGTH] {
        request.headers_mut().remove(name);
    }
    let mut response = pages::render(&edge, request, move || provide_context(refused.clone())).await;
    *response.status_mut() = StatusCode::from_u16(fail.0.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}

/// A form goes back to where it came from. If that is a page with a question standing in it, the question has been answered.
fn answered(headers: &mut HeaderMap) {
    let from = headers.get(REFERER).and_then(|from| from.to_str().ok());
    let Some((page, query)) = from.and_then(|from| from.split_once('?')) else { return };
    let kept = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != ASK);
    let kept = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
    let page = if kept.is_empty() { page.to_owned() } else { format!("{page}?{kept}") };
    if let Ok(page) = HeaderValue::from_str(&page) {
        headers.insert(REFERER, page);
    }
}

/// The page that a refused form is sent back to, and why; `None` if all went well.
fn sent_back(response: &Response) -> Option<(Uri, Fail)> {
    let location: Uri = response.headers().get(LOCATION)?.to_str().ok()?.parse().ok()?;
    let query = location.query().unwrap_or_default();
    let (_, error) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "__err")?;
    let page = location.path_and_query()?.as_str().parse().ok()?;
    Some((page, ServerFnUrlError::<Fail>::decode_err(&error)))
}
