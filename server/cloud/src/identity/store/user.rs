//! SQL of users.

use super::{Result, found, id, id_at, id_or_null, of_domain, switched, within};
use crate::authz::Reach;
use crate::db::Tx;
use crate::keyset::{Filter, Listing, Sort, Value, page};
use api::directory::{User, UserForm};
use api::{DomainId, GroupId, ListQuery, Micros, Page, ProjectId, UserId};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqliteConnection, SqlitePool};

struct View(User);

impl FromRow<'_, SqliteRow> for View {
    fn from_row(row: &SqliteRow) -> std::result::Result<Self, sqlx::Error> {
        let default_project = id_or_null(row, "default_project_id")?;
        let default_name: Option<String> = row.try_get("default_name")?;
        Ok(Self(User {
            id: id_at(row, "id")?,
            domain: id_at(row, "domain_id")?,
            domain_name: row.try_get("domain_name")?,
            name: row.try_get("name")?,
            email: row.try_get("email")?,
            description: row.try_get("description")?,
            default_project: default_project.zip(default_name),
            enabled: row.try_get("enabled")?,
            password_locked: row.try_get("password_locked")?,
            must_change: row.try_get("must_change")?,
            second_factor: row.try_get("second_factor")?,
            federated: row.try_get("federated")?,
            has_provider: row.try_get("has_provider")?,
            last_sign_in: row.try_get("last_sign_in_at")?,
            locked_out: None,
            expires_at: row.try_get("expires_at")?,
            created_at: row.try_get("created_at")?,
        }))
    }
}

const SELECT: &str = "u.id, u.domain_id, u.name, u.email, u.description, u.default_project_id, u.enabled, u.password_locked,
    u.must_change, u.last_sign_in_at, u.expires_at,
    exists (select 1 from second_factor f where f.user_id = u.id) as second_factor,
    exists (select 1 from federated_user f where f.user_id = u.id) as federated,
    exists (select 1 from provider v where v.domain_id = u.domain_id) as has_provider,
    u.created_at, d.name as domain_name, (select p.name from project p where p.id = u.default_project_id) as default_name";

const SORTS: &[Sort] = &[
    Sort { key: "name", column: "u.name", number: false },
    Sort { key: "domain", column: "d.name", number: false },
    Sort { key: "email", column: "u.email", number: false },
    Sort { key: "created", column: "u.created_at", number: true },
];

const LIST: Listing = Listing {
    select: SELECT,
    table: "local_user u",
    joins: "join domain d on d.id = u.domain_id",
    id: "u.id",
    sorts: SORTS,
    default: "name",
};

const MEMBERS: Listing = Listing {
    select: SELECT,
    table: "group_member m",
    joins: "join local_user u on u.id = m.user_id join domain d on d.id = u.domain_id",
    id: "u.id",
    sorts: SORTS,
    default: "name",
};

fn wanted(filter: Filter, query: &ListQuery) -> Filter {
    let filter = found(filter, query, "u.id", &["u.name", "u.email", "u.description"]);
    switched(filter, query, "u.enabled")
}

pub async fn list(db: &SqlitePool, reach: &Reach, query: &ListQuery) -> Result<Page<User>> {
    let filter = wanted(of_domain(within(Filter::default(), reach, "u.domain_id"), query, "u.domain_id"), query);
    Ok(page::<View>(db, &LIST, filter, query).await?.map(|view| view.0))
}

pub async fn members(db: &SqlitePool, group: GroupId, query: &ListQuery) -> Result<Page<User>> {
    let filter = Filter::default().and("m.group_id = ?", vec![Value::Text(group.0.to_string())]);
    Ok(page::<View>(db, &MEMBERS, wanted(filter, query), query).await?.map(|view| view.0))
}

