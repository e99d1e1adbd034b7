//! The identity service.

use super::password::{self, Hasher};
use super::store;
use crate::authz::{self, Action};
use crate::core::Core;
use crate::db::{Tx, is_unique};
use crate::fault::StoreError;
use crate::{audit, network, operation};
use api::error::{Conflict, Faults};
use api::identity::{Identity, Me, Membership};
use api::{Caller, DomainId, Error, Kind, Micros, Name, ProjectId, Result, Role, UserId, Why};
use async_trait::async_trait;
use std::sync::Arc;
use uuid::Uuid;

/// The domain that the first start makes.
const DEFAULT_DOMAIN: &str = "Default";
/// The project and the user that the first start makes, named as every OpenStack names them.
const ADMIN: &str = "admin";
/// Keystone's limit for project names; users have Nova's 255.
const PROJECT_NAME_MAX: usize = 64;

/// A stored session, as the edge's session store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of the id in the cookie, hex.
    pub id_hash: String,
    pub user: Option<UserId>,
    /// The edge's own JSON.
    pub data: String,
    pub expires_at: Micros,
}

pub struct IdentityService {
    core: Arc<Core>,
    hasher: Hasher,
}

impl IdentityService {
    pub fn new(core: Arc<Core>) -> Result<Self> {
        Ok(Self { core, hasher: Hasher::new()? })
    }

    /// On an empty database: the domain `Default` with the project and user `admin`. Answers with the password if it was made here.
    pub async fn first_start(&self, password: Option<String>) -> Result<Option<String>> {
        if store::domain_first(self.core.db.read()).await?.is_some() {
            return Ok(None);
        }
        let given = password.is_some();
        let password = password.unwrap_or_else(password::generate);
        password::acceptable(&password).map_err(|why| Error::field("admin_password", why))?;
        let hash = self.hasher.hash(&password).await?;
        let now = self.core.clock.now();
        let (domain, project, user) = (DomainId(Uuid::new_v4()), ProjectId(Uuid::new_v4()), UserId(Uuid::new_v4()));
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        store::domain_insert(&mut tx, domain, DEFAULT_DOMAIN, now).await?;
        store::project_insert(&mut tx, project, domain, ADMIN, "Runs the cloud.", now).await.map_err(StoreError)?;
        network::default_group_ensure(&mut tx, project, now).await?;
        store::user_insert(&mut tx, user, domain, ADMIN, &hash, now).await.map_err(StoreError)?;
        store::assignment_set(&mut tx, user, project, Role::Admin, now).await?;
        tx.commit().await.map_err(StoreError)?;
        Ok((!given).then_some(password))
    }

    /// The project that the first start made; it owns what belongs to the cloud itself.
    pub async fn admin_project(&self) -> Result<ProjectId> {
        store::project_by_name(self.core.db.read(), ADMIN).await?.ok_or_else(|| Error::not_found(Kind::Project, ADMIN))
    }

    /// A caller for what the program does by itself, as the admin.
    pub async fn system_caller(&self) -> Result<Caller> {
        let project = self.admin_project().await?;
        let user = store::user_by_name(self.core.db.read(), ADMIN)
            .await?
            .ok_or_else(|| Error::not_found(Kind::User, ADMIN))?
            .id;
        self.caller(user, project, &request_id()).await
    }

    /// Sets a user's password from the command line.
    pub async fn password_set(&self, name: &str, password: &str) -> Result<()> {
        password::acceptable(password).map_err(|why| Error::field("password", why))?;
        let hash = self.hasher.hash(password).await?;
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let Some(user) = store::password_set(&mut tx, name, &hash).await? else {
            return Err(Error::not_found(Kind::User, name));
        };
        // Whoever knew the old password is signed out.
        store::session_delete_of(&mut tx, user).await?;
        tx.commit().await.map_err(StoreError)?;
        self.core.hub.changed(Kind::User, user, None);
        Ok(())
    }

    /// A session that has not expired.
    pub async fn session_load(&self, id_hash: &str) -> Result<Option<SessionRow>> {
        Ok(store::session_load(self.core.db.read(), id_hash, self.core.clock.now()).await?)
    }

