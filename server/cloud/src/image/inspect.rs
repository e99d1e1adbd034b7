//! What an uploaded file really is, decided from its bytes before anything else opens it.
//!
//! A disk image is a program for whoever opens it: a qcow2 header may name a file of the host as its backing or data
//! file, a VMDK descriptor may name any path, and a prober believes whatever stands in the first sector. So neither
//! `qemu-img` nor the hypervisor sees a file that [`inspect`] has not accepted, and both are told the driver that it
//! found ([`Format::driver`]) instead of probing for one.
//!
//! Only headers and tables are read, [`MAX_READ`] bytes at most, whatever the size of the file.

mod foreign;
mod iso;
mod qcow2;
mod raw;
mod rejection;
mod source;
#[cfg(test)]
pub(super) mod tests;
mod vdi;
mod vhd;
mod vhdx;
mod vmdk;

use std::borrow::Cow;
use std::io::{Read, Seek};

pub use rejection::Rejection;
pub use source::MAX_READ;
use source::{Source, stands_at};

/// The largest disk that is accepted: 16 TiB, in bytes. ext4 with its usual blocks ends there too, so a larger
/// number is a damaged header or an attempt to exhaust the host.
pub const MAX_VIRTUAL_SIZE: u64 = 16 << 40;

/// The unit in which disks count, in bytes; QEMU rounds a raw file up to it.
const SECTOR: u64 = 512;

/// Enough of the beginning, in bytes, for every signature that is looked for; btrfs's superblock reaches furthest.
const HEAD: u64 = 0x1_1000;

/// The formats that are accepted, by content; a file's name plays no part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// QEMU's copy-on-write format, version 2 or 3.
    Qcow2,
    /// The disk's bytes as they are.
    Raw,
    /// An ISO 9660 file system: a CD or DVD.
    Iso,
    /// VMware's, in the kinds that are one file. It is converted before it is stored, as the following are.
    Vmdk,
    /// Virtual PC's and Azure's.
    Vhd,
    /// Hyper-V's.
    Vhdx,
    /// VirtualBox's.
    Vdi,
}

impl Format {
    /// Glance's `disk_format`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Qcow2 => "qcow2",
            Self::Raw => "raw",
            Self::Iso => "iso",
            Self::Vmdk => "vmdk",
            Self::Vhd => "vhd",
            Self::Vhdx => "vhdx",
            Self::Vdi => "vdi",
        }
    }

    /// Whether it is stored as it is; what is not is converted to qcow2.
    pub fn is_stored(self) -> bool {
        matches!(self, Self::Qcow2 | Self::Raw | Self::Iso)
    }

    /// The QEMU block driver that must be named, explicitly, wherever the file is opened.
    pub fn driver(self) -> &'static str {
        match self {
            Self::Qcow2 => "qcow2",
            Self::Raw | Self::Iso => "raw",
            Self::Vmdk => "vmdk",
            Self::Vhd => "vpc",
            Self::Vhdx => "vhdx",
            Self::Vdi => "vdi",
        }
    }
}

/// What is known of a file that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub format: Format,
    /// The size of the disk that the guest sees, in bytes.
    pub virtual_size: u64,
    /// What the format was known by, to be shown: `GPT partition table`, `qcow2 version 3`.
    pub evidence: Cow<'static, str>,
    /// How much of the file was read, in bytes; never more than [`MAX_READ`].
    pub bytes_read: u64,
}

/// A structure at the beginning of a file that tells what the file is.
struct Found {
    what: &'static str,
    /// The length in bytes that the file must have for the structure to be true; 0 if it does not say.
    needs: u64,
}

