//! From inner errors to what a person may read.
//!
//! Each outside thing has its own error type inside this crate. Here, and only here, they become `api::Error`: the whole chain goes to
//! the log once, under an incident's id, and the person gets the id.

use api::Error;
use std::error::Error as StdError;
use uuid::Uuid;

/// A failed statement. What is a person's doing (a name that is taken) is told apart before it comes here.
#[derive(Debug, thiserror::Error)]
#[error("the database failed: {0}")]
pub struct StoreError(#[from] pub sqlx::Error);

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        incident("database", &error.0)
    }
}

/// Logs the whole chain and answers with the incident's id.
pub fn incident(what: &str, error: &(dyn StdError + 'static)) -> Error {
    let incident = Uuid::new_v4().simple().to_string()[..12].to_owned();
    let mut chain = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        chain.push_str(": ");
        chain.push_str(&inner.to_string());
        source = inner.source();
    }
    tracing::error!(incident, what, error = chain, "internal error");
    Error::Internal { incident }
}