    /// Writes a session, new or known.
    pub async fn session_save(&self, row: &SessionRow) -> Result<()> {
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let now = self.core.clock.now();
        store::session_save(&mut tx, row, now).await?;
        store::session_expire(&mut tx, now).await?;
        tx.commit().await.map_err(StoreError)?;
        Ok(())
    }

    /// Moves the end of a session that is still there; one that has been ended stays ended.
    pub async fn session_extend(&self, id_hash: &str, expires_at: Micros) -> Result<()> {
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        store::session_extend(&mut tx, id_hash, expires_at).await?;
        tx.commit().await.map_err(StoreError)?;
        Ok(())
    }

    /// How many sessions there are that have not expired.
    pub async fn session_count(&self) -> Result<i64> {
        Ok(store::session_count(self.core.db.read(), self.core.clock.now()).await?)
    }

    pub async fn session_delete(&self, id_hash: &str) -> Result<()> {
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        store::session_delete(&mut tx, id_hash).await?;
        tx.commit().await.map_err(StoreError)?;
        Ok(())
    }

    async fn signed_in(&self, name: &str, user: Option<UserId>, result: &str) -> Result<()> {
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let row = audit::Entry {
            user_id: user.map(|id| id.0.to_string()),
            user_name: name,
            project_id: None,
            verb: "sign_in",
            kind: Kind::User.as_str(),
            target: name,
            result,
            request: &request_id(),
        };
        audit::insert(&mut tx, self.core.clock.now(), row).await?;
        tx.commit().await.map_err(StoreError)?;
        Ok(())
    }
}

/// `req-` and a UUID, as OpenStack writes it.
pub fn request_id() -> String {
    format!("req-{}", Uuid::new_v4())
}

/// A name taken is the caller's doing; anything else is ours.
fn taken(error: sqlx::Error, columns: &str, kind: Kind, name: &Name) -> Error {
    if is_unique(&error, columns) {
        Error::Conflict(Conflict::NameTaken { kind, name: name.to_string() })
    } else {
        StoreError(error).into()
    }
}

async fn begin(core: &Core) -> Result<Tx> {
    Ok(core.db.begin().await.map_err(StoreError)?)
}

#[async_trait]
impl Identity for IdentityService {
    async fn sign_in(&self, name: &str, password: &str) -> Result<UserId> {
        // A user name that cannot exist is not looked up, but takes as long as any other.
        let known = Name::parse(name).is_ok();
        let row = if known { store::user_by_name(self.core.db.read(), name.trim()).await? } else { None };
        let right = self.hasher.verify(password, row.as_ref().map(|row| row.password_hash.as_str())).await?;
        let name: String = name.chars().take(Name::MAX).filter(|c| !c.is_control()).collect();
        match row {
            Some(row) if right && row.enabled => {
                self.signed_in(&name, Some(row.id), "ok").await?;
                Ok(row.id)
            }
            _ => {
                self.signed_in(&name, None, "refused").await?;
                Err(Error::field("password", Why::Credentials))
            }
        }
    }

    async fn membership_list(&self, user: UserId) -> Result<Vec<Membership>> {
        if !store::user_enabled(self.core.db.read(), user).await? {
            return Err(Error::Unauthenticated);
        }
        Ok(store::membership_list(self.core.db.read(), user).await?)
    }

    async fn caller(&self, user: UserId, project: ProjectId, request: &str) -> Result<Caller> {
        match store::caller(self.core.db.read(), user, project).await? {
            Some(row) => Ok(Caller {
                user,
                user_name: row.user_name,
                project,
                project_name: row.project_name,
                role: row.role,
                request: request.to_owned(),
            }),
            None if !store::user_enabled(self.core.db.read(), user).await? => Err(Error::Unauthenticated),
            None => Err(Error::not_found(Kind::Project, project)),
        }
    }

    async fn me(&self, caller: &Caller) -> Result<Me> {
        let memberships = store::membership_list(self.core.db.read(), caller.user).await?;
        Ok(Me {
            user: caller.user,
            user_name: caller.user_name.clone(),
            project: caller.project,
            project_name: caller.project_name.clone(),
            role: caller.role,
            memberships,
        })
    }

