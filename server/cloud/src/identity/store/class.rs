//! SQL of classes.

use super::{Decoded, Result, found, id, id_at, push_ids};
use crate::authz::Reach;
use crate::db::Tx;
use crate::keyset::{Filter, Listing, Sort, Value, page};
use api::class::Class;
use api::{
    Caller, ClassId, DomainId, FlavorId, ImageId, ListQuery, Micros, OperationId, Page, ProjectId, Role, UserId,
};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, QueryBuilder, Row, SqliteConnection, SqlitePool};
use std::collections::{BTreeMap, HashSet};

struct View(Class);

impl FromRow<'_, SqliteRow> for View {
    fn from_row(row: &SqliteRow) -> Decoded<Self> {
        let count = |column: &str| Decoded::Ok(row.try_get::<i64, _>(column)?.max(0) as u64);
        Ok(Self(Class {
            id: id_at(row, "id")?,
            domain: id_at(row, "domain_id")?,
            domain_name: row.try_get("domain_name")?,
            name: row.try_get("name")?,
            description: row.try_get("description")?,
            seats: count("seats")?,
            working: count("working")?,
            failed: count("failed")?,
            expires_at: row.try_get("expires_at")?,
            expired: row.try_get("expired")?,
            removing: row.try_get("removing")?,
            created_at: row.try_get("created_at")?,
        }))
    }
}

const LIST: Listing = Listing {
    select: "c.id, c.domain_id, c.name, c.description, c.expires_at, c.expired, c.removal_id is not null as removing, c.created_at,
        d.name as domain_name,
        (select count(*) from seat s where s.class_id = c.id) as seats,
        (select count(*) from seat s where s.class_id = c.id and s.state in ('making', 'resetting', 'removing')) as working,
        (select count(*) from seat s where s.class_id = c.id and s.state = 'failed') as failed",
    table: "class c",
    joins: "join domain d on d.id = c.domain_id",
    id: "c.id",
    sorts: &[
        Sort { key: "name", column: "c.name", number: false },
        Sort { key: "domain", column: "d.name", number: false },
        Sort { key: "expires", column: "coalesce(c.expires_at, 9223372036854775807)", number: true },
        Sort { key: "created", column: "c.created_at", number: true },
    ],
    default: "name",
};

/// Those in reach, and those that the caller teaches.
pub async fn list(db: &SqlitePool, caller: &Caller, reach: Option<&Reach>, query: &ListQuery) -> Result<Page<Class>> {
    let taught = "exists (select 1 from class_teacher t where t.class_id = c.id and t.user_id = ?)";
    let own = Value::Text(caller.user.0.to_string());
    let filter = match reach {
        Some(Reach::Everywhere) => Filter::default(),
        Some(Reach::Domains(domains)) => {
            let marks = vec!["?"; domains.len()].join(", ");
            let values = domains.iter().map(|domain| Value::Text(domain.0.to_string())).chain([own]).collect();
            Filter::default().and(format!("c.domain_id in ({marks}) or {taught}"), values)
        }
        None => Filter::default().and(taught, vec![own]),
    };
    let filter = found(filter, query, "c.id", &["c.name", "c.description"]);
    Ok(page::<View>(db, &LIST, filter, query).await?.map(|view| view.0))
}

pub async fn find(db: &mut SqliteConnection, class: ClassId) -> Result<Option<Class>> {
    let mut query = LIST.select();
    query.push(" where c.id = ").push_bind(class.0.to_string());
    let row: Option<View> = query.build_query_as().fetch_optional(db).await?;
    Ok(row.map(|view| view.0))
}

/// How many a domain has.
pub async fn count_in(db: &mut SqliteConnection, domain: DomainId) -> Result<u64> {
    let count: i64 = sqlx::query_scalar("select count(*) from class where domain_id = $1")
        .bind(domain.0.to_string())
        .fetch_one(db)
        .await?;
    Ok(count.max(0) as u64)
}

/// What its seats are made from.
#[derive(Clone, Debug)]
pub struct Template {
    pub id: ClassId,
    pub domain: DomainId,
    pub name: String,
    pub limits: BTreeMap<String, i64>,
    pub cidr: Option<String>,
    pub only_images: bool,
    pub only_flavors: bool,
    pub expires_at: Option<Micros>,
    pub joinable: bool,
    pub join_limit: i64,
    pub removal: Option<OperationId>,
    pub teachers: Vec<UserId>,
}

fn template_row(row: &SqliteRow) -> Decoded<Template> {
    let limits: String = row.try_get("limits")?;
    Ok(Template {
        id: id_at(row, "id")?,
        domain: id_at(row, "domain_id")?,
        name: row.try_get("name")?,
        limits: serde_json::from_str(&limits).map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
        cidr: row.try_get("cidr")?,
        only_images: row.try_get("only_images")?,
        only_flavors: row.try_get("only_flavors")?,
        expires_at: row.try_get("expires_at")?,
        joinable: row.try_get("joinable")?,
        join_limit: row.try_get("join_limit")?,
        removal: super::id_or_null(row, "removal_id")?,
        teachers: Vec::new(),
    })
}

