//! `offing seed`: a cloud of any size on the simulated host, to see Offing full or to measure it.

use crate::data;
use crate::drivers::{self, Drivers};
use anyhow::{Result, ensure};
use api::image::Visibility;
use cloud::clock::Clock;
use cloud::{Cloud, Options};
use std::io::Write as _;
use std::path::Path;

/// What to make: projects with so many running instances each, and users and images of theirs.
#[derive(Clone, Copy, Debug)]
pub struct Numbers {
    pub projects: u32,
    pub instances: u32,
    pub users: u32,
    pub images: u32,
}

/// Fills the cloud in the folder, a new one if there is none.
pub async fn seed(folder: &Path, Numbers { projects, instances, users, images }: Numbers) -> Result<()> {
    let _lock = data::take(folder)?;
    ensure!(
        !folder.join("instances").exists(),
        "{} has real instances, which are not to be mixed with simulated ones",
        folder.display()
    );
    let Drivers { hypervisor, engine } = drivers::simulated(folder)?;
    let options = Options {
        data: folder.to_owned(),
        clock: Clock::System,
        hypervisor,
        engine,
        admin_password: None,
        external: None,
        web: cloud::image::Web::default(),
    };
    let cloud = Cloud::open(options).await?;
    let mut out = std::io::stdout();
    if let Some(password) = &cloud.first_password {
        writeln!(out, "Sign in as admin with the password {password}; it is not shown again.")?;
    }
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&disk())?;
    let admin = cloud.identity.system_caller().await?;
    let image = cloud.images.image_register(&admin, "seed", file.path(), Visibility::Public).await?;
    let made = cloud.seed(projects, instances, image).await?;
    cloud.identity.seed_users(users, &made).await?;
    cloud.images.seed(image, images, &made).await?;
    cloud.settle().await?;
    cloud.db().close().await;
    writeln!(out, "Made {projects} projects with {instances} instances each, {users} users and {images} images.")?;
    Ok(())
}

/// The least that counts as a disk image: 1 MiB with a partition table.
pub fn disk() -> Vec<u8> {
    let mut disk = vec![0; 1 << 20];
    // One bootable partition of type Linux, from sector 1, 16 sectors long; then the table's signature.
    disk[446] = 0x80;
    disk[450] = 0x83;
    disk[454] = 1;
    disk[458] = 16;
    disk[510..512].copy_from_slice(&[0x55, 0xaa]);
    disk
}
