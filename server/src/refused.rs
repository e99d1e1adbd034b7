//! Plain forms that a server function refuses, or answers with something to show: the answer is the form's page, with the faults and what
//! was typed, or with what it answered.
//!
//! Left to itself Leptos would lead the browser back with the error in the address, and what was typed or answered would be lost. It cannot
//! go into the address as well: user-data is too long for that, and there may be secrets.

use crate::failure::Failure;
use crate::{CALL_MAX, Edge, local, pages};
use api::Error;
use app::Fail;
use app::backend::{CALLS, accepts_html};
use app::ui::{ASK, Answered, Refused, STANDS_ON, StandsOn};
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION, REFERER};
use axum::http::request::Parts;
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
    stands_on(&mut parts);
    answered(&mut parts.headers);
    let Ok(form) = to_bytes(body, CALL_MAX).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let response = next.run(Request::from_parts(parts.clone(), Body::from(form.clone()))).await;
    let url = parts.uri.path().to_owned();
    match sent_back(&response) {
        Some((page, fail)) => {
            let refused = Refused { url, fields: form_urlencoded::parse(&form).into_owned().collect() };
            let mut response = again(&edge, parts, page, move || provide_context(refused.clone())).await;
            *response.status_mut() = StatusCode::from_u16(fail.0.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            response
        }
        None => match to_show(&parts.headers, response).await {
            Ok((page, json)) => {
                let answered = Answered { url, json };
                again(&edge, parts, page, move || provide_context(answered.clone())).await
            }
            Err(response) => response,
        },
    }
}

/// The page of a form that the edge takes itself and has refused, because it carries a file.
pub async fn page_of(edge: &Edge, parts: Parts, page: &str, form: Refused, error: Error) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    // Leptos looks for the errors of plain forms in the address.
    let address = ServerFnUrlError::new(&form.url, Fail(error.clone())).to_url(&format!("http://offing{page}"));
    let address = address.ok().map(|url| format!("{}?{}", url.path(), url.query().unwrap_or_default()));
    let Some(Ok(page)) = address.map(|address| address.parse::<Uri>()) else { return Failure(error).into_response() };
    let mut response = again(edge, parts, page, move || provide_context(form.clone())).await;
    *response.status_mut() = status;
    response
}

/// The form's page.
async fn again(edge: &Edge, parts: Parts, page: Uri, context: impl Fn() + Clone + Send + Sync + 'static) -> Response {
    let kept = page.query().unwrap_or_default();
    let kept = form_urlencoded::parse(kept.as_bytes()).filter(|(name, _)| !name.starts_with("__"));
    let kept = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
    let stands_on = StandsOn(if kept.is_empty() { page.path().to_owned() } else { format!("{}?{kept}", page.path()) });
    let mut request = Request::from_parts(parts, Body::empty());
    *request.method_mut() = Method::GET;
    *request.uri_mut() = page;
    for name in [CONTENT_TYPE, CONTENT_LENGTH] {
        request.headers_mut().remove(name);
    }
    let context = move || {
        provide_context(stands_on.clone());
        context();
    };
    pages::render(edge, request, context).await
}

/// A form on a page that answers another has come from that one's address. It says itself where it stands.
fn stands_on(parts: &mut Parts) {
    let query = parts.uri.query().unwrap_or_default();
    let page = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == STANDS_ON).map(|(_, page)| page);
    let from = parts.headers.get(REFERER).and_then(|from| from.to_str().ok());
    let origin = from.and_then(|from| from.split_once(CALLS)).map(|(origin, _)| origin);
    let from = origin.zip(page.as_deref().and_then(local::page)).map(|(origin, page)| format!("{origin}{page}"));
    if let Some(Ok(from)) = from.map(|from| HeaderValue::from_str(&from)) {
        parts.headers.insert(REFERER, from);
    }
}

/// What was answered, and the page that it belongs to: of a function that leads nowhere, but back to the form, and has something to say.
async fn to_show(asked: &HeaderMap, response: Response) -> Result<(Uri, String), Response> {
    let address = |headers: &HeaderMap, name| {
        let uri: Uri = headers.get(name)?.to_str().ok()?.parse().ok()?;
        uri.path_and_query()?.as_str().parse::<Uri>().ok()
    };
    let leads_to = address(response.headers(), LOCATION);
    // Leptos may leave an empty query behind.
    let page = address(asked, REFERER).filter(|page| leads_to.is_some_and(|to| to.path() == page.path()));
    let Some(page) = page.filter(|_| response.status().is_redirection()) else { return Err(response) };
    let (parts, body) = response.into_parts();
    let json = to_bytes(body, CALL_MAX).await.unwrap_or_default();
    match String::from_utf8(json.to_vec()) {
        Ok(json) if !["", "null"].contains(&json.as_str()) => Ok((page, json)),
        _ => Err(Response::from_parts(parts, Body::from(json))),
    }
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
