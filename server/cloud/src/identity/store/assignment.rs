//! SQL of role assignments, and of what follows from them: who may work where, and as what.

use super::{Result, id, role};
use crate::db::Tx;
use api::identity::Membership;
use api::{Micros, ProjectId, Role, UserId};
use sqlx::{Row, SqlitePool};

pub async fn set(tx: &mut Tx, user: UserId, project: ProjectId, role: Role, now: Micros) -> Result<()> {
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

pub async fn remove(tx: &mut Tx, user: UserId, project: ProjectId) -> Result<()> {
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
