//! `/v3/users/{user}/application_credentials`.

use super::error::Refusal;
use super::{ROOT, base, json, scoped};
use crate::Edge;
use api::credential::{CredentialForm, Credentials as _};
use api::{Caller, Error, Kind, ListQuery};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Extension, Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::HeaderMap;
use cloud::identity::Bearer;
use serde::Deserialize;
use serde_json::{Value, json as object};

#[derive(Deserialize)]
struct Asked {
    application_credential: New,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct New {
    name: String,
    description: Option<String>,
    secret: Option<String>,
    expires_at: Option<String>,
    roles: Option<Vec<Role>>,
    unrestricted: Option<bool>,
    access_rules: Option<Vec<Rule>>,
}

#[derive(Deserialize)]
struct Role {
    id: Option<String>,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Rule {
    service: String,
    method: String,
    path: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    name: Option<String>,
}

/// The caller, on whose own credentials alone a request can be. Another user's are as unknown as those that never were.
fn own<'a>(bearer: &'a Bearer, user: &str) -> Result<&'a Caller, Refusal> {
    let caller = &scoped(bearer)?.caller;
    match user.parse() {
        Ok(user) if caller.user == user => Ok(caller),
        _ => Err(Error::not_found(Kind::User, user).into()),
    }
}

fn parse(id: &str) -> Result<api::ApplicationCredentialId, Refusal> {
    id.parse().map_err(|_| Error::not_found(Kind::ApplicationCredential, id).into())
}

pub async fn list(
    State(edge): State<Edge>,
    Path(user): Path<String>,
    Query(filter): Query<Filter>,
    Extension(bearer): Extension<Bearer>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    let caller = own(&bearer, &user)?;
    let root = format!("{}{ROOT}", base(&edge, &headers));
    let mut all = Vec::new();
    let mut query = ListQuery { limit: ListQuery::MAX_LIMIT, ..ListQuery::default() };
    loop {
        let page = edge.cloud.identity.credential_list(caller, &query).await?;
        let wanted = page.items.iter().filter(|it| filter.name.as_ref().is_none_or(|name| *name == it.name));
        all.extend(wanted.map(|it| json::credential(it, &root, None)));
        let Some(next) = page.next else { break };
        query.after = next;
    }
    let own = format!("{root}/v3/users/{user}/application_credentials");
    let links = object!({"self": own, "previous": null, "next": null});
    Ok(Json(object!({"application_credentials": all, "links": links})))
}

pub async fn show(
    State(edge): State<Edge>,
    Path((user, id)): Path<(String, String)>,
    Extension(bearer): Extension<Bearer>,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    let found = edge.cloud.identity.credential_show(own(&bearer, &user)?, parse(&id)?).await?;
    let root = format!("{}{ROOT}", base(&edge, &headers));
    Ok(Json(object!({"application_credential": json::credential(&found, &root, None)})))
}

pub async fn create(
    State(edge): State<Edge>,
    Path(user): Path<String>,
    Extension(bearer): Extension<Bearer>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    let caller = own(&bearer, &user)?;
    let asked = serde_json::from_slice::<Asked>(&body);
    let asked = asked.map_err(|error| Refusal::malformed(format!("The request is not understood: {error}")))?;
    let new = asked.application_credential;
    let roles = new.roles.unwrap_or_default().into_iter().map(|role| role.id.or(role.name).unwrap_or_default());
    let rules = new.access_rules.unwrap_or_default().into_iter();
    let form = CredentialForm {
        name: new.name,
        description: new.description.unwrap_or_default(),
        roles: roles.collect(),
        expires: new.expires_at.unwrap_or_default(),
        unrestricted: new.unrestricted.unwrap_or_default(),
        rules: rules.map(|rule| format!("{} {} {}", rule.service, rule.method, rule.path)).collect(),
        secret: new.secret,
    };
    let made = edge.cloud.identity.credential_create(caller, form).await?;
    let root = format!("{}{ROOT}", base(&edge, &headers));
    let shown = json::credential(&made.credential, &root, Some(&made.secret));
    Ok((StatusCode::CREATED, Json(object!({"application_credential": shown}))))
}

pub async fn delete(
    State(edge): State<Edge>,
    Path((user, id)): Path<(String, String)>,
    Extension(bearer): Extension<Bearer>,
) -> Result<StatusCode, Refusal> {
    edge.cloud.identity.credential_delete(own(&bearer, &user)?, parse(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
