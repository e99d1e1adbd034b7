//! Lists: a filter bar, a table and a pager, all of whose state is in the address.

use super::address::Here;
use super::button::{Button, LinkButton, Variant};
use super::empty::Empty;
use super::icon::{Glyph, Icon};
use super::late::late;
use super::table::{Column, Rows, Table};
use crate::i18n::{format::number, text};
use api::{ListQuery, Page};
use leptos::prelude::*;
use leptos_router::components::Form;
use std::time::Duration;

/// A filter beside search and status: its name in the address, what it is called, and what there is to choose from (value and words).
/// Where there is nothing to choose from, links lead to it, and it can only be taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    pub name: &'static str,
    pub label: &'static str,
    pub choices: Vec<(String, String)>,
    /// The kind of input, where there is no end of choices.
    typed: Option<&'static str>,
}

impl Choices {
    pub fn new<V: Into<String>, W: Into<String>>(
        name: &'static str,
        label: &'static str,
        choices: Vec<(V, W)>,
    ) -> Self {
        let choices = choices.into_iter().map(|(value, word)| (value.into(), word.into())).collect();
        Self { name, label, choices, typed: None }
    }

    /// A filter that is typed; `kind` is the input's type, such as `date`.
    pub fn typed(name: &'static str, label: &'static str, kind: &'static str) -> Self {
        Self { name, label, choices: Vec::new(), typed: Some(kind) }
    }

    /// One without anything to choose stands in the address only.
    fn is_offered(&self) -> bool {
        self.typed.is_some() || !self.choices.is_empty()
    }

    /// What a value of it reads as.
    fn word(&self, value: &str) -> String {
        let word = self.choices.iter().find(|(known, _)| known == value).map(|(_, word)| word.clone());
        word.unwrap_or_else(|| value.to_owned())
    }
}

/// A table with everything around it. Where the list is empty and nothing narrows it, `empty` stands there instead.
#[component]
pub fn List<T>(
    #[prop(into)] label: String,
    columns: Vec<Column<T>>,
    rows: Rows<T>,
    #[prop(into)] page: Signal<Page<T>>,
    #[prop(into)] query: Signal<ListQuery>,
    /// The sort key that holds if the address has none, as the service defines it.
    default_sort: &'static str,
    /// The states to choose from: the API's word and the word people read. Empty: no such choice.
    #[prop(optional)]
    statuses: Vec<(&'static str, &'static str)>,
    /// Further filters; the query is `filtered_query` with their names.
    #[prop(optional)]
    filters: Vec<Choices>,
    /// What stands between the filter bar and the table, such as what is done with the rows that are chosen.
    #[prop(optional, into)]
    bar: ViewFn,
    #[prop(into)] empty: ViewFn,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    let t = text();
    let nothing = late(Memo::new(move |_| page.with(|page| page.total == 0) && !query.with(ListQuery::is_filtered)));
    let no_match = late(Memo::new(move |_| page.with(|page| page.items.is_empty())));
    let items = Signal::derive(move || page.with(|page| page.items.clone()));
    let here = Here::new();
    let names: Vec<&'static str> = filters.iter().map(|filter| filter.name).collect();
    let body = move || {
        if no_match.get() {
            let href = here.without(&ListQuery::default(), &names);
            view! {
                <Empty icon=Icon::Search title=t.ui.no_match hint=t.ui.no_match_hint>
                    <LinkButton href>{t.ui.clear_filter}</LinkButton>
                </Empty>
            }
            .into_any()
        } else {
            let order = (query, default_sort);
            view! { {bar.run()}<Table label=label.clone() columns=columns.clone() rows=rows.clone() items order/> }
                .into_any()
        }
    };
    move || {
        if nothing.get() {
            return empty.run();
        }
        view! {
            <div class="list">
                <FilterBar query statuses=statuses.clone() filters=filters.clone()/>
                {body.clone()}
                <Pager page query/>
            </div>
        }
        .into_any()
    }
}

