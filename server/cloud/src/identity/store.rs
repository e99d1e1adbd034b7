//! All SQL of identity; one file per noun.

pub mod assignment;
pub mod domain;
pub mod project;
pub mod session;
pub mod user;

use crate::fault::StoreError;
use api::Role;
use uuid::Uuid;

type Result<T> = std::result::Result<T, StoreError>;

/// A UUID column. A text that is none would be a fault of ours, and is reported as one.
fn id<T: From<Uuid>>(text: &str) -> std::result::Result<T, sqlx::Error> {
    Uuid::try_parse(text).map(T::from).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

fn role(text: &str) -> std::result::Result<Role, sqlx::Error> {
    text.parse().map_err(|_| sqlx::Error::Decode(format!("role {text}").into()))
}
