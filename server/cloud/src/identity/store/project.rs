//! SQL of projects.

use super::{Result, found, id, id_at, of_domain, push_ids, switched, within};
use crate::authz::Reach;
use crate::db::Tx;
use crate::keyset::{Filter, Listing, Sort, page};
use api::directory::Project;
use api::{DomainId, ListQuery, Micros, OperationId, Page, ProjectId};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, QueryBuilder, Row, SqliteConnection, SqlitePool};
use std::collections::HashMap;

struct View(Project);

impl FromRow<'_, SqliteRow> for View {
    fn from_row(row: &SqliteRow) -> std::result::Result<Self, sqlx::Error> {
        Ok(Self(Project {
            id: id_at(row, "id")?,
            domain: id_at(row, "domain_id")?,
            domain_name: row.try_get("domain_name")?,
            name: row.try_get("name")?,
            description: row.try_get("description")?,
            enabled: row.try_get("enabled")?,
            deleting: row.try_get("deleting")?,
            tags: Vec::new(),
            created_at: row.try_get("created_at")?,
        }))
    }
}

const LIST: Listing = Listing {
    select: "p.*, d.name as domain_name",
    table: "project p",
    joins: "join domain d on d.id = p.domain_id",
    id: "p.id",
    sorts: &[
        Sort { key: "name", column: "p.name", number: false },
        Sort { key: "domain", column: "d.name", number: false },
        Sort { key: "created", column: "p.created_at", number: true },
    ],
    default: "name",
};

pub async fn list(db: &SqlitePool, reach: &Reach, query: &ListQuery) -> Result<Page<Project>> {
    let filter = of_domain(within(Filter::default(), reach, "p.domain_id"), query, "p.domain_id");
    let tagged = "(select group_concat(t.tag, ' ') from project_tag t where t.project_id = p.id)";
    let filter = found(filter, query, "p.id", &["p.name", "p.description", tagged]);
    let filter = switched(filter, query, "p.enabled");
    let mut found = page::<View>(db, &LIST, filter, query).await?.map(|view| view.0);
    let mut tags = tags(db, found.items.iter().map(|project| project.id)).await?;
    for project in &mut found.items {
        project.tags = tags.remove(&project.id).unwrap_or_default();
    }
    Ok(found)
}

async fn tags(db: &SqlitePool, projects: impl Iterator<Item = ProjectId>) -> Result<HashMap<ProjectId, Vec<String>>> {
    let mut query = QueryBuilder::new("select project_id, tag from project_tag where project_id");
    push_ids(&mut query, projects.map(|project| project.0));
    query.push(" order by project_id, tag");
    let mut tags = HashMap::<ProjectId, Vec<String>>::new();
    for row in query.build().fetch_all(db).await? {
        tags.entry(id_at(&row, "project_id")?).or_default().push(row.try_get("tag")?);
    }
    Ok(tags)
}

pub async fn find(db: &mut SqliteConnection, project: ProjectId) -> Result<Option<Project>> {
    let row: Option<View> = sqlx::query_as(
        "select p.*, d.name as domain_name from project p join domain d on d.id = p.domain_id where p.id = $1",
    )
    .bind(project.0.to_string())
    .fetch_optional(&mut *db)
    .await?;
    let Some(View(mut found)) = row else { return Ok(None) };
    found.tags = sqlx::query_scalar("select tag from project_tag where project_id = $1 order by tag")
        .bind(project.0.to_string())
        .fetch_all(db)
        .await?;
    Ok(Some(found))
}

/// The project above, and those directly below.
pub async fn family(db: &mut SqliteConnection, project: ProjectId) -> Result<(Option<Named>, Vec<Named>)> {
    let named = |row: &SqliteRow| Ok::<_, sqlx::Error>((id_at(row, "id")?, row.try_get("name")?));
    let parent = sqlx::query("select p.id, p.name from project c join project p on p.id = c.parent_id where c.id = $1")
        .bind(project.0.to_string())
        .fetch_optional(&mut *db)
        .await?;
    let children = sqlx::query("select id, name from project where parent_id = $1 order by name limit 100")
        .bind(project.0.to_string())
        .fetch_all(db)
        .await?;
    let parent = parent.as_ref().map(named).transpose()?;
    Ok((parent, children.iter().map(named).collect::<std::result::Result<_, _>>()?))
}

type Named = (ProjectId, String);

/// Whether a project directly below is switched on.
pub async fn has_enabled_child(tx: &mut Tx, project: ProjectId) -> Result<bool> {
    Ok(sqlx::query("select 1 from project where parent_id = $1 and enabled = 1 limit 1")
        .bind(project.0.to_string())
        .fetch_optional(&mut **tx)
        .await?
        .is_some())
}

