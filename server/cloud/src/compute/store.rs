//! All SQL of instances and hosts; in `list.rs` that of the list, in `flavor.rs` and `property.rs` that of flavors and of what both carry.

mod flavor;
mod list;
mod property;

pub use flavor::*;
pub use list::instance_list;
pub use property::*;

use super::hardware::{self, Properties};
use super::lifecycle::{Row, SHUTDOWN_TIMEOUT, Seen};
use crate::db::Tx;
use crate::fault::StoreError;
use api::class::SeatInstance;
use api::compute::{Fault, Flavor, HypervisorHost, PowerState, State, Status, Task};
use api::{ImageId, InstanceId, Micros, OperationId, ProjectId};
use serde_json::json;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, QueryBuilder, Row as _, SqliteConnection, SqlitePool};
use std::collections::HashMap;
use uuid::Uuid;

type Result<T> = std::result::Result<T, StoreError>;

fn id<T: From<Uuid>>(row: &SqliteRow, column: &str) -> std::result::Result<T, sqlx::Error> {
    let text: &str = row.try_get(column)?;
    Uuid::try_parse(text).map(T::from).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

/// Everything a row holds but the user-data, which only a launch needs.
#[derive(Clone, Debug)]
pub struct InstanceRow {
    pub id: InstanceId,
    pub project: ProjectId,
    pub name: String,
    pub image: ImageId,
    pub image_name: String,
    pub flavor_name: String,
    pub vcpus: u32,
    pub ram_mb: u64,
    pub disk_gb: u64,
    pub keypair_name: Option<String>,
    pub generation: i64,
    pub state: State,
    pub power: PowerState,
    pub boot: String,
    pub task_since: Micros,
    pub attempts: i64,
    pub fault: Option<Fault>,
    pub operation: Option<OperationId>,
    /// The image that is being made of it.
    pub snapshot: Option<ImageId>,
    pub host: String,
    /// The properties that its hardware is made by, in JSON; empty: none.
    hardware: String,
    pub created_at: Micros,
    pub launched_at: Option<Micros>,
    pub updated_at: Micros,
}

const COLUMNS: &str = "i.id, i.project_id, i.name, i.image_id, i.image_name, i.flavor_name, i.vcpus, i.ram_mb, i.disk_gb, \
     i.keypair_name, i.generation, i.status, i.task, i.power_state, i.boot, i.task_since, i.attempts, i.fault, i.fault_at, \
     i.operation_id, i.snapshot_image_id, i.host, i.hardware, i.created_at, i.launched_at, i.updated_at";

impl FromRow<'_, SqliteRow> for InstanceRow {
    fn from_row(row: &SqliteRow) -> std::result::Result<Self, sqlx::Error> {
        let bad = |what: &str| sqlx::Error::Decode(format!("instance.{what}").into());
        let task: Option<&str> = row.try_get("task")?;
        let fault: Option<String> = row.try_get("fault")?;
        let fault_at: Option<i64> = row.try_get("fault_at")?;
        let operation: Option<&str> = row.try_get("operation_id")?;
        Ok(Self {
            id: id(row, "id")?,
            project: id(row, "project_id")?,
            name: row.try_get("name")?,
            image: id(row, "image_id")?,
            image_name: row.try_get("image_name")?,
            flavor_name: row.try_get("flavor_name")?,
            vcpus: row.try_get("vcpus")?,
            ram_mb: row.try_get::<i64, _>("ram_mb")?.max(0) as u64,
            disk_gb: row.try_get::<i64, _>("disk_gb")?.max(0) as u64,
            keypair_name: row.try_get("keypair_name")?,
            generation: row.try_get("generation")?,
            state: State {
                status: Status::parse(row.try_get("status")?).ok_or_else(|| bad("status"))?,
                task: task.map(|task| Task::parse(task).ok_or_else(|| bad("task"))).transpose()?,
            },
            power: PowerState::from_code(row.try_get("power_state")?),
            boot: row.try_get("boot")?,
            task_since: row.try_get("task_since")?,
            attempts: row.try_get("attempts")?,
            fault: fault.zip(fault_at).map(|(message, at)| Fault { message, at }),
            operation: operation.and_then(|text| text.parse().ok()),
            snapshot: row.try_get::<Option<&str>, _>("snapshot_image_id")?.and_then(|text| text.parse().ok()),
            host: row.try_get("host")?,
            hardware: row.try_get("hardware")?,
            created_at: row.try_get("created_at")?,
            launched_at: row.try_get("launched_at")?,
            updated_at: row.try_get("updated_at")?,
        })
    }
}

