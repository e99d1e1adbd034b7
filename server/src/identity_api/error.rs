//! What goes wrong, in Keystone's words.

use api::Error;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Keystone's body of an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    status: StatusCode,
    message: String,
    /// What it is to the services; `None` where none was asked.
    error: Option<Error>,
}

impl Refusal {
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), error: None }
    }

    pub fn because(self, error: Error) -> Self {
        Self { error: Some(error), ..self }
    }

    /// What was sent cannot be understood.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let status = match &error {
            // Keystone answers a passed limit so.
            Error::Quota { .. } => StatusCode::FORBIDDEN,
            // A name that is taken is a conflict to programs, and a fault of its field to people.
            Error::Invalid(fields) if fields.iter().any(|field| matches!(field.why, api::Why::Taken { .. })) => {
                StatusCode::CONFLICT
            }
            other => StatusCode::from_u16(other.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        };
        let message = match &error {
            Error::Unauthenticated => "The request you have made requires authentication.".to_owned(),
            other => other.to_string(),
        };
        Self::new(status, message).because(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let title = self.status.canonical_reason().unwrap_or_default();
        let body = json!({"error": {"code": self.status.as_u16(), "message": self.message, "title": title}});
        let mut response = (self.status, Json(body)).into_response();
        // The gate writes down what was refused.
        if let Some(error) = self.error {
            response.extensions_mut().insert(error);
        }
        response
    }
}
