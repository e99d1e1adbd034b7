//! Why a file is refused, in words for the person who uploads it.

use std::io;

/// Why a file is not accepted: what is wrong, and what to do about it. The text is complete sentences and safe to
/// show; whatever it quotes from the file has been through [`shown`].
#[derive(Debug, thiserror::Error)]
pub enum Rejection {
    #[error("The file is empty. Choose the image again; if it was downloaded, download it again.")]
    Empty,
    #[error(
        "The file has only {has} bytes, less than one disk sector (512), so it is not a disk image. Choose the image \
         itself."
    )]
    TooShort { has: u64 },
    #[error(
        "The file is a {format} image, which is not accepted yet. Convert it: qemu-img convert -O qcow2 FILE \
         image.qcow2"
    )]
    OtherFormat { format: &'static str },
    #[error(
        "The file is a {what} image of a kind that names other files, which are never followed. Where they are, make one complete image: \
         qemu-img convert -O qcow2 FILE image.qcow2"
    )]
    OtherFiles { what: &'static str },
    #[error("The file is compressed with {with}. Decompress it first ({undo}) and upload what comes out.")]
    Compressed { with: &'static str, undo: &'static str },
    #[error("The file is {what}, not a disk image. {advice}")]
    NotADisk { what: &'static str, advice: &'static str },
    #[error(
        "The file is not a disk that can be recognised: it has no boot sector, no partition table and no known file \
         system (ext, XFS, btrfs, FAT, NTFS, LVM, ISO 9660). If it is a raw disk all the same, convert it: qemu-img \
         convert -f raw -O qcow2 FILE image.qcow2"
    )]
    Unrecognised,
    #[error(
        "The file ends at byte {has}, but its {what} needs {needs} bytes. Copy or download it again and compare the \
         checksum; if the disk is complete even so, extend it: qemu-img resize -f raw FILE {needs}"
    )]
    EndsEarly { what: &'static str, needs: u64, has: u64 },
    #[error(
        "The file is cut short or damaged: its {what} reaches to byte {needs}, but the file ends at byte {has}. Copy \
         or download it again and compare the checksum."
    )]
    Truncated { what: &'static str, needs: u64, has: u64 },
    #[error(
        "The image holds only the changes to another file, its backing file \"{name}\", which is never followed. \
         Where that file is, make a complete image: qemu-img convert -O qcow2 FILE image.qcow2"
    )]
    BackingFile { name: String },
    #[error(
        "The image keeps its data in another file, its external data file \"{name}\", which is never followed. Where \
         that file is, make a complete image: qemu-img convert -O qcow2 FILE image.qcow2"
    )]
    ExternalDataFile { name: String },
    #[error(
        "The image uses qcow2 features that are not known here (incompatible feature bits {bits:?}). Convert it with \
         the program that made it, or: qemu-img convert -O qcow2 -o compat=1.1 FILE image.qcow2"
    )]
    UnknownFeatures { bits: Vec<u32> },
    #[error(
        "The image is qcow2 version {version}; versions 2 and 3 are accepted. Convert it: qemu-img convert -O qcow2 \
         FILE image.qcow2"
    )]
    UnknownVersion { version: u32 },
    #[error(
        "The image is encrypted ({method}), so no instance could boot from it. Decrypt it with its key by qemu-img \
         convert and upload the result."
    )]
    Encrypted { method: &'static str },
    #[error(
        "The image was not closed cleanly: it was copied while in use, or its program crashed. Shut the machine down, \
         then: qemu-img check -r all FILE"
    )]
    NotClosed,
    #[error(
        "The image is damaged: {what}. See what can be saved (qemu-img check -r all FILE), or copy it again from \
         where it is sound."
    )]
    Damaged { what: String },
    #[error(
        "The image holds {count} internal snapshots, more than any disk has. Leave them behind: qemu-img convert -O \
         qcow2 FILE image.qcow2"
    )]
    TooManySnapshots { count: u32 },
    #[error(
        "The image's tables are too large to be checked. Copy it with larger clusters: qemu-img convert -O qcow2 -o \
         cluster_size=2M FILE image.qcow2"
    )]
    TooMuchToRead,
    #[error("The disk in the image has a size of zero, so nothing can be on it. Choose another image.")]
    NoSize,
    #[error(
        "The disk in the image has {virtual_size} bytes; 16 TiB (17592186044416 bytes) is the most that is accepted. \
         Shrink it: qemu-img resize --shrink FILE SIZE"
    )]
    TooLarge { virtual_size: u64 },
    /// Not the uploader's doing either: nothing may write to a stored image.
    #[error("The file is {is} now, but was {was} when it was accepted. Delete the image and upload it again.")]
    Changed { was: &'static str, is: &'static str },
    /// Not the uploader's fault: the cloud's own disk failed.
    #[error(
        "The file cannot be read back from the cloud's disk. Upload it again; if that fails too, tell the \
         administrator."
    )]
    Unreadable(#[source] io::Error),
}

/// Text from a file made fit to be shown: letters, digits, spaces and ASCII punctuation, 200 characters at most. What
/// else there is (control characters, terminal escapes, bidirectional overrides) becomes U+FFFD.
pub(super) fn shown(bytes: &[u8]) -> String {
    const LONGEST: usize = 200;
    let text = String::from_utf8_lossy(bytes);
    let mut shown: String = text
        .chars()
        .take(LONGEST)
        .map(|c| if c.is_ascii_graphic() || c == ' ' || c.is_alphanumeric() { c } else { char::REPLACEMENT_CHARACTER })
        .collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}
