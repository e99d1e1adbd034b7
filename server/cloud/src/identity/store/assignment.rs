//! SQL of role assignments.

use super::{Result, found, id_at, id_or_null, push_ids, strength_of};
use crate::authz::Reach;
use crate::db::Tx;
use crate::keyset::{Filter, Listing, Sort, Value, page};
use api::directory::{Actor, Assignment, AssignmentsOf, Place};
use api::{AssignmentId, GroupId, ListQuery, Micros, Page, ProjectId, Role, RoleId, UserId};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqliteConnection, SqlitePool};
use uuid::Uuid;

struct View(Assignment);

impl FromRow<'_, SqliteRow> for View {
    fn from_row(row: &SqliteRow) -> std::result::Result<Self, sqlx::Error> {
        let bad = |what: &str| sqlx::Error::Decode(format!("role_assignment.{what}").into());
        let actor = match (id_or_null(row, "user_id")?, id_or_null(row, "group_id")?) {
            (Some(user), None) => Actor::User(user),
            (None, Some(group)) => Actor::Group(group),
            _ => return Err(bad("actor")),
        };
        let place = match (id_or_null(row, "project_id")?, id_or_null(row, "domain_id")?) {
            (Some(project), None) => Place::Project(project),
            (None, Some(domain)) => Place::Domain(domain),
            (None, None) => Place::System,
            _ => return Err(bad("place")),
        };
        Ok(Self(Assignment {
            id: id_at(row, "id")?,
            actor,
            actor_name: row.try_get("actor_name")?,
            actor_domain: row.try_get("actor_domain")?,
            place,
            place_name: row.try_get("place_name")?,
            place_domain: row.try_get("place_domain")?,
            role: id_at(row, "role_id")?,
            role_name: row.try_get("role_name")?,
            inherited: row.try_get("inherited")?,
            created_at: row.try_get("created_at")?,
        }))
    }
}

const LIST: Listing = Listing {
    select: "a.id, a.user_id, a.group_id, a.project_id, a.domain_id, a.role_id, a.inherited, a.created_at,
        coalesce(u.name, g.name) as actor_name, ad.name as actor_domain,
        coalesce(p.name, d.name, '') as place_name, coalesce(pd.name, '') as place_domain, r.name as role_name",
    table: "role_assignment a",
    joins: "join role r on r.id = a.role_id
        left join local_user u on u.id = a.user_id
        left join user_group g on g.id = a.group_id
        left join domain ad on ad.id = coalesce(u.domain_id, g.domain_id)
        left join project p on p.id = a.project_id
        left join domain pd on pd.id = p.domain_id
        left join domain d on d.id = a.domain_id",
    id: "a.id",
    sorts: &[
        Sort { key: "created", column: "a.created_at", number: true },
        Sort { key: "actor", column: "coalesce(u.name, g.name)", number: false },
        Sort { key: "role", column: "r.name", number: false },
    ],
    default: "created",
};

fn about(of: AssignmentsOf) -> Filter {
    let (clause, value) = match of {
        AssignmentsOf::All => return Filter::default(),
        AssignmentsOf::User(user) => ("a.user_id = ?", user.0),
        AssignmentsOf::Group(group) => ("a.group_id = ?", group.0),
        AssignmentsOf::Project(project) => ("a.project_id = ?", project.0),
        AssignmentsOf::Domain(domain) => ("a.domain_id = ?", domain.0),
        AssignmentsOf::System => {
            return Filter::default().and("a.project_id is null and a.domain_id is null", Vec::new());
        }
    };
    Filter::default().and(clause, vec![Value::Text(value.to_string())])
}

/// Who manages domains sees what holds in them, and what their users and groups have.
fn seen(filter: Filter, reach: &Reach) -> Filter {
    let Reach::Domains(domains) = reach else { return filter };
    let marks = vec!["?"; domains.len()].join(", ");
    let once: Vec<Value> = domains.iter().map(|domain| Value::Text(domain.0.to_string())).collect();
    let values = [once.clone(), once.clone(), once].concat();
    filter.and(format!("ad.id in ({marks}) or pd.id in ({marks}) or d.id in ({marks})"), values)
}

pub async fn list(db: &SqlitePool, reach: &Reach, of: AssignmentsOf, query: &ListQuery) -> Result<Page<Assignment>> {
    let filter = seen(about(of), reach);
    let filter = found(filter, query, "a.id", &["coalesce(u.name, g.name)", "coalesce(p.name, d.name, '')", "r.name"]);
    Ok(page::<View>(db, &LIST, filter, query).await?.map(|view| view.0))
}

pub async fn find(db: &mut SqliteConnection, id: AssignmentId) -> Result<Option<Assignment>> {
    let mut found = these(db, &[id]).await?;
    Ok(found.pop())
}

/// Those of the assignments that are there.
pub async fn these(db: &mut SqliteConnection, ids: &[AssignmentId]) -> Result<Vec<Assignment>> {
    let mut query = LIST.select();
    query.push(" where a.id");
    push_ids(&mut query, ids.iter().map(|id| id.0));
    query.push(" order by r.strength desc, a.created_at");
    let rows: Vec<View> = query.build_query_as().fetch_all(db).await?;
    Ok(rows.into_iter().map(|view| view.0).collect())
}

