//! All SQL of key pairs.

use super::key::Public;
use crate::db::{Tx, contains};
use crate::fault::StoreError;
use crate::keyset::{Filter, Listing, Sort, Value, page};
use api::compute::Keypair;
use api::{KeypairId, ListQuery, Micros, Page, UserId};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqliteConnection, SqlitePool};

struct View(Keypair);

impl FromRow<'_, SqliteRow> for View {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self(Keypair {
            id: row.try_get::<String, _>("id")?.parse().map_err(|_| sqlx::Error::Decode("keypair.id".into()))?,
            name: row.try_get("name")?,
            algorithm: row.try_get("algorithm")?,
            fingerprint: row.try_get("fingerprint")?,
            public_key: row.try_get("public_key")?,
            created_at: row.try_get("created_at")?,
        }))
    }
}

const LIST: Listing = Listing {
    select: "k.*",
    table: "keypair k",
    joins: "",
    id: "k.id",
    sorts: &[
        Sort { key: "name", column: "k.name", number: false },
        Sort { key: "type", column: "k.algorithm", number: false },
        Sort { key: "created", column: "k.created_at", number: true },
    ],
    default: "name",
};

pub async fn list(db: &SqlitePool, user: UserId, query: &ListQuery) -> Result<Page<Keypair>, StoreError> {
    let mut filter = Filter::default().and("k.user_id = ?", vec![Value::Text(user.0.to_string())]);
    if !query.search.trim().is_empty() {
        let pattern = Value::Text(contains(&query.search));
        filter =
            filter.and("k.name like ? escape '\\' or k.fingerprint like ? escape '\\'", vec![pattern.clone(), pattern]);
    }
    Ok(page::<View>(db, &LIST, filter, query).await?.map(|view| view.0))
}

pub async fn find(db: &mut SqliteConnection, user: UserId, id: KeypairId) -> Result<Option<Keypair>, StoreError> {
    let row: Option<View> = sqlx::query_as("select * from keypair where id = $1 and user_id = $2")
        .bind(id.0.to_string())
        .bind(user.0.to_string())
        .fetch_optional(db)
        .await?;
    Ok(row.map(|view| view.0))
}

pub async fn insert(
    tx: &mut Tx,
    id: KeypairId,
    user: UserId,
    name: &str,
    key: &Public,
    now: Micros,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into keypair (id, user_id, name, algorithm, fingerprint, public_key, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id.0.to_string())
    .bind(user.0.to_string())
    .bind(name)
    .bind(&key.algorithm)
    .bind(&key.fingerprint)
    .bind(&key.line)
    .bind(now)
    .execute(&mut **tx)
    .await
    .map(|_| ())
}

pub async fn delete(tx: &mut Tx, id: KeypairId) -> Result<(), StoreError> {
    sqlx::query("delete from keypair where id = $1").bind(id.0.to_string()).execute(&mut **tx).await?;
    Ok(())
}
