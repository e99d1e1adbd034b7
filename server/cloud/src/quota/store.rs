//! All SQL of quotas: the one place that counts the rows of every service, or reads what the database has counted (`usage`).

pub mod overview;

use crate::authz::Reach;
use crate::db::{Tx, contains};
use crate::fault::StoreError;
use crate::keyset::{Filter, Listing, Sort, Value, page};
use api::quota::{QuotaRequest, RequestState, Resource};
use api::{Caller, Kind, ListQuery, Micros, Page, ProjectId, QuotaRequestId, UserId};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, QueryBuilder, Row, SqliteConnection, SqlitePool};
use uuid::Uuid;

pub async fn limit(
    db: &mut SqliteConnection,
    project: ProjectId,
    resource: Resource,
) -> Result<Option<i64>, StoreError> {
    Ok(sqlx::query_scalar(
        "select coalesce(
            (select max from quota where project_id = $1 and resource = $2),
            (select max from quota_default where resource = $2))",
    )
    .bind(project.0.to_string())
    .bind(resource.as_str())
    .fetch_one(db)
    .await?)
}

/// The project's own.
pub async fn own(db: &mut SqliteConnection, project: ProjectId, resource: Resource) -> Result<Option<i64>, StoreError> {
    Ok(sqlx::query_scalar("select max from quota where project_id = $1 and resource = $2")
        .bind(project.0.to_string())
        .bind(resource.as_str())
        .fetch_optional(db)
        .await?)
}

/// The administrators' default.
pub async fn default(db: &mut SqliteConnection, resource: Resource) -> Result<Option<i64>, StoreError> {
    Ok(sqlx::query_scalar("select max from quota_default where resource = $1")
        .bind(resource.as_str())
        .fetch_optional(db)
        .await?)
}

pub async fn default_set(db: &mut SqliteConnection, resource: Resource, max: Option<i64>) -> Result<(), StoreError> {
    let Some(max) = max else {
        sqlx::query("delete from quota_default where resource = $1").bind(resource.as_str()).execute(db).await?;
        return Ok(());
    };
    sqlx::query(
        "insert into quota_default (resource, max) values ($1, $2)
         on conflict (resource) do update set max = excluded.max",
    )
    .bind(resource.as_str())
    .bind(max)
    .execute(db)
    .await?;
    Ok(())
}

pub async fn unset(db: &mut SqliteConnection, project: ProjectId, resource: Resource) -> Result<(), StoreError> {
    sqlx::query("delete from quota where project_id = $1 and resource = $2")
        .bind(project.0.to_string())
        .bind(resource.as_str())
        .execute(db)
        .await?;
    Ok(())
}

/// The same as `used`, where nobody in particular asks: key pairs are nobody's then.
pub async fn used_by_project(
    db: &mut SqliteConnection,
    project: ProjectId,
    resource: Resource,
) -> Result<i64, StoreError> {
    used(db, project, UserId(Uuid::nil()), resource).await
}

pub async fn set(
    db: &mut SqliteConnection,
    project: ProjectId,
    resource: Resource,
    max: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into quota (project_id, resource, max) values ($1, $2, $3)
         on conflict (project_id, resource) do update set max = excluded.max",
    )
    .bind(project.0.to_string())
    .bind(resource.as_str())
    .bind(max)
    .execute(db)
    .await?;
    Ok(())
}

/// How much is used now. Key pairs are counted for the user, everything else for the project. What is being deleted still counts.
pub async fn used(
    db: &mut SqliteConnection,
    project: ProjectId,
    user: UserId,
    resource: Resource,
) -> Result<i64, StoreError> {
    let sql = match resource {
        Resource::Instances => "select sum(used) from usage where project_id = $1 and resource = 'instances'",
        Resource::Cores => "select sum(used) from usage where project_id = $1 and resource = 'cores'",
        Resource::Ram => "select sum(used) from usage where project_id = $1 and resource = 'ram'",
        Resource::KeyPairs => "select count(*) from keypair where user_id = $1",
        // What several images share is stored once.
        Resource::ImageBytes => {
            "select sum(size) from (select max(size) as size from image where project_id = $1 group by data_id) as data"
        }
        Resource::Networks => "select count(*) from network where project_id = $1 and external = 0",
        Resource::Subnets => {
            "select count(*) from subnet s join network n on n.id = s.network_id where s.project_id = $1 and n.external = 0"
        }
        Resource::Routers => "select count(*) from router where project_id = $1",
        Resource::Ports => "select sum(used) from usage where project_id = $1 and resource = 'ports'",
        Resource::FloatingIps => "select count(*) from floating_ip where project_id = $1",
        Resource::SecurityGroups => "select count(*) from security_group where project_id = $1",
        Resource::SecurityGroupRules => {
            "select count(*) from security_group_rule r join security_group g on g.id = r.group_id where g.project_id = $1"
        }
    };
    let owner = if resource == Resource::KeyPairs { user.0 } else { project.0 };
    let used: Option<i64> = sqlx::query_scalar(sql).bind(owner.to_string()).fetch_one(db).await?;
    // The sum of nothing is null.
    Ok(used.unwrap_or(0))
}

pub struct NewRequest<'a> {
    pub id: QuotaRequestId,
    pub resource: Resource,
    pub asked: i64,
    pub held: i64,
    pub reason: &'a str,
}

pub async fn request_insert(
    tx: &mut Tx,
    caller: &Caller,
    new: &NewRequest<'_>,
    now: Micros,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into quota_request (id, project_id, user_id, user_name, resource, asked, held, reason, state, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9)",
    )
    .bind(new.id.0.to_string())
    .bind(caller.project.0.to_string())
    .bind(caller.user.0.to_string())
    .bind(&caller.user_name)
    .bind(new.resource.as_str())
    .bind(new.asked)
    .bind(new.held)
    .bind(new.reason)
    .bind(now)
    .execute(&mut **tx)
    .await
    .map(|_| ())
}

