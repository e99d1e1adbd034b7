//! Plain forms that the edge itself takes, because they carry a file one way or the other.

use crate::Edge;
use crate::failure::Failure;
use api::{Caller, Error, Kind, ProjectId, Result};
use app::backend::SignedIn;
use app::{Fail, paths};
use axum::extract::Extension;
use axum::response::{IntoResponse, Redirect, Response};
use leptos::server_fn::error::ServerFnUrlError;

/// Who has posted a form, in the project of its address.
pub async fn caller(edge: &Edge, project: &str, signed_in: Option<Extension<SignedIn>>) -> Result<Caller> {
    let Extension(signed_in) = signed_in.ok_or(Error::Unauthenticated)?;
    let project: ProjectId = project.parse().map_err(|_| Error::not_found(Kind::Project, project))?;
    signed_in.caller(&*edge.backend.identity, project).await
}

/// Back to the form's page with its values and the error in the address, where Leptos puts the errors of plain forms too: under `path`,
/// the address of what the form was posted to.
pub fn back(page: &str, values: &[(&str, &str)], path: &str, error: Error) -> Response {
    let page = format!("http://offing{}", paths::with_query(page, values));
    match ServerFnUrlError::new(path, Fail(error.clone())).to_url(&page) {
        Ok(url) => Redirect::to(&format!("{}?{}", url.path(), url.query().unwrap_or_default())).into_response(),
        Err(_) => Failure(error).into_response(),
    }
}
