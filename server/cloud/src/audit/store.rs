//! All SQL of the audit log.

use super::Entry;
use crate::authz::Reach;
use crate::db::{Tx, contains};
use crate::fault::StoreError;
use crate::keyset::{Filter, Listing, Sort, Value, page};
use api::audit::{AuditEntry, FAILED, OK};
use api::{ListQuery, Micros, Page, ProjectId, UserId};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqlitePool};

pub async fn last_chain(tx: &mut Tx) -> Result<String, StoreError> {
    let last: Option<String> =
        sqlx::query_scalar("select chain from audit order by id desc limit 1").fetch_optional(&mut **tx).await?;
    Ok(last.unwrap_or_default())
}

pub async fn first_chain(tx: &mut Tx) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar("select chain from audit order by id limit 1").fetch_optional(&mut **tx).await?)
}

pub async fn insert(tx: &mut Tx, at: Micros, entry: &Entry<'_>, chain: &str) -> Result<(), StoreError> {
    sqlx::query(
        "insert into audit (at, user_id, user_name, project_id, verb, kind, target, target_name, result, address, request, chain)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(at)
    .bind(&entry.user_id)
    .bind(entry.user_name)
    .bind(&entry.project_id)
    .bind(entry.verb)
    .bind(entry.kind)
    .bind(entry.target)
    .bind(entry.target_name)
    .bind(entry.result)
    .bind(entry.address)
    .bind(entry.request)
    .bind(chain)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// An entry as it is stored.
#[derive(FromRow)]
pub struct Stored {
    pub id: i64,
    pub at: Micros,
    pub user_id: Option<String>,
    pub user_name: String,
    pub project_id: Option<String>,
    pub verb: String,
    pub kind: String,
    pub target: String,
    pub target_name: String,
    pub result: String,
    pub address: String,
    pub request: String,
    pub chain: String,
}

/// The next entries behind an id, in order.
pub async fn behind(db: &SqlitePool, id: i64, limit: i64) -> Result<Vec<Stored>, StoreError> {
    Ok(sqlx::query_as("select * from audit where id > $1 order by id limit $2")
        .bind(id)
        .bind(limit)
        .fetch_all(db)
        .await?)
}

pub async fn unchained(tx: &mut Tx) -> Result<Vec<Stored>, StoreError> {
    Ok(sqlx::query_as("select * from audit where chain = '' order by id").fetch_all(&mut **tx).await?)
}

pub async fn chain_set(tx: &mut Tx, id: i64, chain: &str) -> Result<(), StoreError> {
    sqlx::query("update audit set chain = $2 where id = $1").bind(id).bind(chain).execute(&mut **tx).await?;
    Ok(())
}

struct View(AuditEntry);

impl FromRow<'_, SqliteRow> for View {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let project: Option<String> = row.try_get("project_id")?;
        let project = project.map(|id| id.parse()).transpose();
        Ok(Self(AuditEntry {
            id: row.try_get("id")?,
            at: row.try_get("at")?,
            user_name: row.try_get("user_name")?,
            project: project.map_err(|_| sqlx::Error::Decode("audit.project_id".into()))?,
            project_name: row.try_get("project_name")?,
            verb: row.try_get("verb")?,
            kind: row.try_get("kind")?,
            target: row.try_get("target")?,
            target_name: row.try_get("target_name")?,
            result: row.try_get("result")?,
            address: row.try_get("address")?,
            request: row.try_get("request")?,
        }))
    }
}

const LIST: Listing = Listing {
    select: "a.*, coalesce((select p.name from project p where p.id = a.project_id), '') as project_name",
    table: "audit a",
    joins: "",
    id: "a.id",
    sorts: &[
        Sort { key: "when", column: "a.id", number: true },
        Sort { key: "user", column: "a.user_name", number: false },
        Sort { key: "what", column: "a.verb", number: false },
        Sort { key: "kind", column: "a.kind", number: false },
        Sort { key: "result", column: "a.result", number: false },
        Sort { key: "address", column: "a.address", number: false },
    ],
    default: "-when",
};

