//! What only administrators see, as the browser asks for it.

use crate::Fail;
use crate::backend::*;
use api::compute::HypervisorHost;

#[server(endpoint = "hypervisor_list")]
pub async fn hypervisor_list(project: String) -> Result<Vec<HypervisorHost>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.compute.hypervisor_list(&caller).await)
}
