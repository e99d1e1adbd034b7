//! Operations: the history that people see of what they asked for. Long work shows its progress here, and failed work its reason.

use crate::{Error, Kind, Micros, OperationId, Result, caller::Caller};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OperationState {
    Running,
    Succeeded,
    Failed,
}

impl OperationState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Running, Self::Succeeded, Self::Failed].into_iter().find(|state| state.as_str() == text)
    }
}

/// One thing that somebody asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    pub id: OperationId,
    /// What was asked, as noun_verb: `instance_start`, `image_upload`, …
    pub verb: String,
    pub kind: Kind,
    /// The target's id, for the link.
    pub target: String,
    /// The target's name when it was asked: the target may be gone by now.
    pub target_name: String,
    pub user_name: String,
    pub state: OperationState,
    /// Percent done, 0 to 100.
    pub progress: u8,
    /// Why it failed and what to do.
    pub error: Option<Error>,
    pub request: String,
    pub created_at: Micros,
    pub updated_at: Micros,
}

/// The history of operations.
#[async_trait]
pub trait Operations: Send + Sync {
    /// The project's newest operations, newest first; at most `limit`.
    async fn operation_list(&self, caller: &Caller, limit: u32) -> Result<Vec<Operation>>;
    /// The newest operations on one thing, newest first.
    async fn operation_list_of(&self, caller: &Caller, kind: Kind, target: &str, limit: u32) -> Result<Vec<Operation>>;
}
