//! The identity service as the browser calls it.

use crate::Fail;
use crate::backend::*;
use api::identity::Me;

/// Who is signed in, as the project sees them: what the frame of every page shows.
#[server(endpoint = "me_show")]
pub async fn me_show(project: String) -> Result<Me, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.identity.me(&caller).await)
}
