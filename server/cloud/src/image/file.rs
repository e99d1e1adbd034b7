//! The files of the image store: `images/incoming/<id>` while data comes in, `images/<id>` once it has been accepted; images of the same
//! content share the file of the first. Names are made from ids alone. Everything here blocks.

use super::inspect::{self, Rejection, Verdict};
use super::store::Hashes;
use api::ImageId;
use bytes::Bytes;
use md5::Md5;
use nix::sys::statvfs::fstatvfs;
use sha2::{Digest, Sha512};
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// Stays free in the file system of the store, in bytes: a full one would stop the database and every running guest.
pub const RESERVE: u64 = 64 << 20;

pub fn folder(data: &Path) -> PathBuf {
    data.join("images")
}

pub fn incoming_folder(data: &Path) -> PathBuf {
    folder(data).join("incoming")
}

pub fn kept(data: &Path, id: ImageId) -> PathBuf {
    folder(data).join(id.to_string())
}

pub fn incoming(data: &Path, id: ImageId) -> PathBuf {
    incoming_folder(data).join(id.to_string())
}

/// `StorageFull` unless that many bytes fit and the reserve stays free.
fn require_space(file: &File, bytes: u64) -> io::Result<()> {
    let space = fstatvfs(file)?;
    let free = space.blocks_available().saturating_mul(space.fragment_size());
    if free >= bytes.saturating_add(RESERVE) { Ok(()) } else { Err(io::ErrorKind::StorageFull.into()) }
}

/// Data on its way in.
pub struct Incoming {
    file: File,
    data: PathBuf,
    id: ImageId,
    hash: Sha512,
    md5: Md5,
    len: u64,
}

impl Incoming {
    #[cfg(test)]
    pub fn over(file: File) -> Self {
        Self {
            file,
            data: PathBuf::new(),
            id: ImageId(uuid::Uuid::nil()),
            hash: Sha512::new(),
            md5: Md5::new(),
            len: 0,
        }
    }

    /// Fails with `StorageFull`, as `append` does, if what is expected does not fit.
    pub fn create(data: &Path, id: ImageId, expected: u64) -> io::Result<Self> {
        fs::create_dir_all(incoming_folder(data))?;
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(incoming(data, id))?;
        require_space(&file, expected)?;
        Ok(Self { file, data: data.to_owned(), id, hash: Sha512::new(), md5: Md5::new(), len: 0 })
    }

    pub fn append(&mut self, chunks: &[Bytes]) -> io::Result<()> {
        require_space(&self.file, chunks.iter().map(|chunk| chunk.len() as u64).sum())?;
        // Counting the hashes takes longer than writing; each has a thread of its own for as long as that takes.
        let (file, hash, md5) = (&mut self.file, &mut self.hash, &mut self.md5);
        std::thread::scope(|scope| {
            scope.spawn(move || chunks.iter().for_each(|chunk| hash.update(chunk)));
            scope.spawn(move || chunks.iter().for_each(|chunk| md5.update(chunk)));
            chunks.iter().try_for_each(|chunk| file.write_all(chunk))
        })?;
        self.len += chunks.iter().map(|chunk| chunk.len() as u64).sum::<u64>();
        Ok(())
    }

    pub fn inspect(&self) -> Result<Verdict, Rejection> {
        inspect::inspect(&self.file, self.len)
    }

    /// Makes the data read-only and durable under its final name; answers with what it is known by.
    pub fn keep(self) -> io::Result<Hashes> {
        self.file.set_permissions(Permissions::from_mode(0o444))?;
        self.file.sync_all()?;
        fs::rename(incoming(&self.data, self.id), kept(&self.data, self.id))?;
        File::open(folder(&self.data))?.sync_all()?;
        Ok(Hashes { sha512: hex::encode(self.hash.finalize()), md5: hex::encode(self.md5.finalize()) })
    }
}

/// Removes a file, if it is there.
pub fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// What is wrong with an image's file by its looks: it is not there, or not as long as it was.
pub fn damage(data: &Path, id: ImageId, size: u64) -> Option<String> {
    match fs::symlink_metadata(kept(data, id)) {
        Ok(is) if is.is_file() && is.len() == size => None,
        Ok(is) if is.is_file() => Some(format!(
            "The image's file has {} bytes now, but had {size} when it was accepted. Upload the image again.",
            is.len()
        )),
        Ok(_) => Some("Something else lies where the image's file was. Upload the image again.".to_owned()),
        Err(error) => Some(format!("The image's file cannot be found in the store ({error}). Upload the image again.")),
    }
}

/// The files of a folder of the store, by the ids that name them.
pub fn list(folder: &Path) -> io::Result<Vec<ImageId>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut ids = Vec::new();
    for entry in entries {
        // What is named otherwise is not ours.
        ids.extend(entry?.file_name().to_str().and_then(|name| name.parse::<ImageId>().ok()));
    }
    Ok(ids)
}

/// The SHA-512 of a file, in hex.
pub fn checksum(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha512::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex::encode(hash.finalize())),
            read => hash.update(&buffer[..read]),
        }
    }
}
