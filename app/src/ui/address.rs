//! What a list reads from the page's address, and the addresses of its other views.

use super::ask::ASK;
use super::when::Reading;
use crate::paths;
use api::ListQuery;
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};

/// The parameters that belong to a list; all others, such as the tab, are the page's.
const OF_LIST: [&str; 6] = ["search", "status", "sort", "after", "before", "limit"];

/// What the address asks of a list.
pub fn list_query() -> Memo<ListQuery> {
    filtered_query(&[])
}

/// The same, of a list that has filters of these names too.
pub fn filtered_query(filters: &'static [&'static str]) -> Memo<ListQuery> {
    let query = use_query_map();
    let page_size = use_context::<Reading>().map_or(0, |reading| reading.page_size);
    Memo::new(move |_| {
        query.with(|query| {
            let get = |name| query.get(name).unwrap_or_default();
            let asked = filters.iter().map(|name| ((*name).to_owned(), get(name)));
            ListQuery {
                search: get("search"),
                status: get("status"),
                filters: asked.filter(|(_, value)| !value.is_empty()).collect(),
                sort: get("sort"),
                after: get("after"),
                before: get("before"),
                limit: get("limit").parse().unwrap_or(page_size),
            }
        })
    })
}

/// The page's address, but for one parameter.
pub(super) fn address_without(name: &'static str) -> Memo<String> {
    let (path, query) = (use_location().pathname, use_query_map());
    Memo::new(move |_| {
        query.with(|query| {
            let kept = query.latest_values().filter(|(kept, _)| *kept != name && !kept.starts_with("__"));
            let kept: Vec<_> = kept.map(|(name, value)| (name.as_ref(), value)).collect();
            path.with(|path| paths::with_query(path, &kept))
        })
    })
}

/// The page's address without its list's parameters.
#[derive(Clone, Copy)]
pub(super) struct Here {
    pub path: Memo<String>,
    /// The parameters that stay, for forms.
    pub kept: Memo<Vec<(String, String)>>,
}

impl Here {
    pub fn new() -> Self {
        let query = use_query_map();
        let kept = Memo::new(move |_| {
            let kept = |(name, value): (&std::borrow::Cow<'static, str>, &str)| {
                // Names in two underscores are the router's, for errors of plain forms.
                let stays = !OF_LIST.contains(&name.as_ref()) && name != ASK && !name.starts_with("__");
                stays.then(|| (name.clone().into_owned(), value.to_owned()))
            };
            query.with(|query| query.latest_values().filter_map(kept).collect())
        });
        Self { path: use_location().pathname, kept }
    }

    /// The address that asks `query` of the list.
    pub fn with(self, query: &ListQuery) -> String {
        self.without(query, &[])
    }

    /// The same without the page's parameters of these names: the list's filters are such.
    pub fn without(self, query: &ListQuery, names: &[&str]) -> String {
        let path = self.path.get();
        let page = self.kept.with(|kept| {
            let kept = kept.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let kept: Vec<_> = kept.filter(|(name, _)| !names.contains(name)).collect();
            paths::with_query(&path, &kept)
        });
        paths::list(&page, query)
    }

    /// The same, from the list's first page.
    pub fn first(self, query: ListQuery) -> String {
        self.with(&ListQuery { after: String::new(), before: String::new(), ..query })
    }
}
