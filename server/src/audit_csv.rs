//! `GET /p/<project>/audit.csv` and `GET /p/<project>/admin/audit.csv`: the audit log as a file for a spreadsheet, in the order and with
//! the filter of the page. It is sent as it is read, so its length costs no memory.

use crate::Edge;
use crate::failure::Failure;
use crate::form::caller;
use api::audit::AuditEntry;
use api::{Caller, ListQuery, Page};
use app::backend::SignedIn;
use axum::body::Body;
use axum::extract::{Extension, Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use cloud::csv;
use futures::stream::{StreamExt as _, iter, try_unfold};
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The columns' titles.
const HEAD: &str = "time,user,address,project,action,type,target,target name,result,request\r\n";

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    search: String,
    status: String,
    sort: String,
    verb: String,
    user: String,
    since: String,
    until: String,
}

/// What has been done in the project.
pub async fn of_project(
    state: State<Edge>,
    path: Path<String>,
    signed_in: Option<Extension<SignedIn>>,
    filter: Query<Filter>,
) -> Result<Response, Failure> {
    send(state, path, signed_in, filter, false).await
}

/// What has been done anywhere.
pub async fn of_all(
    state: State<Edge>,
    path: Path<String>,
    signed_in: Option<Extension<SignedIn>>,
    filter: Query<Filter>,
) -> Result<Response, Failure> {
    send(state, path, signed_in, filter, true).await
}

async fn send(
    State(edge): State<Edge>,
    Path(project): Path<String>,
    signed_in: Option<Extension<SignedIn>>,
    Query(Filter { search, status, sort, verb, user, since, until }): Query<Filter>,
    all: bool,
) -> Result<Response, Failure> {
    let caller = caller(&edge, &project, signed_in).await?;
    let filters = [("verb", verb), ("user", user), ("since", since), ("until", until)];
    let filters = filters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let query = ListQuery { search, status, sort, filters, limit: ListQuery::MAX_LIMIT, ..ListQuery::default() };
    // The first page tells whether there is anything to be had at all.
    let first = read(&edge, &caller, &query, all).await?;
    let rest = try_unfold((edge, caller, query, first.next), move |(edge, caller, query, next)| async move {
        let Some(after) = next else { return Ok::<_, api::Error>(None) };
        let query = ListQuery { after, ..query };
        let page = read(&edge, &caller, &query, all).await?;
        Ok(Some((lines(&page.items), (edge, caller, query, page.next))))
    });
    let head = iter([Ok(HEAD.to_owned()), Ok(lines(&first.items))]);
    let headers =
        [(CONTENT_TYPE, "text/csv; charset=utf-8"), (CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\"")];
    Ok((headers, Body::from_stream(head.chain(rest))).into_response())
}

async fn read(edge: &Edge, caller: &Caller, query: &ListQuery, all: bool) -> api::Result<Page<AuditEntry>> {
    let audits = &edge.backend.audits;
    if all { audits.audit_list_all(caller, query).await } else { audits.audit_list(caller, query).await }
}

fn lines(entries: &[AuditEntry]) -> String {
    entries.iter().map(line).collect()
}

fn line(entry: &AuditEntry) -> String {
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(entry.at) * 1000).ok();
    let at = at.and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_default();
    let project = match &entry.project {
        Some(id) if entry.project_name.is_empty() => id.to_string(),
        _ => entry.project_name.clone(),
    };
    let cells = [
        &at,
        &entry.user_name,
        &entry.address,
        &project,
        &entry.verb,
        &entry.kind,
        &entry.target,
        &entry.target_name,
        &entry.result,
        &entry.request,
    ];
    csv::line(&cells.map(String::as_str))
}
