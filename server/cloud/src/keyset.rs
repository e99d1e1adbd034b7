//! Lists by keyset: turns an `api::ListQuery` into one indexed query and its rows into a page.
//!
//! The order is (sort column, id), so it is total. A cursor is the sort value and id of a row; the next page is what comes after it.
//! Going back reads the other way round from the first row and turns the result over. Column names come from the list's own constant
//! table, never from the query, so nobody can write SQL through a URL.
//!
//! A search looks at all that is listed, if only to count what it finds. Where that is little, it is looked at once, in whatever index
//! holds what is searched, and the rows found are read by their ids; where it is much, the first page is full long before the end.

use crate::fault::StoreError;
use api::{ListQuery, Page};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, QueryBuilder, Row, Sqlite, SqlitePool};
use std::borrow::Cow;

/// A column that the list can be sorted by.
#[derive(Debug)]
pub struct Sort {
    /// As it stands in the URL.
    pub key: &'static str,
    pub column: &'static str,
    /// Whether the column holds a number.
    pub number: bool,
}

/// What a list selects from and how it may be sorted.
#[derive(Debug)]
pub struct Listing {
    /// The columns, as they stand behind `select`.
    pub select: &'static str,
    /// What is listed, with its short name.
    pub table: &'static str,
    /// What else a row shows: joins that neither multiply rows nor leave any out.
    pub joins: &'static str,
    pub id: &'static str,
    pub sorts: &'static [Sort],
    /// A sort key, perhaps with a leading `-`.
    pub default: &'static str,
}

impl Listing {
    /// `select … from …` with the joins, for a query of another shape: the condition is still to come.
    pub fn select(&self) -> QueryBuilder<'static, Sqlite> {
        QueryBuilder::new(format!("select {} from {} {}", self.select, self.table, self.joins))
    }

    /// The order asked for, or the list's own where there is no such column.
    fn order(&self, query: &ListQuery) -> (&Sort, bool) {
        let own = ListQuery::default();
        for (key, descending) in [query.order(self.default), own.order(self.default)] {
            if let Some(sort) = self.sorts.iter().find(|sort| sort.key == key) {
                return (sort, descending);
            }
        }
        (&self.sorts[0], false)
    }
}

/// A value bound into a clause.
#[derive(Clone, Debug)]
pub enum Value {
    Text(String),
    Int(i64),
}