struct View(QuotaRequest);

impl FromRow<'_, SqliteRow> for View {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let bad = |what: &str| sqlx::Error::Decode(format!("quota_request.{what}").into());
        let resource: &str = row.try_get("resource")?;
        Ok(Self(QuotaRequest {
            id: row.try_get::<&str, _>("id")?.parse().map_err(|_| bad("id"))?,
            project: row.try_get::<&str, _>("project_id")?.parse().map_err(|_| bad("project_id"))?,
            project_name: row.try_get("project_name")?,
            user_name: row.try_get("user_name")?,
            resource: Resource::ALL.into_iter().find(|it| it.as_str() == resource).ok_or_else(|| bad("resource"))?,
            asked: row.try_get("asked")?,
            held: row.try_get("held")?,
            reason: row.try_get("reason")?,
            state: RequestState::parse(row.try_get("state")?).ok_or_else(|| bad("state"))?,
            answer: row.try_get("answer")?,
            decided_by: row.try_get("decided_by")?,
            decided_at: row.try_get("decided_at")?,
            created_at: row.try_get("created_at")?,
        }))
    }
}

const REQUESTS: Listing = Listing {
    select: "q.*, p.name as project_name",
    table: "quota_request q",
    joins: "join project p on p.id = q.project_id",
    id: "q.id",
    sorts: &[Sort { key: "created", column: "q.created_at", number: true }],
    default: "-created",
};

/// Whose requests a list is about.
pub enum Of {
    Project(ProjectId),
    Reached(Reach),
}

pub async fn request_list(db: &SqlitePool, of: Of, query: &ListQuery) -> Result<Page<QuotaRequest>, StoreError> {
    let mut filter = match of {
        Of::Project(project) => Filter::default().and("q.project_id = ?", vec![Value::Text(project.0.to_string())]),
        Of::Reached(Reach::Everywhere) => Filter::default(),
        Of::Reached(Reach::Domains(domains)) => {
            let marks = vec!["?"; domains.len()].join(", ");
            let values = domains.iter().map(|domain| Value::Text(domain.0.to_string())).collect();
            Filter::default().and(format!("p.domain_id in ({marks})"), values)
        }
    };
    if RequestState::parse(&query.status).is_some() {
        filter = filter.and("q.state = ?", vec![Value::Text(query.status.clone())]);
    }
    if !query.search.trim().is_empty() {
        let pattern = Value::Text(contains(&query.search));
        let clause = "p.name like ? escape '\\' or q.user_name like ? escape '\\' or q.reason like ? escape '\\'";
        filter = filter.and(clause, vec![pattern; 3]);
    }
    Ok(page::<View>(db, &REQUESTS, filter, query).await?.map(|view| view.0))
}

pub async fn request_find(tx: &mut Tx, id: QuotaRequestId) -> Result<Option<QuotaRequest>, StoreError> {
    let row: Option<View> = sqlx::query_as(
        "select q.*, p.name as project_name from quota_request q join project p on p.id = q.project_id where q.id = $1",
    )
    .bind(id.0.to_string())
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|view| view.0))
}

pub async fn request_decide(
    tx: &mut Tx,
    id: QuotaRequestId,
    state: RequestState,
    answer: &str,
    by: &str,
    now: Micros,
) -> Result<(), StoreError> {
    sqlx::query(
        "update quota_request set state = $2, answer = $3, decided_by = $4, decided_at = $5
         where id = $1 and state = 'open'",
    )
    .bind(id.0.to_string())
    .bind(state.as_str())
    .bind(answer)
    .bind(by)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What a project holds of a kind, as `<name> from <rows> where <condition but the project>`.
fn held(kind: Kind) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        Kind::Instance => ("name", "instance where 1 = 1"),
        Kind::Image => ("name", "image where deleted_at is null"),
        Kind::Network => ("name", "network where external = 0"),
        Kind::Router => ("name", "router where 1 = 1"),
        Kind::FloatingIp => ("address", "floating_ip where 1 = 1"),
        Kind::SecurityGroup => ("name", "security_group where 1 = 1"),
        _ => return None,
    })
}

/// Things of a project by their names: how many, and the first few.
pub async fn holding(
    db: &mut SqliteConnection,
    project: ProjectId,
    kind: Kind,
) -> Result<Option<(u64, Vec<String>)>, StoreError> {
    const SHOWN: i64 = 5;
    let Some((name, rows)) = held(kind) else { return Ok(None) };
    let from = format!("{name} from {rows} and project_id = $1");
    let count = format!("select count(*) from (select {from})");
    let count: i64 = sqlx::query_scalar(&count).bind(project.0.to_string()).fetch_one(&mut *db).await?;
    let names = format!("select {from} order by 1 limit $2");
    let names = sqlx::query_scalar(&names).bind(project.0.to_string()).bind(SHOWN).fetch_all(db).await?;
    Ok((count > 0).then_some((count.max(0) as u64, names)))
}

/// How many things of a kind several projects hold together.
pub async fn held_by(db: &mut SqliteConnection, projects: &[ProjectId], kind: Kind) -> Result<u64, StoreError> {
    let Some((_, rows)) = held(kind) else { return Ok(0) };
    if projects.is_empty() {
        return Ok(0);
    }
    let mut query = QueryBuilder::new(format!("select count(*) from {rows} and project_id in ("));
    let mut ids = query.separated(", ");
    for project in projects {
        ids.push_bind(project.0.to_string());
    }
    query.push(")");
    let count: i64 = query.build_query_scalar().fetch_one(db).await?;
    Ok(count.max(0) as u64)
}
