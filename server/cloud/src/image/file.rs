//! The files of the image store: `images/incoming/<id>` while data comes in, `images/<id>` once it has been accepted; images of the same
//! content share the file of the first. Names are made from ids alone. Everything here blocks.

use super::checksum::Checksum;
use super::inspect::{self, Rejection, Verdict};
use super::store::Hashes;
use api::{ImageId, Why};
use md5::Md5;
use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat, openat2};
use nix::sys::stat::Mode;
use nix::sys::statvfs::{fstatvfs, statvfs};
use sha2::{Digest, Sha512};
use std::fs::{self, File, Permissions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Stays free in the file system of the store, in bytes: a full one would stop the database and every running guest.
pub const RESERVE: u64 = 64 << 20;
const INCOMING: &str = "incoming";

pub fn folder(data: &Path) -> PathBuf {
    data.join("images")
}

pub fn incoming_folder(data: &Path) -> PathBuf {
    folder(data).join(INCOMING)
}

/// Where what is converted is written to.
pub fn converting_folder(data: &Path) -> PathBuf {
    folder(data).join("converting")
}

pub fn converting(data: &Path, id: ImageId) -> PathBuf {
    converting_folder(data).join(id.to_string())
}

pub fn kept(data: &Path, id: ImageId) -> PathBuf {
    folder(data).join(id.to_string())
}

pub fn incoming(data: &Path, id: ImageId) -> PathBuf {
    incoming_folder(data).join(id.to_string())
}

/// Opens a file beneath a folder, and nothing that a link would lead to: neither the file nor a folder on the way may be one (class 8). The
/// folder itself may, so that the store can lie on another disk.
pub fn open_in(folder: &Path, name: &Path, flags: OFlag) -> io::Result<File> {
    let folder = File::open(folder)?;
    let flags = flags | OFlag::O_CLOEXEC;
    let mode = if flags.contains(OFlag::O_CREAT) { Mode::S_IRUSR | Mode::S_IWUSR } else { Mode::empty() };
    let how = OpenHow::new().flags(flags).mode(mode);
    match openat2(&folder, name, how.resolve(ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_SYMLINKS)) {
        // Kernels before 5.6 do not know it, and some sandboxes do not let it through.
        Err(Errno::ENOSYS | Errno::EPERM) => Ok(openat(&folder, name, flags | OFlag::O_NOFOLLOW, mode)?.into()),
        opened => Ok(opened?.into()),
    }
}

fn open_incoming(data: &Path, id: ImageId, flags: OFlag) -> io::Result<File> {
    open_in(&folder(data), &Path::new(INCOMING).join(id.to_string()), flags)
}

/// `StorageFull` unless that many bytes fit and the reserve stays free.
fn require_space(file: &File, bytes: u64) -> io::Result<()> {
    let space = fstatvfs(file)?;
    let free = space.blocks_available().saturating_mul(space.fragment_size());
    if free >= bytes.saturating_add(RESERVE) { Ok(()) } else { Err(io::ErrorKind::StorageFull.into()) }
}

/// Makes the place for a converted file ready; answers with how large that may become.
pub fn make_room(path: &Path) -> io::Result<u64> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)?;
    remove(path)?;
    let space = statvfs(folder)?;
    Ok(space.blocks_available().saturating_mul(space.fragment_size()).saturating_sub(RESERVE))
}

/// Data on its way in.
pub struct Incoming {
    file: File,
    data: PathBuf,
    id: ImageId,
    /// The hashes of all bytes so far; lost with the program, and then counted anew at the end.
    hashing: Option<(Sha512, Md5)>,
    len: u64,
}

impl Incoming {
    #[cfg(test)]
    pub fn over(file: File) -> Self {
        let hashing = Some((Sha512::new(), Md5::new()));
        Self { file, data: PathBuf::new(), id: ImageId(uuid::Uuid::nil()), hashing, len: 0 }
    }

    /// Fails with `StorageFull`, as `append` does, if what is expected does not fit.
    pub fn create(data: &Path, id: ImageId, expected: u64) -> io::Result<Self> {
        fs::create_dir_all(incoming_folder(data))?;
        let file = open_incoming(data, id, OFlag::O_RDWR | OFlag::O_CREAT | OFlag::O_EXCL)?;
        require_space(&file, expected)?;
        Ok(Self { file, data: data.to_owned(), id, hashing: Some((Sha512::new(), Md5::new())), len: 0 })
    }

