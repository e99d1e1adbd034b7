//! Glance's part: images.

use crate::{ImageId, ListQuery, Micros, Page, Result, caller::Caller};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// Glance's image status, as far as Offing has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageStatus {
    /// Registered, no data yet.
    Queued,
    /// Data is on its way in.
    Saving,
    Active,
    /// The data was refused; the reason is kept.
    Killed,
}

impl ImageStatus {
    pub const ALL: [ImageStatus; 4] =
        [ImageStatus::Queued, ImageStatus::Saving, ImageStatus::Active, ImageStatus::Killed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Saving => "saving",
            Self::Active => "active",
            Self::Killed => "killed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// Who sees an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    Private,
    Public,
}

impl Visibility {
    pub const ALL: [Visibility; 2] = [Visibility::Private, Visibility::Public];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
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

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    pub id: ImageId,
    pub name: String,
    pub description: String,
    pub status: ImageStatus,
    pub visibility: Visibility,
    /// Another project's public image: can be used, not changed.
    pub foreign: bool,
    pub owner_name: String,
    /// Known once the data has been inspected.
    pub format: Option<DiskFormat>,
    /// Bytes as stored.
    pub size: Option<u64>,
    /// Bytes of the disk that a guest sees.
    pub virtual_size: Option<u64>,
    /// SHA-512 of the stored bytes, hex.
    pub checksum: Option<String>,
    /// The smallest flavor disk, in GiB.
    pub min_disk_gb: u64,
    /// The smallest flavor memory, in MiB.
    pub min_ram_mb: u64,
    /// Why the data was refused; English, from the inspector.
    pub refused: Option<String>,
    pub created_at: Micros,
    pub updated_at: Micros,
}

/// What an image form says beside the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewImage {
    pub name: String,
    pub description: String,
    /// `private` or `public`; empty means private.
    pub visibility: String,
    /// Empty means 0.
    pub min_disk_gb: String,
    /// Empty means 0.
    pub min_ram_mb: String,
}

/// The image service. Data comes in by a plain multipart form beside these calls, as it is streamed to disk.
#[async_trait]
pub trait Images: Send + Sync {
    /// The project's own images and the public ones. Sort keys: `name`, `status`, `size`, `created` (default `name`).
    async fn image_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<Image>>;
    async fn image_show(&self, caller: &Caller, id: ImageId) -> Result<Image>;
    async fn image_delete(&self, caller: &Caller, id: ImageId) -> Result<()>;
}
