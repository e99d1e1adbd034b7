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
    Query(Filter { search, status, sort }): Query<Filter>,
    all: bool,
) -> Result<Response, Failure> {
    let caller = caller(&edge, &project, signed_in).await?;
    let query = ListQuery { search, status, sort, limit: ListQuery::MAX_LIMIT, ..ListQuery::default() };
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
    let cells: Vec<String> = cells.into_iter().map(|text| cell(text)).collect();
    format!("{}\r\n", cells.join(","))
}

/// A cell (RFC 4180). What a spreadsheet would take for a formula is kept from being one: names come from anybody.
fn cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells() {
        fn check(text: &str, expected: &str) {
            assert_eq!(cell(text), expected);
        }
        check("", "");
        check("web 1", "web 1");
        check("a,b", "\"a,b\"");
        check("say \"hi\"", "\"say \"\"hi\"\"\"");
        check("=1+1", "'=1+1");
        check("@sum(a,b)", "\"'@sum(a,b)\"");
        check("웹\n서버", "\"웹\n서버\"");
    }
}
