//! Users in any number, for demos and measurements.

use super::service::IdentityService;
use super::{password, store};
use crate::fault::StoreError;
use api::directory::UserForm;
use api::{ProjectId, Result, Role, UserId};
use uuid::Uuid;

impl IdentityService {
    /// So many users, each a member of one of the projects in turn. Nobody knows their password.
    pub async fn seed_users(&self, users: u32, projects: &[ProjectId]) -> Result<()> {
        let hash = self.hasher.hash(&password::generate()).await?;
        let run = Uuid::new_v4().simple().to_string()[..4].to_owned();
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let Some(domain) = store::domain::oldest(&mut tx).await? else { return Ok(()) };
        for n in 0..users {
            let id = UserId(Uuid::new_v4());
            let name = format!("user-{run}-{:05}", n + 1);
            let form = UserForm { email: format!("{name}@example.org"), name, ..UserForm::default() };
            store::user::insert(&mut tx, id, domain, &form.name, &hash, now).await.map_err(StoreError)?;
            let project = (!projects.is_empty()).then(|| projects[n as usize % projects.len()]);
            store::user::update(&mut tx, id, &form, project).await.map_err(StoreError)?;
            if let Some(project) = project {
                store::assignment::set(&mut tx, id, project, Role::Member, now).await?;
            }
        }
        tx.commit().await.map_err(StoreError)?;
        Ok(())
    }
}