    /// Goes on where a program that has died left off: with `counted` bytes, or as many of them as have reached the disk.
    pub fn resume(data: &Path, id: ImageId, counted: u64) -> io::Result<Self> {
        if counted == 0 || fs::symlink_metadata(incoming(data, id)).is_err() {
            remove(&incoming(data, id))?;
            return Self::create(data, id, 0);
        }
        let file = open_incoming(data, id, OFlag::O_RDWR | OFlag::O_APPEND)?;
        let len = file.metadata()?.len().min(counted);
        let mut resumed = Self { file, data: data.to_owned(), id, hashing: None, len };
        resumed.truncate(len)?;
        Ok(resumed)
    }

    pub fn len(&self) -> u64 {
        self.len
    }

    /// Forgets what lies behind `len`.
    pub fn truncate(&mut self, len: u64) -> io::Result<()> {
        self.file.set_len(len)?;
        self.file.seek(SeekFrom::Start(len))?;
        if len != self.len {
            self.hashing = (len == 0).then(|| (Sha512::new(), Md5::new()));
        }
        self.len = len;
        Ok(())
    }

    pub fn append(&mut self, data: &[u8]) -> io::Result<()> {
        require_space(&self.file, data.len() as u64)?;
        let file = &mut self.file;
        match &mut self.hashing {
            // Counting the hashes takes longer than writing, so each is counted beside it: on threads that stay, since one made for each
            // batch would leave its share of the allocator's memory behind.
            Some((sha512, md5)) => rayon::scope(|scope| {
                scope.spawn(move |_| sha512.update(data));
                scope.spawn(move |_| md5.update(data));
                file.write_all(data)
            })?,
            None => file.write_all(data)?,
        }
        self.len += data.len() as u64;
        Ok(())
    }

    pub fn inspect(&self) -> Result<Verdict, Rejection> {
        inspect::inspect(&self.file, self.len)
    }

    /// A file that is complete, moved here; whatever came before is forgotten.
    pub fn adopt(data: &Path, id: ImageId, from: &Path) -> io::Result<Self> {
        fs::create_dir_all(incoming_folder(data))?;
        fs::rename(from, incoming(data, id))?;
        let file = open_incoming(data, id, OFlag::O_RDWR | OFlag::O_APPEND)?;
        file.set_permissions(Permissions::from_mode(0o600))?;
        let len = file.metadata()?.len();
        Ok(Self { file, data: data.to_owned(), id, hashing: None, len })
    }

    /// Whether the data is what it was said to be.
    pub fn matches(&mut self, checksum: Checksum) -> io::Result<Result<(), Why>> {
        let is = match (&checksum, &self.hashing) {
            (Checksum::Sha512(_), Some((sha512, _))) => hex::encode(sha512.clone().finalize()),
            (Checksum::Md5(_), Some((_, md5))) => hex::encode(md5.clone().finalize()),
            _ => {
                self.file.seek(SeekFrom::Start(0))?;
                checksum.of(&self.file)?
            }
        };
        Ok(checksum.check(&is))
    }

    /// Makes the data read-only and durable under its final name; answers with what it is known by.
    pub fn keep(self) -> io::Result<Hashes> {
        self.file.set_permissions(Permissions::from_mode(0o444))?;
        self.file.sync_all()?;
        let (sha512, md5) = match self.hashing {
            Some(hashing) => hashing,
            None => hashed(open_incoming(&self.data, self.id, OFlag::O_RDONLY)?)?,
        };
        fs::rename(incoming(&self.data, self.id), kept(&self.data, self.id))?;
        File::open(folder(&self.data))?.sync_all()?;
        Ok(Hashes { sha512: hex::encode(sha512.finalize()), md5: hex::encode(md5.finalize()) })
    }
}

/// How many of the bytes that were counted have reached the disk, and the SHA-256 of the first `head` of them, in hex, by which whoever
/// sends the rest knows that it is the same file.
pub fn begun(data: &Path, id: ImageId, counted: u64, head: u64) -> io::Result<(u64, String)> {
    let file = match open_incoming(data, id, OFlag::O_RDONLY) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((0, String::new())),
        file => file?,
    };
    let len = file.metadata()?.len().min(counted);
    Ok((len, Checksum::Sha256(String::new()).of(file.take(head.min(len)))?))
}

/// Both hashes of a whole file, side by side.
fn hashed(mut file: File) -> io::Result<(Sha512, Md5)> {
    let (mut sha512, mut md5) = (Sha512::new(), Md5::new());
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((sha512, md5));
        }
        let (piece, sha512, md5) = (&buffer[..read], &mut sha512, &mut md5);
        rayon::join(|| sha512.update(piece), || md5.update(piece));
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
