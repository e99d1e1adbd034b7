//! All SQL of identity; one file per noun.

pub mod assignment;
pub mod class;
pub mod credential;
pub mod domain;
pub mod group;
pub mod passkey;
pub mod password;
pub mod project;
pub mod provider;
pub mod role;
pub mod seat;
pub mod second_factor;
pub mod session;
pub mod standing;
pub mod ticket;
pub mod token;
pub mod user;

use crate::authz::Reach;
use crate::db::contains;
use crate::fault::StoreError;
use crate::keyset::{Filter, Value};
use api::directory::{DISABLED, ENABLED};
use api::{DomainId, ListQuery, Role};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};
use uuid::Uuid;

type Result<T> = std::result::Result<T, StoreError>;
type Decoded<T> = std::result::Result<T, sqlx::Error>;

/// A UUID column. A text that is none would be a fault of ours, and is reported as one.
fn id<T: From<Uuid>>(text: &str) -> Decoded<T> {
    Uuid::try_parse(text).map(T::from).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

/// The same, of a row.
fn id_at<T: From<Uuid>>(row: &SqliteRow, column: &str) -> Decoded<T> {
    id(row.try_get(column)?)
}

/// The same, where the column may be null.
fn id_or_null<T: From<Uuid>>(row: &SqliteRow, column: &str) -> Decoded<Option<T>> {
    row.try_get::<Option<&str>, _>(column)?.map(id).transpose()
}

/// The policy's role of a strength, as `role.strength` has it.
fn role_of(strength: i64) -> Option<Role> {
    let at = usize::try_from(strength).ok()?.checked_sub(1)?;
    Role::ALL.get(at).copied()
}

/// How the column `role.strength` writes a role.
fn strength_of(role: Role) -> i64 {
    Role::ALL.iter().position(|is| *is == role).map_or(0, |at| at as i64 + 1)
}

/// What is typed names a thing by its id or by its name: the id as rows have it, if it is one.
fn as_id(text: &str) -> Option<String> {
    Uuid::try_parse(text.trim()).ok().map(|id| id.to_string())
}

/// The thing that a text names, by its id or by its name in the domain, and its own domain. An id comes first: else whoever gives a thing
/// another's id for a name could stand in for it.
async fn named<I: From<Uuid>>(
    db: &mut SqliteConnection,
    table: &str,
    domain: DomainId,
    text: &str,
) -> Result<Option<(I, DomainId)>> {
    let select = format!(
        "select id, domain_id from {table} where id = $1 or (domain_id = $2 and name = $3) order by id = $1 desc limit 1"
    );
    let row = sqlx::query(&select)
        .bind(as_id(text).unwrap_or_default())
        .bind(domain.0.to_string())
        .bind(text.trim())
        .fetch_optional(db)
        .await?;
    Ok(row.map(|row| Ok::<_, sqlx::Error>((id_at(&row, "id")?, id_at(&row, "domain_id")?))).transpose()?)
}

/// The things that a text names in any of the domains: by its id, which is one, or by its name, which several may have. Two at most: that is
/// enough to know that it is not one.
async fn named_within<I: From<Uuid>>(
    db: &mut SqliteConnection,
    table: &str,
    reach: &Reach,
    text: &str,
) -> Result<Vec<(I, DomainId)>> {
    let wanted = as_id(text).unwrap_or_default();
    let mut query = QueryBuilder::new(format!("select id, domain_id from {table} where (id = "));
    query.push_bind(wanted.clone()).push(" or name = ").push_bind(text.trim().to_owned()).push(")");
    if let Reach::Domains(domains) = reach {
        query.push(" and domain_id");
        push_ids(&mut query, domains.iter().map(|domain| domain.0));
    }
    query.push(" order by id = ").push_bind(wanted.clone()).push(" desc limit 2");
    let mut rows = query.build().fetch_all(db).await?;
    if rows.first().map(|row| row.try_get::<String, _>("id")).transpose()? == Some(wanted) {
        rows.truncate(1);
    }
    let found = rows.iter().map(|row| Ok((id_at(row, "id")?, id_at(row, "domain_id")?)));
    Ok(found.collect::<std::result::Result<_, sqlx::Error>>()?)
}

/// Only what lies in the domains that may be seen.
fn within(filter: Filter, reach: &Reach, column: &str) -> Filter {
    match reach {
        Reach::Everywhere => filter,
        Reach::Domains(domains) => {
            let marks = vec!["?"; domains.len()].join(", ");
            let values = domains.iter().map(|domain| Value::Text(domain.0.to_string())).collect();
            filter.and(format!("{column} in ({marks})"), values)
        }
    }
}

/// Rows in which one of the columns has the text, or whose id it is.
fn found(filter: Filter, query: &ListQuery, id: &str, columns: &[&str]) -> Filter {
    let text = query.search.trim();
    if text.is_empty() {
        return filter;
    }
    if let Some(wanted) = as_id(text) {
        return filter.and(format!("{id} = ?"), vec![Value::Text(wanted)]);
    }
    let clauses: Vec<String> = columns.iter().map(|column| format!("{column} like ? escape '\\'")).collect();
    filter.and(clauses.join(" or "), vec![Value::Text(contains(text)); columns.len()])
}

/// Only those of the domain that the filter asks for.
fn of_domain(filter: Filter, query: &ListQuery, column: &str) -> Filter {
    match query.filter("domain").parse::<DomainId>() {
        Ok(domain) => filter.and(format!("{column} = ?"), vec![Value::Text(domain.0.to_string())]),
        Err(_) => filter,
    }
}

/// Only those that are switched on, or off, if the status asks for that.
fn switched(filter: Filter, query: &ListQuery, column: &str) -> Filter {
    match query.status.as_str() {
        ENABLED => filter.and(format!("{column} = 1"), Vec::new()),
        DISABLED => filter.and(format!("{column} = 0"), Vec::new()),
        _ => filter,
    }
}

/// `in (…)` with the ids.
fn push_ids<T: ToString>(query: &mut QueryBuilder<'_, Sqlite>, ids: impl IntoIterator<Item = T>) {
    query.push(" in (");
    let mut list = query.separated(", ");
    for id in ids {
        list.push_bind(id.to_string());
    }
    query.push(")");
}
