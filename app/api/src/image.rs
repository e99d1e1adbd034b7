//! Glance's part: images.

use crate::{ImageId, Kind, ListQuery, Micros, Page, ProjectId, Result, caller::Caller};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Glance's image status. A deleted image is in no list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageStatus {
    /// Registered, no data yet.
    #[default]
    Queued,
    /// Data is on its way in from a browser.
    Saving,
    /// Data is being fetched from elsewhere.
    Importing,
    Active,
    /// Its owner has taken it out of use; instances that stand on it go on.
    Deactivated,
    /// The data was refused, or can be used no more; the reason is kept.
    Killed,
}

impl ImageStatus {
    pub const ALL: [ImageStatus; 6] = [
        ImageStatus::Queued,
        ImageStatus::Saving,
        ImageStatus::Importing,
        ImageStatus::Active,
        ImageStatus::Deactivated,
        ImageStatus::Killed,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Saving => "saving",
            Self::Importing => "importing",
            Self::Active => "active",
            Self::Deactivated => "deactivated",
            Self::Killed => "killed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// It will become another by itself.
    pub fn is_moving(self) -> bool {
        matches!(self, Self::Queued | Self::Saving | Self::Importing)
    }

    /// Whether its data has been accepted and can be stood upon.
    pub fn has_data(self) -> bool {
        matches!(self, Self::Active | Self::Deactivated)
    }
}

/// What can be asked of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageVerb {
    Launch,
    Download,
    /// Make a new image of it.
    Copy,
    Edit,
    Deactivate,
    Reactivate,
    Delete,
}

/// Why it cannot be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum ImageRefusal {
    #[error("It belongs to another project, which alone can change it.")]
    Foreign,
    #[error("Everybody uses it: it is public, and changed by administrators only.")]
    Public,
    #[error("It is protected. Take the protection off first: edit the image.")]
    Protected,
    #[error("Only an active image can be used for this.")]
    NotActive,
    #[error("It is deactivated. Reactivate it first.")]
    Deactivated,
    #[error("It is not deactivated.")]
    NotDeactivated,
    #[error("Its visibility is not “shared”. Edit the image first.")]
    NotShared,
}

/// Who sees an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// The owning project.
    #[default]
    Private,
    /// The owning project and its members.
    Shared,
    /// Everybody who knows of it: it stands in nobody's list but its owner's unless asked for.
    Community,
    /// Everybody.
    Public,
}

impl Visibility {
    pub const ALL: [Visibility; 4] =
        [Visibility::Private, Visibility::Shared, Visibility::Community, Visibility::Public];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Shared => "shared",
            Self::Community => "community",
            Self::Public => "public",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|visibility| visibility.as_str() == text)
    }
}

/// Glance's disk format; found by content, never by what the uploader says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DiskFormat {
    Qcow2,
    Raw,
    Iso,
}

impl DiskFormat {
    pub const ALL: [DiskFormat; 3] = [DiskFormat::Qcow2, DiskFormat::Raw, DiskFormat::Iso];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Qcow2 => "qcow2",
            Self::Raw => "raw",
            Self::Iso => "iso",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == text)
    }
}

/// What an image was made of: another image, or the disk of an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    pub kind: Kind,
    pub id: String,
    /// `None` once it is gone, and where the caller does not see it.
    pub name: Option<String>,
}

/// What the store holds, for those who run the cloud.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageStore {
    /// Images with data, and the bytes that they come to, each counted by itself.
    pub images: u64,
    pub bytes: u64,
    /// The bytes that they take: what is the same is stored once. Deleted images that instances still stand on count too.
    pub stored: u64,
    /// The projects that own images, by name; none where there are too many to choose from.
    pub owners: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    pub id: ImageId,
    pub name: String,
    pub description: String,
    pub status: ImageStatus,
    pub visibility: Visibility,
    /// Another project's.
    pub foreign: bool,
    /// The caller may change it: its owner's project, but for what is public, or an administrator.
    pub changeable: bool,
    /// Cannot be deleted until this is taken away.
    pub protected: bool,
    pub tags: Vec<String>,
    /// What software may know of it: `os_distro`, `hw_disk_bus`, …
    pub properties: BTreeMap<String, String>,
    pub owner_name: String,
    /// Known once the data has been inspected.
    pub format: Option<DiskFormat>,
    /// Bytes as stored.
    pub size: Option<u64>,
    /// Bytes of the disk that a guest sees.
    pub virtual_size: Option<u64>,
    /// SHA-512 of the stored bytes, hex: Glance's `os_hash_value`.
    pub checksum: Option<String>,
    /// MD5 of the stored bytes, hex: Glance's `checksum`. Told for old tools; nothing here trusts it.
    pub md5: Option<String>,
    /// What the inspector knew the format by; English.
    pub evidence: Option<String>,
    /// Where its data came from, if not from a browser: a URL, or the id of what it was made of.
    pub source: String,
    /// What `source` means by an id; only where one image is looked at.
    pub origin: Option<Origin>,
    /// How many instances stand on it, counted up to `COUNTED`, and how many projects it is shared with; for those who may change it, where
    /// images are listed or one is looked at.
    pub instances: u64,
    pub members: u64,
    /// The smallest flavor disk, in GiB.
    pub min_disk_gb: u64,
    /// The smallest flavor memory, in MiB.
    pub min_ram_mb: u64,
    /// Why the data was refused; English, from the inspector.
    pub refused: Option<String>,
    pub created_at: Micros,
    pub updated_at: Micros,
}

