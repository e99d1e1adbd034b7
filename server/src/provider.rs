//! Signing in with a domain's provider of identity: there by a link, and back. Links and redirects only, so that no script is needed; and
//! no form, because a page's policy lets forms be sent to nobody but us.

use crate::observe::RequestId;
use crate::session::Origin;
use crate::{Edge, local, sign_in};
use api::account::Whence;
use api::identity::SignInShown;
use api::{Error, Kind};
use app::backend::base_url;
use axum::extract::{Path, Query, Request, State};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Redirect, Response};
use cloud::identity::Return;
use serde::Deserialize;
use tower_sessions::Session;

/// As long as somebody may take to sign in there, in seconds.
const PATIENCE: u32 = 600;

/// The prefix keeps other hosts of the domain, and other paths, from setting it over ours.
fn cookie_name(edge: &Edge) -> &'static str {
    if edge.settings.secure() { "__Host-offing-journey" } else { "offing-journey" }
}

fn cookie(edge: &Edge, value: &str, seconds: u32) -> Option<HeaderValue> {
    let secure = if edge.settings.secure() { "; Secure" } else { "" };
    let name = cookie_name(edge);
    // Lax: the way back is a link on another site's page.
    HeaderValue::from_str(&format!("{name}={value}; Path=/; Max-Age={seconds}; SameSite=Lax; HttpOnly{secure}")).ok()
}

fn carried(edge: &Edge, headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
    let mut pairs = cookies.flat_map(|header| header.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == cookie_name(edge)).map(|(_, value)| value.to_owned())
}

fn with_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Wish {
    next: String,
}

/// Sends the visitor to the provider of the domain.
pub async fn depart(
    State(edge): State<Edge>,
    Path(domain): Path<String>,
    Query(wish): Query<Wish>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let next = local::page(&wish.next).unwrap_or_default().to_owned();
    let site = base_url(edge.settings.public_url.as_ref(), &parts.headers);
    let gone = match domain.parse() {
        Ok(domain) => edge.cloud.identity.provider_depart(domain, &next, &site).await,
        Err(_) => Err(Error::not_found(Kind::Domain, domain.chars().take(64).collect::<String>())),
    };
    match gone {
        Ok(gone) => with_cookie(Redirect::to(&gone.url).into_response(), cookie(&edge, &gone.ticket, PATIENCE)),
        Err(error) => refused(&edge, parts, next, error).await,
    }
}

/// What a provider adds to the address.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Answer {
    code: String,
    state: String,
    iss: Option<String>,
    error: Option<String>,
}

/// Begins the session of whoever comes back, and leads to where they wanted to go.
pub async fn come_back(
    State(edge): State<Edge>,
    Query(answer): Query<Answer>,
    session: Session,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let origin = Origin::of(&parts.extensions, &parts.headers);
    let from = Whence {
        address: origin.address.clone(),
        request: parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
        site: base_url(edge.settings.public_url.as_ref(), &parts.headers),
    };
    let ticket = carried(&edge, &parts.headers).unwrap_or_default();
    let came = Return {
        ticket: &ticket,
        state: &answer.state,
        code: &answer.code,
        issuer: answer.iss.as_deref(),
        error: answer.error.as_deref(),
    };
    let response = match edge.cloud.identity.provider_return(came, &from).await {
        Ok((user, next)) => {
            let next = local::page(&next).unwrap_or_default();
            sign_in::welcome(&edge, &session, user, &origin, next).await
        }
        Err(error) => refused(&edge, parts, String::new(), error).await,
    };
    // Whatever came of it, the journey is over.
    with_cookie(response, cookie(&edge, "", 0))
}

/// The sign-in page, with the reason.
async fn refused(edge: &Edge, parts: Parts, next: String, error: Error) -> Response {
    sign_in::page(edge, parts, SignInShown { next, error: Some(error), ..SignInShown::default() }).await
}
