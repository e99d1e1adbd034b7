//! Backups: the database, the key that it needs and the images in one tar file. Instances' disks are not in it: they are large, they change while they are
//! read, and what matters of them is for snapshots to keep.

use crate::data::{DATABASE, IMAGES, take};
use anyhow::{Context, Result, bail, ensure};
use cloud::seal::KEY;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Writes a backup. The server may be running: the database is copied as of one moment, and images never change.
pub async fn backup(data: &Path, file: &Path) -> Result<()> {
    let database = data.join(DATABASE);
    ensure!(database.exists(), "there is no cloud in {}", data.display());
    ensure!(!file.exists(), "{} exists already, and a backup overwrites nothing", file.display());
    let copy = partial(file, "db");
    let db = cloud::db::Db::open(&database).await?;
    let copied = db.backup(&copy).await;
    db.close().await;
    copied.context("the database cannot be copied")?;
    let (data, file, moved) = (data.to_owned(), file.to_owned(), copy.clone());
    let packed = tokio::task::spawn_blocking(move || pack(&data, &moved, &file)).await?;
    std::fs::remove_file(&copy).with_context(|| format!("{} cannot be removed", copy.display()))?;
    packed
}

fn pack(data: &Path, database: &Path, file: &Path) -> Result<()> {
    let unfinished = partial(file, "partial");
    // Password hashes are inside, and the key of what is sealed.
    let out = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&unfinished)?;
    let mut tar = tar::Builder::new(out);
    tar.follow_symlinks(false);
    tar.append_path_with_name(database, DATABASE)?;
    if data.join(KEY).exists() {
        tar.append_path_with_name(data.join(KEY), KEY)?;
    }
    for image in kept(&data.join(IMAGES)).context("the images cannot be listed")? {
        let name = Path::new(IMAGES).join(image.file_name().unwrap_or_default());
        tar.append_path_with_name(&image, name).with_context(|| format!("{} cannot be copied", image.display()))?;
    }
    tar.into_inner()?.sync_all()?;
    std::fs::rename(&unfinished, file).with_context(|| format!("{} cannot be written", file.display()))
}

/// The images themselves, without those that are still on their way in.
fn kept(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let files = std::fs::read_dir(folder)?.filter_map(|entry| match entry {
        Ok(entry) => entry.path().is_file().then(|| Ok(entry.path())),
        Err(error) => Some(Err(error)),
    });
    files.collect()
}

/// Unpacks a backup into a folder without a cloud that no server works on.
pub fn restore(data: &Path, file: &Path) -> Result<()> {
    let input = File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let _lock = take(data)?;
    for name in [DATABASE, KEY, IMAGES] {
        if data.join(name).exists() {
            bail!(
                "{} holds {name} already, and a restore overwrites nothing. Choose an empty folder with --data",
                data.display()
            );
        }
    }
    // Beside where it belongs, so that a backup that breaks off half-way leaves nothing behind.
    let unpacked = tempfile::tempdir_in(data)?;
    unpack(input, unpacked.path()).with_context(|| format!("{} is not a whole backup", file.display()))?;
    for name in [IMAGES, KEY, DATABASE] {
        let from = unpacked.path().join(name);
        if from.exists() {
            std::fs::rename(&from, data.join(name)).with_context(|| format!("{name} cannot be put in its place"))?;
        }
    }
    Ok(())
}

fn unpack(file: File, folder: &Path) -> Result<()> {
    let mut tar = tar::Archive::new(file);
    for entry in tar.entries()? {
        let mut entry = entry?;
        let path = entry.path()?.into_owned();
        let kind = entry.header().entry_type();
        ensure!(kind.is_file() || kind.is_dir(), "{} is neither file nor folder", path.display());
        ensure!(entry.unpack_in(folder)?, "{} leads out of the folder", path.display());
    }
    ensure!(folder.join(DATABASE).exists(), "it holds no database");
    Ok(())
}

fn partial(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    PathBuf::from(name)
}