fn columns(actor: Actor, place: Place) -> [Option<String>; 4] {
    let text = |id: Uuid| Some(id.to_string());
    let (user, group) = match actor {
        Actor::User(user) => (text(user.0), None),
        Actor::Group(group) => (None, text(group.0)),
    };
    let (project, domain) = match place {
        Place::Project(project) => (text(project.0), None),
        Place::Domain(domain) => (None, text(domain.0)),
        Place::System => (None, None),
    };
    [user, group, project, domain]
}

pub async fn insert(
    tx: &mut Tx,
    id: AssignmentId,
    actor: Actor,
    place: Place,
    role: RoleId,
    inherited: bool,
    now: Micros,
) -> std::result::Result<(), sqlx::Error> {
    let [user, group, project, domain] = columns(actor, place);
    sqlx::query(
        "insert into role_assignment (id, user_id, group_id, project_id, domain_id, role_id, inherited, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id.0.to_string())
    .bind(user)
    .bind(group)
    .bind(project)
    .bind(domain)
    .bind(role.0.to_string())
    .bind(inherited)
    .bind(now)
    .execute(&mut **tx)
    .await
    .map(|_| ())
}

pub async fn delete(tx: &mut Tx, id: AssignmentId) -> Result<()> {
    sqlx::query("delete from role_assignment where id = $1").bind(id.0.to_string()).execute(&mut **tx).await?;
    Ok(())
}

/// One of the policy's roles, in place of all others that the user has on the project.
pub async fn set(tx: &mut Tx, user: UserId, project: ProjectId, role: Role, now: Micros) -> Result<()> {
    remove(tx, user, project).await?;
    sqlx::query(
        "insert into role_assignment (id, user_id, project_id, role_id, created_at)
         select $1, $2, $3, id, $5 from role where name = $4",
    )
    .bind(Uuid::new_v4().to_string())
    .bind(user.0.to_string())
    .bind(project.0.to_string())
    .bind(role.as_str())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Lets the user run the whole cloud, whatever project it is looked at from.
pub async fn system_admin(tx: &mut Tx, user: UserId, now: Micros) -> Result<()> {
    sqlx::query(
        "insert into role_assignment (id, user_id, role_id, created_at) select $1, $2, id, $4 from role where name = $3",
    )
    .bind(Uuid::new_v4().to_string())
    .bind(user.0.to_string())
    .bind(Role::Admin.as_str())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn remove(tx: &mut Tx, user: UserId, project: ProjectId) -> Result<()> {
    sqlx::query("delete from role_assignment where user_id = $1 and project_id = $2")
        .bind(user.0.to_string())
        .bind(project.0.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Whether the user has a role that runs the cloud, anywhere, directly or by a group.
pub async fn user_runs_cloud(db: &mut SqliteConnection, user: UserId) -> Result<bool> {
    Ok(sqlx::query(
        "select 1 from role_assignment a join role r on r.id = a.role_id
         where (a.user_id = $1 or a.group_id in (select group_id from group_member where user_id = $1))
             and a.domain_id is null and r.strength = $2
         union all
         select 1 from role_assignment a join role r on r.id = a.role_id
         where (a.user_id = $1 or a.group_id in (select group_id from group_member where user_id = $1))
             and a.domain_id is not null and a.inherited = 1 and r.strength = $2
         limit 1",
    )
    .bind(user.0.to_string())
    .bind(strength_of(Role::Admin))
    .fetch_optional(db)
    .await?
    .is_some())
}

/// Whether the group has such a role.
pub async fn group_runs_cloud(db: &mut SqliteConnection, group: GroupId) -> Result<bool> {
    Ok(sqlx::query(
        "select 1 from role_assignment a join role r on r.id = a.role_id
         where a.group_id = $1 and r.strength = $2 and (a.domain_id is null or a.inherited = 1) limit 1",
    )
    .bind(group.0.to_string())
    .bind(strength_of(Role::Admin))
    .fetch_optional(db)
    .await?
    .is_some())
}

/// How many can run the cloud by a role on a project or on the system: the last of them must stay. Whoever is to come by a provider that
/// is not there any more, or is another by now, has no way in.
pub async fn count_who_run_cloud(db: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar(
        "select count(distinct u.id) from role_assignment a
         join role r on r.id = a.role_id
         left join group_member m on m.group_id = a.group_id
         join local_user u on u.id = coalesce(a.user_id, m.user_id)
         join domain d on d.id = u.domain_id
         left join project p on p.id = a.project_id
         where r.strength = $1 and a.domain_id is null and u.enabled = 1 and u.expires_at is null and d.enabled = 1
             and (p.id is null or (p.enabled = 1 and p.deleting = 0 and a.inherited = 0))
             and not exists (select 1 from federated_user f where f.user_id = u.id
                 and not exists (select 1 from provider v where v.domain_id = f.domain_id
                     and (f.issuer is null or f.issuer = v.issuer)))",
    )
    .bind(strength_of(Role::Admin))
    .fetch_one(db)
    .await?)
}
