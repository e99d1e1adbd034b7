//! The page behind a code, by which students come in: shown to everybody, and a plain form, so that it works without any script.
//!
//! Whoever has set a password there is led to the sign-in page with the name to sign in with: everything that is asked for at a sign-in
//! is asked for there, and nowhere twice.

use crate::observe::RequestId;
use crate::session::Origin;
use crate::{Edge, pages};
use api::class::{JoinForm, JoinShown};
use axum::Form;
use axum::body::Body;
use axum::extract::{FromRequest as _, Path, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

/// Where the page stands, with the code behind it.
pub const JOIN: &str = "/join/";

#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields {
    name: String,
    password: String,
    again: String,
}

/// Reads what the code opens for the page.
pub async fn show(edge: Edge, mut request: Request, next: Next) -> Response {
    let code = request.uri().path().strip_prefix(JOIN).unwrap_or_default();
    let address = Origin::of(request.extensions(), request.headers()).address;
    let joining = edge.backend.classes.join_show(code, &address).await;
    let found = joining.is_ok();
    request.extensions_mut().insert(JoinShown { joining: Some(joining), ..JoinShown::default() });
    let mut response = next.run(request).await;
    if !found {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

/// Takes the form; shows it again with the reason, the name kept.
pub async fn join(State(edge): State<Edge>, Path(code): Path<String>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let address = Origin::of(&parts.extensions, &parts.headers).address;
    let id = parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let form = Request::from_parts(parts.clone(), body);
    let Fields { name, password, again } = match Form::<Fields>::from_request(form, &()).await {
        Ok(Form(form)) => form,
        Err(refused) => return refused.into_response(),
    };
    let classes = &edge.backend.classes;
    let form = JoinForm { name: name.clone(), password, again };
    let error = match classes.join(&code, form, &address, &id).await {
        Ok(user) => {
            let name = form_urlencoded::byte_serialize(user.as_bytes()).collect::<String>();
            return Redirect::to(&format!("{}?name={name}", pages::SIGN_IN)).into_response();
        }
        Err(error) => error,
    };
    // A code that opens nothing has been counted already.
    let joining = match error.of_field("code") {
        Some(_) => Err(error.clone()),
        None => classes.join_show(&code, &address).await,
    };
    let status = if joining.is_ok() { error.status() } else { 404 };
    parts.extensions.insert(JoinShown { joining: Some(joining), error: Some(error), name });
    parts.method = Method::GET;
    let mut response = pages::render(&edge, Request::from_parts(parts, Body::empty()), || ()).await;
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}
