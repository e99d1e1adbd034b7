//! SQL of domains.

use super::{Result, found, id, id_at, switched, within};
use crate::authz::Reach;
use crate::db::Tx;
use crate::keyset::{Filter, Listing, Sort, page};
use api::directory::Domain;
use api::{DomainId, ListQuery, Micros, Page, ProjectId};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqliteConnection, SqlitePool};

struct View(Domain);

impl FromRow<'_, SqliteRow> for View {
    fn from_row(row: &SqliteRow) -> std::result::Result<Self, sqlx::Error> {
        let count = |column| row.try_get::<i64, _>(column).map(|count| count.max(0) as u64);
        Ok(Self(Domain {
            id: id_at(row, "id")?,
            name: row.try_get("name")?,
            description: row.try_get("description")?,
            enabled: row.try_get("enabled")?,
            projects: count("projects")?,
            users: count("users")?,
            groups: count("groups")?,
            created_at: row.try_get("created_at")?,
        }))
    }
}

const LIST: Listing = Listing {
    select: "d.*, (select count(*) from project p where p.domain_id = d.id) as projects,
        (select count(*) from local_user u where u.domain_id = d.id) as users,
        (select count(*) from user_group g where g.domain_id = d.id) as groups",
    table: "domain d",
    joins: "",
    id: "d.id",
    sorts: &[
        Sort { key: "name", column: "d.name", number: false },
        Sort { key: "created", column: "d.created_at", number: true },
    ],
    default: "name",
};

pub async fn list(db: &SqlitePool, reach: &Reach, query: &ListQuery) -> Result<Page<Domain>> {
    let filter = within(Filter::default(), reach, "d.id");
    let filter = switched(found(filter, query, "d.id", &["d.name", "d.description"]), query, "d.enabled");
    Ok(page::<View>(db, &LIST, filter, query).await?.map(|view| view.0))
}

pub async fn find(db: &mut SqliteConnection, domain: DomainId) -> Result<Option<Domain>> {
    let row: Option<View> = sqlx::query_as(
        "select d.*, (select count(*) from project p where p.domain_id = d.id) as projects,
            (select count(*) from local_user u where u.domain_id = d.id) as users,
            (select count(*) from user_group g where g.domain_id = d.id) as groups
         from domain d where d.id = $1",
    )
    .bind(domain.0.to_string())
    .fetch_optional(db)
    .await?;
    Ok(row.map(|view| view.0))
}

pub async fn by_name(db: &mut SqliteConnection, name: &str) -> Result<Option<DomainId>> {
    let found: Option<String> =
        sqlx::query_scalar("select id from domain where name = $1").bind(name).fetch_optional(db).await?;
    Ok(found.as_deref().map(id).transpose()?)
}

pub async fn first(db: &SqlitePool) -> Result<Option<DomainId>> {
    let found: Option<String> =
        sqlx::query_scalar("select id from domain order by created_at limit 1").fetch_optional(db).await?;
    Ok(found.as_deref().map(id).transpose()?)
}

pub async fn oldest(db: &mut SqliteConnection) -> Result<Option<DomainId>> {
    let found: Option<String> =
        sqlx::query_scalar("select id from domain order by created_at limit 1").fetch_optional(db).await?;
    Ok(found.as_deref().map(id).transpose()?)
}

pub async fn insert(
    tx: &mut Tx,
    domain: DomainId,
    name: &str,
    description: &str,
    now: Micros,
) -> std::result::Result<(), sqlx::Error> {
    sqlx::query("insert into domain (id, name, description, created_at) values ($1, $2, $3, $4)")
        .bind(domain.0.to_string())
        .bind(name)
        .bind(description)
        .bind(now)
        .execute(&mut **tx)
        .await
        .map(|_| ())
}

pub async fn update(
    tx: &mut Tx,
    domain: DomainId,
    name: &str,
    description: &str,
) -> std::result::Result<(), sqlx::Error> {
    sqlx::query("update domain set name = $2, description = $3 where id = $1")
        .bind(domain.0.to_string())
        .bind(name)
        .bind(description)
        .execute(&mut **tx)
        .await
        .map(|_| ())
}

pub async fn enable(tx: &mut Tx, domain: DomainId, enabled: bool) -> Result<()> {
    sqlx::query("update domain set enabled = $2 where id = $1")
        .bind(domain.0.to_string())
        .bind(enabled)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn delete(tx: &mut Tx, domain: DomainId) -> Result<()> {
    sqlx::query("delete from domain where id = $1").bind(domain.0.to_string()).execute(&mut **tx).await?;
    Ok(())
}

pub async fn of_project(tx: &mut Tx, project: ProjectId) -> Result<DomainId> {
    let found: String = sqlx::query_scalar("select domain_id from project where id = $1")
        .bind(project.0.to_string())
        .fetch_one(&mut **tx)
        .await?;
    Ok(id(&found)?)
}
