//! All SQL of images: here their rows, in `attributes.rs` what may change of them, in `data.rs` what becomes of their data.

mod attributes;
mod data;
pub mod member;
mod totals;
pub mod transfer;

pub use attributes::{Attributes, count_depending, edit, origin, set_deactivated, set_properties, set_tags};
pub use data::*;
pub use totals::totals;
pub use transfer::{NewTransfer, Transfer, TransferKind, rewind};

use crate::db::{contains, in_id};
use crate::fault::StoreError;
use crate::keyset::{self, Filter, Listing, Sort, Value};
use api::image::{DiskFormat, Image, ImageStatus, Visibility};
use api::{Caller, ImageId, ListQuery, Page, ProjectId};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row as _, SqliteConnection, SqlitePool};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use uuid::Uuid;

type Result<T> = std::result::Result<T, StoreError>;

/// A text column that stands for something else. A text that does not parse is a fault of ours, and is reported as one.
fn parsed<T>(
    row: &SqliteRow,
    column: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> std::result::Result<T, sqlx::Error> {
    parse(row.try_get(column)?).ok_or_else(|| sqlx::Error::Decode(column.to_owned().into()))
}

fn id<T: From<Uuid>>(row: &SqliteRow, column: &str) -> std::result::Result<T, sqlx::Error> {
    parsed(row, column, |text| Uuid::try_parse(text).ok().map(T::from))
}

fn number(row: &SqliteRow, column: &str) -> std::result::Result<u64, sqlx::Error> {
    Ok(row.try_get::<i64, _>(column)?.max(0) as u64)
}

fn format(row: &SqliteRow) -> std::result::Result<Option<DiskFormat>, sqlx::Error> {
    Ok(row.try_get::<Option<&str>, _>("format")?.and_then(DiskFormat::parse))
}

/// Whose the image is; `None` if others may see it too.
fn audience(row: &SqliteRow) -> std::result::Result<Option<ProjectId>, sqlx::Error> {
    let private = parsed(row, "visibility", Visibility::parse)? == Visibility::Private;
    Ok(private.then_some(id(row, "project_id")?))
}

/// An image and whose it is.
#[derive(Debug)]
pub struct Row {
    pub project: ProjectId,
    /// The file that holds its data.
    pub data: ImageId,
    pub image: Image,
}

impl Row {
    /// As the caller sees it. `rules` says whether the caller may change what belongs to others, `publishes` what everybody uses.
    pub fn seen_by(self, caller: &Caller, rules: bool, publishes: bool) -> Image {
        let foreign = self.project != caller.project;
        let changeable = (rules || !foreign) && (publishes || self.image.visibility != Visibility::Public);
        let (instances, members) = if changeable { (self.image.instances, self.image.members) } else { (0, 0) };
        Image { foreign, changeable, instances, members, ..self.image }
    }

    /// Who hears of its changes; `None` for everybody.
    pub fn audience(&self) -> Option<ProjectId> {
        (self.image.visibility == Visibility::Private).then_some(self.project)
    }
}

impl FromRow<'_, SqliteRow> for Row {
    fn from_row(row: &SqliteRow) -> std::result::Result<Self, sqlx::Error> {
        let status = parsed(row, "status", ImageStatus::parse)?;
        let image = Image {
            id: id(row, "id")?,
            name: row.try_get("name")?,
            description: row.try_get("description")?,
            status,
            visibility: parsed(row, "visibility", Visibility::parse)?,
            foreign: false,
            changeable: false,
            protected: row.try_get("protected")?,
            tags: Vec::new(),
            properties: BTreeMap::new(),
            owner_name: row.try_get("owner_name")?,
            format: format(row)?,
            size: if status == ImageStatus::Queued { None } else { Some(number(row, "size")?) },
            virtual_size: row.try_get::<Option<i64>, _>("virtual_size")?.map(|size| size.max(0) as u64),
            checksum: row.try_get("checksum")?,
            md5: row.try_get("md5")?,
            evidence: row.try_get("evidence")?,
            source: row.try_get("source")?,
            origin: None,
            instances: 0,
            members: 0,
            min_disk_gb: number(row, "min_disk_gb")?,
            min_ram_mb: number(row, "min_ram_mb")?,
            refused: row.try_get("refused")?,
            created_at: row.try_get("created_at")?,
            updated_at: row.try_get("updated_at")?,
        };
        Ok(Self { project: id(row, "project_id")?, data: id(row, "data_id")?, image })
    }
}