/// Decides what `file`, which is `len` bytes long, is, and whether it is safe to store and boot.
///
/// # Errors
/// The [`Rejection`] says to the person who uploads what is wrong and what to do; only [`Rejection::Unreadable`] is
/// not about the file but about the disk that it lies on.
pub fn inspect<R: Read + Seek>(file: R, len: u64) -> Result<Verdict, Rejection> {
    if len == 0 {
        return Err(Rejection::Empty);
    }
    let mut source = Source::new(file, len);
    let head = source.read("beginning", 0, len.min(HEAD))?;
    // What a prober would find in the first bytes goes before what lies deeper.
    let (format, virtual_size, evidence) = if head.starts_with(qcow2::MAGIC) {
        let (virtual_size, evidence) = qcow2::inspect(&mut source, &head, qcow2::Backing::Refused)?;
        (Format::Qcow2, virtual_size, evidence)
    } else if let Some((format, (virtual_size, evidence))) = converted(&mut source, &head)? {
        (format, virtual_size, evidence)
    } else {
        let (format, found) = recognise(&mut source, &head)?;
        if found.needs > len {
            return Err(Rejection::EndsEarly { what: found.what, needs: found.needs, has: len });
        }
        let virtual_size = len.div_ceil(SECTOR).saturating_mul(SECTOR);
        check_size(virtual_size)?;
        (format, virtual_size, found.what)
    };
    Ok(Verdict { format, virtual_size, evidence: evidence.into(), bytes_read: source.bytes_read() })
}

/// The same for a guest's own disk: qcow2, and it may name a backing file. Whoever opens it names that itself, so that what a guest may have
/// written there is not believed.
///
/// # Errors
/// As [`inspect`].
pub fn overlay<R: Read + Seek>(file: R, len: u64) -> Result<Verdict, Rejection> {
    let mut source = Source::new(file, len);
    let head = source.read("beginning", 0, len.min(HEAD))?;
    if !head.starts_with(qcow2::MAGIC) {
        return Err(Rejection::Unrecognised);
    }
    let (virtual_size, evidence) = qcow2::inspect(&mut source, &head, qcow2::Backing::Ignored)?;
    let bytes_read = source.bytes_read();
    Ok(Verdict { format: Format::Qcow2, virtual_size, evidence: evidence.into(), bytes_read })
}

/// The size of the disk in bytes, and what the format was known by.
type Known = (u64, &'static str);

/// The formats that are accepted to be converted, by their signatures.
fn converted<R: Read + Seek>(source: &mut Source<R>, head: &[u8]) -> Result<Option<(Format, Known)>, Rejection> {
    if head.starts_with(vmdk::MAGIC) {
        return Ok(Some((Format::Vmdk, vmdk::inspect(source, head)?)));
    }
    if head.starts_with(vhdx::MAGIC) {
        return Ok(Some((Format::Vhdx, vhdx::inspect(source)?)));
    }
    if stands_at(head, vdi::MAGIC_AT, vdi::MAGIC) {
        return Ok(Some((Format::Vdi, vdi::inspect(source, head)?)));
    }
    let end = source.len().saturating_sub(vhd::FOOTER);
    let by_footer = source.len() >= vhd::FOOTER && source.read("end", end, 8)?.starts_with(vhd::MAGIC);
    if head.starts_with(vhd::MAGIC) || by_footer {
        return Ok(Some((Format::Vhd, vhd::inspect(source, head)?)));
    }
    Ok(None)
}

/// Tells apart the files that QEMU's raw driver is to open, and refuses all others.
fn recognise<R: Read + Seek>(source: &mut Source<R>, head: &[u8]) -> Result<(Format, Found), Rejection> {
    let len = source.len();
    let tail_len = len.min(SECTOR);
    let tail = source.read("end", len - tail_len, tail_len)?;
    foreign::refuse_disk_formats(head, &tail)?;
    if let Some(found) = iso::find(head) {
        return Ok((Format::Iso, found));
    }
    foreign::refuse_other_files(head)?;
    match raw::find(head) {
        Some(found) => Ok((Format::Raw, found)),
        None if len < SECTOR => Err(Rejection::TooShort { has: len }),
        None => Err(Rejection::Unrecognised),
    }
}

fn check_size(virtual_size: u64) -> Result<(), Rejection> {
    match virtual_size {
        0 => Err(Rejection::NoSize),
        1..=MAX_VIRTUAL_SIZE => Ok(()),
        _ => Err(Rejection::TooLarge { virtual_size }),
    }
}
