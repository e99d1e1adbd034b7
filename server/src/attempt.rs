//! What somebody who has signed in tried to change and was refused: written down, so that it shows who tries doors.

use crate::Edge;
use api::{Caller, Error, Kind};
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
    // Of nothing but the session that asks.
    "session_extend",
];

fn is_read(name: &str) -> bool {
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
        refused(&edge, &caller, &verb, target, &error).await;
    }
    response
}

/// Writes it down if it was a refusal, wherever it was tried.
pub async fn refused(edge: &Edge, caller: &Caller, verb: &str, target: Option<(Kind, &str)>, error: &Error) {
    if let Err(failed) = edge.cloud.audits.refused(caller, verb, target, error).await {
        tracing::warn!(%failed, verb, "a refusal is not written down");
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn reads_are_known_by_their_ends() {
        fn check(name: &str, expected: bool) {
            assert_eq!(super::is_read(name), expected, "{name}");
        }
        check("instance_list", true);
        check("session_extend", true);
        check("class_extend", false);
        check("user_enable", false);
        check("credential_roles", true);
    }
}
