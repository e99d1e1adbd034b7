//! `api::Error` as an HTTP answer, for what is asked by scripts and not by people.

use api::Error;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// Answers with the error as JSON and the status that says it best.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(pub Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<app::Fail> for Failure {
    fn from(fail: app::Fail) -> Self {
        Self(fail.0)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(self.0)).into_response()
    }
}
