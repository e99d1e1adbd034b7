//! What may change of an image whose data never does.

use super::{Result, Row, id};
use crate::db::Tx;
use api::image::{Image, Origin, Visibility};
use api::{ImageId, Kind, Micros, ProjectId};
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};
use std::collections::{BTreeMap, HashMap};

/// Everything of an image that its owner may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attributes {
    pub name: String,
    pub description: String,
    pub visibility: Visibility,
    pub protected: bool,
    pub min_disk_gb: i64,
    pub min_ram_mb: i64,
    pub tags: Vec<String>,
    pub properties: BTreeMap<String, String>,
}

/// Reads the tags and properties of these images.
pub(super) async fn fill(db: &mut SqliteConnection, rows: &mut [Row]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let places = places(rows);
    for found in of("select image_id, tag from image_tag where image_id in (", rows, ") order by tag")
        .build()
        .fetch_all(&mut *db)
        .await?
    {
        if let Some(n) = places.get(&id(&found, "image_id")?) {
            rows[*n].image.tags.push(found.try_get("tag")?);
        }
    }
    for found in of("select image_id, name, value from image_property where image_id in (", rows, ")")
        .build()
        .fetch_all(db)
        .await?
    {
        if let Some(n) = places.get(&id(&found, "image_id")?) {
            rows[*n].image.properties.insert(found.try_get("name")?, found.try_get("value")?);
        }
    }
    Ok(())
}

/// Counts what depends on these images: for who is about to delete one.
pub async fn count_depending(db: &mut SqliteConnection, rows: &mut [Row]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let counts = format!(
        "select i.id, (select count(*) from (select 1 from instance where image_id = i.id limit {})) as instances,
                (select count(*) from image_member where image_id = i.id) as members
         from image i where i.id in (",
        Image::COUNTED
    );
    let places = places(rows);
    for found in of(counts, rows, ")").build().fetch_all(db).await? {
        if let Some(n) = places.get(&id(&found, "id")?) {
            let image = &mut rows[*n].image;
            (image.instances, image.members) = (super::number(&found, "instances")?, super::number(&found, "members")?);
        }
    }
    Ok(())
}

fn places(rows: &[Row]) -> HashMap<ImageId, usize> {
    rows.iter().enumerate().map(|(n, row)| (row.image.id, n)).collect()
}

/// What an image was made of, where that is something here; named for who sees it.
pub async fn origin(
    db: &mut SqliteConnection,
    within: Option<ProjectId>,
    project: ProjectId,
    image: &Image,
) -> Result<Option<Origin>> {
    let Ok(source) = image.source.parse::<ImageId>() else { return Ok(None) };
    let snapshot = image.properties.get("image_type").is_some_and(|kind| kind == "snapshot")
        && image.properties.get("instance_uuid") == Some(&image.source);
    let (kind, name) = if snapshot {
        let name = sqlx::query_scalar("select name from instance where id = $1 and project_id = $2")
            .bind(&image.source)
            .bind(project.0.to_string())
            .fetch_optional(db)
            .await?;
        (Kind::Instance, name)
    } else {
        (Kind::Image, super::find(db, within, source).await?.map(|row| row.image.name))
    };
    Ok(Some(Origin { kind, id: image.source.clone(), name }))
}

fn of(before: impl Into<String>, rows: &[Row], behind: &'static str) -> QueryBuilder<'static, Sqlite> {
    let mut query = QueryBuilder::new(before);
    let mut ids = query.separated(", ");
    for row in rows {
        ids.push_bind(row.image.id.0.to_string());
    }
    query.push(behind);
    query
}

/// False if the image has changed since `seen`, or has gone.
pub async fn edit(tx: &mut Tx, image: ImageId, to: &Attributes, seen: Option<Micros>, now: Micros) -> Result<bool> {
    let (id, image) = (image, image.0.to_string());
    let done = sqlx::query(
        "update image set name = $2, description = $3, visibility = $4, protected = $5, min_disk_gb = $6, min_ram_mb = $7, updated_at = $8
         where id = $1 and deleted_at is null and ($9 is null or updated_at = $9)",
    )
    .bind(&image)
    .bind(&to.name)
    .bind(&to.description)
    .bind(to.visibility.as_str())
    .bind(to.protected)
    .bind(to.min_disk_gb)
    .bind(to.min_ram_mb)
    .bind(now)
    .bind(seen)
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query("delete from image_tag where image_id = $1").bind(&image).execute(&mut **tx).await?;
    set_tags(tx, id, &to.tags).await?;
    sqlx::query("delete from image_property where image_id = $1").bind(&image).execute(&mut **tx).await?;
    let properties: Vec<_> = to.properties.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    set_properties(tx, id, &properties).await?;
    Ok(true)
}

/// Gives an image tags that it does not have yet.
pub async fn set_tags(tx: &mut Tx, image: ImageId, tags: &[String]) -> Result<()> {
    for tag in tags {
        sqlx::query("insert into image_tag (image_id, tag) values ($1, $2)")
            .bind(image.0.to_string())
            .bind(tag)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Gives an image properties that it does not have yet.
pub async fn set_properties(tx: &mut Tx, image: ImageId, properties: &[(&str, String)]) -> Result<()> {
    for (name, value) in properties {
        sqlx::query("insert into image_property (image_id, name, value) values ($1, $2, $3)")
            .bind(image.0.to_string())
            .bind(*name)
            .bind(value)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Takes the image out of use, or back into it.
pub async fn set_deactivated(tx: &mut Tx, image: ImageId, deactivated: bool, now: Micros) -> Result<()> {
    let (from, to) = if deactivated { ("active", "deactivated") } else { ("deactivated", "active") };
    sqlx::query("update image set status = $2, deactivated_at = $3, updated_at = $4 where id = $1 and status = $5 and deleted_at is null")
        .bind(image.0.to_string())
        .bind(to)
        .bind(deactivated.then_some(now))
        .bind(now)
        .bind(from)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
