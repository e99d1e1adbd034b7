//! Files that are refused by what they are: other disk formats, and files that are no disks at all.

use super::Rejection;
use super::source::stands_at;

/// Disk formats by the signature that QEMU's prober goes by: where it stands, what it is, what it is called.
const DISK_FORMATS: [(usize, &[u8], &str); 8] = [
    (0, b"COWD", "VMDK"),
    (0, b"\xbe\xba\xfe\xca\0\0\0\0", "VMDK"),
    (0, b"QED\0", "QED"),
    (0, b"WithoutFreeSpace", "Parallels"),
    (0, b"WithouFreSpacExt", "Parallels"),
    (0, b"Bochs Virtual HD Image", "Bochs"),
    (0, b"\x3a\xff\x26\xed", "Android sparse"),
    (0, b"MSWIM\0\0\0", "Windows imaging (WIM)"),
];

/// Formats that are known by their last sector. A fixed-size VHD is a raw disk with a footer; one that stands at its usual place has been
/// seen already.
const FOOTERS: [(&[u8], &str); 2] = [(b"conectix", "VHD"), (b"koly", "Apple disk (DMG)")];

/// Compression by signature, and the command that undoes it.
const COMPRESSIONS: [(&[u8], &str, &str); 8] = [
    (b"\x1f\x8b", "gzip", "gunzip FILE"),
    (b"\xfd7zXZ\0", "xz", "unxz FILE"),
    (b"\x28\xb5\x2f\xfd", "Zstandard", "unzstd FILE"),
    (b"BZh", "bzip2", "bunzip2 FILE"),
    (b"\x04\x22\x4d\x18", "LZ4", "unlz4 FILE"),
    (b"PK\x03\x04", "zip", "unzip FILE"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip", "7z x FILE"),
    (b"Rar!\x1a\x07", "RAR", "unrar x FILE"),
];

const CHOOSE: &str = "Choose the disk image itself.";
const UNPACK: &str = "Unpack it and upload the disk that is in it.";

/// Other files that people have at hand: where the signature stands, what it is, what the file is, what to do.
const OTHER_FILES: [(usize, &[u8], &str, &str); 16] = [
    (257, b"ustar", "a tar archive (OVA appliances are such)", UNPACK),
    (0, b"070701", "a cpio archive (an initial RAM disk)", CHOOSE),
    (0, b"070707", "a cpio archive", CHOOSE),
    (0, b"!<arch>\n", "a package or library archive", CHOOSE),
    (0, b"\xed\xab\xee\xdb", "an RPM package", CHOOSE),
    (0, b"\x7fELF", "a Linux program (ELF)", CHOOSE),
    (0, b"MZ", "a Windows or EFI program or a Linux kernel", CHOOSE),
    (0, b"\xcf\xfa\xed\xfe", "a macOS program (Mach-O)", CHOOSE),
    (0, b"\xca\xfe\xba\xbe", "a macOS program or a Java class", CHOOSE),
    (0, b"\x89PNG\r\n\x1a\n", "a PNG picture", CHOOSE),
    (0, b"\xff\xd8\xff", "a JPEG picture", CHOOSE),
    (0, b"GIF8", "a GIF picture", CHOOSE),
    (0, b"%PDF-", "a PDF document", CHOOSE),
    (0, b"SQLite format 3\0", "an SQLite database", CHOOSE),
    (0, b"hsqs", "a squashfs file system, from which no machine boots by itself", CHOOSE),
    (4, b"ftyp", "a video", CHOOSE),
];

/// Refuses every disk format that is not accepted, so that a raw disk is never one that a prober would take for
/// something else.
pub(super) fn refuse_disk_formats(head: &[u8], tail: &[u8]) -> Result<(), Rejection> {
    if head.starts_with(b"LUKS\xba\xbe") {
        return Err(Rejection::Encrypted { method: "LUKS" });
    }
    let by_head = DISK_FORMATS.iter().find(|(at, magic, _)| stands_at(head, *at, magic)).map(|(_, _, format)| *format);
    let by_tail = || {
        // Old versions of Virtual PC wrote a footer of 511 bytes.
        let found = |magic| stands_at(tail, 0, magic) || stands_at(tail, 1, magic);
        FOOTERS.iter().find(|(magic, _)| found(magic)).map(|(_, format)| *format)
    };
    match by_head.or_else(|| is_vmdk_descriptor(head).then_some("VMDK")).or_else(by_tail) {
        Some(format) => Err(Rejection::OtherFormat { format }),
        None => Ok(()),
    }
}

/// Refuses what is plainly not a disk, with the advice that fits it.
pub(super) fn refuse_other_files(head: &[u8]) -> Result<(), Rejection> {
    if let Some((_, with, undo)) = COMPRESSIONS.iter().find(|(magic, _, _)| head.starts_with(magic)) {
        return Err(Rejection::Compressed { with, undo });
    }
    if let Some((_, _, what, advice)) = OTHER_FILES.iter().find(|(at, magic, _, _)| stands_at(head, *at, magic)) {
        return Err(Rejection::NotADisk { what, advice });
    }
    match text(head) {
        Some(text) if is_web_page(text) => Err(Rejection::NotADisk {
            what: "a web page",
            advice: "The download was answered with a page, perhaps an error or a sign-in: download it again.",
        }),
        Some(_) => Err(Rejection::NotADisk { what: "text", advice: CHOOSE }),
        None => Ok(()),
    }
}

/// A VMDK descriptor is text that names the files of the disk, any path of the host among them (OSSA-2023-002,
/// OSSA-2024-002). QEMU's prober skips comments and empty lines and takes a line `version=` for one, so this does too.
fn is_vmdk_descriptor(head: &[u8]) -> bool {
    head.split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .find(|line| is_vmdk_title(line) || !(line.is_empty() || line.starts_with(b"#")))
        .is_some_and(|line| is_vmdk_title(line) || line.starts_with(b"version="))
}

fn is_vmdk_title(line: &[u8]) -> bool {
    const TITLE: &[u8] = b"# disk descriptorfile";
    line.get(..TITLE.len()).is_some_and(|start| start.eq_ignore_ascii_case(TITLE))
}

/// The first sector's worth of text, if it is nothing but text.
fn text(head: &[u8]) -> Option<&str> {
    let start = &head[..head.len().min(super::SECTOR as usize)];
    let text = match std::str::from_utf8(start) {
        Ok(text) => text,
        // A character that the end of the sector cuts in two.
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&start[..error.valid_up_to()]).ok()?,
        Err(_) => return None,
    };
    text.chars().all(|c| !c.is_control() || c.is_ascii_whitespace()).then_some(text)
}

fn is_web_page(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').to_ascii_lowercase();
    text.starts_with("<!doctype html") || text.starts_with("<html")
}
