//! Tables. Columns are typed; on a narrow screen each row becomes a card, with the column's title before each value.

use super::actions::{RowAction, RowActions};
use super::address::Here;
use super::bulk::Chooser;
use super::icon::{Glyph, Icon};
use crate::i18n::text;
use api::ListQuery;
use leptos::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;

type Cell<T> = Arc<dyn Fn(&T) -> AnyView + Send + Sync>;
type ActionsOf<T> = Arc<dyn Fn(&T) -> Vec<RowAction> + Send + Sync>;

/// A column of a table of `T`s.
#[derive(Clone)]
pub struct Column<T> {
    key: &'static str,
    title: &'static str,
    sortable: bool,
    class: &'static str,
    cell: Cell<T>,
}

impl<T> Column<T> {
    /// `key` is the sort key of the service, and the style's handle.
    pub fn new<V: IntoView + 'static>(
        key: &'static str,
        title: &'static str,
        cell: impl Fn(&T) -> V + Send + Sync + 'static,
    ) -> Self {
        Self { key, title, sortable: false, class: "", cell: Arc::new(move |item| cell(item).into_any()) }
    }

    /// The service can sort by it.
    pub fn sortable(self) -> Self {
        Self { sortable: true, ..self }
    }

    /// Numbers stand at the right, under each other.
    pub fn number(self) -> Self {
        Self { class: "number", ..self }
    }

    /// Running text, such as a description: it may take several lines.
    pub fn wraps(self) -> Self {
        Self { class: "wraps", ..self }
    }
}

/// What a table needs to know of its rows: who they are and what can be done with them.
#[derive(Clone)]
pub struct Rows<T> {
    key: fn(&T) -> String,
    name: fn(&T) -> String,
    actions: Option<ActionsOf<T>>,
    chosen_by: Option<&'static str>,
}

impl<T> Rows<T> {
    /// `key` tells rows apart and must be fit for an HTML id; `name` is what people call the thing.
    pub fn new(key: fn(&T) -> String, name: fn(&T) -> String) -> Self {
        Self { key, name, actions: None, chosen_by: None }
    }

    pub fn actions(self, actions: impl Fn(&T) -> Vec<RowAction> + Send + Sync + 'static) -> Self {
        Self { actions: Some(Arc::new(actions)), ..self }
    }

    /// Rows can be chosen, for the `Bulk` of that id: each has a box, which belongs to its form.
    pub fn chosen_by(self, bulk: &'static str) -> Self {
        Self { chosen_by: Some(bulk), ..self }
    }
}

/// A table. The first column names the row. A row that changes is redrawn in place; the others are left alone.
#[component]
pub fn Table<T>(
    /// What the table lists, for those who do not see the heading above it.
    #[prop(into)]
    label: String,
    columns: Vec<Column<T>>,
    rows: Rows<T>,
    #[prop(into)] items: Signal<Vec<T>>,
    /// The list's order, and the column that it has if nobody asked: makes the sortable columns' titles links.
    #[prop(optional)]
    order: Option<(Signal<ListQuery>, &'static str)>,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    let t = text();
    let head = columns.iter().map(|column| heading(column, order)).collect_view();
    let actions_head = rows.actions.is_some().then(|| {
        view! { <th role="columnheader" class="cell-actions" scope="col"><span class="unseen">{t.common.actions}</span></th> }
    });
    let known = StoredValue::new(HashMap::<String, ArcRwSignal<T>>::new());
    let key = rows.key;
    // A row keeps its signal for as long as it is in the list, so that a change redraws its cells and not the row.
    let each = move || {
        items
            .with(|items| {
                known.try_update_value(|known| {
                    let mut before = std::mem::take(known);
                    let row = |item: &T| {
                        let key = key(item);
                        let signal = before.remove(&key).unwrap_or_else(|| ArcRwSignal::new(item.clone()));
                        if signal.with_untracked(|old| old != item) {
                            signal.set(item.clone());
                        }
                        known.insert(key.clone(), signal.clone());
                        (key, signal)
                    };
                    items.iter().map(row).collect::<Vec<_>>()
                })
            })
            .unwrap_or_default()
    };
    let chosen_by = rows.chosen_by;
    let columns = Arc::new(columns);
    let children = move |(key, item): (String, ArcRwSignal<T>)| row(key, item, columns.clone(), rows.clone());
    view! {
        <div class="table-frame">
            <table class="table" role="table" aria-label=label data-choosable=chosen_by.is_some().then_some("true")>
                <thead role="rowgroup"><tr role="row">{head}{actions_head}</tr></thead>
                <tbody role="rowgroup"><For each key=|(key, _)| key.clone() children/></tbody>
            </table>
        </div>
    }
}

fn row<T: Clone + Send + Sync + 'static>(
    key: String,
    item: ArcRwSignal<T>,
    columns: Arc<Vec<Column<T>>>,
    rows: Rows<T>,
) -> AnyView {
    let cells = columns
        .iter()
        .enumerate()
        .map(|(n, column)| {
            let (cell, item) = (column.cell.clone(), item.clone());
            let check = rows.chosen_by.filter(|_| n == 0).map(|bulk| {
                let name = item.with_untracked(|item| (rows.name)(item));
                view! { <Chooser bulk value=key.clone() name/> }
            });
            view! {
                <td role="cell" class=column.class data-column=column.key data-label=column.title>
                    <div class="cell">{check}{move || item.with(|item| cell(item))}</div>
                </td>
            }
        })
        .collect_view();
    let id = format!("row-{key}");
    let actions = rows.actions.map(|actions| {
        let named = item.clone();
        let name = Signal::derive(move || named.with(|item| (rows.name)(item)));
        let actions = Signal::derive(move || item.with(|item| actions(item)));
        view! { <td role="cell" class="cell-actions"><RowActions id=id.clone() name actions/></td> }
    });
    view! { <tr role="row" id=id>{cells}{actions}</tr> }.into_any()
}

fn heading<T>(column: &Column<T>, order: Option<(Signal<ListQuery>, &'static str)>) -> AnyView {
    let (key, title) = (column.key, column.title);
    let class = column.class;
    let Some((query, default)) = order.filter(|_| column.sortable) else {
        return view! { <th role="columnheader" class=class scope="col">{title}</th> }.into_any();
    };
    let t = text();
    let here = Here::new();
    // None: not sorted by this column; otherwise whether it descends.
    let sorted = Memo::new(move |_| {
        query.with(|query| Some(query.order(default)).filter(|(by, _)| *by == key).map(|(_, down)| down))
    });
    let href = move || {
        let sort = if sorted.get() == Some(false) { format!("-{key}") } else { key.to_owned() };
        here.first(ListQuery { sort, ..query.get() })
    };
    let direction = move || match sorted.get() {
        None => "none",
        Some(false) => "ascending",
        Some(true) => "descending",
    };
    let arrow = move || match sorted.get() {
        None => Icon::Sortable,
        Some(false) => Icon::Ascending,
        Some(true) => Icon::Descending,
    };
    view! {
        <th role="columnheader" class=class scope="col" aria-sort=direction>
            <a href=href title=(t.ui.sort_by)(title) data-noscroll="true">{title}{move || view! { <Glyph icon=arrow()/> }}</a>
        </th>
    }
    .into_any()
}
