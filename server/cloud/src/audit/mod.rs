//! The audit log: who changed what, and every sign-in.

mod store;

pub use store::{Row as Entry, insert};

use crate::db::Tx;
use crate::fault::StoreError;
use api::{Caller, Kind, Micros};

/// Writes down a change in the transaction that makes it, so that neither is there without the other.
pub async fn record(
    tx: &mut Tx,
    caller: &Caller,
    verb: &str,
    kind: Kind,
    target: &str,
    now: Micros,
) -> Result<(), StoreError> {
    let row = Entry {
        user_id: Some(caller.user.0.to_string()),
        user_name: &caller.user_name,
        project_id: Some(caller.project.0.to_string()),
        verb,
        kind: kind.as_str(),
        target,
        result: "ok",
        request: &caller.request,
    };
    insert(tx, now, row).await
}