pub async fn find(db: &mut SqliteConnection, user: UserId) -> Result<Option<User>> {
    let row: Option<View> = sqlx::query_as(&format!(
        "select {SELECT} from local_user u join domain d on d.id = u.domain_id where u.id = $1"
    ))
    .bind(user.0.to_string())
    .fetch_optional(db)
    .await?;
    Ok(row.map(|view| view.0))
}

pub async fn name(db: &mut SqliteConnection, user: UserId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar("select name from local_user where id = $1")
        .bind(user.0.to_string())
        .fetch_optional(db)
        .await?)
}

pub async fn named(db: &mut SqliteConnection, domain: DomainId, text: &str) -> Result<Option<(UserId, DomainId)>> {
    super::named(db, "local_user", domain, text).await
}

pub async fn named_within(db: &mut SqliteConnection, reach: &Reach, text: &str) -> Result<Vec<(UserId, DomainId)>> {
    super::named_within(db, "local_user", reach, text).await
}

pub async fn update(
    tx: &mut Tx,
    user: UserId,
    form: &UserForm,
    default_project: Option<ProjectId>,
) -> std::result::Result<(), sqlx::Error> {
    sqlx::query(
        "update local_user set name = $2, email = $3, description = $4, password_locked = $5, default_project_id = $6,
         must_change = $7 where id = $1",
    )
    .bind(user.0.to_string())
    .bind(form.name.trim())
    .bind(form.email.trim())
    .bind(form.description.trim())
    .bind(form.password_locked)
    .bind(default_project.map(|project| project.0.to_string()))
    // Who cannot change it is not asked to.
    .bind(form.must_change && !form.password_locked)
    .execute(&mut **tx)
    .await
    .map(|_| ())
}

pub async fn signed_in(tx: &mut Tx, user: UserId, now: Micros) -> Result<()> {
    sqlx::query("update local_user set last_sign_in_at = $2 where id = $1")
        .bind(user.0.to_string())
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn enable(tx: &mut Tx, user: UserId, enabled: bool) -> Result<()> {
    sqlx::query("update local_user set enabled = $2 where id = $1")
        .bind(user.0.to_string())
        .bind(enabled)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The account ends then; `None`: never.
pub async fn expire_at(tx: &mut Tx, user: UserId, at: Option<Micros>) -> Result<()> {
    sqlx::query("update local_user set expires_at = $2 where id = $1")
        .bind(user.0.to_string())
        .bind(at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn delete(tx: &mut Tx, user: UserId) -> Result<()> {
    sqlx::query("delete from local_user where id = $1").bind(user.0.to_string()).execute(&mut **tx).await?;
    Ok(())
}

pub async fn by_name(db: &SqlitePool, name: &str) -> Result<Option<UserId>> {
    let found: Option<String> =
        sqlx::query_scalar("select id from local_user where name = $1 order by created_at limit 1")
            .bind(name)
            .fetch_optional(db)
            .await?;
    Ok(found.as_deref().map(id).transpose()?)
}

/// The user and the domain, and the account has not ended.
pub async fn is_enabled(db: &SqlitePool, user: UserId, now: Micros) -> Result<bool> {
    let enabled: Option<bool> = sqlx::query_scalar(
        "select u.enabled and d.enabled and (u.expires_at is null or u.expires_at > $2)
         from local_user u join domain d on d.id = u.domain_id where u.id = $1",
    )
    .bind(user.0.to_string())
    .bind(now)
    .fetch_optional(db)
    .await?;
    Ok(enabled == Some(true))
}

pub async fn insert(
    tx: &mut Tx,
    user: UserId,
    domain: DomainId,
    name: &str,
    hash: &str,
    now: Micros,
) -> std::result::Result<(), sqlx::Error> {
    sqlx::query("insert into local_user (id, domain_id, name, password_hash, created_at) values ($1, $2, $3, $4, $5)")
        .bind(user.0.to_string())
        .bind(domain.0.to_string())
        .bind(name)
        .bind(hash)
        .bind(now)
        .execute(&mut **tx)
        .await
        .map(|_| ())
}
