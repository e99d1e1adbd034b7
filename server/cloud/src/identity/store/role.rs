//! SQL of roles.

use super::{Result, id_at, role_of, strength_of};
use crate::db::Tx;
use api::directory::NamedRole;
use api::{Micros, Role, RoleId};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqliteConnection};

struct View(NamedRole);

impl FromRow<'_, SqliteRow> for View {
    fn from_row(row: &SqliteRow) -> std::result::Result<Self, sqlx::Error> {
        Ok(Self(NamedRole {
            id: id_at(row, "id")?,
            name: row.try_get("name")?,
            description: row.try_get("description")?,
            builtin: row.try_get("builtin")?,
            implies: Vec::new(),
            grants: role_of(row.try_get("strength")?),
            assignments: row.try_get::<i64, _>("assignments")?.max(0) as u64,
            created_at: row.try_get("created_at")?,
        }))
    }
}

/// All roles, the policy's own first and the strongest of them before the others.
pub async fn list(db: &mut SqliteConnection) -> Result<Vec<NamedRole>> {
    let rows: Vec<View> = sqlx::query_as(
        "select r.*, (select count(*) from role_assignment a where a.role_id = r.id) as assignments
         from role r order by r.builtin desc, case when r.builtin = 1 then -r.strength else 0 end, r.name",
    )
    .fetch_all(&mut *db)
    .await?;
    let mut roles: Vec<NamedRole> = rows.into_iter().map(|view| view.0).collect();
    let implied = sqlx::query(
        "select i.role_id, r.id, r.name from role_implication i join role r on r.id = i.implied_id order by r.name",
    )
    .fetch_all(db)
    .await?;
    for row in &implied {
        let of: RoleId = id_at(row, "role_id")?;
        if let Some(role) = roles.iter_mut().find(|role| role.id == of) {
            role.implies.push((id_at(row, "id")?, row.try_get("name")?));
        }
    }
    Ok(roles)
}

/// By the id or the name.
pub async fn named(db: &mut SqliteConnection, text: &str) -> Result<Option<(RoleId, Option<Role>)>> {
    let row = sqlx::query("select id, strength from role where id = $1 or name = $2 order by id = $1 desc limit 1")
        .bind(super::as_id(text).unwrap_or_default())
        .bind(text.trim())
        .fetch_optional(db)
        .await?;
    Ok(row.map(|row| Ok::<_, sqlx::Error>((id_at(&row, "id")?, role_of(row.try_get("strength")?)))).transpose()?)
}

pub async fn insert(
    tx: &mut Tx,
    role: RoleId,
    name: &str,
    description: &str,
    now: Micros,
) -> std::result::Result<(), sqlx::Error> {
    sqlx::query("insert into role (id, name, description, created_at) values ($1, $2, $3, $4)")
        .bind(role.0.to_string())
        .bind(name)
        .bind(description)
        .bind(now)
        .execute(&mut **tx)
        .await
        .map(|_| ())
}

pub async fn update(tx: &mut Tx, role: RoleId, name: &str, description: &str) -> std::result::Result<(), sqlx::Error> {
    sqlx::query("update role set name = $2, description = $3 where id = $1")
        .bind(role.0.to_string())
        .bind(name)
        .bind(description)
        .execute(&mut **tx)
        .await
        .map(|_| ())
}

pub async fn delete(tx: &mut Tx, role: RoleId) -> Result<()> {
    sqlx::query("delete from role where id = $1").bind(role.0.to_string()).execute(&mut **tx).await?;
    Ok(())
}

/// What the role directly implies, in place of what it did.
pub async fn imply(tx: &mut Tx, role: RoleId, implied: &[RoleId]) -> Result<()> {
    sqlx::query("delete from role_implication where role_id = $1").bind(role.0.to_string()).execute(&mut **tx).await?;
    for implied in implied {
        sqlx::query("insert into role_implication (role_id, implied_id) values ($1, $2)")
            .bind(role.0.to_string())
            .bind(implied.0.to_string())
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Writes down what each role grants, as it follows from the implications.
pub async fn grant(tx: &mut Tx, role: RoleId, grants: Option<Role>) -> Result<()> {
    sqlx::query("update role set strength = $2 where id = $1")
        .bind(role.0.to_string())
        .bind(grants.map_or(0, strength_of))
        .execute(&mut **tx)
        .await?;
    Ok(())
}
