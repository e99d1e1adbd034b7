//! SQL of seats.

use super::{Decoded, Result, found, id, id_at, id_or_null};
use crate::db::Tx;
use crate::keyset::{Filter, Listing, Sort, Value, page};
use api::class::{Seat, SeatState};
use api::{ClassId, Error, ListQuery, Micros, OperationId, Page, ProjectId, SeatId, UserId};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row, SqliteConnection, SqlitePool};

fn state(row: &SqliteRow) -> Decoded<SeatState> {
    SeatState::parse(row.try_get("state")?).ok_or_else(|| sqlx::Error::Decode("seat.state".into()))
}

fn fault(row: &SqliteRow) -> Decoded<Option<Error>> {
    let json: Option<String> = row.try_get("fault")?;
    Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
}

struct View(Seat);

impl FromRow<'_, SqliteRow> for View {
    fn from_row(row: &SqliteRow) -> Decoded<Self> {
        let (user, user_name): (_, Option<String>) = (id_or_null(row, "user_id")?, row.try_get("user_name")?);
        let (project, project_name): (_, Option<String>) =
            (id_or_null(row, "project_id")?, row.try_get("project_name")?);
        Ok(Self(Seat {
            id: id_at(row, "id")?,
            name: row.try_get("name")?,
            user: user.zip(user_name),
            project: project.zip(project_name),
            state: state(row)?,
            fault: fault(row)?,
            unclaimed: row.try_get("unclaimed")?,
            instances: Vec::new(),
            created_at: row.try_get("created_at")?,
        }))
    }
}

const LIST: Listing = Listing {
    select:
        "s.id, s.name, s.user_id, s.project_id, s.state, s.fault, s.claim_hash is not null as unclaimed, s.created_at,
        u.name as user_name, p.name as project_name",
    table: "seat s",
    joins: "left join local_user u on u.id = s.user_id left join project p on p.id = s.project_id",
    id: "s.id",
    sorts: &[
        Sort { key: "name", column: "s.name", number: false },
        Sort { key: "state", column: "s.state", number: false },
        Sort { key: "created", column: "s.created_at", number: true },
    ],
    default: "name",
};

pub async fn list(db: &SqlitePool, class: ClassId, query: &ListQuery) -> Result<Page<Seat>> {
    let filter = Filter::default().and("s.class_id = ?", vec![Value::Text(class.0.to_string())]);
    let mut filter = found(filter, query, "s.id", &["s.name", "u.name", "u.email"]);
    if !query.status.is_empty() {
        filter = filter.and("s.state = ?", vec![Value::Text(query.status.clone())]);
    }
    Ok(page::<View>(db, &LIST, filter, query).await?.map(|view| view.0))
}

/// A seat as those see it who work on it.
#[derive(Clone, Debug)]
pub struct SeatRow {
    pub id: SeatId,
    pub class: ClassId,
    pub name: String,
    pub user: Option<UserId>,
    pub project: Option<ProjectId>,
    pub state: SeatState,
    pub operation: Option<OperationId>,
}

fn seat_row(row: &SqliteRow) -> Decoded<SeatRow> {
    Ok(SeatRow {
        id: id_at(row, "id")?,
        class: id_at(row, "class_id")?,
        name: row.try_get("name")?,
        user: id_or_null(row, "user_id")?,
        project: id_or_null(row, "project_id")?,
        state: state(row)?,
        operation: id_or_null(row, "operation_id")?,
    })
}

pub async fn find(db: &mut SqliteConnection, seat: SeatId) -> Result<Option<SeatRow>> {
    let row = sqlx::query("select * from seat where id = $1").bind(seat.0.to_string()).fetch_optional(db).await?;
    Ok(row.as_ref().map(seat_row).transpose()?)
}

pub async fn of_class(db: &mut SqliteConnection, class: ClassId) -> Result<Vec<SeatRow>> {
    let rows = sqlx::query("select * from seat where class_id = $1 order by name, id")
        .bind(class.0.to_string())
        .fetch_all(db)
        .await?;
    Ok(rows.iter().map(seat_row).collect::<Decoded<_>>()?)
}

pub async fn count(db: &mut SqliteConnection, class: ClassId) -> Result<i64> {
    Ok(sqlx::query_scalar("select count(*) from seat where class_id = $1")
        .bind(class.0.to_string())
        .fetch_one(db)
        .await?)
}

/// Those that something is to be done to, in the order in which they were made.
pub async fn moving(db: &SqlitePool) -> Result<Vec<SeatRow>> {
    let rows = sqlx::query(
        "select * from seat where operation_id is not null and state in ('making', 'resetting', 'removing') order by created_at, id",
    )
    .fetch_all(db)
    .await?;
    Ok(rows.iter().map(seat_row).collect::<Decoded<_>>()?)
}

/// The seat whose code it is, as long as it is good.
pub async fn claimed_by(db: &mut SqliteConnection, hash: &str, now: Micros) -> Result<Option<SeatRow>> {
    let row = sqlx::query(
        "select s.* from seat s join class c on c.id = s.class_id join local_user u on u.id = s.user_id
         join domain d on d.id = u.domain_id
         where s.claim_hash = $1 and c.removal_id is null and u.enabled = 1 and d.enabled = 1
             and (u.expires_at is null or u.expires_at > $2)",
    )
    .bind(hash)
    .bind(now)
    .fetch_optional(db)
    .await?;
    Ok(row.as_ref().map(seat_row).transpose()?)
}