/// What can be searched in.
const SEARCHED: [&str; 6] = ["a.user_name", "a.verb", "a.target", "a.target_name", "a.address", "a.request"];

/// Which entries a list is about.
pub enum Of {
    All,
    /// What was done in it. What was done to a project is filed there too.
    Project(ProjectId),
    /// What was done to the user; and by the user, as far as it was done where the reader manages, in a project or to people.
    User(UserId, Reach),
}

/// A target's id as rows have it: with hyphens. Nothing that a row has, if it is no id.
const TARGET_ROW: &str =
    "(substr(a.target, 1, 8) || '-' || substr(a.target, 9, 4) || '-' || substr(a.target, 13, 4) || '-'
    || substr(a.target, 17, 4) || '-' || substr(a.target, 21))";

fn about(of: Of) -> Filter {
    let text = |id: String| Value::Text(id);
    match of {
        Of::All => Filter::default(),
        Of::Project(project) => Filter::default().and("a.project_id = ?", vec![text(project.0.to_string())]),
        // Targets are written as Keystone writes ids, users as rows have them.
        Of::User(user, Reach::Everywhere) => {
            let values = vec![text(user.to_string()), text(user.0.to_string())];
            Filter::default().and("a.target = ? or a.user_id = ?", values)
        }
        Of::User(user, Reach::Domains(domains)) => {
            let marks = vec!["?"; domains.len()].join(", ");
            // What is filed under no project may have been done to other domains' people, whose names are none of the reader's business.
            let clause = format!(
                "a.target = ? or (a.user_id = ? and (
                 a.project_id in (select p.id from project p where p.domain_id in ({marks}))
                 or (a.project_id is null and (a.kind = 'domain' and {TARGET_ROW} in ({marks})
                     or a.kind = 'user' and exists (
                         select 1 from local_user u where u.id = {TARGET_ROW} and u.domain_id in ({marks}))
                     or a.kind = 'group' and exists (
                         select 1 from user_group g where g.id = {TARGET_ROW} and g.domain_id in ({marks}))))))"
            );
            let mut values = vec![text(user.to_string()), text(user.0.to_string())];
            for _ in 0..4 {
                values.extend(domains.iter().map(|it| text(it.0.to_string())));
            }
            Filter::default().and(clause, values)
        }
    }
}

/// The entries from the one moment until the other.
pub async fn list(
    db: &SqlitePool,
    of: Of,
    (since, until): (Option<Micros>, Option<Micros>),
    query: &ListQuery,
) -> Result<Page<AuditEntry>, StoreError> {
    let mut filter = about(of);
    for (column, part) in [("a.verb", query.filter("verb")), ("a.user_name", query.filter("user"))] {
        if !part.trim().is_empty() {
            filter = filter.and(format!("{column} like ? escape '\\'"), vec![Value::Text(contains(part))]);
        }
    }
    if let Some(since) = since {
        filter = filter.and("a.at >= ?", vec![Value::Int(since)]);
    }
    if let Some(until) = until {
        filter = filter.and("a.at < ?", vec![Value::Int(until)]);
    }
    match query.status.as_str() {
        OK => filter = filter.and("a.result = ?", vec![Value::Text(OK.to_owned())]),
        FAILED => filter = filter.and("a.result <> ?", vec![Value::Text(OK.to_owned())]),
        _ => {}
    }
    if !query.search.trim().is_empty() {
        let clause = SEARCHED.map(|column| format!("{column} like ? escape '\\'")).join(" or ");
        filter = filter.and(clause, vec![Value::Text(contains(&query.search)); SEARCHED.len()]);
    }
    Ok(page::<View>(db, &LIST, filter, query).await?.map(|view| view.0))
}