    async fn project_create(&self, caller: &Caller, name: &str, description: &str) -> Result<ProjectId> {
        authz::require(caller, Action::ManageIdentity)?;
        let mut faults = Faults::default();
        let name = faults.take("name", Name::parse(name).and_then(|name| short(name, PROJECT_NAME_MAX)));
        faults.take("description", api::name::line(description, Name::MAX));
        faults.finish()?;
        let Some(name) = name else { return Err(Error::field("name", Why::Required)) };
        let id = ProjectId(Uuid::new_v4());
        let now = self.core.clock.now();
        let mut tx = begin(&self.core).await?;
        let domain = store::domain_of(&mut tx, caller.project).await?;
        store::project_insert(&mut tx, id, domain, name.as_str(), description, now)
            .await
            .map_err(|error| taken(error, "project.domain_id, project.name", Kind::Project, &name))?;
        store::assignment_set(&mut tx, caller.user, id, caller.role, now).await?;
        network::default_group_ensure(&mut tx, id, now).await?;
        let target = operation::Target { kind: Kind::Project, id: &id.to_string(), name: name.as_str() };
        operation::done(&mut tx, caller, "project_create", target, now).await?;
        tx.commit().await.map_err(StoreError)?;
        self.core.hub.changed(Kind::Project, id, None);
        Ok(id)
    }

    async fn user_create(&self, caller: &Caller, name: &str, password: &str) -> Result<UserId> {
        authz::require(caller, Action::ManageIdentity)?;
        let mut faults = Faults::default();
        let name = faults.take("name", Name::parse(name));
        faults.take("password", password::acceptable(password));
        faults.finish()?;
        let Some(name) = name else { return Err(Error::field("name", Why::Required)) };
        let hash = self.hasher.hash(password).await?;
        let id = UserId(Uuid::new_v4());
        let now = self.core.clock.now();
        let mut tx = begin(&self.core).await?;
        let domain = store::domain_of(&mut tx, caller.project).await?;
        store::user_insert(&mut tx, id, domain, name.as_str(), &hash, now)
            .await
            .map_err(|error| taken(error, "local_user.domain_id, local_user.name", Kind::User, &name))?;
        let target = operation::Target { kind: Kind::User, id: &id.to_string(), name: name.as_str() };
        operation::done(&mut tx, caller, "user_create", target, now).await?;
        tx.commit().await.map_err(StoreError)?;
        self.core.hub.changed(Kind::User, id, None);
        Ok(id)
    }

    async fn assignment_set(&self, caller: &Caller, user: UserId, project: ProjectId, role: Role) -> Result<()> {
        authz::require(caller, Action::ManageIdentity)?;
        let now = self.core.clock.now();
        let mut tx = begin(&self.core).await?;
        if !store::user_exists(&mut tx, user).await? {
            return Err(Error::not_found(Kind::User, user));
        }
        if !store::project_exists(&mut tx, project).await? {
            return Err(Error::not_found(Kind::Project, project));
        }
        store::assignment_set(&mut tx, user, project, role, now).await?;
        audit::record(&mut tx, caller, "assignment_set", Kind::User, &user.to_string(), now).await?;
        tx.commit().await.map_err(StoreError)?;
        self.core.hub.changed(Kind::User, user, None);
        Ok(())
    }

    async fn assignment_remove(&self, caller: &Caller, user: UserId, project: ProjectId) -> Result<()> {
        authz::require(caller, Action::ManageIdentity)?;
        let mut tx = begin(&self.core).await?;
        store::assignment_remove(&mut tx, user, project).await?;
        audit::record(&mut tx, caller, "assignment_remove", Kind::User, &user.to_string(), self.core.clock.now())
            .await?;
        tx.commit().await.map_err(StoreError)?;
        self.core.hub.changed(Kind::User, user, None);
        Ok(())
    }
}

fn short(name: Name, max: usize) -> std::result::Result<Name, Why> {
    let is = name.as_str().chars().count();
    if is > max { Err(Why::TooLong { max, is }) } else { Ok(name) }
}
