//! What somebody who has signed in tried to change and was refused: written down, so that it shows who tries doors.

use crate::Edge;
use app::backend::{Attempt, Attempted, CALLS};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

/// How the names of server functions that change nothing end.
const READS: [&str; 11] = [
    "_list",
    "_list_all",
    "_list_of",
    "_show",
    "_usage",
    "_catalogue",
    "_form",
    "_roles",
    "_log",
    "_simulate",
    "_extend",
];

pub fn is_read(name: &str) -> bool {
    READS.iter().any(|end| name.ends_with(end))
}

pub async fn write_down(State(edge): State<Edge>, mut request: Request, next: Next) -> Response {
    let Some(verb) = request.uri().path().strip_prefix(CALLS).filter(|verb| !is_read(verb)).map(str::to_owned) else {
        return next.run(request).await;
    };
    let attempt = Attempt::default();
    request.extensions_mut().insert(attempt.clone());
    let response = next.run(request).await;
    if let Attempted { caller: Some(caller), target, error: Some(error) } = attempt.seen() {
        let target = target.as_ref().map(|(kind, id)| (*kind, id.as_str()));
        if let Err(failed) = edge.cloud.audits.refused(&caller, &verb, target, &error).await {
            tracing::warn!(%failed, verb, "a refusal is not written down");
        }
    }
    response
}
