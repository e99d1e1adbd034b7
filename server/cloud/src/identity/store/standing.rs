//! SQL of the one question that every request asks: who is this, and as what.

use super::{Result, id, id_at, role_of};
use api::identity::{MEMBERSHIPS, Membership};
use api::{AssignmentId, DomainId, Micros, ProjectId, Role, RoleId, UserId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqlitePool};
use uuid::Uuid;

/// What a user has, wherever an assignment of theirs or of one of their groups may reach the project: on it, on what is above it, on a
/// domain or on the system. $1 is the user, $2 the project, $3 the present.
const HELD: &str = "
    with recursive above (id) as (
        select $2
        union
        select p.parent_id from project p join above a on p.id = a.id where p.parent_id is not null
    ),
    held as (
        select a.id, a.project_id, a.domain_id, a.role_id, a.inherited from role_assignment a
        where a.user_id = $1 and a.project_id in (select id from above)
        union all
        select a.id, a.project_id, a.domain_id, a.role_id, a.inherited from role_assignment a
        where a.user_id = $1 and a.project_id is null
        union all
        select a.id, a.project_id, a.domain_id, a.role_id, a.inherited
        from group_member m join role_assignment a on a.group_id = m.group_id
        where m.user_id = $1 and a.project_id in (select id from above)
        union all
        select a.id, a.project_id, a.domain_id, a.role_id, a.inherited
        from group_member m join role_assignment a on a.group_id = m.group_id
        where m.user_id = $1 and a.project_id is null
    )
    select u.name as user_name, p.name as project_name, p.domain_id as home,
           u.enabled and (u.expires_at is null or u.expires_at > $3) and p.enabled and p.deleting = 0 and ud.enabled and pd.enabled as enabled,
           h.id, h.project_id, h.domain_id, h.inherited, h.role_id, r.strength
    from local_user u
    join domain ud on ud.id = u.domain_id
    join project p on p.id = $2
    join domain pd on pd.id = p.domain_id
    join held h
    join role r on r.id = h.role_id
    where u.id = $1";

/// What a user has that may reach a project.
#[derive(Clone)]
pub struct Held {
    pub id: AssignmentId,
    pub project: Option<ProjectId>,
    pub domain: Option<DomainId>,
    pub inherited: bool,
    pub role_id: RoleId,
    /// `None`: a role that the policy does not know.
    pub role: Option<Role>,
}

#[derive(Clone)]
pub struct Standing {
    pub user_name: String,
    pub project_name: String,
    pub domain: DomainId,
    /// The user, the project and both their domains; and the user's account has not ended.
    pub enabled: bool,
    pub held: Vec<Held>,
}

/// One query. `None`: there is no such user or project, or the user has nothing at all that may reach it.
pub async fn load(db: &SqlitePool, user: UserId, project: ProjectId, now: Micros) -> Result<Option<Standing>> {
    let rows = sqlx::query(HELD).bind(user.0.to_string()).bind(project.0.to_string()).bind(now).fetch_all(db).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    Ok(Some(standing(first, &rows)?))
}

/// What a user is in no project: the user's own domain stands in for a project's. $1 is the user, $2 the present.
const OUTSIDE: &str = "
    with held as (
        select a.id, a.project_id, a.domain_id, a.role_id, a.inherited from role_assignment a
        where a.user_id = $1 and a.project_id is null
        union all
        select a.id, a.project_id, a.domain_id, a.role_id, a.inherited
        from group_member m join role_assignment a on a.group_id = m.group_id
        where m.user_id = $1 and a.project_id is null
    )
    select u.name as user_name, '' as project_name, u.domain_id as home,
           u.enabled and (u.expires_at is null or u.expires_at > $2) and d.enabled as enabled,
           h.id, h.project_id, h.domain_id, h.inherited, h.role_id, r.strength
    from local_user u
    join domain d on d.id = u.domain_id
    left join held h on 1 = 1
    left join role r on r.id = h.role_id
    where u.id = $1";

/// One query. `None`: there is no such user.
pub async fn outside(db: &SqlitePool, user: UserId, now: Micros) -> Result<Option<Standing>> {
    let rows = sqlx::query(OUTSIDE).bind(user.0.to_string()).bind(now).fetch_all(db).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let has_any = super::id_or_null::<Uuid>(first, "id")?.is_some();
    Ok(Some(standing(first, if has_any { &rows } else { &[] })?))
}

fn standing(first: &SqliteRow, rows: &[SqliteRow]) -> std::result::Result<Standing, sqlx::Error> {
    let held = rows.iter().map(|row| {
        Ok(Held {
            id: id_at(row, "id")?,
            project: super::id_or_null(row, "project_id")?,
            domain: super::id_or_null(row, "domain_id")?,
            inherited: row.try_get("inherited")?,
            role_id: id_at(row, "role_id")?,
            role: role_of(row.try_get("strength")?),
        })
    });
    let held = held.collect::<std::result::Result<_, sqlx::Error>>()?;
    Ok(Standing {
        user_name: first.try_get("user_name")?,
        project_name: first.try_get("project_name")?,
        domain: id(first.try_get("home")?)?,
        enabled: first.try_get("enabled")?,
        held,
    })
}

/// The projects that a user may enter, by name, one more than are offered. What a role on a domain or on the system is worth in a project
/// is `authz::of_domain` and `authz::of_system` in the strengths of `role`.
pub async fn memberships(db: &SqlitePool, user: UserId) -> Result<Vec<Membership>> {
    let rows = sqlx::query(
        "with recursive mine as (
             select a.project_id, a.domain_id, a.inherited, r.strength
             from role_assignment a join role r on r.id = a.role_id where a.user_id = $1
             union all
             select a.project_id, a.domain_id, a.inherited, r.strength
             from group_member m join role_assignment a on a.group_id = m.group_id join role r on r.id = a.role_id
             where m.user_id = $1
         ),
         below (id, strength) as (
             select p.id, m.strength from mine m join project p on p.parent_id = m.project_id where m.inherited = 1
             union
             select p.id, b.strength from below b join project p on p.parent_id = b.id
         ),
         reached (id, strength) as (
             select project_id, strength from mine where project_id is not null and inherited = 0
             union all
             select id, strength from below
             union all
             select p.id, m.strength from mine m join project p on p.domain_id = m.domain_id where m.inherited = 1
             union all
             select p.id, 1 from mine m join project p on p.domain_id = m.domain_id
             where m.inherited = 0 and m.strength >= 3
             union all
             select p.id, case when m.strength = 4 then 4 else 1 end from mine m join project p on 1 = 1
             where m.project_id is null and m.domain_id is null and m.strength > 0
         )
         select p.id, p.name, max(reached.strength) as strength
         from reached join project p on p.id = reached.id join domain d on d.id = p.domain_id
         where p.enabled = 1 and p.deleting = 0 and d.enabled = 1 and reached.strength > 0
         group by p.id, p.name order by p.name, p.id limit $2",
    )
    .bind(user.0.to_string())
    .bind(MEMBERSHIPS as i64 + 1)
    .fetch_all(db)
    .await?;
    let memberships = rows.iter().map(|row| {
        let strength = row.try_get("strength")?;
        Ok(Membership {
            project: id_at(row, "id")?,
            project_name: row.try_get("name")?,
            role: role_of(strength).ok_or_else(|| sqlx::Error::Decode(format!("strength {strength}").into()))?,
        })
    });
    Ok(memberships.collect::<std::result::Result<_, sqlx::Error>>()?)
}