impl Image {
    /// Instances are counted so far: there may be any number, and what is not shown must cost nothing.
    pub const COUNTED: u64 = 1000;

    /// Whether the verb is possible now: the one rule behind the service, its API and every greyed-out button.
    pub fn can(&self, verb: ImageVerb) -> std::result::Result<(), ImageRefusal> {
        let changes = !matches!(verb, ImageVerb::Launch | ImageVerb::Download | ImageVerb::Copy);
        if changes && !self.changeable {
            return Err(if self.foreign { ImageRefusal::Foreign } else { ImageRefusal::Public });
        }
        match (verb, self.status) {
            (ImageVerb::Delete, _) if self.protected => Err(ImageRefusal::Protected),
            (ImageVerb::Delete | ImageVerb::Edit, _) => Ok(()),
            (ImageVerb::Reactivate, ImageStatus::Deactivated) => Ok(()),
            (ImageVerb::Reactivate, _) => Err(ImageRefusal::NotDeactivated),
            (_, ImageStatus::Active) => Ok(()),
            (_, ImageStatus::Deactivated) => Err(ImageRefusal::Deactivated),
            (_, _) => Err(ImageRefusal::NotActive),
        }
    }
}

/// What an image form says beside the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewImage {
    pub name: String,
    pub description: String,
    /// A visibility; empty means private.
    pub visibility: String,
    /// Empty means 0.
    pub min_disk_gb: String,
    /// Empty means 0.
    pub min_ram_mb: String,
    pub protected: bool,
    /// Separated by commas.
    pub tags: String,
    /// The properties that have a field of their own; an empty value means none.
    pub properties: BTreeMap<String, String>,
    /// The others: `name=value`, one a line.
    pub others: String,
    /// What the data has to be known by: MD5, SHA-256 or SHA-512 in hex. Empty: nothing is said.
    pub checksum: String,
}

impl NewImage {
    /// From the fields of a form: the texts in the order of the struct.
    pub fn of(texts: [String; 8], protected: bool, properties: BTreeMap<String, String>) -> Self {
        let [name, description, visibility, min_disk_gb, min_ram_mb, tags, others, checksum] = texts;
        Self { name, description, visibility, min_disk_gb, min_ram_mb, protected, tags, properties, others, checksum }
    }
}

/// What a project made of an image that was offered to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberStatus {
    /// Not answered yet: the image can be used by its id, and stands in no list.
    Pending,
    Accepted,
    Rejected,
}

impl MemberStatus {
    pub const ALL: [MemberStatus; 3] = [MemberStatus::Pending, MemberStatus::Accepted, MemberStatus::Rejected];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// A project that an image is shared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageMember {
    pub project: ProjectId,
    pub project_name: String,
    pub status: MemberStatus,
    pub created_at: Micros,
    pub updated_at: Micros,
}

/// An image that another project shares with the caller's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedImage {
    pub image: Image,
    pub status: MemberStatus,
}

/// What an upload by chunks begins with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewUpload {
    pub image: NewImage,
    /// The file's, in bytes.
    pub size: u64,
    pub file_name: String,
}

/// Where an upload by chunks has got to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadState {
    /// The next byte that is due.
    pub offset: u64,
    /// Bytes in all.
    pub size: u64,
    pub file_name: String,
    /// SHA-256 in hex of the first `head_bytes` that have come: by it a file that is chosen again is known.
    pub head_bytes: u64,
    pub head: String,
    /// A chunk is coming in right now.
    pub busy: bool,
}

/// What an import form says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewImport {
    pub image: NewImage,
    /// http or https.
    pub url: String,
    /// Where a list such as `SHA256SUMS` lies, or empty.
    pub checksum_url: String,
}

/// A well-known cloud image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogueEntry {
    /// Unique; names it in calls.
    pub key: String,
    pub name: String,
    pub version: String,
    pub architecture: String,
    /// Glance's `os_distro`.
    pub distro: String,
    /// The user that keys are put in place for.
    pub user: String,
    pub url: String,
    pub checksum_url: String,
    pub min_disk_gb: u64,
    pub min_ram_mb: u64,
}

/// What the edit form says: everything that may change of an image. Its data never does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageChange {
    pub name: String,
    pub description: String,
    pub visibility: String,
    pub protected: bool,
    pub min_disk_gb: String,
    pub min_ram_mb: String,
    /// Separated by commas.
    pub tags: String,
    /// The properties that have a field of their own; an empty value means none.
    pub properties: BTreeMap<String, String>,
    /// The others: `name=value`, one a line.
    pub others: String,
    /// `updated_at` of the image that the form was made from: what somebody else has changed since is not overwritten. Empty: whatever it is.
    pub seen: String,
}