/// Conditions joined by `and`. A `?` in a clause takes the next of its values.
#[derive(Debug, Default)]
pub struct Filter(Vec<(Cow<'static, str>, Vec<Value>)>);

impl Filter {
    pub fn and(mut self, clause: impl Into<Cow<'static, str>>, values: Vec<Value>) -> Self {
        self.0.push((clause.into(), values));
        self
    }

    fn write(&self, query: &mut QueryBuilder<'_, Sqlite>) {
        for (n, (clause, values)) in self.0.iter().enumerate() {
            query.push(if n == 0 { " where (" } else { " and (" });
            let mut values = values.iter();
            for (n, part) in clause.split('?').enumerate() {
                if n > 0 {
                    bind(query, values.next());
                }
                query.push(part);
            }
            query.push(")");
        }
    }
}

fn bind(query: &mut QueryBuilder<'_, Sqlite>, value: Option<&Value>) {
    match value {
        Some(Value::Text(text)) => query.push_bind(text.clone()),
        Some(Value::Int(number)) => query.push_bind(*number),
        None => query.push("null"),
    };
}

/// So many are few: each is found by its id.
const FEW: usize = 200;

/// One page of rows, how many there are in all, and the cursors around it. A cursor that makes no sense begins at the start.
pub async fn page<R>(db: &SqlitePool, list: &Listing, filter: Filter, query: &ListQuery) -> Result<Page<R>, StoreError>
where
    R: for<'r> FromRow<'r, SqliteRow> + Send + Unpin,
{
    let (total, filter) = counted(db, list, filter, query).await?;
    page_of(db, list, filter, query, total).await
}

/// How many rows there are, and the filter that finds them at the least cost.
async fn counted(
    db: &SqlitePool,
    list: &Listing,
    filter: Filter,
    query: &ListQuery,
) -> Result<(u64, Filter), StoreError> {
    let few = if query.is_filtered() { few(db, list, &filter).await? } else { None };
    Ok(match few {
        Some(ids) => (ids.len() as u64, among(list, ids, filter)),
        None => (count(db, list, &filter).await?, filter),
    })
}

/// The same, where somebody knows already how many rows there are in all.
pub async fn page_of<R>(
    db: &SqlitePool,
    list: &Listing,
    filter: Filter,
    query: &ListQuery,
    total: u64,
) -> Result<Page<R>, StoreError>
where
    R: for<'r> FromRow<'r, SqliteRow> + Send + Unpin,
{
    let (sort, descending) = list.order(query);
    let cursor = Cursor::of(query, sort);
    let backwards = matches!(cursor, Cursor::Before(..));
    let limit = query.limit() as usize;

    // Sort value and id come last, so that cursors can be made without knowing the row's type.
    let mut select = QueryBuilder::new("select ");
    select
        .push(list.select)
        .push(", ")
        .push(sort.column)
        .push(" as _sort, ")
        .push(list.id)
        .push(" as _id from ")
        .push(list.table)
        .push(" ")
        .push(list.joins);
    let filter = match &cursor {
        Cursor::Start => filter,
        Cursor::After(value, id) | Cursor::Before(value, id) => {
            let clause = sort.beyond(list.id, descending != backwards);
            filter.and(clause, vec![value.clone(), value.clone(), Value::Text(id.clone())])
        }
    };
    filter.write(&mut select);
    let direction = if descending != backwards { " desc" } else { "" };
    select.push(" order by ").push(sort.column).push(direction).push(", ").push(list.id).push(direction);
    select.push(" limit ").push_bind(limit as i64 + 1);

    let mut rows = select.build().fetch_all(db).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    if backwards {
        rows.reverse();
    }
    let at = |row: Option<&SqliteRow>| row.map(|row| Cursor::encode(row, sort)).transpose();
    let (before, after) = match cursor {
        Cursor::Start => (false, more),
        Cursor::After(..) => (true, more),
        Cursor::Before(..) => (more, true),
    };
    let previous = if before { at(rows.first())? } else { None };
    let next = if after { at(rows.last())? } else { None };
    let items = rows.iter().map(R::from_row).collect::<Result<Vec<R>, _>>()?;
    Ok(Page { items, total, next, previous })
}

async fn count(db: &SqlitePool, list: &Listing, filter: &Filter) -> Result<u64, StoreError> {
    let mut count = QueryBuilder::new("select count(*) from ");
    count.push(list.table);
    // Without a condition there is nothing to look up for each row.
    if !filter.0.is_empty() {
        count.push(" ").push(list.joins);
    }
    filter.write(&mut count);
    let total: i64 = count.build_query_scalar().fetch_one(db).await?;
    Ok(total.max(0) as u64)
}

/// The ids of all rows that the filter lets through; `None` if they are many.
async fn few(db: &SqlitePool, list: &Listing, filter: &Filter) -> Result<Option<Vec<Value>>, StoreError> {
    let mut select = QueryBuilder::new(format!("select {} from {} {}", list.id, list.table, list.joins));
    filter.write(&mut select);
    select.push(" limit ").push_bind(FEW as i64 + 1);
    let rows = select.build().fetch_all(db).await?;
    // Unchecked: the id may be a number, which SQLite then writes out.
    let ids = rows.iter().map(|row| row.try_get_unchecked(0).map(Value::Text)).collect::<Result<Vec<_>, _>>()?;
    Ok((ids.len() <= FEW).then_some(ids))
}

/// What else was asked for still holds: an id may stand in several rows, and rows may have changed since.
fn among(list: &Listing, ids: Vec<Value>, filter: Filter) -> Filter {
    let marks = vec!["?"; ids.len()].join(", ");
    filter.and(format!("{} in ({marks})", list.id), ids)
}

impl Sort {
    /// "The row lies beyond the cursor", in the direction of reading.
    fn beyond(&self, id: &str, descending: bool) -> String {
        let sign = if descending { "<" } else { ">" };
        let column = self.column;
        format!("{column} {sign} ? or ({column} = ? and {id} {sign} ?)")
    }
}

/// Where a page begins.
enum Cursor {
    Start,
    After(Value, String),
    Before(Value, String),
}

impl Cursor {
    fn of(query: &ListQuery, sort: &Sort) -> Self {
        if let Some((value, id)) = Self::decode(&query.after, sort) {
            Self::After(value, id)
        } else if let Some((value, id)) = Self::decode(&query.before, sort) {
            Self::Before(value, id)
        } else {
            Self::Start
        }
    }

    /// `key`, value and id, base64url. The key keeps a cursor of one order from being used in another.
    fn encode(row: &SqliteRow, sort: &Sort) -> Result<String, sqlx::Error> {
        let value = if sort.number { row.try_get::<i64, _>("_sort")?.to_string() } else { row.try_get("_sort")? };
        // Unchecked: the id may be a number, which SQLite then writes out.
        let id: String = row.try_get_unchecked("_id")?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode(format!("{}\n{id}\n{value}", sort.key)))
    }

    fn decode(text: &str, sort: &Sort) -> Option<(Value, String)> {
        let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let mut parts = text.splitn(3, '\n');
        let (key, id, value) = (parts.next()?, parts.next()?, parts.next()?);
        let value = if sort.number { Value::Int(value.parse().ok()?) } else { Value::Text(value.to_owned()) };
        (key == sort.key).then(|| (value, id.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: Listing = Listing {
        select: "name, id",
        table: "thing",
        joins: "",
        id: "id",
        sorts: &[
            Sort { key: "name", column: "name", number: false },
            Sort { key: "size", column: "size", number: true },
        ],
        default: "name",
    };

    async fn things() -> SqlitePool {
        // One connection: each connection to :memory: has a database of its own.
        let db = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
        sqlx::query("create table thing (id text, name text, size bigint)").execute(&db).await.unwrap();
        for (id, name, size) in [("1", "b", 5), ("2", "a", 5), ("3", "d", 1), ("4", "c", 9), ("5", "c", 5)] {
            sqlx::query("insert into thing values ($1, $2, $3)")
                .bind(id)
                .bind(name)
                .bind(size)
                .execute(&db)
                .await
                .unwrap();
        }
        db
    }

    /// Reads all pages of two rows forwards, then back from the last; both must show the rows in the given order.
    async fn check(sort: &str, expected: &str) {
        let db = things().await;
        let mut query = ListQuery { sort: sort.into(), limit: 2, ..ListQuery::default() };
        let mut forwards = Vec::new();
        loop {
            let page: Page<(String, String)> = page(&db, &LIST, Filter::default(), &query).await.unwrap();
            assert_eq!(page.total, 5);
            forwards.push(page.items.iter().map(|row| row.1.clone()).collect::<String>());
            match page.next {
                Some(next) => query.after = next,
                None => break,
            }
        }
        assert_eq!(forwards.join("|"), expected, "{sort} forwards");
        let mut backwards = Vec::new();
        let last: Page<(String, String)> = page(&db, &LIST, Filter::default(), &query).await.unwrap();
        let mut previous = last.previous;
        while let Some(before) = previous {
            let query = ListQuery { sort: sort.into(), limit: 2, before, ..ListQuery::default() };
            let page: Page<(String, String)> = page(&db, &LIST, Filter::default(), &query).await.unwrap();
            assert!(page.next.is_some(), "there is a page behind this one");
            backwards.insert(0, page.items.iter().map(|row| row.1.clone()).collect::<String>());
            previous = page.previous;
        }
        assert_eq!(backwards.join("|"), expected.rsplit_once('|').unwrap().0, "{sort} backwards");
    }

    #[tokio::test]
    async fn every_order_both_ways() {
        // The ids in the order expected: (sort value, id).
        check("name", "21|45|3").await;
        check("-name", "35|41|2").await;
        check("size", "31|25|4").await;
        check("-size", "45|21|3").await;
        check("no such column", "21|45|3").await;
    }

    #[tokio::test]
    async fn nonsense_cursor_begins_at_the_start() {
        let db = things().await;
        let query = ListQuery { after: "' or 1=1".into(), limit: 1, ..ListQuery::default() };
        let page: Page<(String, String)> = page(&db, &LIST, Filter::default(), &query).await.unwrap();
        assert_eq!(page.items[0].1, "2");
        assert_eq!(page.previous, None);
    }
}