pub struct NewSeat<'a> {
    pub id: SeatId,
    pub class: ClassId,
    pub name: &'a str,
    pub user: UserId,
    pub project: ProjectId,
    pub state: SeatState,
    /// With how many seats it is about.
    pub operation: Option<(OperationId, usize)>,
    pub claim_hash: Option<&'a str>,
}

pub async fn insert(tx: &mut Tx, seat: &NewSeat<'_>, now: Micros) -> Result<()> {
    sqlx::query(
        "insert into seat (id, class_id, name, user_id, project_id, state, operation_id, operation_total, claim_hash, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(seat.id.0.to_string())
    .bind(seat.class.0.to_string())
    .bind(seat.name)
    .bind(seat.user.0.to_string())
    .bind(seat.project.0.to_string())
    .bind(seat.state.as_str())
    .bind(seat.operation.map(|(id, _)| id.0.to_string()))
    .bind(seat.operation.map_or(0, |(_, total)| total as i64))
    .bind(seat.claim_hash)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// From now on this is being done to the seat, for an operation on so many.
pub async fn begin(tx: &mut Tx, seat: SeatId, to: SeatState, operation: OperationId, total: usize) -> Result<()> {
    sqlx::query("update seat set state = $2, fault = null, operation_id = $3, operation_total = $4 where id = $1")
        .bind(seat.0.to_string())
        .bind(to.as_str())
        .bind(operation.0.to_string())
        .bind(total as i64)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn ready(tx: &mut Tx, seat: SeatId) -> Result<()> {
    sqlx::query("update seat set state = 'ready', fault = null, operation_id = null where id = $1")
        .bind(seat.0.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// It keeps the operation, which says in the end what has failed; if it is worked on for another by now, nothing has.
pub async fn failed(tx: &mut Tx, seat: SeatId, operation: OperationId, why: &Error) -> Result<()> {
    sqlx::query("update seat set state = 'failed', fault = $3 where id = $1 and operation_id = $2")
        .bind(seat.0.to_string())
        .bind(operation.0.to_string())
        .bind(serde_json::to_string(why).ok())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn claim_set(tx: &mut Tx, seat: SeatId, hash: Option<&str>) -> Result<()> {
    sqlx::query("update seat set claim_hash = $2 where id = $1")
        .bind(seat.0.to_string())
        .bind(hash)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn delete(tx: &mut Tx, seat: SeatId) -> Result<()> {
    sqlx::query("delete from seat where id = $1").bind(seat.0.to_string()).execute(&mut **tx).await?;
    Ok(())
}

/// How far an operation on seats is.
pub struct Tally {
    pub left: usize,
    pub total: usize,
    pub failed: Vec<(String, Option<Error>)>,
}

pub async fn tally(tx: &mut Tx, operation: OperationId) -> Result<Tally> {
    let rows =
        sqlx::query("select name, state, fault, operation_total from seat where operation_id = $1 order by name")
            .bind(operation.0.to_string())
            .fetch_all(&mut **tx)
            .await?;
    let mut tally = Tally { left: 0, total: 0, failed: Vec::new() };
    for row in &rows {
        tally.total = row.try_get::<i64, _>("operation_total")?.max(0) as usize;
        match state(row)? {
            SeatState::Failed => tally.failed.push((row.try_get("name")?, fault(row)?)),
            _ => tally.left += 1,
        }
    }
    Ok(tally)
}

/// A project that somebody has put below another, by name.
pub async fn project_below(db: &mut SqliteConnection, project: ProjectId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar("select name from project where parent_id = $1 limit 1")
        .bind(project.0.to_string())
        .fetch_optional(db)
        .await?)
}

/// Whether a seat's user has something outside the seat's project, directly or by a group, that `other` has not as well.
pub async fn is_beyond(
    db: &mut SqliteConnection,
    user: UserId,
    project: Option<ProjectId>,
    other: UserId,
) -> Result<bool> {
    let row = sqlx::query(
        "select 1 from role_assignment a join role r on r.id = a.role_id
         where (a.user_id = $1 or a.group_id in (select group_id from group_member where user_id = $1))
             and (a.project_id is null or a.project_id <> $2)
             and not exists (
                 select 1 from role_assignment o join role h on h.id = o.role_id
                 where o.user_id = $3 and o.project_id = a.project_id and h.strength >= r.strength)
         limit 1",
    )
    .bind(user.0.to_string())
    .bind(project.map(|project| project.0.to_string()).unwrap_or_default())
    .bind(other.0.to_string())
    .fetch_optional(db)
    .await?;
    Ok(row.is_some())
}

/// Whether a user or a project of that name is there.
pub async fn is_taken(tx: &mut Tx, of: Taken, domain: api::DomainId, name: &str) -> Result<bool> {
    let sql = match of {
        Taken::User => "select 1 from local_user where domain_id = $1 and name = $2",
        Taken::Project => "select 1 from project where domain_id = $1 and name = $2",
    };
    Ok(sqlx::query(sql).bind(domain.0.to_string()).bind(name).fetch_optional(&mut **tx).await?.is_some())
}

/// What a name may be taken by.
#[derive(Clone, Copy, Debug)]
pub enum Taken {
    User,
    Project,
}

/// The projects of a class.
pub async fn projects(db: &mut SqliteConnection, class: ClassId) -> Result<Vec<ProjectId>> {
    let ids: Vec<String> =
        sqlx::query_scalar("select project_id from seat where class_id = $1 and project_id is not null")
            .bind(class.0.to_string())
            .fetch_all(db)
            .await?;
    Ok(ids.iter().map(|text| id(text)).collect::<Decoded<_>>()?)
}
