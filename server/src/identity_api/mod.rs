//! Keystone's API, as far as it is there: version documents, tokens, application credentials.
//!
//! Every request but those that ask for a token brings one, in a header that no browser sends by itself. `gate` asks what it stands for and
//! whether its access rules allow the request; the services decide the rest, as they do for the console.

mod credential;
mod error;
mod json;
mod token;

use crate::observe::RequestId;
use crate::session::Origin;
use crate::{Edge, attempt};
use api::Error;
use app::backend::base_url;
use axum::Json;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{HeaderMap, HeaderName, HeaderValue, VARY, WWW_AUTHENTICATE};
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use cloud::identity::Bearer;
use error::Refusal;
use serde_json::{Value, json};
use tower_http::limit::RequestBodyLimitLayer;

/// Whose request it is.
pub const AUTH_TOKEN: HeaderName = HeaderName::from_static("x-auth-token");
/// The token that a request is about.
pub const SUBJECT_TOKEN: HeaderName = HeaderName::from_static("x-subject-token");
/// Where the service's endpoint is.
const ROOT: &str = "/identity";
/// Where tokens are, below it.
const TOKENS: &str = "/v3/auth/tokens";
/// The service's type, as access rules call it.
const SERVICE: &str = "identity";
/// The most that a request may hold, in bytes: more than a hundred access rules.
const BODY_MAX: usize = 64 * 1024;

/// Everything below `/identity`.
pub fn routes(edge: &Edge) -> Router<Edge> {
    let known = Router::new()
        .route("/identity/v3/auth/tokens", get(token::show).delete(token::revoke))
        .route("/identity/v3/auth/catalog", get(token::catalog))
        .route("/identity/v3/users/{user}/application_credentials", get(credential::list).post(credential::create))
        .route(
            "/identity/v3/users/{user}/application_credentials/{id}",
            get(credential::show).delete(credential::delete),
        )
        .layer(from_fn_with_state(edge.clone(), gate));
    Router::new()
        .route("/identity", get(versions))
        .route("/identity/", get(versions))
        .route("/identity/v3", get(version))
        .route("/identity/v3/", get(version))
        .route("/identity/v3/auth/tokens", post(token::create))
        .route("/identity/{*rest}", any(nothing))
        .merge(known)
        .layer(RequestBodyLimitLayer::new(BODY_MAX))
        .layer(from_fn_with_state(edge.clone(), say_where))
}

/// Lets through what a token that stands for something may ask for. What it would change and may not is written down.
async fn gate(State(edge): State<Edge>, mut request: Request, next: Next) -> Result<Response, Refusal> {
    let origin = Origin::of(request.extensions(), request.headers());
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let token = text(request.headers(), &AUTH_TOKEN);
    let bearer = edge.cloud.identity.bearer(token, &origin.address, &id).await?;
    let path = request.uri().path().strip_prefix(ROOT).unwrap_or_default();
    let with = bearer.scope.as_ref().and_then(|scope| scope.credential.as_ref());
    let is_allowed = with.filter(|with| !with.rules.is_empty()).is_none_or(|with| {
        // A token may always ask what itself is, and end itself.
        let about_itself = path == TOKENS && text(request.headers(), &SUBJECT_TOKEN) == token;
        about_itself || with.rules.iter().any(|rule| rule.allows(SERVICE, request.method().as_str(), path))
    });
    let tried = change(request.method(), path).zip(bearer.scope.as_ref().map(|scope| scope.caller.clone()));
    let response = if is_allowed {
        request.extensions_mut().insert(bearer);
        next.run(request).await
    } else {
        let why = "The access rules of the application credential do not allow this request.";
        Refusal::new(StatusCode::FORBIDDEN, why).because(Error::Delegated).into_response()
    };
    let error = response.extensions().get::<Error>().cloned();
    if let Some(((verb, caller), error)) = tried.zip(error) {
        attempt::refused(&edge, &caller, verb, None, &error).await;
    }
    Ok(response)
}

/// What a request would change, as the audit log calls it.
fn change(method: &Method, path: &str) -> Option<&'static str> {
    match method.as_str() {
        "POST" => Some("application_credential_create"),
        "DELETE" if path == TOKENS => Some("token_revoke"),
        "DELETE" => Some("application_credential_delete"),
        _ => None,
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Tells those who bring no token where to get one.
async fn say_where(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    let base = base(&edge, request.headers());
    let mut response = next.run(request).await;
    response.headers_mut().append(VARY, HeaderValue::from_static("X-Auth-Token"));
    if response.status() == StatusCode::UNAUTHORIZED
        && let Ok(value) = HeaderValue::from_str(&format!("Keystone uri=\"{base}{ROOT}\""))
    {
        response.headers_mut().insert(WWW_AUTHENTICATE, value);
    }
    response
}

fn base(edge: &Edge, headers: &HeaderMap) -> String {
    base_url(edge.backend.public_url.as_ref(), headers)
}

fn document(base: &str) -> Value {
    json!({
        "id": "v3.14",
        "status": "stable",
        "updated": "2020-04-07T00:00:00Z",
        "links": [{"rel": "self", "href": format!("{base}{ROOT}/v3/")}],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}],
    })
}

async fn versions(State(edge): State<Edge>, headers: HeaderMap) -> Response {
    let body = json!({"versions": {"values": [document(&base(&edge, &headers))]}});
    (StatusCode::MULTIPLE_CHOICES, Json(body)).into_response()
}

async fn version(State(edge): State<Edge>, headers: HeaderMap) -> Json<Value> {
    Json(json!({"version": document(&base(&edge, &headers))}))
}

async fn nothing(uri: Uri) -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, format!("There is nothing at {}.", uri.path()))
}

/// The caller that a token stands for, in its project.
fn scoped(bearer: &Bearer) -> Result<&cloud::identity::Scope, Refusal> {
    let unscoped = || Refusal::new(StatusCode::FORBIDDEN, "This takes a token that is scoped to a project.");
    bearer.scope.as_ref().ok_or_else(unscoped)
}
