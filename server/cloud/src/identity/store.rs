//! All SQL of identity.

use super::SessionRow;
use crate::db::Tx;
use crate::fault::StoreError;
use api::identity::Membership;
use api::{DomainId, Micros, ProjectId, Role, UserId};
use sqlx::{Row, SqlitePool};
use uuid::Uuid;

type Result<T> = std::result::Result<T, StoreError>;

/// A UUID column. A text that is none would be a fault of ours, and is reported as one.
fn id<T: From<Uuid>>(text: &str) -> std::result::Result<T, sqlx::Error> {
    Uuid::try_parse(text).map(T::from).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

fn role(text: &str) -> std::result::Result<Role, sqlx::Error> {
    text.parse().map_err(|_| sqlx::Error::Decode(format!("role {text}").into()))
}

pub async fn domain_first(db: &SqlitePool) -> Result<Option<DomainId>> {
    let found: Option<String> =
        sqlx::query_scalar("select id from domain order by created_at limit 1").fetch_optional(db).await?;
    Ok(found.as_deref().map(id).transpose()?)
}

pub async fn domain_insert(tx: &mut Tx, domain: DomainId, name: &str, now: Micros) -> Result<()> {
    sqlx::query("insert into domain (id, name, created_at) values ($1, $2, $3)")
        .bind(domain.0.to_string())
        .bind(name)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn domain_of(tx: &mut Tx, project: ProjectId) -> Result<DomainId> {
    let found: String = sqlx::query_scalar("select domain_id from project where id = $1")
        .bind(project.0.to_string())
        .fetch_one(&mut **tx)
        .await?;
    Ok(id(&found)?)
}

pub async fn project_insert(
    tx: &mut Tx,
    project: ProjectId,
    domain: DomainId,
    name: &str,
    description: &str,
    now: Micros,
) -> std::result::Result<(), sqlx::Error> {
    sqlx::query("insert into project (id, domain_id, name, description, created_at) values ($1, $2, $3, $4, $5)")
        .bind(project.0.to_string())
        .bind(domain.0.to_string())
        .bind(name)
        .bind(description)
        .bind(now)
        .execute(&mut **tx)
        .await
        .map(|_| ())
}

pub async fn project_by_name(db: &SqlitePool, name: &str) -> Result<Option<ProjectId>> {
    let found: Option<String> =
        sqlx::query_scalar("select id from project where name = $1 order by created_at limit 1")
            .bind(name)
            .fetch_optional(db)
            .await?;
    Ok(found.as_deref().map(id).transpose()?)
}

pub async fn project_exists(tx: &mut Tx, project: ProjectId) -> Result<bool> {
    Ok(sqlx::query("select 1 from project where id = $1")
        .bind(project.0.to_string())
        .fetch_optional(&mut **tx)
        .await?
        .is_some())
}

pub struct UserRow {
    pub id: UserId,
    pub password_hash: String,
    pub enabled: bool,
}

pub async fn user_by_name(db: &SqlitePool, name: &str) -> Result<Option<UserRow>> {
    let row =
        sqlx::query("select id, password_hash, enabled from local_user where name = $1 order by created_at limit 1")
            .bind(name)
            .fetch_optional(db)
            .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(UserRow {
        id: id(row.try_get("id")?)?,
        password_hash: row.try_get("password_hash")?,
        enabled: row.try_get("enabled")?,
    }))
}

pub async fn user_enabled(db: &SqlitePool, user: UserId) -> Result<bool> {
    let enabled: Option<bool> = sqlx::query_scalar("select enabled from local_user where id = $1")
        .bind(user.0.to_string())
        .fetch_optional(db)
        .await?;
    Ok(enabled == Some(true))
}

pub async fn user_exists(tx: &mut Tx, user: UserId) -> Result<bool> {
    Ok(sqlx::query("select 1 from local_user where id = $1")
        .bind(user.0.to_string())
        .fetch_optional(&mut **tx)
        .await?
        .is_some())
}

pub async fn user_insert(
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

pub async fn password_set(tx: &mut Tx, name: &str, hash: &str) -> Result<Option<UserId>> {
    let found: Option<String> =
        sqlx::query_scalar("update local_user set password_hash = $2 where name = $1 returning id")
            .bind(name)
            .bind(hash)
            .fetch_optional(&mut **tx)
            .await?;
    Ok(found.as_deref().map(id).transpose()?)
}

pub async fn assignment_set(tx: &mut Tx, user: UserId, project: ProjectId, role: Role, now: Micros) -> Result<()> {
    sqlx::query(
        "insert into assignment (user_id, project_id, role, created_at) values ($1, $2, $3, $4)
         on conflict (user_id, project_id) do update set role = excluded.role",
    )
    .bind(user.0.to_string())
    .bind(project.0.to_string())
    .bind(role.as_str())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn assignment_remove(tx: &mut Tx, user: UserId, project: ProjectId) -> Result<()> {
    sqlx::query("delete from assignment where user_id = $1 and project_id = $2")
        .bind(user.0.to_string())
        .bind(project.0.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn membership_list(db: &SqlitePool, user: UserId) -> Result<Vec<Membership>> {
    let rows = sqlx::query(
        "select p.id, p.name, a.role from assignment a join project p on p.id = a.project_id
         where a.user_id = $1 and p.enabled = 1 order by p.name, p.id",
    )
    .bind(user.0.to_string())
    .fetch_all(db)
    .await?;
    let memberships = rows.iter().map(|row| {
        Ok(Membership {
            project: id(row.try_get("id")?)?,
            project_name: row.try_get("name")?,
            role: role(row.try_get("role")?)?,
        })
    });
    Ok(memberships.collect::<std::result::Result<_, sqlx::Error>>()?)
}

pub struct CallerRow {
    pub user_name: String,
    pub project_name: String,
    pub role: Role,
}

/// Only if user and project are enabled and the user has a role there.
pub async fn caller(db: &SqlitePool, user: UserId, project: ProjectId) -> Result<Option<CallerRow>> {
    let row = sqlx::query(
        "select u.name as user_name, p.name as project_name, a.role
         from assignment a join local_user u on u.id = a.user_id join project p on p.id = a.project_id
         where a.user_id = $1 and a.project_id = $2 and u.enabled = 1 and p.enabled = 1",
    )
    .bind(user.0.to_string())
    .bind(project.0.to_string())
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(CallerRow {
        user_name: row.try_get("user_name")?,
        project_name: row.try_get("project_name")?,
        role: role(row.try_get("role")?)?,
    }))
}

pub async fn session_load(db: &SqlitePool, id_hash: &str, now: Micros) -> Result<Option<SessionRow>> {
    let row = sqlx::query("select user_id, data, expires_at from session where id_hash = $1 and expires_at > $2")
        .bind(id_hash)
        .bind(now)
        .fetch_optional(db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let user: Option<String> = row.try_get("user_id")?;
    Ok(Some(SessionRow {
        id_hash: id_hash.to_owned(),
        user: user.as_deref().map(id).transpose()?,
        data: row.try_get("data")?,
        expires_at: row.try_get("expires_at")?,
    }))
}

pub async fn session_save(tx: &mut Tx, session: &SessionRow, now: Micros) -> Result<()> {
    sqlx::query(
        "insert into session (id_hash, user_id, data, created_at, expires_at) values ($1, $2, $3, $4, $5)
         on conflict (id_hash) do update set user_id = excluded.user_id, data = excluded.data, expires_at = excluded.expires_at",
    )
    .bind(&session.id_hash)
    .bind(session.user.map(|user| user.0.to_string()))
    .bind(&session.data)
    .bind(now)
    .bind(session.expires_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn session_extend(tx: &mut Tx, id_hash: &str, expires_at: Micros) -> Result<()> {
    sqlx::query("update session set expires_at = $2 where id_hash = $1")
        .bind(id_hash)
        .bind(expires_at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn session_count(db: &SqlitePool, now: Micros) -> Result<i64> {
    Ok(sqlx::query_scalar("select count(*) from session where expires_at > $1").bind(now).fetch_one(db).await?)
}

pub async fn session_expire(tx: &mut Tx, now: Micros) -> Result<()> {
    sqlx::query("delete from session where expires_at <= $1").bind(now).execute(&mut **tx).await?;
    Ok(())
}

pub async fn session_delete(tx: &mut Tx, id_hash: &str) -> Result<()> {
    sqlx::query("delete from session where id_hash = $1").bind(id_hash).execute(&mut **tx).await?;
    Ok(())
}

pub async fn session_delete_of(tx: &mut Tx, user: UserId) -> Result<()> {
    sqlx::query("delete from session where user_id = $1").bind(user.0.to_string()).execute(&mut **tx).await?;
    Ok(())
}
