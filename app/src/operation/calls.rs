//! The history of operations, as the browser asks for it.

use crate::Fail;
use crate::backend::*;
use api::Kind;
use api::operation::Operation;

/// How many operations the task centre shows.
pub const NEWEST: u32 = 20;

/// The newest operations.
#[server(endpoint = "operation_list")]
pub async fn operation_list(project: String) -> Result<Vec<Operation>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.operations.operation_list(&caller, NEWEST).await)
}

/// The operations on one thing.
#[server(endpoint = "operation_list_of")]
pub async fn operation_list_of(project: String, kind: Kind, target: String) -> Result<Vec<Operation>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.operations.operation_list_of(&caller, kind, &target, 200).await)
}
