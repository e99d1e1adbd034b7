//! All SQL of people's own accounts.

use super::device;
use crate::authz::Reach;
use crate::db::{Tx, contains};
use crate::fault::StoreError;
use crate::keyset::{Filter, Listing, Sort, Value, page};
use api::account::{NewProfile, Preferences, Session};
use api::{DomainId, ListQuery, Micros, Page, ProjectId, UserId};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqlitePool};
use uuid::Uuid;

type Result<T> = std::result::Result<T, StoreError>;

/// A UUID column. A text that is none would be a fault of ours, and is reported as one.
fn id_of(row: &SqliteRow, column: &str) -> std::result::Result<Uuid, sqlx::Error> {
    let text: String = row.try_get(column)?;
    Uuid::try_parse(&text).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

fn user(row: &SqliteRow, column: &str) -> std::result::Result<UserId, sqlx::Error> {
    id_of(row, column).map(UserId)
}

/// What the profile shows of a user beside the projects.
pub struct ProfileRow {
    pub name: String,
    pub domain: DomainId,
    pub domain_name: String,
    pub email: String,
    pub description: String,
    pub default_project: Option<ProjectId>,
    pub password_locked: bool,
    pub created_at: Micros,
    pub password_changed_at: Micros,
}

pub async fn profile(db: &SqlitePool, id: UserId) -> Result<Option<ProfileRow>> {
    let row = sqlx::query(
        "select u.name, u.domain_id, d.name as domain_name, u.email, u.description, u.default_project_id,
                u.password_locked, u.created_at, u.password_changed_at
         from local_user u join domain d on d.id = u.domain_id where u.id = $1",
    )
    .bind(id.0.to_string())
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(ProfileRow {
        name: row.try_get("name")?,
        domain: DomainId(id_of(&row, "domain_id")?),
        domain_name: row.try_get("domain_name")?,
        email: row.try_get("email")?,
        description: row.try_get("description")?,
        default_project: row.try_get::<Option<&str>, _>("default_project_id")?.and_then(|id| id.parse().ok()),
        password_locked: row.try_get("password_locked")?,
        created_at: row.try_get("created_at")?,
        password_changed_at: row.try_get("password_changed_at")?,
    }))
}

pub async fn profile_set(tx: &mut Tx, id: UserId, new: &NewProfile, project: Option<ProjectId>) -> Result<()> {
    sqlx::query("update local_user set email = $2, description = $3, default_project_id = $4 where id = $1")
        .bind(id.0.to_string())
        .bind(new.email.trim())
        .bind(new.description.trim())
        .bind(project.map(|project| project.0.to_string()))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

struct SessionView(Session);

impl FromRow<'_, SqliteRow> for SessionView {
    fn from_row(row: &SqliteRow) -> std::result::Result<Self, sqlx::Error> {
        let agent: String = row.try_get("agent")?;
        let (created_at, used_at): (Micros, Micros) = (row.try_get("created_at")?, row.try_get("used_at")?);
        Ok(Self(Session {
            id: row.try_get("id_hash")?,
            user: user(row, "user_id")?,
            user_name: row.try_get("user_name")?,
            browser: device::browser(&agent),
            system: device::system(&agent),
            address: row.try_get("address")?,
            created_at,
            used_at: used_at.max(created_at),
            expires_at: row.try_get("expires_at")?,
            current: false,
        }))
    }
}

const SESSIONS: Listing = Listing {
    select: "s.id_hash, s.user_id, u.name as user_name, s.agent, s.address, s.created_at, s.used_at, s.expires_at",
    table: "session s",
    joins: "join local_user u on u.id = s.user_id",
    id: "s.id_hash",
    sorts: &[
        Sort { key: "user", column: "u.name", number: false },
        Sort { key: "address", column: "s.address", number: false },
        Sort { key: "created", column: "s.created_at", number: true },
        Sort { key: "used", column: "s.used_at", number: true },
        Sort { key: "expires", column: "s.expires_at", number: true },
    ],
    default: "-used",
};

/// Whose sessions a list is about.
pub enum Whose {
    Own(UserId),
    /// Everybody's that the reader manages; the filter `user` leaves one of them.
    Reached(Reach),
}