const LIST: Listing = Listing {
    select: "i.*, p.name as owner_name",
    table: "image i",
    joins: "join project p on p.id = i.project_id",
    id: "i.id",
    sorts: &[
        Sort { key: "name", column: "i.name", number: false },
        Sort { key: "status", column: "i.status", number: false },
        Sort { key: "size", column: "i.size", number: true },
        Sort { key: "created", column: "i.created_at", number: true },
        Sort { key: "owner", column: "p.name", number: false },
    ],
    default: "name",
};

/// The images that the project may use, without others' community images unless they are asked for; with `None` everybody's.
pub async fn list(db: &SqlitePool, project: Option<ProjectId>, query: &ListQuery) -> Result<Page<Row>> {
    let text = |text: &str| Value::Text(text.to_owned());
    let mut filter = Filter::default().and("i.deleted_at is null", vec![]);
    let visibility = query.filter("visibility");
    if let Some(project) = project {
        let project = Value::Text(project.0.to_string());
        let by_id = !query.filter("id").is_empty();
        let community = by_id || visibility == Visibility::Community.as_str();
        let others = if community { "in ('community', 'public')" } else { "= 'public'" };
        // By its id an offer is there before it has been answered.
        let accepted = if by_id { "" } else { "and m.status = 'accepted'" };
        // A `+` keeps SQLite from collecting and sorting all that can be seen, where the order's own index ends with the page.
        let seen = format!(
            "+i.project_id = ? or +i.visibility {others} or (+i.visibility = 'shared' and exists (select 1 from image_member m \
             where m.image_id = i.id and m.project_id = ? {accepted}))"
        );
        filter = filter.and(seen, vec![project.clone(), project]);
    }
    if let Some(project) = project {
        let project = Value::Text(project.0.to_string());
        filter = filter.and(
            "not exists (select 1 from image_bound_project b where b.project_id = ?) or exists \
             (select 1 from image_bound b where b.project_id = ? and b.image_id = i.id)",
            vec![project.clone(), project],
        );
    }
    if !query.search.trim().is_empty() {
        let pattern = Value::Text(contains(&query.search));
        let mut found =
            "i.name like ? escape '\\' or i.id in (select image_id from image_tag where tag like ? escape '\\')"
                .to_owned();
        let mut values = vec![pattern.clone(), pattern];
        if let Some(part) = in_id(&query.search) {
            found.push_str(" or instr(i.id, ?)");
            values.push(Value::Text(part));
        }
        filter = filter.and(found, values);
    }
    if !query.status.is_empty() {
        filter = filter.and("i.status = ?", vec![Value::Text(query.status.to_lowercase())]);
    }
    if !visibility.is_empty() {
        filter = filter.and("i.visibility = ?", vec![text(visibility)]);
    }
    for (name, clause) in [
        ("id", "i.id = ?"),
        ("format", "i.format = ?"),
        ("owner", "p.name = ?"),
        ("tag", "exists (select 1 from image_tag t where t.image_id = i.id and t.tag = ?)"),
    ] {
        if !query.filter(name).is_empty() {
            filter = filter.and(clause, vec![text(query.filter(name))]);
        }
    }
    const SNAPSHOT: &str = "exists (select 1 from image_property t where t.image_id = i.id and t.name = 'image_type' and t.value = 'snapshot')";
    match query.filter("type") {
        "snapshot" => filter = filter.and(SNAPSHOT, vec![]),
        "image" => filter = filter.and(format!("not {SNAPSHOT}"), vec![]),
        _ => {}
    }
    if let Some((from, to)) = query.filter("size").split_once('-') {
        for (bytes, clause) in [(from, "i.size >= ?"), (to, "i.size < ?")] {
            if let Ok(bytes) = bytes.parse() {
                filter = filter.and(clause, vec![Value::Int(bytes)]);
            }
        }
    }
    match query.filter("protected") {
        "true" => filter = filter.and("i.protected = 1", vec![]),
        "false" => filter = filter.and("i.protected = 0", vec![]),
        _ => {}
    }
    let mut page: Page<Row> = keyset::page(db, &LIST, filter, query).await?;
    let mut db = db.acquire().await?;
    attributes::fill(&mut db, &mut page.items).await?;
    count_depending(&mut db, &mut page.items).await?;
    Ok(page)
}

