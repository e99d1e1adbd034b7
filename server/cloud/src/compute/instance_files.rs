//! An instance's files on the host: folder, disk, config drive, console log and sockets.
//!
//! The folder belongs to root; QEMU's user gets a folder within it for the sockets that QEMU binds itself, and the disk. So a guest that has
//! broken into its QEMU process can plant nothing that root would follow: neither we, who read the log, nor libvirt, which makes it.

use super::config_drive;
use super::domain_xml::Files;
use super::hypervisor::{BoxStream, DomainSpec, HypervisorError, LogChunk};
use super::overlay::overlay;
use nix::libc::{O_NOFOLLOW, O_PATH};
use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown, fchown};
use std::path::Path;

/// User and group that QEMU runs as.
pub(super) type Owner = Option<(u32, u32)>;

type Result<T> = std::result::Result<T, HypervisorError>;

/// Makes what is missing; what is there stays as it is. Blocks.
pub(super) fn make(files: &Files, spec: &DomainSpec, owner: Owner) -> Result<()> {
    folder(&files.folder, 0o711)?;
    folder(&files.run(), 0o700)?;
    if let Some((user, group)) = owner {
        chown(files.run(), Some(user), Some(group))
            .map_err(|source| failed("giving QEMU its folder", &files.run(), source))?;
    }
    if !files.config_drive().exists() {
        let image =
            config_drive::image(&spec.config_drive).map_err(|error| HypervisorError::Failed(error.to_string()))?;
        create(&files.config_drive(), &[(0, image)], None, owner)?;
    }
    if !files.disk().exists() {
        let base = spec.root.base.to_string_lossy();
        let base = (!spec.root.cdrom).then_some((base.as_ref(), spec.root.base_format));
        let overlay = overlay(spec.root.size, base).map_err(|error| HypervisorError::Failed(error.to_string()))?;
        create(&files.disk(), &overlay.parts, Some(overlay.length), owner)?;
    }
    Ok(())
}

/// Removes the whole folder. Blocks.
pub(super) fn remove(files: &Files) -> Result<()> {
    match std::fs::remove_dir_all(&files.folder) {
        Err(source) if source.kind() != ErrorKind::NotFound => Err(failed("removing", &files.folder, source)),
        _ => Ok(()),
    }
}

/// Removes one file, if it is there. Blocks.
pub(super) fn remove_file(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(source) if source.kind() != ErrorKind::NotFound => Err(failed("removing", path, source)),
        _ => Ok(()),
    }
}

fn folder(path: &Path, mode: u32) -> Result<()> {
    let made = DirBuilder::new().recursive(true).mode(mode).create(path);
    // Set once more, for what the process' umask took away.
    made.and_then(|()| std::fs::set_permissions(path, Permissions::from_mode(mode)))
        .map_err(|source| failed("making the folder", path, source))
}

/// Writes a file under another name and renames it, so that it is there whole or not at all.
fn create(path: &Path, parts: &[(u64, Vec<u8>)], length: Option<u64>, owner: Owner) -> Result<()> {
    let half = path.with_extension("new");
    let write = || {
        match std::fs::remove_file(&half) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&half)?;
        for (at, bytes) in parts {
            file.seek(SeekFrom::Start(*at))?;
            file.write_all(bytes)?;
        }
        if let Some(length) = length {
            file.set_len(length)?;
        }
        if let Some((user, group)) = owner {
            fchown(&file, Some(user), Some(group))?;
        }
        file.sync_all()?;
        std::fs::rename(&half, path)
    };
    write().map_err(|source| failed("writing", path, source))
}