const TEMPLATE: &str = "select c.*, c.join_hash is not null as joinable from class c";

async fn with_teachers(db: &mut SqliteConnection, row: Option<SqliteRow>) -> Result<Option<Template>> {
    let Some(row) = row else { return Ok(None) };
    let mut template = template_row(&row)?;
    template.teachers = teachers(db, template.id).await?.into_iter().map(|(user, _)| user).collect();
    Ok(Some(template))
}

pub async fn template(db: &mut SqliteConnection, class: ClassId) -> Result<Option<Template>> {
    let row =
        sqlx::query(&format!("{TEMPLATE} where c.id = $1")).bind(class.0.to_string()).fetch_optional(&mut *db).await?;
    with_teachers(db, row).await
}

/// The class that the code joins, as long as anybody may.
pub async fn joined_by(db: &mut SqliteConnection, hash: &str, now: Micros) -> Result<Option<Template>> {
    let sql = format!(
        "{TEMPLATE} join domain d on d.id = c.domain_id
         where c.join_hash = $1 and c.removal_id is null and d.enabled = 1 and (c.expires_at is null or c.expires_at > $2)"
    );
    let row = sqlx::query(&sql).bind(hash).bind(now).fetch_optional(&mut *db).await?;
    with_teachers(db, row).await
}

