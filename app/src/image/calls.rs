//! The image service as the browser calls it. Data goes to `paths::image_upload`, beside these, because it is streamed.

use crate::Fail;
use crate::backend::*;
use api::image::Image;
use api::{ListQuery, Page};

#[server(endpoint = "image_list")]
pub async fn image_list(project: String, #[server(default)] query: ListQuery) -> Result<Page<Image>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.images.image_list(&caller, &query).await)
}

#[server(endpoint = "image_show")]
pub async fn image_show(project: String, id: String) -> Result<Image, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.images.image_show(&caller, parse(Kind::Image, &id)?).await)
}

/// Leads from its page to the list.
#[server(endpoint = "image_delete")]
pub async fn image_delete(project: String, id: String) -> Result<(), Fail> {
    let (caller, id) = (caller(&project).await?, parse(Kind::Image, &id)?);
    answer(backend()?.images.image_delete(&caller, id).await)?;
    leave(&crate::paths::image(caller.project, id), &crate::paths::images(caller.project));
    Ok(())
}