/// A part of the console log, as [`super::hypervisor::Hypervisor::console_log`] wants it; nothing where there is no folder. Blocks.
pub(super) fn read_log(files: &Files, from: Option<u64>, max: usize) -> Result<Option<LogChunk>> {
    let path = files.console_log();
    let read = |mut file: File| {
        let length = file.metadata()?.len();
        let start = from.unwrap_or_else(|| length.saturating_sub(max as u64)).min(length);
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        file.take(max as u64).read_to_end(&mut bytes)?;
        Ok(LogChunk { start, end: start + bytes.len() as u64, bytes })
    };
    let opened = OpenOptions::new().read(true).custom_flags(O_NOFOLLOW).open(&path);
    match opened.and_then(read) {
        Ok(chunk) => Ok(Some(chunk)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(files.folder.exists().then(LogChunk::default)),
        Err(source) => Err(failed("reading", &path, source)),
    }
}

/// When QEMU bound the socket, in microseconds since 1970. Nothing where there is none. Blocks.
pub(super) fn bound_at(socket: &Path) -> Option<u64> {
    let metadata = std::fs::symlink_metadata(socket).ok()?;
    u64::try_from(metadata.mtime()).ok().map(|seconds| seconds * 1_000_000 + metadata.mtime_nsec() as u64 / 1000)
}

/// Connects to a socket that QEMU made, and to nothing else that might lie there instead.
pub(super) async fn connect(socket: &Path) -> std::io::Result<BoxStream> {
    let held = OpenOptions::new().read(true).custom_flags(O_PATH | O_NOFOLLOW).open(socket)?;
    if !held.metadata()?.file_type().is_socket() {
        return Err(std::io::Error::new(ErrorKind::InvalidInput, "not a socket"));
    }
    let stream = tokio::net::UnixStream::connect(format!("/proc/self/fd/{}", held.as_raw_fd())).await?;
    Ok(Box::pin(stream))
}

fn failed(doing: &str, path: &Path, source: std::io::Error) -> HypervisorError {
    HypervisorError::Io { what: format!("{doing} {}", path.display()), source }
}

#[cfg(test)]
mod tests {
    use super::super::hypervisor::RootDisk;
    use super::*;
    use api::{ImageId, InstanceId, ProjectId};
    use uuid::Uuid;

    fn spec() -> DomainSpec {
        DomainSpec {
            instance: InstanceId(Uuid::new_v4()),
            project: ProjectId(Uuid::new_v4()),
            name: "files".into(),
            vcpus: 1,
            memory_mb: 64,
            root: RootDisk {
                image: ImageId(Uuid::new_v4()),
                base: "/images/base".into(),
                base_format: "qcow2",
                size: 1 << 30,
                cdrom: false,
            },
            hardware: Default::default(),
            config_drive: vec![("openstack/latest/user_data".into(), b"#!/bin/sh".to_vec())],
            nics: Vec::new(),
        }
    }

    #[test]
    fn files_are_made_once_and_removed_whole() {
        let data = tempfile::tempdir().unwrap();
        let files = Files { folder: data.path().join("instances/i") };
        remove(&files).unwrap();
        make(&files, &spec(), None).unwrap();
        assert_eq!(std::fs::metadata(files.disk()).unwrap().mode() & 0o777, 0o600);
        assert_eq!(std::fs::metadata(files.folder.join("run")).unwrap().mode() & 0o777, 0o700);
        let drive = std::fs::read(files.config_drive()).unwrap();
        assert!(drive.windows(9).any(|bytes| bytes == b"#!/bin/sh"));

        std::fs::write(files.disk(), "grown").unwrap();
        std::fs::write(files.folder.join("disk.new"), "cut short").unwrap();
        make(&files, &DomainSpec { config_drive: Vec::new(), ..spec() }, None).unwrap();
        assert_eq!(std::fs::read(files.disk()).unwrap(), b"grown");
        assert_eq!(std::fs::read(files.config_drive()).unwrap(), drive);
        remove(&files).unwrap();
        assert!(!files.folder.exists());
    }

    #[test]
    fn the_log_is_read_in_parts() {
        let data = tempfile::tempdir().unwrap();
        let files = Files { folder: data.path().join("i") };
        let check = |from: Option<u64>, max: usize, expected: Option<(u64, &str)>| {
            let expected =
                expected.map(|(start, text)| LogChunk { bytes: text.into(), start, end: start + text.len() as u64 });
            assert_eq!(read_log(&files, from, max).unwrap(), expected, "from {from:?} at most {max}");
        };
        check(None, 10, None);
        std::fs::create_dir(&files.folder).unwrap();
        check(None, 10, Some((0, "")));
        std::fs::write(files.console_log(), "0123456789").unwrap();
        check(None, 4, Some((6, "6789")));
        check(None, 40, Some((0, "0123456789")));
        check(Some(0), 4, Some((0, "0123")));
        check(Some(8), 4, Some((8, "89")));
        check(Some(99), 4, Some((10, "")));

        std::fs::remove_file(files.console_log()).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", files.console_log()).unwrap();
        assert!(read_log(&files, None, 10).is_err(), "a link is not followed");
    }

    #[tokio::test]
    async fn only_sockets_are_connected_to() {
        let data = tempfile::tempdir().unwrap();
        let (socket, link, file) = (data.path().join("s"), data.path().join("l"), data.path().join("f"));
        let _listener = tokio::net::UnixListener::bind(&socket).unwrap();
        std::os::unix::fs::symlink(&socket, &link).unwrap();
        std::fs::write(&file, "").unwrap();
        assert!(connect(&socket).await.is_ok());
        assert!(connect(&link).await.is_err());
        assert!(connect(&file).await.is_err());
        assert!(bound_at(&socket).unwrap() > 1_700_000_000_000_000);
        assert_eq!(bound_at(&data.path().join("none")), None);
    }
}
