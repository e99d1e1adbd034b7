//! The audit log of a project, and that of the whole cloud.

use super::calls::{audit_list, audit_list_all, audit_list_of};
use crate::Fail;
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::{Here, here};
use crate::ui::{
    Choices, Column, Copyable, Empty, Icon, List, Load, PageHeader, Rows, StateBadge, Tone, When, filtered_query,
};
use api::audit::{AuditEntry, FAILED, FILTERS, OK};
use api::{Action, Kind, ListQuery, Page};
use leptos::prelude::*;

/// What has been done in the project.
#[component]
pub fn ProjectAudits() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let query = filtered_query(FILTERS);
    let page = Resource::new(
        move || (here.project.get(), query.get(), live.version(Kind::Operation)),
        |(project, query, _)| audit_list(project, query),
    );
    view! { <Audits page query hint=t.audit.project_hint csv=paths::audit_csv(here.id()) all=false/> }
}

/// What has been done anywhere.
#[component]
pub fn AllAudits() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let query = filtered_query(FILTERS);
    let page = Resource::new(
        move || (here.project.get(), query.get(), live.version(Kind::Operation)),
        |(project, query, _)| audit_list_all(project, query),
    );
    view! { <Audits page query hint=t.audit.all_hint csv=paths::audit_all_csv(here.id()) all=true/> }
}

/// What concerns a user or a project, on its page; `of` as the server function takes it.
#[component]
pub fn AuditsAbout(of: &'static str, id: String) -> impl IntoView {
    let (here, live) = (here(), use_live());
    let query = filtered_query(FILTERS);
    let page = Resource::new(
        move || (here.project.get(), id.clone(), query.get(), live.version(Kind::Operation)),
        move |(project, id, query, _)| audit_list_of(project, of.to_owned(), id, query),
    );
    view! { <Entries label=text().audit.title page query all=true/> }
}

#[component]
fn Audits(
    page: Resource<Result<Page<AuditEntry>, Fail>>,
    query: Memo<ListQuery>,
    hint: &'static str,
    csv: String,
    /// Of all projects.
    all: bool,
) -> impl IntoView {
    let t = text();
    let title = if all { t.audit.all } else { t.audit.title };
    let file = Signal::derive(move || {
        query.with(|query| {
            let mut asked = vec![("search", query.search.as_str()), ("status", &query.status), ("sort", &query.sort)];
            asked.extend(FILTERS.iter().map(|name| (*name, query.filter(name))));
            paths::with_query(&csv, &asked)
        })
    });
    view! {
        <PageHeader title hint>
            // The edge answers with a file; the router is not to look for a page there.
            <a class="button" href=move || file.get() rel="external" download="audit.csv">{t.audit.csv}</a>
        </PageHeader>
        <Entries label=title page query all/>
    }
}

#[component]
fn Entries(
    label: &'static str,
    page: Resource<Result<Page<AuditEntry>, Fail>>,
    query: Memo<ListQuery>,
    all: bool,
) -> impl IntoView {
    let (t, here) = (text(), here());
    let project = all.then(|| {
        Column::new("project", t.common.project, |entry: &AuditEntry| match entry.project {
            Some(id) if entry.project_name.is_empty() => id.to_string(),
            _ => entry.project_name.clone(),
        })
    });
    let columns = [
        Some(Column::new("when", t.operation.when, |entry: &AuditEntry| view! { <When at=entry.at/> }).sortable()),
        Some(Column::new("user", t.operation.user, |entry: &AuditEntry| entry.user_name.clone()).sortable()),
        Some(Column::new("what", t.operation.what, what).sortable()),
        Some(Column::new("kind", t.operation.target, move |entry: &AuditEntry| target(here, entry)).sortable()),
        project,
        Some(Column::new("result", t.operation.result, result).sortable()),
        Some(
            Column::new("address", t.account.address, |entry: &AuditEntry| {
                view! { <code>{entry.address.clone()}</code> }
            })
            .sortable(),
        ),
        Some(Column::new("request", t.audit.request, |entry: &AuditEntry| {
            view! { <Copyable value=entry.request.clone()/> }
        })),
    ];
    let columns: Vec<_> = columns.into_iter().flatten().collect();
    let rows = Rows::new(|entry: &AuditEntry| entry.id.to_string(), |entry| entry.verb.clone());
    let empty = move || view! { <Empty icon=Icon::Log title=t.audit.none hint=t.audit.none_hint>""</Empty> };
    let results = vec![(OK, t.audit.ok), (FAILED, t.audit.failed)];
    let filters = vec![
        Choices::typed("verb", t.operation.what, "text"),
        Choices::typed("user", t.operation.user, "text"),
        Choices::typed("since", t.audit.since, "date"),
        Choices::typed("until", t.audit.until, "date"),
    ];
    view! {
        <Load from=page let:page>
            <List
                label page query columns=columns.clone() rows=rows.clone() default_sort="-when" statuses=results.clone()
                filters=filters.clone() empty
            />
        </Load>
    }
}

/// In words, and as the filter and the file have it.
fn what(entry: &AuditEntry) -> AnyView {
    view! { {(text().ui.operation)(&entry.verb)}" "<code class="faint">{entry.verb.clone()}</code> }.into_any()
}

fn target(here: Here, entry: &AuditEntry) -> AnyView {
    let (t, project) = (text(), here.id());
    let kind = Kind::parse(&entry.kind);
    let noun = kind.map_or_else(|| entry.kind.clone(), t.error.kind);
    let name = if entry.target_name.is_empty() { entry.target.clone() } else { entry.target_name.clone() };
    // People and the rest of the directory have the same page in every project.
    let is_seen = |kind: &Kind| match kind {
        Kind::User | Kind::Group | Kind::Project | Kind::Domain | Kind::Role => here.allows(Action::ReadUsers),
        _ => entry.project == Some(project),
    };
    let href = kind.filter(is_seen).and_then(|kind| paths::target(project, kind, &entry.target));
    let name = match href {
        Some(href) => view! { <a href=href>{name}</a> }.into_any(),
        None => name.into_any(),
    };
    view! { <span class="faint">{noun}</span>" "{name} }.into_any()
}

fn result(entry: &AuditEntry) -> AnyView {
    let t = text();
    if entry.result == OK {
        view! { <StateBadge state="ok" tone=Tone::Good label=t.audit.ok/> }.into_any()
    } else {
        let why = entry.result.clone();
        view! { <StateBadge state="failed" tone=Tone::Bad label=t.audit.failed/><p class="cell-note">{why}</p> }
            .into_any()
    }
}
