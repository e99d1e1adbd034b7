//! Signing in and out: plain forms, so that they work without any script.

use crate::failure::Failure;
use crate::observe::RequestId;
use crate::session::Origin;
use crate::{Edge, local, pages, session};
use api::Error;
use api::account::{NewPassword, SignIn};
use api::identity::SignInFailure;
use axum::Form;
use axum::body::Body;
use axum::extract::{FromRequest as _, Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::provide_context;
use serde::Deserialize;
use tower_sessions::Session;

/// The most that a sign-in form may hold, in bytes: far more than any name and password, far less than what would cost something.
pub const FORM_MAX: usize = 16 * 1024;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Credentials {
    domain: String,
    name: String,
    password: String,
    next: String,
    /// Only where a new one has to be chosen.
    new: Option<String>,
    again: String,
}

/// Signs in and goes where the visitor wanted to; or shows the form again with the reason, the name kept.
pub async fn sign_in(State(edge): State<Edge>, session: Session, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let origin = Origin::of(&parts.extensions, &parts.headers);
    let form = Request::from_parts(parts.clone(), body);
    let credentials = match Form::<Credentials>::from_request(form, &()).await {
        Ok(Form(credentials)) => credentials,
        Err(refused) => return refused.into_response(),
    };
    let next = local::page(&credentials.next).unwrap_or_default().to_owned();
    let attempt = SignIn {
        domain: credentials.domain.clone(),
        name: credentials.name.clone(),
        password: credentials.password,
        new: credentials.new.map(|new| NewPassword { new, again: credentials.again }),
        address: origin.address.clone(),
        request: parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
    };
    let changing = attempt.new.is_some();
    match edge.backend.account.sign_in(attempt).await {
        Ok(user) => match session::sign_in(&session, user, edge.cloud.clock().now(), &origin).await {
            Ok(()) => Redirect::to(if next.is_empty() { "/" } else { &next }).into_response(),
            Err(error) => {
                tracing::error!(%error, "the session cannot be written");
                Failure(Error::Unavailable { what: "The session store".to_owned(), why: "it failed".to_owned() })
                    .into_response()
            }
        },
        Err(error) => {
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let change = changing || error.of_field("new").is_some();
            let failure = SignInFailure { domain: credentials.domain, name: credentials.name, change, next, error };
            let mut page = pages::with_sign_in_options(&edge, Request::from_parts(parts, Body::empty())).await;
            *page.method_mut() = Method::GET;
            let mut response = pages::render(&edge, page, move || provide_context(failure.clone())).await;
            *response.status_mut() = status;
            response
        }
    }
}

/// Ends the session, and with it the event streams and consoles that it opened.
pub async fn sign_out(State(edge): State<Edge>, session: Session) -> Response {
    if session.id().is_some()
        && let Err(error) = session.flush().await
    {
        tracing::error!(%error, "the session cannot be ended");
        return Failure(Error::Unavailable { what: "The session store".to_owned(), why: "it failed".to_owned() })
            .into_response();
    }
    edge.signed_out.send_replace(());
    Redirect::to(pages::SIGN_IN).into_response()
}