pub async fn insert(
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

pub async fn put_below(tx: &mut Tx, project: ProjectId, parent: ProjectId) -> Result<()> {
    sqlx::query("update project set parent_id = $2 where id = $1")
        .bind(project.0.to_string())
        .bind(parent.0.to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn update(
    tx: &mut Tx,
    project: ProjectId,
    name: &str,
    description: &str,
) -> std::result::Result<(), sqlx::Error> {
    sqlx::query("update project set name = $2, description = $3 where id = $1")
        .bind(project.0.to_string())
        .bind(name)
        .bind(description)
        .execute(&mut **tx)
        .await
        .map(|_| ())
}

pub async fn tags_set(tx: &mut Tx, project: ProjectId, tags: &[String]) -> Result<()> {
    sqlx::query("delete from project_tag where project_id = $1").bind(project.0.to_string()).execute(&mut **tx).await?;
    for tag in tags {
        sqlx::query("insert into project_tag (project_id, tag) values ($1, $2)")
            .bind(project.0.to_string())
            .bind(tag)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

pub async fn enable(tx: &mut Tx, project: ProjectId, enabled: bool) -> Result<()> {
    sqlx::query("update project set enabled = $2 where id = $1")
        .bind(project.0.to_string())
        .bind(enabled)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn by_name(db: &SqlitePool, name: &str) -> Result<Option<ProjectId>> {
    let found: Option<String> =
        sqlx::query_scalar("select id from project where name = $1 order by created_at limit 1")
            .bind(name)
            .fetch_optional(db)
            .await?;
    Ok(found.as_deref().map(id).transpose()?)
}

pub async fn named(db: &mut SqliteConnection, domain: DomainId, text: &str) -> Result<Option<(ProjectId, DomainId)>> {
    super::named(db, "project", domain, text).await
}

pub async fn named_within(db: &mut SqliteConnection, reach: &Reach, text: &str) -> Result<Vec<(ProjectId, DomainId)>> {
    super::named_within(db, "project", reach, text).await
}

pub async fn exists(tx: &mut Tx, project: ProjectId) -> Result<bool> {
    Ok(sqlx::query("select 1 from project where id = $1")
        .bind(project.0.to_string())
        .fetch_optional(&mut **tx)
        .await?
        .is_some())
}

/// A project that is to go.
pub struct Deleting {
    pub id: ProjectId,
    pub operation: OperationId,
    /// How many instances it had.
    pub total: u64,
    /// The project whose task centre shows the operation, if it is still there.
    pub seen_in: Option<ProjectId>,
}

pub async fn deleting(db: &SqlitePool) -> Result<Vec<Deleting>> {
    let rows = sqlx::query(
        "select p.id, p.deletion_id, p.deletion_total, o.project_id as seen_in
         from project p left join operation o on o.id = p.deletion_id
         where p.deleting = 1 and p.deletion_id is not null order by p.id",
    )
    .fetch_all(db)
    .await?;
    let row = |row: &SqliteRow| {
        Ok::<_, sqlx::Error>(Deleting {
            id: id_at(row, "id")?,
            operation: id_at(row, "deletion_id")?,
            total: row.try_get::<i64, _>("deletion_total")?.max(0) as u64,
            seen_in: super::id_or_null(row, "seen_in")?,
        })
    };
    Ok(rows.iter().map(row).collect::<std::result::Result<_, _>>()?)
}

pub async fn deletion_begin(tx: &mut Tx, project: ProjectId, operation: OperationId, total: u64) -> Result<()> {
    sqlx::query("update project set deleting = 1, deletion_id = $2, deletion_total = $3 where id = $1")
        .bind(project.0.to_string())
        .bind(operation.0.to_string())
        .bind(total as i64)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Nobody enters it any more; somebody else takes it away.
pub async fn close(tx: &mut Tx, project: ProjectId) -> Result<()> {
    sqlx::query("update project set deleting = 1 where id = $1").bind(project.0.to_string()).execute(&mut **tx).await?;
    Ok(())
}

/// The operation by which somebody has asked for its deletion.
pub async fn deletion_of(tx: &mut Tx, project: ProjectId) -> Result<Option<OperationId>> {
    let found: Option<Option<String>> = sqlx::query_scalar("select deletion_id from project where id = $1")
        .bind(project.0.to_string())
        .fetch_optional(&mut **tx)
        .await?;
    Ok(found.flatten().as_deref().map(id).transpose()?)
}

/// Its operations, quota, tags and assignments go with it.
pub async fn delete(tx: &mut Tx, project: ProjectId) -> Result<()> {
    sqlx::query("delete from project where id = $1").bind(project.0.to_string()).execute(&mut **tx).await?;
    Ok(())
}

/// The project that the first start made: it owns what belongs to the cloud itself.
pub async fn clouds_own(db: &mut SqliteConnection) -> Result<Option<ProjectId>> {
    let found: Option<String> =
        sqlx::query_scalar("select id from project order by created_at, id limit 1").fetch_optional(db).await?;
    Ok(found.as_deref().map(id).transpose()?)
}
