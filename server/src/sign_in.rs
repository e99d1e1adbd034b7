//! Signing in and out: plain forms, so that they work without any script.

use crate::failure::Failure;
use crate::observe::RequestId;
use crate::session::{IdHash, Origin};
use crate::{Edge, local, pages, session};
use api::account::{Answer, Entry, NewPassword, SignIn, SignInStep, Whence};
use api::identity::SignInShown;
use api::passkey::{Challenge, Shown};
use api::{Error, UserId};
use app::backend::{SignedIn, base_url};
use axum::body::Body;
use axum::extract::{FromRequest as _, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form, Json};
use leptos::prelude::provide_context;
use serde::Deserialize;
use tower_sessions::Session;

/// The most that a sign-in form may hold, in bytes: far more than any name and password, far less than what would cost something.
pub const FORM_MAX: usize = 16 * 1024;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    domain: String,
    name: String,
    password: String,
    next: String,
    /// In place of all these where more was asked for, and the answer.
    ticket: String,
    code: String,
    new: Option<String>,
    again: String,
    /// What a passkey has answered, and the ticket of its question.
    credential: String,
    passkey: String,
}

/// Signs in and goes where the visitor wanted to; or shows what is asked for next, with the reason, the name kept.
pub async fn sign_in(State(edge): State<Edge>, session: Session, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let origin = Origin::of(&parts.extensions, &parts.headers);
    let form = Request::from_parts(parts.clone(), body);
    let form = match Form::<Fields>::from_request(form, &()).await {
        Ok(Form(form)) => form,
        Err(refused) => return refused.into_response(),
    };
    let next = local::page(&form.next).unwrap_or_default().to_owned();
    let from = Whence {
        address: origin.address.clone(),
        request: parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
        site: base_url(edge.settings.public_url.as_ref(), &parts.headers),
    };
    let account = &edge.backend.account;
    let Fields { domain, name, password, ticket, code, new, again, credential, passkey, .. } = form;
    let shown = (!credential.is_empty()).then_some(Shown { ticket: passkey, credential });
    let come = match (ticket.is_empty(), shown) {
        (true, Some(shown)) => account.sign_in_passkey(shown, from).await,
        (true, None) => account.sign_in(SignIn { domain: domain.clone(), name: name.clone(), password, from }).await,
        (false, shown) => {
            let answer = match (shown, new) {
                (Some(shown), _) => Answer::Passkey(shown),
                (None, Some(new)) => Answer::NewPassword(NewPassword { new, again }),
                (None, None) => Answer::Code(code),
            };
            account.sign_in_step(SignInStep { ticket, answer, from }).await
        }
    };
    let (asked, error) = match come {
        Ok(Entry::In(user)) => return welcome(&edge, &session, user, &origin, &next).await,
        Ok(Entry::Asked(asked)) => (Some(asked), None),
        Err(error) => (None, Some(error)),
    };
    page(&edge, parts, SignInShown { domain, name, asked, next, error }).await
}

/// The sign-in page, with what an attempt has come to.
pub async fn page(edge: &Edge, mut parts: Parts, shown: SignInShown) -> Response {
    let error = shown.asked.as_ref().and_then(|asked| asked.error.as_ref()).or(shown.error.as_ref());
    let status = error.map_or(200, Error::status);
    parts.method = Method::GET;
    parts.uri = Uri::from_static(pages::SIGN_IN);
    let page = pages::with_sign_in_options(edge, Request::from_parts(parts, Body::empty())).await;
    let mut response = pages::render(edge, page, move || provide_context(shown.clone())).await;
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}

/// What the page's script asks the authenticators for: any passkey of ours or, after the password, one of the user's.
pub async fn passkey_ask(
    State(edge): State<Edge>,
    headers: HeaderMap,
    Form(form): Form<Fields>,
) -> Result<Json<Challenge>, Failure> {
    let site = base_url(edge.settings.public_url.as_ref(), &headers);
    Ok(Json(edge.backend.passkeys.passkey_ask(&form.ticket, &site).await?))
}

/// Begins the session and leads to where the visitor wanted to.
pub async fn welcome(edge: &Edge, session: &Session, user: UserId, origin: &Origin, next: &str) -> Response {
    match session::sign_in(session, user, edge.cloud.clock().now(), origin).await {
        Ok(()) => Redirect::to(if next.is_empty() { "/" } else { next }).into_response(),
        Err(error) => {
            tracing::error!(%error, "the session cannot be written");
            Failure(Error::Unavailable { what: "The session store".to_owned(), why: "it failed".to_owned() })
                .into_response()
        }
    }
}

/// Ends the session, and with it the event streams and consoles that it opened.
pub async fn sign_out(
    State(edge): State<Edge>,
    session: Session,
    signed_in: Option<Extension<SignedIn>>,
    hash: Option<Extension<IdHash>>,
) -> Response {
    if let Some((Extension(signed_in), Extension(hash))) = signed_in.zip(hash) {
        let SignedIn { user, address, request, .. } = signed_in;
        let from = Whence { address, request, ..Whence::default() };
        if let Err(error) = edge.cloud.identity.sign_out(user, &hash.0, &from).await {
            return Failure(error).into_response();
        }
    }
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