/// The sessions that have not expired.
pub async fn session_list(db: &SqlitePool, whose: Whose, query: &ListQuery, now: Micros) -> Result<Page<Session>> {
    let mut filter = Filter::default().and("s.expires_at > ?", vec![Value::Int(now)]);
    let wanted: Option<UserId> = match whose {
        Whose::Own(user) => Some(user),
        Whose::Reached(reach) => {
            if let Reach::Domains(domains) = reach {
                let marks = vec!["?"; domains.len()].join(", ");
                let values = domains.iter().map(|domain| Value::Text(domain.0.to_string())).collect();
                filter = filter.and(format!("u.domain_id in ({marks})"), values);
            }
            query.filter("user").parse().ok()
        }
    };
    if let Some(user) = wanted {
        filter = filter.and("s.user_id = ?", vec![Value::Text(user.0.to_string())]);
    }
    if !query.search.trim().is_empty() {
        let pattern = Value::Text(contains(&query.search));
        let clause = "u.name like ? escape '\\' or s.address like ? escape '\\' or s.agent like ? escape '\\'";
        filter = filter.and(clause, vec![pattern.clone(), pattern.clone(), pattern]);
    }
    Ok(page::<SessionView>(db, &SESSIONS, filter, query).await?.map(|view| view.0))
}

/// Whose session it is.
pub async fn session_owner(tx: &mut Tx, id_hash: &str) -> Result<Option<UserId>> {
    let row = sqlx::query("select user_id from session where id_hash = $1 and user_id is not null")
        .bind(id_hash)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(row.map(|row| user(&row, "user_id")).transpose()?)
}

/// Ends all sessions of the user but one.
pub async fn session_delete_others(tx: &mut Tx, id: UserId, but: &str) -> Result<u64> {
    let ended = sqlx::query("delete from session where user_id = $1 and id_hash <> $2")
        .bind(id.0.to_string())
        .bind(but)
        .execute(&mut **tx)
        .await?;
    Ok(ended.rows_affected())
}

pub async fn user_name(tx: &mut Tx, id: UserId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar("select name from local_user where id = $1")
        .bind(id.0.to_string())
        .fetch_optional(&mut **tx)
        .await?)
}

pub async fn preferences(db: &SqlitePool, id: UserId) -> Result<Preferences> {
    let row = sqlx::query("select lang, theme, time_zone, page_size from preference where user_id = $1")
        .bind(id.0.to_string())
        .fetch_optional(db)
        .await?;
    let Some(row) = row else { return Ok(Preferences::default()) };
    let page_size: Option<i64> = row.try_get("page_size")?;
    Ok(Preferences {
        lang: row.try_get("lang")?,
        theme: row.try_get("theme")?,
        time_zone: row.try_get("time_zone")?,
        page_size: page_size.and_then(|size| u32::try_from(size).ok()),
    })
}

pub async fn preferences_set(tx: &mut Tx, id: UserId, chosen: &Preferences) -> Result<()> {
    sqlx::query(
        "insert into preference (user_id, lang, theme, time_zone, page_size) values ($1, $2, $3, $4, $5)
         on conflict (user_id) do update set lang = excluded.lang, theme = excluded.theme,
         time_zone = excluded.time_zone, page_size = excluded.page_size",
    )
    .bind(id.0.to_string())
    .bind(&chosen.lang)
    .bind(&chosen.theme)
    .bind(&chosen.time_zone)
    .bind(chosen.page_size.map(i64::from))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn last_project_set(tx: &mut Tx, id: UserId, project: ProjectId) -> Result<()> {
    sqlx::query(
        "insert into preference (user_id, last_project) values ($1, $2)
         on conflict (user_id) do update set last_project = excluded.last_project",
    )
    .bind(id.0.to_string())
    .bind(project.0.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn last_project(db: &SqlitePool, id: UserId) -> Result<Option<ProjectId>> {
    let found: Option<Option<String>> = sqlx::query_scalar("select last_project from preference where user_id = $1")
        .bind(id.0.to_string())
        .fetch_optional(db)
        .await?;
    Ok(found.flatten().and_then(|project| project.parse().ok()))
}

pub async fn default_project(db: &SqlitePool, id: UserId) -> Result<Option<ProjectId>> {
    let found: Option<Option<String>> = sqlx::query_scalar("select default_project_id from local_user where id = $1")
        .bind(id.0.to_string())
        .fetch_optional(db)
        .await?;
    Ok(found.flatten().and_then(|project| project.parse().ok()))
}
