//! Lists: filter, sort and page, all on the server, all in the URL.
//!
//! Paging is by keyset: a page starts after (or before) a cursor, which names the last row seen by its sort value and id, so that page
//! 1,000 costs what page 1 does and rows that come and go between two clicks neither repeat nor hide others.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which rows, in which order, how many. Every field may be empty: then the list's own default holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct ListQuery {
    /// Part of the name, the id or an address; ASCII case does not matter.
    pub search: String,
    /// The state, in the API's own word (ACTIVE, active, …).
    pub status: String,
    /// The list's further filters by their names, such as `visibility`; the list's contract says which there are.
    pub filters: BTreeMap<String, String>,
    /// The column's key; a leading `-` means descending.
    pub sort: String,
    /// Rows after this cursor.
    pub after: String,
    /// Rows before this cursor; `after` wins.
    pub before: String,
    /// Rows on a page; 0 means the default.
    pub limit: u32,
}

impl ListQuery {
    /// Rows on a page where nobody asked for another number.
    pub const LIMIT: u32 = 20;
    /// The most rows on a page.
    pub const MAX_LIMIT: u32 = 1000;

    pub fn limit(&self) -> u32 {
        if self.limit == 0 { Self::LIMIT } else { self.limit.min(Self::MAX_LIMIT) }
    }

    /// The sort column's key and whether it descends.
    pub fn order<'a>(&'a self, default: &'a str) -> (&'a str, bool) {
        let sort = if self.sort.is_empty() { default } else { &self.sort };
        match sort.strip_prefix('-') {
            Some(key) => (key, true),
            None => (sort, false),
        }
    }

    /// What the filter of that name asks for; empty if nothing.
    pub fn filter(&self, name: &str) -> &str {
        self.filters.get(name).map(String::as_str).unwrap_or_default()
    }

    /// Whether anything narrows the list: an empty page then says "nothing matches" instead of "create the first one".
    pub fn is_filtered(&self) -> bool {
        !self.search.is_empty() || !self.status.is_empty() || self.filters.values().any(|value| !value.is_empty())
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// How many rows match in all.
    pub total: u64,
    /// The cursor for `after`, if there are rows behind this page.
    pub next: Option<String>,
    /// The cursor for `before`, if there are rows in front of it.
    pub previous: Option<String>,
}

impl<T> Page<T> {
    /// The same page with each item turned into another.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(f).collect(),
            total: self.total,
            next: self.next,
            previous: self.previous,
        }
    }
}
