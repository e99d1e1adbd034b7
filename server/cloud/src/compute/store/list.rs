//! SQL of the list of instances.

use super::{COLUMNS, InstanceRow, Result};
use crate::db::{contains, in_id, is_in_address};
use crate::keyset::{Filter, Listing, Sort, Value, page, page_of};
use crate::quota;
use api::quota::Resource;
use api::{ListQuery, Page, ProjectId};
use sqlx::SqlitePool;

const LIST: Listing = Listing {
    select: COLUMNS,
    table: "instance i",
    joins: "",
    id: "i.id",
    sorts: &[
        Sort { key: "name", column: "i.name", number: false },
        Sort { key: "status", column: "i.status", number: false },
        Sort { key: "created", column: "i.created_at", number: true },
    ],
    default: "-created",
};

pub async fn instance_list(db: &SqlitePool, project: ProjectId, query: &ListQuery) -> Result<Page<InstanceRow>> {
    let mut filter = Filter::default().and("i.project_id = ?", vec![Value::Text(project.0.to_string())]);
    if !query.search.trim().is_empty() {
        filter = searched(filter, project, &query.search);
    }
    if !query.status.is_empty() {
        filter = filter.and("i.status = ?", vec![Value::Text(query.status.clone())]);
    }
    if !query.filter("image").is_empty() {
        filter = filter.and("i.image_id = ?", vec![Value::Text(query.filter("image").to_owned())]);
    }
    if query.is_filtered() {
        return page(db, &LIST, filter, query).await;
    }
    let total = quota::used(&mut *db.acquire().await?, project, Resource::Instances).await?;
    page_of(db, &LIST, filter, query, total.max(0) as u64).await
}

/// Instances whose name, id or address has the text.
fn searched(filter: Filter, project: ProjectId, text: &str) -> Filter {
    let pattern = Value::Text(contains(text));
    let (mut clause, mut values) = ("i.name like ? escape '\\'".to_owned(), vec![pattern.clone()]);
    if let Some(part) = in_id(text) {
        clause.push_str(" or instr(i.id, ?)");
        values.push(Value::Text(part));
    }
    if is_in_address(text) {
        // Of the whole project at once, not of each instance by itself.
        clause.push_str(
            " or i.id in (select p.device_id from port p where p.project_id = ? and p.address like ? escape '\\' \
             union select p.device_id from floating_ip f join port p on p.id = f.port_id \
             where f.project_id = ? and f.address like ? escape '\\')",
        );
        let project = Value::Text(project.0.to_string());
        values.extend([project.clone(), pattern.clone(), project, pattern]);
    }
    filter.and(clause, values)
}
