//! The image service as the browser calls it. Data goes to `paths::image_upload`, beside these, because it is streamed.

use crate::Fail;
use crate::backend::*;
use api::ImageId;
use api::image::{CatalogueEntry, Image, ImageMember as Member, ImageStore, SharedImage, UploadState};
use api::metadef::Namespace;
use api::{ListQuery, Page};
use std::collections::BTreeMap;

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

#[server(endpoint = "image_delete_many")]
pub async fn image_delete_many(project: String, #[server(default)] ids: Vec<String>) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.images.image_delete_many(&caller, &ids).await)
}

#[server(endpoint = "image_list_all")]
pub async fn image_list_all(project: String, #[server(default)] query: ListQuery) -> Result<Page<Image>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.images.image_list_all(&caller, &query).await)
}

/// What the store holds, for administrators.
#[server(endpoint = "image_store_show")]
pub async fn image_store_show(project: String) -> Result<ImageStore, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.images.image_store_show(&caller).await)
}

/// The image and what its properties may be: all that the edit form shows.
#[server(endpoint = "image_form")]
pub async fn image_form(project: String, id: String) -> Result<(Image, Vec<Namespace>), Fail> {
    let caller = caller(&project).await?;
    let backend = backend()?;
    let image = answer(backend.images.image_show(&caller, parse(Kind::Image, &id)?).await)?;
    Ok((image, answer(backend.metadefs.namespace_list(&caller, api::metadef::ResourceType::Image).await)?))
}

/// Leads to the image.
#[server(endpoint = "image_edit")]
pub async fn image_edit(
    project: String,
    id: String,
    name: String,
    #[server(default)] description: String,
    #[server(default)] visibility: String,
    #[server(default)] protected: bool,
    #[server(default)] min_disk_gb: String,
    #[server(default)] min_ram_mb: String,
    #[server(default)] tags: String,
    #[server(default)] properties: BTreeMap<String, String>,
    #[server(default)] others: String,
    #[server(default)] seen: String,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let id = parse(Kind::Image, &id)?;
    let edit = api::image::ImageChange {
        name,
        description,
        visibility,
        protected,
        min_disk_gb,
        min_ram_mb,
        tags,
        properties,
        others,
        seen,
    };
    answer(backend()?.images.image_edit(&caller, id, edit).await)?;
    redirect(&crate::paths::image(caller.project, id));
    Ok(())
}

#[server(endpoint = "image_deactivate")]
pub async fn image_deactivate(project: String, id: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.images.image_deactivate(&caller, parse(Kind::Image, &id)?).await)
}

#[server(endpoint = "image_reactivate")]
pub async fn image_reactivate(project: String, id: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.images.image_reactivate(&caller, parse(Kind::Image, &id)?).await)
}

/// Registers an image whose file the browser then sends in chunks.
#[server(endpoint = "image_upload_begin")]
pub async fn image_upload_begin(
    project: String,
    name: String,
    #[server(default)] description: String,
    #[server(default)] visibility: String,
    #[server(default)] min_disk_gb: String,
    #[server(default)] min_ram_mb: String,
    #[server(default)] protected: bool,
    #[server(default)] tags: String,
    #[server(default)] properties: BTreeMap<String, String>,
    #[server(default)] others: String,
    #[server(default)] checksum: String,
    size: u64,
    #[server(default)] file_name: String,
) -> Result<ImageId, Fail> {
    let caller = caller(&project).await?;
    let texts = [name, description, visibility, min_disk_gb, min_ram_mb, tags, others, checksum];
    let image = api::image::NewImage::of(texts, protected, properties);
    let new = api::image::NewUpload { image, size, file_name };
    answer(backend()?.images.image_upload_begin(&caller, new).await)
}

#[server(endpoint = "image_upload_show")]
pub async fn image_upload_show(project: String, id: String) -> Result<Option<UploadState>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.images.image_upload_show(&caller, parse(Kind::Image, &id)?).await)
}

/// Leads to the image.
#[server(endpoint = "image_import")]
pub async fn image_import(
    project: String,
    url: String,
    #[server(default)] name: String,
    #[server(default)] description: String,
    #[server(default)] visibility: String,
    #[server(default)] min_disk_gb: String,
    #[server(default)] min_ram_mb: String,
    #[server(default)] protected: bool,
    #[server(default)] tags: String,
    #[server(default)] properties: BTreeMap<String, String>,
    #[server(default)] others: String,
    #[server(default)] checksum: String,
    #[server(default)] checksum_url: String,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let texts = [name, description, visibility, min_disk_gb, min_ram_mb, tags, others, checksum];
    let image = api::image::NewImage::of(texts, protected, properties);
    let new = api::image::NewImport { image, url, checksum_url };
    let id = answer(backend()?.images.image_import(&caller, new).await)?;
    redirect(&crate::paths::image(caller.project, id));
    Ok(())
}

#[server(endpoint = "image_catalogue")]
pub async fn image_catalogue(project: String) -> Result<Vec<CatalogueEntry>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.images.image_catalogue(&caller).await)
}

/// Imports an image of the catalogue; leads to it.
#[server(endpoint = "image_import_known")]
pub async fn image_import_known(
    project: String,
    key: String,
    #[server(default)] visibility: String,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let id = answer(backend()?.images.image_import_known(&caller, &key, &visibility).await)?;
    redirect(&crate::paths::image(caller.project, id));
    Ok(())
}

#[server(endpoint = "image_member_list")]
pub async fn image_member_list(project: String, id: String) -> Result<Vec<Member>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.images.image_member_list(&caller, parse(Kind::Image, &id)?).await)
}

/// Leads back to the image's members.
#[server(endpoint = "image_member_add")]
pub async fn image_member_add(project: String, id: String, member: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let id = parse(Kind::Image, &id)?;
    answer(backend()?.images.image_member_add(&caller, id, &member).await)?;
    redirect(&crate::paths::image_members(caller.project, id));
    Ok(())
}

#[server(endpoint = "image_member_remove")]
pub async fn image_member_remove(project: String, id: String, member: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let id = parse(Kind::Image, &id)?;
    answer(backend()?.images.image_member_remove(&caller, id, parse(Kind::Project, &member)?).await)?;
    redirect(&crate::paths::image_members(caller.project, id));
    Ok(())
}

#[server(endpoint = "image_shared_list")]
pub async fn image_shared_list(project: String) -> Result<Vec<SharedImage>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.images.image_shared_list(&caller).await)
}

/// `accepted`, `rejected` or `pending`.
#[server(endpoint = "image_shared_answer")]
pub async fn image_shared_answer(project: String, id: String, status: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let id = parse(Kind::Image, &id)?;
    let status =
        answer(api::image::MemberStatus::parse(&status).ok_or_else(|| Error::field("status", Why::NotAChoice)))?;
    answer(backend()?.images.image_shared_answer(&caller, id, status).await)?;
    redirect(&crate::paths::images_shared(caller.project));
    Ok(())
}

/// Leads to the new image.
#[server(endpoint = "image_copy")]
pub async fn image_copy(project: String, id: String, name: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let id = parse(Kind::Image, &id)?;
    let copy = answer(backend()?.images.image_copy(&caller, id, &name).await)?;
    redirect(&crate::paths::image(caller.project, copy));
    Ok(())
}
