//! The data folder: one server's own.

use anyhow::{Context, Result, bail};
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

pub const DATABASE: &str = "offing.db";
pub const IMAGES: &str = "images";
const LOCK: &str = "lock";

/// Held for as long as a program works on the folder; the kernel lets go of it when the program ends, however it ends.
#[derive(Debug)]
pub struct Lock(#[allow(dead_code)] File);

/// Makes the folder if it is missing and takes it for this program alone.
pub fn take(folder: &Path) -> Result<Lock> {
    let shown = folder.display();
    // Guests' disks and password hashes lie here; QEMU's own user is given what it needs file by file.
    DirBuilder::new().recursive(true).mode(0o711).create(folder).with_context(|| {
        format!(
            "the data folder {shown} cannot be made. Choose another with --data, or make it and give it to this user"
        )
    })?;
    let path = folder.join(LOCK);
    let mut file =
        OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path).with_context(|| {
            format!(
                "nothing can be written in the data folder {shown}. Give it to this user, or choose another with --data"
            )
        })?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            bail!("another Offing works on the data folder {shown}. Stop it first, or choose another with --data")
        }
        Err(TryLockError::Error(error)) => {
            return Err(error).with_context(|| format!("{} cannot be locked", path.display()));
        }
    }
    // For whoever wonders who holds it.
    file.set_len(0)
        .and_then(|()| writeln!(file, "{}", std::process::id()))
        .with_context(|| format!("{shown} cannot be written to"))?;
    Ok(Lock(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_programs_never_share_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("new/data");
        let lock = take(&data).unwrap();
        assert!(take(&data).unwrap_err().to_string().contains("another Offing"));
        drop(lock);
        take(&data).unwrap();
    }
}
