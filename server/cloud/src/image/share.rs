//! Out, and over to others: sharing with projects, copies, downloads.

use super::calls::seen;
use super::intake::{Intake, on_disk};
use super::service::{self, ImageService};
use super::{path, store, upload, verified};
use crate::authz::{self, Action};
use crate::db::Tx;
use crate::fault::StoreError;
use crate::operation::{self, Target};
use api::error::Conflict;
use api::image::{Image, ImageMember, ImageRefusal, ImageVerb, MemberStatus, NewImage, SharedImage, Visibility};
use api::{Caller, Error, ImageId, Kind, OperationId, ProjectId, Result, Why};
use std::fs::File;

/// Glance's `image_member_quota`.
const MEMBERS_MAX: usize = 128;

/// An image's file, to be read.
#[derive(Debug)]
pub struct Download {
    pub file: File,
    pub size: u64,
    /// With the suffix of its format.
    pub file_name: String,
    /// Changes when the data does, which is never.
    pub sha512: String,
}

impl ImageService {
    /// An image that the caller's project owns and shares.
    async fn find_shared(&self, tx: &mut Tx, caller: &Caller, id: ImageId) -> Result<Image> {
        let (image, _) = self.find_to(tx, caller, id, ImageVerb::Edit).await?;
        if image.visibility == Visibility::Shared {
            Ok(image)
        } else {
            Err(Error::Conflict(Conflict::Image(ImageRefusal::NotShared)))
        }
    }

    pub(super) async fn members(&self, caller: &Caller, id: ImageId) -> Result<Vec<ImageMember>> {
        authz::require(caller, Action::Read)?;
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let image = seen(self.find(&mut db, caller, id).await?, caller);
        // Whom else it is shared with is the owner's business.
        if image.can(ImageVerb::Edit) == Err(ImageRefusal::Foreign) {
            return Err(Error::Conflict(Conflict::Image(ImageRefusal::Foreign)));
        }
        Ok(store::member::list(&mut db, id).await?)
    }

    pub(super) async fn add_member(&self, caller: &Caller, id: ImageId, project: &str) -> Result<()> {
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let image = self.find_shared(&mut tx, caller, id).await?;
        let wrong = || Error::field("member", Why::Gone { kind: Kind::Project });
        let member: ProjectId = project.trim().parse().map_err(|_| wrong())?;
        if !store::member::exists(&mut tx, member).await? {
            return Err(wrong());
        }
        let is = store::member::list(&mut tx, id).await?.len() + 1;
        if is > MEMBERS_MAX {
            return Err(Error::field("member", Why::TooMany { max: MEMBERS_MAX, is }));
        }
        if (member == caller.project && !image.foreign) || !store::member::add(&mut tx, id, member, now).await? {
            return Err(Error::field("member", Why::Taken { kind: Kind::Project }));
        }
        self.shared(tx, caller, &image, "image_share").await
    }

    pub(super) async fn remove_member(&self, caller: &Caller, id: ImageId, member: ProjectId) -> Result<()> {
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let (image, _) = self.find_to(&mut tx, caller, id, ImageVerb::Edit).await?;
        if !store::member::remove(&mut tx, id, member).await? {
            return Err(Error::not_found(Kind::Project, member));
        }
        self.shared(tx, caller, &image, "image_unshare").await
    }

    async fn shared(&self, mut tx: Tx, caller: &Caller, image: &Image, verb: &str) -> Result<()> {
        let target = Target { kind: Kind::Image, id: &image.id.to_string(), name: &image.name };
        operation::done(&mut tx, caller, verb, target, self.core.clock.now()).await?;
        tx.commit().await.map_err(StoreError)?;
        self.tell(caller, image.id, None);
        Ok(())
    }

    pub(super) async fn offers(&self, caller: &Caller) -> Result<Vec<SharedImage>> {
        authz::require(caller, Action::Read)?;
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let offers = store::member::offers(&mut db, caller.project).await?.into_iter();
        Ok(offers.map(|(row, status)| SharedImage { image: seen(row, caller), status }).collect())
    }

    pub(super) async fn answer_offer(&self, caller: &Caller, id: ImageId, to: MemberStatus) -> Result<()> {
        authz::require(caller, Action::Write)?;
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let missing = || Error::not_found(Kind::Image, id);
        let row = store::find(&mut tx, Some(caller.project), id).await?.ok_or_else(missing)?;
        if !store::member::answer(&mut tx, id, caller.project, to, now).await? {
            return Err(missing());
        }
        let image = seen(row, caller);
        let verb = if to == MemberStatus::Accepted { "image_accept" } else { "image_reject" };
        self.shared(tx, caller, &image, verb).await
    }

    /// A new image of the caller's project with the same data. Nothing is copied: both stand on one file.
    pub(super) async fn copy(&self, caller: &Caller, id: ImageId, name: &str) -> Result<ImageId> {
        authz::require(caller, Action::Write)?;
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let row = self.find(&mut tx, caller, id).await?;
        let image = seen(row, caller);
        image.can(ImageVerb::Copy).map_err(|refusal| Error::Conflict(Conflict::Image(refusal)))?;
        let new = NewImage {
            name: name.to_owned(),
            description: image.description.clone(),
            min_disk_gb: image.min_disk_gb.to_string(),
            min_ram_mb: image.min_ram_mb.to_string(),
            ..NewImage::default()
        };
        let form = service::read(new)?;
        let copy = ImageId::from(uuid::Uuid::new_v4());
        let operation = upload::enter(&self.core, &mut tx, caller, copy, &form, "image_copy").await?;
        store::copy_data(&mut tx, id, copy, now).await?;
        let properties: Vec<_> = image.properties.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        store::set_properties(&mut tx, copy, &properties).await?;
        store::set_tags(&mut tx, copy, &image.tags).await?;
        let intake = self.at_rest(caller, copy, operation);
        // Counted with the row there: what the project has already costs nothing more.
        intake.require_quota(&mut tx, 0).await?;
        operation::end(&mut tx, operation, None, now).await?;
        tx.commit().await.map_err(StoreError)?;
        self.tell(caller, copy, Some(caller.project));
        Ok(copy)
    }

    pub(super) fn at_rest(&self, caller: &Caller, id: ImageId, operation: OperationId) -> Intake {
        Intake {
            core: self.core.clone(),
            id,
            project: caller.project,
            user: caller.user,
            audience: Some(caller.project),
            operation,
            expected: None,
            received: 0,
            counted: 0,
        }
    }

    /// The image's file, inspected once more.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` where the image is not active; `Unavailable` where its file is not what it was.
    pub async fn image_download(&self, caller: &Caller, id: ImageId) -> Result<Download> {
        authz::require(caller, Action::Read)?;
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let row = self.find(&mut db, caller, id).await?;
        let data = row.data;
        let image = seen(row, caller);
        image.can(ImageVerb::Download).map_err(|refusal| Error::Conflict(Conflict::Image(refusal)))?;
        let (Some(format), Some(size), Some(sha512)) = (image.format, image.size, image.checksum) else {
            return Err(Error::Conflict(Conflict::Image(ImageRefusal::NotActive)));
        };
        let path = path(&self.core.data, data);
        let verified = on_disk(move || Ok(verified(&path, format))).await?;
        let file = verified.map_err(|why| Error::Unavailable { what: image.name.clone(), why: why.to_string() })?;
        Ok(Download { file, size, file_name: format!("{}.{}", image.name, format.as_str()), sha512 })
    }
}
