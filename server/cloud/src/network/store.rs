//! All SQL of the network service; one file per noun.

#[cfg(test)]
pub mod fixture;
pub mod floating_ip;
pub mod network;
pub mod port;
pub mod purge;
pub mod router;
pub mod security_group;
pub mod snapshot;

use super::engine::Cidr;
use crate::fault::StoreError;
use api::network::NetStatus;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite};
use std::net::Ipv4Addr;
use uuid::Uuid;

type Result<T> = std::result::Result<T, StoreError>;
type Decoded<T> = std::result::Result<T, sqlx::Error>;

/// A text column that stands for something else. A text that does not parse is a fault of ours, and is reported as one.
fn parsed<T>(row: &SqliteRow, column: &str, parse: impl FnOnce(&str) -> Option<T>) -> Decoded<T> {
    parse(row.try_get(column)?).ok_or_else(|| sqlx::Error::Decode(column.to_owned().into()))
}

/// The same, where the column may be null.
fn parsed_or_null<T>(row: &SqliteRow, column: &str, parse: impl FnOnce(&str) -> Option<T>) -> Decoded<Option<T>> {
    match row.try_get::<Option<&str>, _>(column)? {
        Some(text) => parse(text).map(Some).ok_or_else(|| sqlx::Error::Decode(column.to_owned().into())),
        None => Ok(None),
    }
}

fn uuid<T: From<Uuid>>(text: &str) -> Option<T> {
    Uuid::try_parse(text).ok().map(T::from)
}

fn id<T: From<Uuid>>(row: &SqliteRow, column: &str) -> Decoded<T> {
    parsed(row, column, uuid)
}

fn address(text: &str) -> Option<Ipv4Addr> {
    text.parse().ok()
}

fn cidr(row: &SqliteRow) -> Decoded<Cidr> {
    parsed(row, "cidr", |text| Cidr::parse(text).ok())
}

fn status(row: &SqliteRow) -> Decoded<NetStatus> {
    parsed(row, "status", NetStatus::parse)
}

/// Appends `(…)` with each id bound, for `in`.
fn among(query: &mut QueryBuilder<'_, Sqlite>, ids: impl Iterator<Item = Uuid>) {
    query.push("(");
    let mut list = query.separated(", ");
    for id in ids {
        list.push_bind(id.to_string());
    }
    query.push(")");
}
