//! Who has posted to an address of the edge's own.

use crate::Edge;
use api::{Caller, Error, Kind, ProjectId, Result};
use app::backend::SignedIn;
use axum::extract::Extension;

/// Who has posted a form, in the project of its address.
pub async fn caller(edge: &Edge, project: &str, signed_in: Option<Extension<SignedIn>>) -> Result<Caller> {
    let Extension(signed_in) = signed_in.ok_or(Error::Unauthenticated)?;
    let project: ProjectId = project.parse().map_err(|_| Error::not_found(Kind::Project, project))?;
    signed_in.caller(&*edge.backend.identity, project).await
}
