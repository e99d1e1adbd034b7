//! The contract's calls: what is shown of images, and what may change of them.

use super::import::catalogue;
use super::service::ImageService;
use super::{edit, store};
use crate::authz::{self, Action};
use crate::db::Tx;
use crate::fault::StoreError;
use crate::metadef;
use crate::operation::{self, Target};
use api::error::{Conflict, Failed};
use api::image::{
    CatalogueEntry, Image, ImageChange, ImageMember, ImageStore, ImageVerb, Images, MemberStatus, NewImport, NewUpload,
    SharedImage, UploadState, Visibility,
};
use api::metadef::ResourceType;
use api::{Caller, Error, ImageId, Kind, ListQuery, Page, ProjectId, Result, Why};
use async_trait::async_trait;
use sqlx::SqliteConnection;
use std::collections::BTreeSet;

/// The most images that are deleted at once: a page of them.
const MANY: usize = ListQuery::MAX_LIMIT as usize;

/// Whether the caller sees and changes every project's images.
pub(super) fn rules(caller: &Caller) -> bool {
    authz::require(caller, Action::EveryImage).is_ok()
}

/// Whose images the caller sees: the project's and what is open to it; `None`: everybody's.
pub(super) fn sight(caller: &Caller) -> Option<ProjectId> {
    (!rules(caller)).then_some(caller.project)
}

/// The image as the caller sees it, with what the caller may do to it.
pub(super) fn seen(row: store::Row, caller: &Caller) -> Image {
    row.seen_by(caller, rules(caller), authz::require(caller, Action::PublishImage).is_ok())
}

impl ImageService {
    /// An image that the caller may see.
    pub(super) async fn find(&self, db: &mut SqliteConnection, caller: &Caller, id: ImageId) -> Result<store::Row> {
        store::find(db, sight(caller), id).await?.ok_or_else(|| Error::not_found(Kind::Image, id))
    }

    /// An image that the caller may do this to, now.
    pub(super) async fn find_to(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        id: ImageId,
        verb: ImageVerb,
    ) -> Result<(Image, Option<ProjectId>)> {
        authz::require(caller, Action::Write)?;
        let row = self.find(tx, caller, id).await?;
        let audience = row.audience();
        let image = seen(row, caller);
        image.can(verb).map_err(|refusal| Error::Conflict(Conflict::Image(refusal)))?;
        Ok((image, audience))
    }

    async fn set_deactivated(&self, caller: &Caller, id: ImageId, deactivated: bool) -> Result<()> {
        let now = self.core.clock.now();
        let verb = if deactivated { ImageVerb::Deactivate } else { ImageVerb::Reactivate };
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let (image, audience) = self.find_to(&mut tx, caller, id, verb).await?;
        store::set_deactivated(&mut tx, id, deactivated, now).await?;
        let what = if deactivated { "image_deactivate" } else { "image_reactivate" };
        let target = Target { kind: Kind::Image, id: &id.to_string(), name: &image.name };
        operation::done(&mut tx, caller, what, target, now).await?;
        tx.commit().await.map_err(StoreError)?;
        self.tell(caller, id, audience);
        Ok(())
    }

    pub(super) fn tell(&self, caller: &Caller, id: ImageId, audience: Option<ProjectId>) {
        self.core.hub.changed(Kind::Image, id, audience);
        operation::announce(&self.core, caller.project);
    }
}

#[async_trait]
impl Images for ImageService {
    async fn image_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<Image>> {
        authz::require(caller, Action::Read)?;
        // A link leads an administrator to images that stand in no list of the project.
        let within = if query.filter("id").is_empty() { Some(caller.project) } else { sight(caller) };
        let page = store::list(self.core.db.read(), within, query).await?;
        Ok(page.map(|row| seen(row, caller)))
    }

    async fn image_list_all(&self, caller: &Caller, query: &ListQuery) -> Result<Page<Image>> {
        authz::require(caller, Action::EveryImage)?;
        let page = store::list(self.core.db.read(), None, query).await?;
        Ok(page.map(|row| seen(row, caller)))
    }

    async fn image_show(&self, caller: &Caller, id: ImageId) -> Result<Image> {
        authz::require(caller, Action::Read)?;
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let mut row = self.find(&mut db, caller, id).await?;
        store::count_depending(&mut db, std::slice::from_mut(&mut row)).await?;
        let image = seen(row, caller);
        let origin = store::origin(&mut db, sight(caller), caller.project, &image).await?;
        Ok(Image { origin, ..image })
    }

    async fn image_store_show(&self, caller: &Caller) -> Result<ImageStore> {
        authz::require(caller, Action::EveryImage)?;
        Ok(store::totals(self.core.db.read()).await?)
    }