pub async fn insert(
    tx: &mut Tx,
    template: &Template,
    description: &str,
    now: Micros,
) -> std::result::Result<(), sqlx::Error> {
    let limits = serde_json::to_string(&template.limits).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    sqlx::query(
        "insert into class (id, domain_id, name, description, limits, cidr, only_images, only_flavors, expires_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(template.id.0.to_string())
    .bind(template.domain.0.to_string())
    .bind(&template.name)
    .bind(description)
    .bind(limits)
    .bind(&template.cidr)
    .bind(template.only_images)
    .bind(template.only_flavors)
    .bind(template.expires_at)
    .bind(now)
    .execute(&mut **tx)
    .await
    .map(|_| ())
}

/// What its seats are made from, from now on. The lists and the teachers stand in tables of their own.
pub async fn update(tx: &mut Tx, template: &Template, description: &str) -> Result<()> {
    let limits = serde_json::to_string(&template.limits).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    sqlx::query("update class set description = $2, limits = $3, only_images = $4, only_flavors = $5 where id = $1")
        .bind(template.id.0.to_string())
        .bind(description)
        .bind(limits)
        .bind(template.only_images)
        .bind(template.only_flavors)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// In place of those who taught it. What they may do in the seats' projects is set apart from this.
pub async fn teachers_set(tx: &mut Tx, class: ClassId, teachers: &[UserId]) -> Result<()> {
    sqlx::query("delete from class_teacher where class_id = $1").bind(class.0.to_string()).execute(&mut **tx).await?;
    for teacher in teachers {
        sqlx::query("insert into class_teacher (class_id, user_id) values ($1, $2)")
            .bind(class.0.to_string())
            .bind(teacher.0.to_string())
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Takes from somebody what teaching has given them in the seats' projects.
pub async fn unteach(tx: &mut Tx, class: ClassId, teacher: UserId) -> Result<()> {
    sqlx::query(
        "delete from role_assignment where user_id = $2 and role_id in (select id from role where name = $3)
         and project_id in (select project_id from seat where class_id = $1)",
    )
    .bind(class.0.to_string())
    .bind(teacher.0.to_string())
    .bind(Role::Manager.as_str())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn images_set(tx: &mut Tx, class: ClassId, images: &[ImageId]) -> Result<()> {
    sqlx::query("delete from class_image where class_id = $1").bind(class.0.to_string()).execute(&mut **tx).await?;
    for image in images {
        sqlx::query("insert into class_image (class_id, image_id) values ($1, $2)")
            .bind(class.0.to_string())
            .bind(image.0.to_string())
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

pub async fn flavors_set(tx: &mut Tx, class: ClassId, flavors: &[FlavorId]) -> Result<()> {
    sqlx::query("delete from class_flavor where class_id = $1").bind(class.0.to_string()).execute(&mut **tx).await?;
    for flavor in flavors {
        sqlx::query("insert into class_flavor (class_id, flavor_id) values ($1, $2)")
            .bind(class.0.to_string())
            .bind(flavor.0.to_string())
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

pub async fn images(db: &mut SqliteConnection, class: ClassId) -> Result<Vec<ImageId>> {
    let ids: Vec<String> = sqlx::query_scalar("select image_id from class_image where class_id = $1")
        .bind(class.0.to_string())
        .fetch_all(db)
        .await?;
    Ok(ids.iter().map(|text| id(text)).collect::<Decoded<_>>()?)
}

pub async fn flavors(db: &mut SqliteConnection, class: ClassId) -> Result<Vec<FlavorId>> {
    let ids: Vec<String> = sqlx::query_scalar("select flavor_id from class_flavor where class_id = $1")
        .bind(class.0.to_string())
        .fetch_all(db)
        .await?;
    Ok(ids.iter().map(|text| id(text)).collect::<Decoded<_>>()?)
}

pub async fn teachers(db: &mut SqliteConnection, class: ClassId) -> Result<Vec<(UserId, String)>> {
    let rows = sqlx::query(
        "select u.id, u.name from class_teacher t join local_user u on u.id = t.user_id where t.class_id = $1 order by u.name",
    )
    .bind(class.0.to_string())
    .fetch_all(db)
    .await?;
    Ok(rows.iter().map(|row| Ok((id_at(row, "id")?, row.try_get("name")?))).collect::<Decoded<_>>()?)
}

pub async fn is_taught_by(db: &mut SqliteConnection, class: ClassId, user: UserId) -> Result<bool> {
    let row = sqlx::query("select 1 from class_teacher where class_id = $1 and user_id = $2")
        .bind(class.0.to_string())
        .bind(user.0.to_string())
        .fetch_optional(db)
        .await?;
    Ok(row.is_some())
}

/// Whether somebody teaches any class.
pub async fn teaches(db: &SqlitePool, user: UserId) -> Result<bool> {
    let row = sqlx::query("select 1 from class_teacher where user_id = $1 limit 1")
        .bind(user.0.to_string())
        .fetch_optional(db)
        .await?;
    Ok(row.is_some())
}

/// Who teaches in any of these projects; with `None` whoever teaches anything.
pub async fn teachers_in(db: &SqlitePool, projects: Option<&HashSet<ProjectId>>) -> Result<Vec<UserId>> {
    let mut query = QueryBuilder::new("select distinct t.user_id from class_teacher t");
    if let Some(projects) = projects {
        query.push(" join seat s on s.class_id = t.class_id where s.project_id");
        push_ids(&mut query, projects.iter().map(|project| project.0));
    }
    let ids: Vec<String> = query.build_query_scalar().fetch_all(db).await?;
    Ok(ids.iter().map(|text| id(text)).collect::<Decoded<_>>()?)
}

/// The code to join by, by its hash; `None`: nobody joins.
pub async fn join_set(tx: &mut Tx, class: ClassId, hash: Option<&str>, limit: i64) -> Result<()> {
    sqlx::query("update class set join_hash = $2, join_limit = $3 where id = $1")
        .bind(class.0.to_string())
        .bind(hash)
        .bind(limit)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Moves the end of its accounts.
pub async fn expire_at(tx: &mut Tx, class: ClassId, at: Option<Micros>) -> Result<()> {
    sqlx::query("update class set expires_at = $2, expired = 0 where id = $1")
        .bind(class.0.to_string())
        .bind(at)
        .execute(&mut **tx)
        .await?;
    sqlx::query("update local_user set expires_at = $2 where id in (select user_id from seat where class_id = $1)")
        .bind(class.0.to_string())
        .bind(at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Those whose accounts have ended without anybody having noticed.
pub async fn expiring(db: &SqlitePool, now: Micros) -> Result<Vec<(ClassId, String)>> {
    let rows = sqlx::query("select id, name from class where expires_at <= $1 and expired = 0")
        .bind(now)
        .fetch_all(db)
        .await?;
    Ok(rows.iter().map(|row| Ok((id_at(row, "id")?, row.try_get("name")?))).collect::<Decoded<_>>()?)
}

/// When the next ones end.
pub async fn next_expiry(db: &SqlitePool) -> Result<Option<Micros>> {
    Ok(sqlx::query_scalar("select min(expires_at) from class where expired = 0").fetch_one(db).await?)
}

pub async fn expired(tx: &mut Tx, class: ClassId) -> Result<()> {
    sqlx::query("update class set expired = 1 where id = $1").bind(class.0.to_string()).execute(&mut **tx).await?;
    Ok(())
}

/// Nobody joins any more either.
pub async fn removal_begin(tx: &mut Tx, class: ClassId, operation: OperationId) -> Result<()> {
    sqlx::query("update class set removal_id = $2, join_hash = null where id = $1")
        .bind(class.0.to_string())
        .bind(operation.0.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Those that are to go and have no seat left.
pub async fn emptied(db: &SqlitePool) -> Result<Vec<ClassId>> {
    let ids: Vec<String> = sqlx::query_scalar(
        "select c.id from class c where c.removal_id is not null and not exists (select 1 from seat s where s.class_id = c.id)",
    )
    .fetch_all(db)
    .await?;
    Ok(ids.iter().map(|text| id(text)).collect::<Decoded<_>>()?)
}

/// Teachers and lists go with it.
pub async fn delete(tx: &mut Tx, class: ClassId) -> Result<()> {
    sqlx::query("delete from class where id = $1").bind(class.0.to_string()).execute(&mut **tx).await?;
    Ok(())
}
