//! `/v3/auth`: getting a token, asking what one stands for, ending it.

use super::error::Refusal;
use super::{SUBJECT_TOKEN, base, json, scoped, text};
use crate::Edge;
use crate::observe::RequestId;
use crate::session::Origin;
use api::Error;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Extension, RawQuery, State};
use axum::http::header::{HeaderMap, HeaderValue};
use axum::http::{Extensions, StatusCode};
use axum::response::{IntoResponse, Response};
use cloud::identity::{Bearer, CredentialProof, Named, ScopeRequest, TokenMethod, TokenRequest};
use serde::Deserialize;
use serde_json::{Value, json as object};

#[derive(Deserialize)]
struct Asked {
    auth: Auth,
}

#[derive(Deserialize)]
struct Auth {
    identity: Identity,
    scope: Option<Scope>,
}

#[derive(Deserialize)]
struct Identity {
    methods: Vec<String>,
    password: Option<Password>,
    application_credential: Option<Credential>,
    token: Option<Token>,
}

#[derive(Deserialize)]
struct Password {
    user: User,
}

/// A user, project or domain: by id, or by name and domain.
#[derive(Default, Deserialize)]
#[serde(default)]
struct User {
    id: Option<String>,
    name: Option<String>,
    domain: Option<Box<User>>,
    password: Option<String>,
}

#[derive(Deserialize)]
struct Credential {
    id: Option<String>,
    name: Option<String>,
    user: Option<User>,
    secret: String,
}

#[derive(Deserialize)]
struct Token {
    id: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Scope {
    Word(String),
    Thing(Thing),
}

#[derive(Deserialize)]
struct Thing {
    project: Option<User>,
    unscoped: Option<Value>,
}

impl From<User> for Named {
    fn from(user: User) -> Self {
        let domain = user.domain.and_then(|domain| domain.id.or(domain.name));
        Self { id: user.id, name: user.name.unwrap_or_default(), domain: domain.unwrap_or_default() }
    }
}

impl Auth {
    fn method(identity: Identity) -> Result<TokenMethod, Refusal> {
        let [method] = &identity.methods[..] else {
            return Err(Refusal::malformed("Name one method: password, token or application_credential."));
        };
        let missing = || Refusal::malformed(format!("There is no {method} beside the method {method}."));
        match method.as_str() {
            "password" => {
                let mut user = identity.password.ok_or_else(missing)?.user;
                let password = user.password.take().unwrap_or_default();
                Ok(TokenMethod::Password { user: user.into(), password })
            }
            "application_credential" => {
                let Credential { id, name, user, secret } = identity.application_credential.ok_or_else(missing)?;
                let (name, user) = (name.unwrap_or_default(), user.unwrap_or_default().into());
                Ok(TokenMethod::ApplicationCredential(CredentialProof { id, name, user, secret }))
            }
            "token" => Ok(TokenMethod::Token(identity.token.ok_or_else(missing)?.id)),
            // Keystone answers what it does not know like what it does not believe.
            _ => Err(Error::Unauthenticated.into()),
        }
    }

    fn scope(scope: Option<Scope>) -> Result<ScopeRequest, Refusal> {
        match scope {
            None => Ok(ScopeRequest::Default),
            Some(Scope::Word(word)) if word == "unscoped" => Ok(ScopeRequest::Unscoped),
            Some(Scope::Thing(Thing { project: Some(project), .. })) => Ok(ScopeRequest::Project(project.into())),
            Some(Scope::Thing(Thing { unscoped: Some(_), .. })) => Ok(ScopeRequest::Unscoped),
            Some(_) => Err(Refusal::malformed("A token is scoped to a project, or to nothing.")),
        }
    }
}

pub async fn create(
    State(edge): State<Edge>,
    RawQuery(query): RawQuery,
    extensions: Extensions,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let asked = serde_json::from_slice::<Asked>(&body);
    let Asked { auth } =
        asked.map_err(|error| Refusal::malformed(format!("The request is not understood: {error}")))?;
    let asked = TokenRequest {
        method: Auth::method(auth.identity)?,
        scope: Auth::scope(auth.scope)?,
        address: Origin::of(&extensions, &headers).address,
        request: extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
    };
    let issued = edge.cloud.identity.token_issue(asked).await.map_err(|error| match &error {
        // What is said beside a field of the sign-in form is said here too; but nobody is let in.
        Error::Invalid(fields) => {
            let why: Vec<String> = fields.iter().map(|field| field.why.to_string()).collect();
            Refusal::new(StatusCode::UNAUTHORIZED, why.join(" "))
        }
        _ => error.into(),
    })?;
    let (token, bearer) = issued;
    Ok(shown(&edge, &headers, query, &bearer, &token, StatusCode::CREATED))
}

/// A token and what it stands for.
fn shown(
    edge: &Edge,
    headers: &HeaderMap,
    query: Option<String>,
    bearer: &Bearer,
    token: &str,
    status: StatusCode,
) -> Response {
    let without = query.is_some_and(|query| query.split('&').any(|part| part.split('=').next() == Some("nocatalog")));
    let catalog = (!without).then(|| json::catalog(&base(edge, headers)));
    let mut response = (status, Json(json::token(bearer, catalog))).into_response();
    if let Ok(value) = HeaderValue::from_str(token) {
        response.headers_mut().insert(SUBJECT_TOKEN, value);
    }
    response
}

/// The token that a request is about: one's own, or anybody's for those who may end sessions. Others do not exist.
async fn subject(edge: &Edge, bearer: &Bearer, headers: &HeaderMap) -> Result<Bearer, Refusal> {
    let gone = || Refusal::new(StatusCode::NOT_FOUND, "There is no such token, or it has ended.");
    let found = edge.cloud.identity.bearer(text(headers, &SUBJECT_TOKEN), "", "").await.map_err(|_| gone())?;
    let may_all = bearer.scope.as_ref().is_some_and(|scope| edge.cloud.identity.may_end_tokens(&scope.caller));
    if found.user.id == bearer.user.id || may_all { Ok(found) } else { Err(gone()) }
}

pub async fn show(
    State(edge): State<Edge>,
    RawQuery(query): RawQuery,
    Extension(bearer): Extension<Bearer>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let found = subject(&edge, &bearer, &headers).await?;
    Ok(shown(&edge, &headers, query, &found, text(&headers, &SUBJECT_TOKEN), StatusCode::OK))
}

pub async fn revoke(
    State(edge): State<Edge>,
    Extension(bearer): Extension<Bearer>,
    Extension(request): Extension<RequestId>,
    headers: HeaderMap,
) -> Result<StatusCode, Refusal> {
    let found = subject(&edge, &bearer, &headers).await?;
    edge.cloud.identity.token_revoke(&bearer, &found, &request.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub async fn catalog(
    State(edge): State<Edge>,
    Extension(bearer): Extension<Bearer>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    scoped(&bearer)?;
    let base = base(&edge, &headers);
    let links = object!({"self": format!("{base}/identity/v3/auth/catalog"), "previous": null, "next": null});
    Ok(Json(object!({"catalog": json::catalog(&base), "links": links})))
}