    async fn image_edit(&self, caller: &Caller, id: ImageId, edit: ImageChange) -> Result<()> {
        let now = self.core.clock.now();
        let namespaces = metadef::namespaces(ResourceType::Image)?;
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let (image, before) = self.find_to(&mut tx, caller, id, ImageVerb::Edit).await?;
        let to = edit::read(&edit, &image, &namespaces)?;
        if to.visibility == Visibility::Public {
            authz::require(caller, Action::PublishImage)?;
        }
        if !store::edit(&mut tx, id, &to, edit.seen.parse().ok(), now).await? {
            return Err(Error::Conflict(Conflict::Changed { kind: Kind::Image }));
        }
        let target = Target { kind: Kind::Image, id: &id.to_string(), name: &to.name };
        operation::done(&mut tx, caller, "image_edit", target, now).await?;
        tx.commit().await.map_err(StoreError)?;
        // Those who lose sight of it have to hear of that too.
        self.tell(caller, id, before.filter(|_| to.visibility == Visibility::Private));
        Ok(())
    }

    async fn image_upload_begin(&self, caller: &Caller, new: NewUpload) -> Result<ImageId> {
        self.begin_upload(caller, new).await
    }

    async fn image_upload_show(&self, caller: &Caller, id: ImageId) -> Result<Option<UploadState>> {
        self.show_upload(caller, id).await
    }

    async fn image_import(&self, caller: &Caller, new: NewImport) -> Result<ImageId> {
        self.begin_import(caller, new, Vec::new()).await
    }

    async fn image_catalogue(&self, caller: &Caller) -> Result<Vec<CatalogueEntry>> {
        authz::require(caller, Action::Read)?;
        catalogue::entries()
    }

    async fn image_import_known(&self, caller: &Caller, key: &str, visibility: &str) -> Result<ImageId> {
        self.import_known(caller, key, visibility).await
    }

    async fn image_member_list(&self, caller: &Caller, id: ImageId) -> Result<Vec<ImageMember>> {
        self.members(caller, id).await
    }

    async fn image_member_add(&self, caller: &Caller, id: ImageId, member: &str) -> Result<()> {
        self.add_member(caller, id, member).await
    }

    async fn image_member_remove(&self, caller: &Caller, id: ImageId, member: ProjectId) -> Result<()> {
        self.remove_member(caller, id, member).await
    }

    async fn image_shared_list(&self, caller: &Caller) -> Result<Vec<SharedImage>> {
        self.offers(caller).await
    }

    async fn image_shared_answer(&self, caller: &Caller, id: ImageId, status: MemberStatus) -> Result<()> {
        self.answer_offer(caller, id, status).await
    }

    async fn image_copy(&self, caller: &Caller, id: ImageId, name: &str) -> Result<ImageId> {
        self.copy(caller, id, name).await
    }

    async fn image_deactivate(&self, caller: &Caller, id: ImageId) -> Result<()> {
        self.set_deactivated(caller, id, true).await
    }

    async fn image_reactivate(&self, caller: &Caller, id: ImageId) -> Result<()> {
        self.set_deactivated(caller, id, false).await
    }

    /// The image is gone from every list at once. Its bytes count against the quota until they are: instances may still stand on them.
    async fn image_delete(&self, caller: &Caller, id: ImageId) -> Result<()> {
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let (image, audience) = self.find_to(&mut tx, caller, id, ImageVerb::Delete).await?;
        store::delete(&mut tx, id, now).await?;
        let target = Target { kind: Kind::Image, id: &id.to_string(), name: &image.name };
        operation::done(&mut tx, caller, "image_delete", target, now).await?;
        tx.commit().await.map_err(StoreError)?;
        self.uploads.cancel(id);
        self.poke();
        self.tell(caller, id, audience);
        Ok(())
    }

    async fn image_delete_many(&self, caller: &Caller, ids: &[String]) -> Result<()> {
        authz::require(caller, Action::Write)?;
        let ids: BTreeSet<&String> = ids.iter().collect();
        if ids.is_empty() || ids.len() > MANY {
            return Err(Error::field("ids", Why::NothingChosen));
        }
        let (mut done, mut failed) = (0, Vec::new());
        for text in ids {
            let named = || Error::not_found(Kind::Image, text.chars().take(64).collect::<String>());
            let deleted = match text.parse() {
                Ok(id) => match self.image_delete(caller, id).await {
                    Err(error) => Err((self.name(caller, id).await, error)),
                    Ok(()) => Ok(()),
                },
                Err(_) => Err((None, named())),
            };
            match deleted {
                Ok(()) => done += 1,
                Err((name, error)) => failed.push(Failed { name: name.unwrap_or_else(|| text.clone()), error }),
            }
        }
        if failed.is_empty() { Ok(()) } else { Err(Error::Conflict(Conflict::Partly { done, failed })) }
    }
}

impl ImageService {
    async fn name(&self, caller: &Caller, id: ImageId) -> Option<String> {
        self.image_show(caller, id).await.ok().map(|image| image.name)
    }
}
