//! SQL of groups.

use super::{Result, found, id_at, of_domain, within};
use crate::authz::Reach;
use crate::db::Tx;
use crate::keyset::{Filter, Listing, Sort, page};
use api::directory::Group;
use api::{DomainId, GroupId, ListQuery, Micros, Page, UserId};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqliteConnection, SqlitePool};

struct View(Group);

impl FromRow<'_, SqliteRow> for View {
    fn from_row(row: &SqliteRow) -> std::result::Result<Self, sqlx::Error> {
        Ok(Self(Group {
            id: id_at(row, "id")?,
            domain: id_at(row, "domain_id")?,
            domain_name: row.try_get("domain_name")?,
            name: row.try_get("name")?,
            description: row.try_get("description")?,
            members: row.try_get::<i64, _>("members")?.max(0) as u64,
            created_at: row.try_get("created_at")?,
        }))
    }
}

const LIST: Listing = Listing {
    select: "g.*, d.name as domain_name, (select count(*) from group_member m where m.group_id = g.id) as members",
    table: "user_group g",
    joins: "join domain d on d.id = g.domain_id",
    id: "g.id",
    sorts: &[
        Sort { key: "name", column: "g.name", number: false },
        Sort { key: "domain", column: "d.name", number: false },
        Sort { key: "created", column: "g.created_at", number: true },
    ],
    default: "name",
};

pub async fn list(db: &SqlitePool, reach: &Reach, query: &ListQuery) -> Result<Page<Group>> {
    let filter = of_domain(within(Filter::default(), reach, "g.domain_id"), query, "g.domain_id");
    let filter = found(filter, query, "g.id", &["g.name", "g.description"]);
    Ok(page::<View>(db, &LIST, filter, query).await?.map(|view| view.0))
}

pub async fn find(db: &mut SqliteConnection, group: GroupId) -> Result<Option<Group>> {
    let row: Option<View> = sqlx::query_as(
        "select g.*, d.name as domain_name, (select count(*) from group_member m where m.group_id = g.id) as members
         from user_group g join domain d on d.id = g.domain_id where g.id = $1",
    )
    .bind(group.0.to_string())
    .fetch_optional(db)
    .await?;
    Ok(row.map(|view| view.0))
}

pub async fn list_of(db: &SqlitePool, user: UserId) -> Result<Vec<Group>> {
    let rows: Vec<View> = sqlx::query_as(
        "select g.*, d.name as domain_name, (select count(*) from group_member n where n.group_id = g.id) as members
         from group_member m join user_group g on g.id = m.group_id join domain d on d.id = g.domain_id
         where m.user_id = $1 order by g.name, g.id limit 1000",
    )
    .bind(user.0.to_string())
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|view| view.0).collect())
}

pub async fn named(db: &mut SqliteConnection, domain: DomainId, text: &str) -> Result<Option<(GroupId, DomainId)>> {
    super::named(db, "user_group", domain, text).await
}

pub async fn named_within(db: &mut SqliteConnection, reach: &Reach, text: &str) -> Result<Vec<(GroupId, DomainId)>> {
    super::named_within(db, "user_group", reach, text).await
}

pub async fn insert(
    tx: &mut Tx,
    group: GroupId,
    domain: DomainId,
    name: &str,
    description: &str,
    now: Micros,
) -> std::result::Result<(), sqlx::Error> {
    sqlx::query("insert into user_group (id, domain_id, name, description, created_at) values ($1, $2, $3, $4, $5)")
        .bind(group.0.to_string())
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
    group: GroupId,
    name: &str,
    description: &str,
) -> std::result::Result<(), sqlx::Error> {
    sqlx::query("update user_group set name = $2, description = $3 where id = $1")
        .bind(group.0.to_string())
        .bind(name)
        .bind(description)
        .execute(&mut **tx)
        .await
        .map(|_| ())
}

pub async fn delete(tx: &mut Tx, group: GroupId) -> Result<()> {
    sqlx::query("delete from user_group where id = $1").bind(group.0.to_string()).execute(&mut **tx).await?;
    Ok(())
}

/// A member twice is a member once, and stays, whatever a provider says.
pub async fn member_add(tx: &mut Tx, group: GroupId, user: UserId, now: Micros) -> Result<()> {
    sqlx::query(
        "insert into group_member (group_id, user_id, created_at) values ($1, $2, $3)
         on conflict (group_id, user_id) do update set by_provider = 0",
    )
    .bind(group.0.to_string())
    .bind(user.0.to_string())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn member_remove(tx: &mut Tx, group: GroupId, user: UserId) -> Result<()> {
    sqlx::query("delete from group_member where group_id = $1 and user_id = $2")
        .bind(group.0.to_string())
        .bind(user.0.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}
