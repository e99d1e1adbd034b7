//! All SQL of the audit log.

use super::Entry;
use crate::db::{Tx, contains};
use crate::fault::StoreError;
use crate::keyset::{Filter, Listing, Sort, Value, page};
use api::audit::{AuditEntry, FAILED, OK};
use api::{ListQuery, Micros, Page, ProjectId};
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

/// The entries of a project, or of all and of none.
pub async fn list(db: &SqlitePool, of: Option<ProjectId>, query: &ListQuery) -> Result<Page<AuditEntry>, StoreError> {
    let mut filter = Filter::default();
    if let Some(project) = of {
        filter = filter.and("a.project_id = ?", vec![Value::Text(project.0.to_string())]);
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