/// Search, status and further filters: a GET form, which sends itself while one types where JavaScript runs.
#[component]
pub fn FilterBar(
    query: Signal<ListQuery>,
    statuses: Vec<(&'static str, &'static str)>,
    #[prop(optional)] filters: Vec<Choices>,
) -> impl IntoView {
    let t = text();
    let here = Here::new();
    let search = NodeRef::<leptos::html::Input>::new();
    let send = move || {
        if let Some(form) = search.get_untracked().and_then(|search| search.form()) {
            _ = form.request_submit();
        }
    };
    let mut send_later = debounce(Duration::from_millis(250), move |()| send());
    // The reader's own typing is ahead of the address; following it would eat letters.
    Effect::new(move |_| {
        let asked = query.with(|query| query.search.clone());
        if let Some(input) = search.get().filter(|input| document().active_element().as_ref() != Some(input)) {
            input.set_value(&asked);
        }
    });
    let names = statuses.clone();
    let select = (!statuses.is_empty()).then(|| {
        let all = Choices::new("status", t.common.status, statuses);
        choose(
            all,
            t.ui.all_statuses.to_owned(),
            Signal::derive(move || query.with(|query| query.status.clone())),
            send,
        )
    });
    let further = filters.clone().into_iter().filter(Choices::is_offered).map(|filter| {
        let name = filter.name;
        let now = Signal::derive(move || query.with(|query| query.filter(name).to_owned()));
        let all = (t.ui.all_of)(filter.label);
        choose(filter, all, now, send)
    });
    let further = further.collect_view();
    let own = filters.iter().filter(|filter| filter.is_offered());
    let own: Vec<&'static str> = own.map(|filter| filter.name).collect();
    let chips = move || {
        let now = query.get();
        let chip = |what: String, without: ListQuery| {
            let href = here.first(without);
            view! {
                <a class="chip" href=href aria-label=(t.ui.remove_filter)(&what) data-noscroll="true"><span>{what.clone()}</span><Glyph icon=Icon::Close/></a>
            }
        };
        let status = names
            .iter()
            .find(|(value, _)| *value == now.status)
            .map(|(_, name)| format!("{}: {name}", t.common.status));
        let chosen = filters.iter().filter_map(|filter| {
            let value = Some(now.filter(filter.name)).filter(|value| !value.is_empty())?;
            let what = format!("{}: {}", filter.label, filter.word(value));
            let first = ListQuery { after: String::new(), before: String::new(), ..now.clone() };
            let href = here.without(&first, &[filter.name]);
            Some(view! {
                <a class="chip" href=href aria-label=(t.ui.remove_filter)(&what) data-noscroll="true"><span>{what.clone()}</span><Glyph icon=Icon::Close/></a>
            })
        });
        let chosen = chosen.collect_view();
        let search = (!now.search.is_empty()).then(|| format!("“{}”", now.search));
        let search = search.map(|what| chip(what, ListQuery { search: String::new(), ..now.clone() }));
        let status = status.map(|what| chip(what, ListQuery { status: String::new(), ..now.clone() }));
        now.is_filtered().then(|| view! { <div class="chips">{search}{status}{chosen}</div> })
    };
    // What the form must not lose: the order, and what the address holds beside the list.
    let hidden = move || {
        let mut kept = here.kept.get();
        kept.retain(|(name, _)| !own.contains(&name.as_str()));
        query.with(|query| {
            kept.push(("sort".to_owned(), query.sort.clone()));
            kept.push(("limit".to_owned(), if query.limit == 0 { String::new() } else { query.limit.to_string() }));
        });
        kept.retain(|(_, value)| !value.is_empty());
        kept.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view()
    };
    view! {
        <div class="filter">
            <Form method="get" action=move || here.path.get() noscroll=true replace=true attr:class="filter-form" attr:role="search">
                <span class="search">
                    <Glyph icon=Icon::Search/>
                    <input
                        class="input" type="search" name="search" aria-label=t.ui.search placeholder=t.ui.search autocomplete="off"
                        value=query.with_untracked(|query| query.search.clone()) node_ref=search on:input=move |_| send_later(())
                    />
                </span>
                {select}
                {further}
                {hidden}
                <span class="filter-apply"><Button variant=Variant::Secondary>{t.ui.apply}</Button></span>
            </Form>
            {chips}
        </div>
    }
}

