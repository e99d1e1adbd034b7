//! Images: what is uploaded, what is accepted and where it is kept.
//!
//! `upload.rs` brings data in, as `chunks.rs`, `import/` and `snapshot.rs` do: counted against the quota, hashed, inspected, then kept and never changed again; what has been there before
//! is kept once. `edit.rs` reads what may change of an image.
//! `reconcile.rs` removes what nobody needs any more and notices files that went missing. `inspect.rs` decides what a file is, `file.rs`
//! holds the files themselves.

mod calls;
mod checksum;
mod chunks;
mod convert;
mod edit;
mod file;
mod import;
pub mod inspect;
mod intake;
mod reconcile;
mod seed;
mod service;
mod share;
mod snapshot;
mod store;
#[cfg(test)]
mod tests;
mod upload;

pub use import::{Resolve, Web};
pub use service::ImageService;
pub use share::Download;
pub(crate) use snapshot::{NewSnapshot, RootDisk};
pub(crate) use store::{LaunchImage, base, launch_image, names, of_everybody};
pub(crate) use upload::Entry;

use api::ImageId;
use api::image::DiskFormat;
use inspect::{Format, Rejection};
use nix::fcntl::OFlag;
use std::fs::File;
use std::io::{self, Seek as _};
use std::path::{Path, PathBuf};

/// Where the data that this image brought lies.
pub(crate) fn path(data: &Path, id: ImageId) -> PathBuf {
    file::kept(data, id)
}

/// Looks at an image's file again, to be called before every use: whoever opens it trusts its header as it is then, not as it was at the
/// upload (OSSA-2024-002). Blocks; reads a few headers, 64 MiB of tables at the very most.
pub(crate) fn verify(path: &Path, format: DiskFormat) -> Result<(), Rejection> {
    verified(path, format).map(drop)
}

/// The same, for who reads on from the very file that was looked at.
fn verified(path: &Path, format: DiskFormat) -> Result<File, Rejection> {
    let open = || {
        let (folder, name) = path.parent().zip(path.file_name()).ok_or(io::ErrorKind::InvalidInput)?;
        let file = file::open_in(folder, Path::new(name), OFlag::O_RDONLY)?;
        let len = file.metadata()?.len();
        Ok::<_, io::Error>((file, len))
    };
    let (mut file, len) = open().map_err(Rejection::Unreadable)?;
    let found = inspect::inspect(&file, len)?.format;
    file.rewind().map_err(Rejection::Unreadable)?;
    let same = found.is_stored() && DiskFormat::from(found) == format;
    if same { Ok(file) } else { Err(Rejection::Changed { was: format.as_str(), is: found.name() }) }
}

impl From<Format> for DiskFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Qcow2 => Self::Qcow2,
            Format::Raw => Self::Raw,
            Format::Iso => Self::Iso,
            // Converted before they are stored.
            Format::Vmdk | Format::Vhd | Format::Vhdx | Format::Vdi => Self::Qcow2,
        }
    }
}
