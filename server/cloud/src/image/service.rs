//! The image service: the ways in for data. The contract's calls stand in `calls.rs`.

use super::checksum::Checksum;
use super::chunks::Open;
use super::edit;
use super::import::Web;
use super::intake::{self, on_disk};
use super::upload::{self, Uploads};
use super::{file, store};
use crate::authz::{self, Action};
use crate::core::Core;
use crate::db::Tx;
use crate::metadef;
use api::error::Faults;
use api::image::{NewImage, Visibility};
use api::metadef::ResourceType;
use api::{Caller, ImageId, Name, ProjectId, Result, Why};
use bytes::Bytes;
use futures::Stream;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;
use tokio_util::io::ReaderStream;

/// The largest minimum, in GB and MB: Glance's columns end there.
const MINIMUM_MAX: i64 = i32::MAX as i64;
/// How much of a file on the host is read at a time, in bytes.
const READ: usize = 1 << 20;

pub struct ImageService {
    pub(super) core: Arc<Core>,
    pub(super) uploads: Uploads,
    pub(super) open: Arc<Open>,
    pub(super) web: Arc<Web>,
}

/// What the form says, once every field has been read.
#[derive(Debug)]
pub struct Form {
    pub name: Name,
    pub description: String,
    pub visibility: Visibility,
    pub min_disk_gb: i64,
    pub min_ram_mb: i64,
    pub protected: bool,
    pub tags: Vec<String>,
    pub properties: BTreeMap<String, String>,
    pub checksum: Option<Checksum>,
}

impl ImageService {
    /// `web` is what imports are fetched by.
    pub fn new(core: Arc<Core>, web: Web) -> Arc<Self> {
        Arc::new(Self { core, uploads: Uploads::default(), open: Arc::default(), web: Arc::new(web) })
    }

    /// Deletes all images of a project, in a transaction of somebody else's, who calls `poke` after the commit.
    pub async fn purge(&self, tx: &mut Tx, project: ProjectId, heir: ProjectId) -> Result<()> {
        Ok(store::purge(tx, project, heir, self.core.clock.now()).await?)
    }

    /// Wakes the reconciler: something that stood on an image may be gone.
    pub fn poke(&self) {
        self.uploads.poke.poke();
    }

    /// Takes an image in: the form's fields first, then the file's bytes as they come. Ends when the image is active, or with the reason
    /// why not; then nothing of it stays but the failed operation in the task centre. Dropped before the stream has ended, it cleans up by
    /// itself.
    ///
    /// `announced` is what the sender says will come, such as `Content-Length`; it may count the form around the file. It is good for
    /// refusing at once and for showing progress, and is not relied on.
    ///
    /// # Errors
    /// `Invalid` with all fields at fault before anything is read; later with the field `file`: over quota, store full, broken off, or
    /// refused by the inspector. The stream may then be left unread.
    pub async fn image_upload(
        &self,
        caller: &Caller,
        new: NewImage,
        announced: Option<u64>,
        stream: impl Stream<Item = io::Result<Bytes>> + Send,
    ) -> Result<ImageId> {
        authz::require(caller, Action::Write)?;
        let form = read(new)?;
        if form.visibility == Visibility::Public {
            authz::require(caller, Action::PublishImage)?;
        }
        upload::upload(&self.core, &self.uploads, caller, form, announced, stream).await
    }

    /// Makes an image of a file on the host, as if the caller had uploaded it; one of that name and content is enough. The file is copied
    /// and may go afterwards.
    ///
    /// # Errors
    /// As `image_upload`, and `Internal` if the file cannot be read.
    pub async fn image_register(
        &self,
        caller: &Caller,
        name: &str,
        path: &Path,
        visibility: Visibility,
    ) -> Result<ImageId> {
        let from = path.to_owned();
        let checksum = on_disk(move || file::checksum(&from)).await?;
        if let Some(id) = store::find_same(self.core.db.read(), caller.project, name, &checksum).await? {
            return Ok(id);
        }
        let opened = tokio::fs::File::open(path).await.map_err(intake::failed)?;
        let len = opened.metadata().await.map_err(intake::failed)?.len();
        let new = NewImage { name: name.to_owned(), visibility: visibility.as_str().to_owned(), ..NewImage::default() };
        self.image_upload(caller, new, Some(len), ReaderStream::with_capacity(opened, READ)).await
    }
}

/// Every field by itself; all faults at once.
pub(super) fn read(new: NewImage) -> Result<Form> {
    let mut faults = Faults::default();
    let name = faults.take("name", Name::parse(&new.name));
    faults.take("description", api::name::line(&new.description, Name::MAX));
    let visibility = match new.visibility.as_str() {
        "" => Ok(Visibility::Private),
        text => Visibility::parse(text).ok_or(Why::NotAChoice),
    };
    let visibility = faults.take("visibility", visibility);
    let min_disk_gb = faults.take("min_disk_gb", minimum(&new.min_disk_gb));
    let min_ram_mb = faults.take("min_ram_mb", minimum(&new.min_ram_mb));
    let tags = faults.take("tags", edit::tags(&new.tags));
    let namespaces = metadef::namespaces(ResourceType::Image)?;
    let properties = metadef::change::read(&new.properties, &new.others, &namespaces, &edit::OWN, &mut faults);
    let checksum = faults.take("checksum", Checksum::parse(&new.checksum));
    let read = || {
        Some(Form {
            name: name?,
            description: new.description,
            visibility: visibility?,
            min_disk_gb: min_disk_gb?,
            min_ram_mb: min_ram_mb?,
            protected: new.protected,
            tags: tags?,
            properties,
            checksum: checksum?,
        })
    };
    faults.finish_with(read())
}

pub(super) fn minimum(text: &str) -> std::result::Result<i64, Why> {
    let text = text.trim();
    let number = if text.is_empty() { Some(0) } else { text.parse().ok() };
    number.filter(|number| (0..=MINIMUM_MAX).contains(number)).ok_or(Why::Range { min: 0, max: MINIMUM_MAX })
}
