//! What a project may use, as the browser asks for it.

use crate::Fail;
use crate::backend::*;
use api::quota::Usage;

#[server(endpoint = "quota_usage")]
pub async fn quota_usage(project: String) -> Result<Vec<Usage>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.quotas.quota_usage(&caller).await)
}