/// The image service. Data comes in by a plain multipart form beside these calls, as it is streamed.
#[async_trait]
pub trait Images: Send + Sync {
    /// The project's own images and the public ones; community images where the visibility is filtered for. Sort keys: `name`, `status`,
    /// `size`, `created` (default `name`). Filters: `visibility`, `format`, `protected` (`true`, `false`), `tag`, `type` (`image`, `snapshot`),
    /// `size` (bytes, `from-to`, either may be missing), and `id`: that one image, if the caller may see it at all, as a link to it does.
    async fn image_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<Image>>;
    /// Every project's images, for administrators. The same, and the sort key and filter `owner`.
    async fn image_list_all(&self, caller: &Caller, query: &ListQuery) -> Result<Page<Image>>;
    /// What the store holds, for administrators.
    async fn image_store_show(&self, caller: &Caller) -> Result<ImageStore>;
    async fn image_show(&self, caller: &Caller, id: ImageId) -> Result<Image>;
    /// Registers an image whose file then comes in chunks.
    async fn image_upload_begin(&self, caller: &Caller, new: NewUpload) -> Result<ImageId>;
    /// Where such an upload has got to; `None` if none is under way.
    async fn image_upload_show(&self, caller: &Caller, id: ImageId) -> Result<Option<UploadState>>;
    /// Registers an image whose data is then fetched.
    async fn image_import(&self, caller: &Caller, new: NewImport) -> Result<ImageId>;
    /// The cloud images that can be imported by one click.
    async fn image_catalogue(&self, caller: &Caller) -> Result<Vec<CatalogueEntry>>;
    async fn image_import_known(&self, caller: &Caller, key: &str, visibility: &str) -> Result<ImageId>;
    async fn image_edit(&self, caller: &Caller, id: ImageId, edit: ImageChange) -> Result<()>;
    /// The projects that an image is shared with: for its owner.
    async fn image_member_list(&self, caller: &Caller, id: ImageId) -> Result<Vec<ImageMember>>;
    /// Offers a shared image to a project, by its id.
    async fn image_member_add(&self, caller: &Caller, id: ImageId, member: &str) -> Result<()>;
    async fn image_member_remove(&self, caller: &Caller, id: ImageId, member: ProjectId) -> Result<()>;
    /// What others share with the caller's project.
    async fn image_shared_list(&self, caller: &Caller) -> Result<Vec<SharedImage>>;
    async fn image_shared_answer(&self, caller: &Caller, id: ImageId, status: MemberStatus) -> Result<()>;
    /// A new image of the caller's project with the same data.
    async fn image_copy(&self, caller: &Caller, id: ImageId, name: &str) -> Result<ImageId>;
    async fn image_deactivate(&self, caller: &Caller, id: ImageId) -> Result<()>;
    async fn image_reactivate(&self, caller: &Caller, id: ImageId) -> Result<()>;
    async fn image_delete(&self, caller: &Caller, id: ImageId) -> Result<()>;
    /// Each that can be; `Conflict::Partly` with the reasons of those that cannot.
    async fn image_delete_many(&self, caller: &Caller, ids: &[String]) -> Result<()>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(status: ImageStatus) -> Image {
        Image { status, changeable: true, ..Image::default() }
    }

    /// The verbs that the state allows.
    fn check(status: ImageStatus, expected: &str) {
        const VERBS: [(ImageVerb, &str); 7] = [
            (ImageVerb::Launch, "launch"),
            (ImageVerb::Download, "download"),
            (ImageVerb::Copy, "copy"),
            (ImageVerb::Edit, "edit"),
            (ImageVerb::Deactivate, "deactivate"),
            (ImageVerb::Reactivate, "reactivate"),
            (ImageVerb::Delete, "delete"),
        ];
        let image = image(status);
        let can: Vec<_> = VERBS.iter().filter(|(verb, _)| image.can(*verb).is_ok()).map(|(_, name)| *name).collect();
        assert_eq!(can.join(" "), expected, "{status:?}");
    }

    #[test]
    fn verbs_by_state() {
        check(ImageStatus::Queued, "edit delete");
        check(ImageStatus::Saving, "edit delete");
        check(ImageStatus::Importing, "edit delete");
        check(ImageStatus::Active, "launch download copy edit deactivate delete");
        check(ImageStatus::Deactivated, "edit reactivate delete");
        check(ImageStatus::Killed, "edit delete");
    }

    #[test]
    fn others_and_protected_ones() {
        let foreign = Image { foreign: true, changeable: false, ..image(ImageStatus::Active) };
        assert_eq!(foreign.can(ImageVerb::Launch), Ok(()));
        assert_eq!(foreign.can(ImageVerb::Edit), Err(ImageRefusal::Foreign));
        let public = Image { changeable: false, ..image(ImageStatus::Active) };
        assert_eq!(public.can(ImageVerb::Download), Ok(()));
        assert_eq!(public.can(ImageVerb::Delete), Err(ImageRefusal::Public));
        let protected = Image { protected: true, ..image(ImageStatus::Active) };
        assert_eq!(protected.can(ImageVerb::Delete), Err(ImageRefusal::Protected));
        assert_eq!(protected.can(ImageVerb::Edit), Ok(()));
    }
}
