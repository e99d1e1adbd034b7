//! The audit log of a project, and that of the whole cloud.

use super::calls::{audit_list, audit_list_all};
use crate::Fail;
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::here;
use crate::ui::{Column, Copyable, Empty, Icon, List, Load, PageHeader, Rows, StateBadge, Tone, When, list_query};
use api::audit::{AuditEntry, FAILED, OK};
use api::{Kind, ListQuery, Page};
use leptos::prelude::*;

/// What has been done in the project.
#[component]
pub fn ProjectAudits() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let query = list_query();
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
    let query = list_query();
    let page = Resource::new(
        move || (here.project.get(), query.get(), live.version(Kind::Operation)),
        |(project, query, _)| audit_list_all(project, query),
    );
    view! { <Audits page query hint=t.audit.all_hint csv=paths::audit_all_csv(here.id()) all=true/> }
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
    let (t, here) = (text(), here());
    let title = if all { t.audit.all } else { t.audit.title };
    let project = all.then(|| {
        Column::new("project", t.common.project, |entry: &AuditEntry| match entry.project {
            Some(id) if entry.project_name.is_empty() => id.to_string(),
            _ => entry.project_name.clone(),
        })
    });
    let columns = [
        Some(Column::new("when", t.operation.when, |entry: &AuditEntry| view! { <When at=entry.at/> }).sortable()),
        Some(Column::new("user", t.operation.user, |entry: &AuditEntry| entry.user_name.clone()).sortable()),
        Some(
            Column::new("what", t.operation.what, |entry: &AuditEntry| view! { <code>{entry.verb.clone()}</code> })
                .sortable(),
        ),
        Some(Column::new("kind", t.operation.target, move |entry: &AuditEntry| target(here.id(), entry)).sortable()),
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
    let file = Signal::derive(move || {
        query.with(|query| {
            let asked = [("search", query.search.as_str()), ("status", &query.status), ("sort", &query.sort)];
            paths::with_query(&csv, &asked)
        })
    });
    let empty = move || view! { <Empty icon=Icon::Log title=t.audit.none hint=t.audit.none_hint>""</Empty> };
    let results = vec![(OK, t.audit.ok), (FAILED, t.audit.failed)];
    view! {
        <PageHeader title hint>
            // The edge answers with a file; the router is not to look for a page there.
            <a class="button" href=move || file.get() rel="external" download="audit.csv">{t.audit.csv}</a>
        </PageHeader>
        <Load from=page let:page>
            <List label=title page query columns=columns.clone() rows=rows.clone() default_sort="-when" statuses=results.clone() empty/>
        </Load>
    }
}

fn target(project: api::ProjectId, entry: &AuditEntry) -> AnyView {
    let t = text();
    let kind = Kind::parse(&entry.kind);
    let noun = kind.map_or_else(|| entry.kind.clone(), t.error.kind);
    let name = if entry.target_name.is_empty() { entry.target.clone() } else { entry.target_name.clone() };
    let href =
        kind.filter(|_| entry.project == Some(project)).and_then(|kind| paths::target(project, kind, &entry.target));
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