impl InstanceRow {
    /// What image and flavor said of its hardware when it was launched.
    pub fn hardware(&self) -> Properties {
        // Written by `instance_insert` alone.
        if self.hardware.is_empty() {
            Properties::new()
        } else {
            serde_json::from_str(&self.hardware).unwrap_or_default()
        }
    }

    /// The parts that the lifecycle's rules look at.
    pub fn lifecycle(&self) -> Row {
        Row {
            status: self.state.status,
            task: self.state.task,
            power: self.power,
            boot: self.boot.clone(),
            since: self.task_since,
            attempts: self.attempts,
            launched: self.launched_at.is_some(),
            faulty: self.fault.is_some(),
            arriving: false,
            shutdown: hardware::shutdown_seconds(&self.hardware())
                .map_or(SHUTDOWN_TIMEOUT, |seconds| seconds * 1_000_000),
        }
    }
}

pub async fn instance(
    db: &mut SqliteConnection,
    project: ProjectId,
    instance: InstanceId,
) -> Result<Option<InstanceRow>> {
    let sql = format!("select {COLUMNS} from instance i where i.id = $1 and i.project_id = $2");
    Ok(sqlx::query_as(&sql).bind(instance.0.to_string()).bind(project.0.to_string()).fetch_optional(db).await?)
}

/// The instances of several projects, by name.
pub async fn instances_in(db: &SqlitePool, projects: &[ProjectId]) -> Result<HashMap<ProjectId, Vec<SeatInstance>>> {
    let mut found: HashMap<ProjectId, Vec<SeatInstance>> = HashMap::new();
    let mut query = QueryBuilder::new(format!("select {COLUMNS} from instance i where i.project_id in ("));
    let mut ids = query.separated(", ");
    for project in projects {
        ids.push_bind(project.0.to_string());
    }
    query.push(") order by i.name, i.id");
    for row in query.build_query_as::<InstanceRow>().fetch_all(db).await? {
        let InstanceRow { id, name, state, project, .. } = row;
        found.entry(project).or_default().push(SeatInstance { id, name, state });
    }
    Ok(found)
}

/// Whoever it belongs to: for the program's own work.
pub async fn instance_any(db: &mut SqliteConnection, instance: InstanceId) -> Result<Option<InstanceRow>> {
    let sql = format!("select {COLUMNS} from instance i where i.id = $1");
    Ok(sqlx::query_as(&sql).bind(instance.0.to_string()).fetch_optional(db).await?)
}

/// What only config drive and metadata service need.
pub struct Secrets {
    pub public_key: Option<String>,
    pub user_data: String,
}

pub async fn secrets(db: &SqlitePool, instance: InstanceId) -> Result<Secrets> {
    let row = sqlx::query("select public_key, user_data from instance where id = $1")
        .bind(instance.0.to_string())
        .fetch_one(db)
        .await?;
    Ok(Secrets { public_key: row.try_get("public_key")?, user_data: row.try_get("user_data")? })
}

pub async fn user_data_bytes(db: &SqlitePool, instance: InstanceId) -> Result<u64> {
    let bytes: Option<i64> = sqlx::query_scalar("select length(user_data) from instance where id = $1")
        .bind(instance.0.to_string())
        .fetch_optional(db)
        .await?;
    Ok(bytes.unwrap_or(0).max(0) as u64)
}

/// A new instance, in BUILD.
pub struct NewRow<'a> {
    pub id: InstanceId,
    pub project: ProjectId,
    pub user: String,
    pub name: &'a str,
    pub image: ImageId,
    pub image_name: &'a str,
    pub flavor: &'a Flavor,
    pub keypair: Option<(&'a str, &'a str)>,
    pub user_data: &'a str,
    pub hardware: &'a Properties,
    pub operation: Option<OperationId>,
}

