//! What every cloud has from the beginning: a domain, a project and an admin.

use super::service::IdentityService;
use super::{password, request_id, store};
use crate::fault::StoreError;
use crate::network;
use api::identity::Identity as _;
use api::{Caller, DomainId, Error, Kind, ProjectId, Result, Role, UserId};
use uuid::Uuid;

/// The domain that the first start makes.
const DEFAULT_DOMAIN: &str = "Default";
/// The project and the user that the first start makes, named as every OpenStack names them.
const ADMIN: &str = "admin";

impl IdentityService {
    /// On an empty database: the domain `Default` with the project and user `admin`. Answers with the password if it was made here.
    pub async fn first_start(&self, password: Option<String>) -> Result<Option<String>> {
        if store::domain::first(self.core.db.read()).await?.is_some() {
            return Ok(None);
        }
        let given = password.is_some();
        let password = password.unwrap_or_else(password::generate);
        password::acceptable(&password).map_err(|why| Error::field("admin_password", why))?;
        let hash = self.hasher.hash(&password).await?;
        let now = self.core.clock.now();
        let (domain, project, user) = (DomainId(Uuid::new_v4()), ProjectId(Uuid::new_v4()), UserId(Uuid::new_v4()));
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        store::domain::insert(&mut tx, domain, DEFAULT_DOMAIN, "", now).await.map_err(StoreError)?;
        store::project::insert(&mut tx, project, domain, ADMIN, "Runs the cloud.", now).await.map_err(StoreError)?;
        network::default_group_ensure(&mut tx, project, now).await?;
        store::user::insert(&mut tx, user, domain, ADMIN, &hash, now).await.map_err(StoreError)?;
        store::assignment::set(&mut tx, user, project, Role::Admin, now).await?;
        store::assignment::system_admin(&mut tx, user, now).await?;
        tx.commit().await.map_err(StoreError)?;
        Ok((!given).then_some(password))
    }

    /// The project that the first start made; it owns what belongs to the cloud itself.
    pub async fn admin_project(&self) -> Result<ProjectId> {
        store::project::by_name(self.core.db.read(), ADMIN).await?.ok_or_else(|| Error::not_found(Kind::Project, ADMIN))
    }

    /// A caller for what the program does by itself, as the admin.
    pub async fn system_caller(&self) -> Result<Caller> {
        let project = self.admin_project().await?;
        let user = store::user::by_name(self.core.db.read(), ADMIN)
            .await?
            .ok_or_else(|| Error::not_found(Kind::User, ADMIN))?;
        self.caller(user, project, &request_id()).await
    }
}