/// An image that the project may see; with `None` anybody's.
pub async fn find(db: &mut SqliteConnection, project: Option<ProjectId>, image: ImageId) -> Result<Option<Row>> {
    let row: Option<Row> = sqlx::query_as(
        "select i.*, p.name as owner_name from image i join project p on p.id = i.project_id
         where i.id = $1 and i.deleted_at is null
           and ($2 is null or i.project_id = $2 or i.visibility in ('community', 'public')
                or (i.visibility = 'shared'
                    and exists (select 1 from image_member m where m.image_id = i.id and m.project_id = $2)))
           and ($2 is null or not exists (select 1 from image_bound_project b where b.project_id = $2)
                or exists (select 1 from image_bound b where b.project_id = $2 and b.image_id = i.id))",
    )
    .bind(image.0.to_string())
    .bind(project.map(|project| project.0.to_string()))
    .fetch_optional(&mut *db)
    .await?;
    let mut rows: Vec<Row> = row.into_iter().collect();
    attributes::fill(db, &mut rows).await?;
    Ok(rows.pop())
}

/// Whether the project may use some images only: then it takes none in.
pub async fn is_bound(db: &mut SqliteConnection, project: ProjectId) -> Result<bool> {
    let row = sqlx::query("select 1 from image_bound_project where project_id = $1")
        .bind(project.0.to_string())
        .fetch_optional(db)
        .await?;
    Ok(row.is_some())
}

fn named(row: &SqliteRow) -> std::result::Result<(ImageId, String), sqlx::Error> {
    Ok((id(row, "id")?, row.try_get("name")?))
}

/// The images that every project may use, by name.
pub(crate) async fn of_everybody(db: &mut SqliteConnection) -> Result<Vec<(ImageId, String)>> {
    let rows = sqlx::query(
        "select id, name from image where visibility in ('community', 'public') and status = 'active' and deleted_at is null
         order by name, id limit 1000",
    )
    .fetch_all(db)
    .await?;
    Ok(rows.iter().map(named).collect::<std::result::Result<_, _>>()?)
}

/// Those of the images that are there, by name.
pub(crate) async fn names(db: &mut SqliteConnection, images: &[ImageId]) -> Result<Vec<(ImageId, String)>> {
    let mut query = sqlx::QueryBuilder::new("select id, name from image where deleted_at is null and id in (");
    let mut ids = query.separated(", ");
    for image in images {
        ids.push_bind(image.0.to_string());
    }
    query.push(") order by name, id");
    let rows = query.build().fetch_all(db).await?;
    Ok(rows.iter().map(named).collect::<std::result::Result<_, _>>()?)
}

/// The project's own active image of that name and content.
pub async fn find_same(db: &SqlitePool, project: ProjectId, name: &str, checksum: &str) -> Result<Option<ImageId>> {
    let row = sqlx::query(
        "select id from image
         where project_id = $1 and name = $2 and checksum = $3 and status = 'active' and deleted_at is null limit 1",
    )
    .bind(project.0.to_string())
    .bind(name)
    .bind(checksum)
    .fetch_optional(db)
    .await?;
    Ok(row.as_ref().map(|row| id(row, "id")).transpose()?)
}

/// What a launch has to know of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LaunchImage {
    pub id: ImageId,
    pub name: String,
    pub status: ImageStatus,
    pub format: Option<DiskFormat>,
    /// Bytes of the disk that a guest sees; 0 until it is known.
    pub virtual_size: u64,
    pub min_disk_gb: u64,
    pub min_ram_mb: u64,
    pub properties: BTreeMap<String, String>,
}

/// An image that the caller may launch from, in whatever state. Inside the transaction that adds the instance, it stays until that is done.
pub(crate) async fn launch_image(
    db: &mut SqliteConnection,
    caller: &Caller,
    image: ImageId,
) -> Result<Option<LaunchImage>> {
    let found = find(db, super::calls::sight(caller), image).await?;
    Ok(found.map(|Row { image, .. }| LaunchImage {
        id: image.id,
        name: image.name,
        status: image.status,
        format: image.format,
        virtual_size: image.virtual_size.unwrap_or(0),
        min_disk_gb: image.min_disk_gb,
        min_ram_mb: image.min_ram_mb,
        properties: image.properties,
    }))
}

/// The file that an instance's disk stands on and its format. Deleted images have one for as long as instances stand on it.
pub(crate) async fn base(db: &SqlitePool, data: &Path, image: ImageId) -> Result<Option<(PathBuf, DiskFormat)>> {
    let row = sqlx::query("select format, data_id from image where id = $1 and status in ('active', 'deactivated')")
        .bind(image.0.to_string())
        .fetch_optional(db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let file = id(&row, "data_id")?;
    Ok(format(&row)?.map(|format| (super::path(data, file), format)))
}