fn choose(
    filter: Choices,
    all: String,
    now: Signal<String>,
    send: impl Fn() + Copy + Send + Sync + 'static,
) -> AnyView {
    if let Some(kind) = filter.typed {
        // What kind of text is asked for stands in the field; a day has none, so it stands before it.
        let before = (kind != "text").then_some(filter.label);
        return view! {
            <label class="filter-typed">
                {before}
                <input
                    class="input" name=filter.name type=kind aria-label=filter.label placeholder=filter.label autocomplete="off"
                    value=now.get_untracked() prop:value=move || now.get() on:change=move |_| send()
                />
            </label>
        }
        .into_any();
    }
    let option = move |(value, name): (String, String)| {
        let own = value.clone();
        view! { <option value=value selected=move || now.with(|now| *now == own)>{name}</option> }
    };
    view! {
        <span class="select">
            <select class="input" name=filter.name aria-label=filter.label on:change=move |_| send()>
                <option value="" selected=move || now.with(String::is_empty)>{all}</option>
                {filter.choices.into_iter().map(option).collect_view()}
            </select>
            <Glyph icon=Icon::Down/>
        </span>
    }
    .into_any()
}

/// How many rows a page may be asked to show.
const LIMITS: [u32; 4] = [ListQuery::LIMIT, 50, 100, ListQuery::MAX_LIMIT];

/// How many rows there are, how many a page shows, and the way to those before and behind.
#[component]
pub fn Pager<T: Clone + Send + Sync + 'static>(page: Signal<Page<T>>, query: Signal<ListQuery>) -> impl IntoView {
    let t = text();
    let here = Here::new();
    let step = move |after: Option<String>, before: Option<String>| {
        let query = ListQuery { after: after.unwrap_or_default(), before: before.unwrap_or_default(), ..query.get() };
        here.with(&query)
    };
    let count = move || {
        page.with(|page| match page.items.len() as u64 {
            shown if shown < page.total => (t.ui.rows_of)(shown, page.total),
            _ => (t.ui.rows)(page.total),
        })
    };
    let links = move || {
        let (previous, next) = page.with(|page| (page.previous.clone(), page.next.clone()));
        (previous.is_some() || next.is_some()).then(|| {
            let previous = previous.map(|cursor| step(None, Some(cursor)));
            let next = next.map(|cursor| step(Some(cursor), None));
            view! {
                <nav class="pager-links" aria-label=t.ui.pages>
                    <a class="button" rel="prev" href=previous.clone() aria-disabled=previous.is_none().then_some("true")><Glyph icon=Icon::Left/><span>{t.ui.previous}</span></a>
                    <a class="button" rel="next" href=next.clone() aria-disabled=next.is_none().then_some("true")><span>{t.ui.next}</span><Glyph icon=Icon::Right/></a>
                </nav>
            }
        })
    };
    // The limits that make a difference, and the one that holds.
    let limits = Memo::new(move |_| {
        let (total, now) = (page.with(|page| page.total), query.with(ListQuery::limit));
        let fewer = LIMITS.iter().filter(|limit| u64::from(**limit) < total).count();
        (LIMITS[..LIMITS.len().min(fewer + 1)].to_vec(), now)
    });
    let limit_links = move || {
        let (limits, now) = limits.get();
        let link = move |limit: u32| {
            let href = move || here.first(ListQuery { limit, ..query.get() });
            view! { <a href=href aria-current=(limit == now).then_some("true") data-noscroll="true">{number(limit.into())}</a> }
        };
        (limits.len() > 1).then(|| {
            view! { <nav class="pager-limits" aria-label=t.ui.rows_per_page><span>{t.ui.rows_per_page}</span>{limits.into_iter().map(link).collect_view()}</nav> }
        })
    };
    view! { <footer class="pager"><p class="pager-count" role="status">{count}</p>{limit_links}{links}</footer> }
}

/// How many, behind a heading.
#[component]
pub fn Count(n: u64) -> impl IntoView {
    view! { <span class="count">{number(n)}</span> }
}
