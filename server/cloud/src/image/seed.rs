//! Images in any number, for demos and measurements.

use super::service::{self, ImageService};
use super::store;
use crate::fault::StoreError;
use api::image::NewImage;
use api::{Error, ImageId, Kind, OperationId, ProjectId, Result};
use uuid::Uuid;

/// Every so many are public.
const PUBLIC: u32 = 10;

impl ImageService {
    /// So many images with the data of one, each a project's in turn; where there are no projects, its own project's.
    pub async fn seed(&self, of: ImageId, images: u32, projects: &[ProjectId]) -> Result<()> {
        let run = Uuid::new_v4().simple().to_string()[..4].to_owned();
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let own = store::find(&mut tx, None, of).await?.ok_or_else(|| Error::not_found(Kind::Image, of))?.project;
        for n in 0..images {
            let form = service::read(NewImage {
                name: format!("image-{run}-{:05}", n + 1),
                visibility: if n % PUBLIC == 0 { "public".into() } else { String::new() },
                tags: format!("seed, batch-{}", n % 20),
                ..NewImage::default()
            })?;
            let id = ImageId(Uuid::new_v4());
            let project = if projects.is_empty() { own } else { projects[n as usize % projects.len()] };
            store::insert(&mut tx, id, project, &form, OperationId(Uuid::new_v4()), now + i64::from(n)).await?;
            store::copy_data(&mut tx, of, id, now + i64::from(n)).await?;
        }
        tx.commit().await.map_err(StoreError)?;
        Ok(())
    }
}