pub async fn instance_insert(tx: &mut Tx, row: NewRow<'_>, now: Micros) -> Result<()> {
    sqlx::query(
        "insert into instance (id, project_id, user_id, name, image_id, image_name, flavor_name, vcpus, ram_mb, disk_gb,
                               keypair_name, public_key, user_data, intent, status, task, task_since, operation_id,
                               created_at, updated_at, hardware)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'run', 'BUILD', 'scheduling', $14, $15, $14, $14, $16)",
    )
    .bind(row.id.0.to_string())
    .bind(row.project.0.to_string())
    .bind(row.user)
    .bind(row.name)
    .bind(row.image.0.to_string())
    .bind(row.image_name)
    .bind(&row.flavor.name)
    .bind(row.flavor.vcpus)
    .bind(row.flavor.ram_mb as i64)
    .bind(row.flavor.disk_gb as i64)
    .bind(row.keypair.map(|keypair| keypair.0))
    .bind(row.keypair.map(|keypair| keypair.1))
    .bind(row.user_data)
    .bind(now)
    .bind(row.operation.map(|id| id.0.to_string()))
    .bind(if row.hardware.is_empty() { String::new() } else { json!(row.hardware).to_string() })
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A new intent: the task that leads to it, with its operation. Raises the generation; an earlier fault is forgotten.
pub async fn intend(
    tx: &mut Tx,
    instance: InstanceId,
    intent: &str,
    status: Status,
    task: Task,
    operation: OperationId,
    now: Micros,
) -> Result<()> {
    sqlx::query(
        "update instance set intent = $2, status = $3, task = $4, operation_id = $5, task_since = $6, attempts = 0,
                             fault = null, fault_at = null, generation = generation + 1, updated_at = $6
         where id = $1",
    )
    .bind(instance.0.to_string())
    .bind(intent)
    .bind(status.as_str())
    .bind(task.as_str())
    .bind(operation.0.to_string())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// An image is to be made of it. What the instance is wanted to be stays as it is.
pub async fn snapshot_begin(tx: &mut Tx, instance: InstanceId, image: ImageId, now: Micros) -> Result<()> {
    sqlx::query(
        "update instance set snapshot_image_id = $2, task = 'image_snapshot', task_since = $3, attempts = 0,
                             generation = generation + 1, updated_at = $3 where id = $1",
    )
    .bind(instance.0.to_string())
    .bind(image.0.to_string())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Wants every instance of a project gone. Answers with how many there are still, and whether any was not wanted gone before.
pub async fn purge(tx: &mut Tx, project: ProjectId, now: Micros) -> Result<(u64, bool)> {
    let done = sqlx::query(
        "update instance set intent = 'delete', task = 'deleting', operation_id = null, task_since = $2, attempts = 0,
                             fault = null, fault_at = null, generation = generation + 1, updated_at = $2
         where project_id = $1 and intent <> 'delete'",
    )
    .bind(project.0.to_string())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    let left: i64 = sqlx::query_scalar("select count(*) from instance where project_id = $1")
        .bind(project.0.to_string())
        .fetch_one(&mut **tx)
        .await?;
    Ok((left.max(0) as u64, done.rows_affected() > 0))
}

/// Instances that are being worked on.
pub async fn moving(db: &SqlitePool) -> Result<Vec<InstanceRow>> {
    let sql = format!("select {COLUMNS} from instance i where i.task is not null order by i.task_since, i.id");
    Ok(sqlx::query_as(&sql).fetch_all(db).await?)
}

/// The rows of these instances, in any state and order.
pub async fn rows(db: &SqlitePool, instances: &[InstanceId]) -> Result<Vec<InstanceRow>> {
    let mut found = Vec::with_capacity(instances.len());
    // SQLite takes at most 32,766 bound values; a thousand at a time keeps the statements few and short.
    for some in instances.chunks(1000) {
        let mut query = QueryBuilder::new(format!("select {COLUMNS} from instance i where i.id in ("));
        let mut ids = query.separated(", ");
        for instance in some {
            ids.push_bind(instance.0.to_string());
        }
        query.push(")");
        found.extend(query.build_query_as::<InstanceRow>().fetch_all(db).await?);
    }
    Ok(found)
}

pub async fn all_ids(db: &SqlitePool) -> Result<Vec<InstanceId>> {
    let rows = sqlx::query("select id from instance").fetch_all(db).await?;
    Ok(rows.iter().map(|row| id(row, "id")).collect::<std::result::Result<_, sqlx::Error>>()?)
}

/// Shows the part of the work that has been reached. False if the intent has changed meanwhile.
pub async fn task_set(tx: &mut Tx, row: &InstanceRow, task: Task, host: &str, now: Micros) -> Result<bool> {
    let done =
        sqlx::query("update instance set task = $3, host = $4, updated_at = $5 where id = $1 and generation = $2")
            .bind(row.id.0.to_string())
            .bind(row.generation)
            .bind(task.as_str())
            .bind(host)
            .bind(now)
            .execute(&mut **tx)
            .await?;
    Ok(done.rows_affected() == 1)
}

/// One more attempt at the present task: a press of the button, or a failure.
pub async fn attempt(tx: &mut Tx, row: &InstanceRow, now: Micros) -> Result<()> {
    sqlx::query("update instance set attempts = attempts + 1, updated_at = $3 where id = $1 and generation = $2")
        .bind(row.id.0.to_string())
        .bind(row.generation)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// What was seen, once the instance has settled. False if the intent has changed meanwhile: then nothing is written.
pub async fn settle(tx: &mut Tx, row: &InstanceRow, seen: &Seen, now: Micros) -> Result<bool> {
    let intent = if seen.status == Status::Shutoff { "stop" } else { "run" };
    let done = sqlx::query(
        "update instance set status = $3, power_state = $4, boot = $5, intent = $6, task = null, attempts = 0, operation_id = null,
                             snapshot_image_id = null,
                             fault = $7, fault_at = case when $7 is null then null else $8 end,
                             launched_at = case when launched_at is null and $3 = 'ACTIVE' then $8 else launched_at end,
                             updated_at = $8
         where id = $1 and generation = $2",
    )
    .bind(row.id.0.to_string())
    .bind(row.generation)
    .bind(seen.status.as_str())
    .bind(seen.power as i64)
    .bind(&seen.boot)
    .bind(intent)
    .bind(seen.remark.map(|remark| remark.text()))
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The task has failed for good: ERROR with the reason.
pub async fn fail(tx: &mut Tx, row: &InstanceRow, fault: &str, now: Micros) -> Result<bool> {
    let done = sqlx::query(
        "update instance set status = 'ERROR', task = null, attempts = 0, operation_id = null, fault = $3, fault_at = $4,
                             updated_at = $4
         where id = $1 and generation = $2",
    )
    .bind(row.id.0.to_string())
    .bind(row.generation)
    .bind(fault)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn instance_delete(tx: &mut Tx, instance: InstanceId) -> Result<()> {
    sqlx::query("delete from instance where id = $1").bind(instance.0.to_string()).execute(&mut **tx).await?;
    Ok(())
}

/// How many instances there are in each status: for the metrics.
pub async fn count_by_status(db: &SqlitePool) -> Result<Vec<(String, i64)>> {
    Ok(sqlx::query_as("select status, count(*) from instance group by status").fetch_all(db).await?)
}

pub async fn host_save(tx: &mut Tx, host: &super::hypervisor::Host, virtualisation: &str, now: Micros) -> Result<()> {
    sqlx::query(
        "insert into host (name, hypervisor, virtualisation, virtualisation_why, vcpus, memory_mb, disk_free, up, seen_at, architecture, uefi)
         values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10)
         on conflict (name) do update set hypervisor = excluded.hypervisor, virtualisation = excluded.virtualisation,
             virtualisation_why = excluded.virtualisation_why, vcpus = excluded.vcpus, memory_mb = excluded.memory_mb,
             disk_free = excluded.disk_free, up = 1, seen_at = excluded.seen_at, architecture = excluded.architecture,
             uefi = excluded.uefi",
    )
    .bind(&host.name)
    .bind(&host.hypervisor)
    .bind(virtualisation)
    .bind(&host.virtualisation_why)
    .bind(host.cpus)
    .bind(host.memory_mb as i64)
    .bind(host.disk_free as i64)
    .bind(now)
    .bind(&host.architecture)
    .bind(host.uefi)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The hosts answer, or they do not. True if that is news.
pub async fn hosts_up(tx: &mut Tx, up: bool) -> Result<bool> {
    let done = sqlx::query("update host set up = $1 where up <> $1").bind(up).execute(&mut **tx).await?;
    Ok(done.rows_affected() > 0)
}

/// What each host can start: its architecture, and whether it knows UEFI.
pub async fn host_kinds(db: &mut SqliteConnection) -> Result<Vec<(String, bool)>> {
    Ok(sqlx::query_as("select distinct architecture, uefi from host order by architecture").fetch_all(db).await?)
}

pub async fn host_list(db: &SqlitePool) -> Result<Vec<HypervisorHost>> {
    let rows = sqlx::query(
        "select h.*, count(i.id) as instances, coalesce(sum(i.vcpus), 0) as vcpus_used, coalesce(sum(i.ram_mb), 0) as memory_used
         from host h left join instance i on i.host = h.name group by h.name order by h.name",
    )
    .fetch_all(db)
    .await?;
    let hosts = rows.iter().map(|row| {
        Ok(HypervisorHost {
            name: row.try_get("name")?,
            hypervisor: row.try_get("hypervisor")?,
            virtualisation: row.try_get("virtualisation")?,
            virtualisation_why: row.try_get("virtualisation_why")?,
            vcpus: row.try_get("vcpus")?,
            vcpus_used: row.try_get::<i64, _>("vcpus_used")?.max(0) as u32,
            memory_mb: row.try_get::<i64, _>("memory_mb")?.max(0) as u64,
            memory_mb_used: row.try_get::<i64, _>("memory_used")?.max(0) as u64,
            disk_free: row.try_get::<i64, _>("disk_free")?.max(0) as u64,
            instances: row.try_get::<i64, _>("instances")?.max(0) as u32,
            up: row.try_get("up")?,
            seen_at: row.try_get("seen_at")?,
        })
    });
    Ok(hosts.collect::<std::result::Result<_, sqlx::Error>>()?)
}
