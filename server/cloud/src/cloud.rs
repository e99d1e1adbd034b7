//! The whole cloud: the services over one database, one hypervisor and one network engine.

use crate::audit::{self, AuditService};
use crate::clock::Clock;
use crate::compute::ComputeService;
use crate::compute::hypervisor::Hypervisor;
use crate::core::Core;
use crate::db::{Db, OpenError};
use crate::fault::StoreError;
use crate::hub::Hub;
use crate::identity::{ClassService, Deletion, DirectoryService, IdentityService, PolicyService};
use crate::image::{ImageService, Web};
use crate::metadef::MetadefService;
use crate::network::engine::{Cidr, Engine};
use crate::network::{self, NetworkService};
use crate::operation::OperationService;
use crate::quota::QuotaService;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// What a cloud is opened with.
pub struct Options {
    /// Where everything is kept; made if it is missing.
    pub data: PathBuf,
    pub clock: Clock,
    pub hypervisor: Arc<dyn Hypervisor>,
    pub engine: Arc<dyn Engine>,
    /// The first admin's password; made up where none is given. Only used on the first start.
    pub admin_password: Option<String>,
    /// The provider's network that floating IPs come from.
    pub external: Option<External>,
    /// What imports are fetched by.
    pub web: Web,
}

/// The provider's network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct External {
    pub physical_network: String,
    pub cidr: Cidr,
    pub gateway: Ipv4Addr,
}

/// The cloud could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the data folder {path} cannot be used: {source}")]
    Data { path: String, source: std::io::Error },
    #[error(transparent)]
    Database(#[from] OpenError),
    #[error("{0}")]
    Setup(#[from] api::Error),
}

pub struct Cloud {
    core: Arc<Core>,
    pub identity: Arc<IdentityService>,
    pub directory: Arc<DirectoryService>,
    deletion: Arc<Deletion>,
    pub classes: Arc<ClassService>,
    pub policies: Arc<PolicyService>,
    pub images: Arc<ImageService>,
    pub metadefs: Arc<MetadefService>,
    pub networks: Arc<NetworkService>,
    pub compute: Arc<ComputeService>,
    pub operations: Arc<OperationService>,
    pub quotas: Arc<QuotaService>,
    pub audits: Arc<AuditService>,
    /// The admin's password, if this start has made it up.
    pub first_password: Option<String>,
}

impl Cloud {
    /// Opens the database in the data folder, creating both at the first start.
    pub async fn open(options: Options) -> Result<Self, StartError> {
        let data = |source| StartError::Data { path: options.data.display().to_string(), source };
        tokio::fs::create_dir_all(&options.data).await.map_err(data)?;
        let db = Db::open(&options.data.join("offing.db")).await?;
        audit::chain_ensure(&db).await.map_err(api::Error::from)?;
        let hub = Hub::new(options.clock.clone());
        let core = Arc::new(Core { db, hub, clock: options.clock, data: options.data });
        let identity = Arc::new(IdentityService::new(core.clone())?);
        let networks = NetworkService::new(core.clone(), options.engine);
        let images = ImageService::new(core.clone(), options.web);
        let compute = ComputeService::new(core.clone(), options.hypervisor, networks.clone(), images.clone());
        let deletion = Deletion::new(core.clone(), networks.clone(), images.clone(), compute.clone());
        let deletion = Arc::new(deletion);
        let classes =
            ClassService::new(core.clone(), identity.clone(), networks.clone(), compute.clone(), deletion.clone());
        let directory = DirectoryService::new(core.clone(), identity.clone(), networks.clone(), deletion.clone());
        let cloud = Self {
            identity,
            directory: Arc::new(directory),
            deletion,
            classes: Arc::new(classes),
            policies: Arc::new(PolicyService::new(core.clone())),
            images,
            metadefs: Arc::new(MetadefService),
            networks,
            compute,
            operations: Arc::new(OperationService::new(core.clone())),
            quotas: Arc::new(QuotaService::new(core.clone())),
            audits: Arc::new(AuditService::new(core.clone())),
            first_password: None,
            core,
        };
        cloud.first_start(options.admin_password, options.external).await
    }

    /// Makes what every cloud has, where it is missing.
    async fn first_start(mut self, password: Option<String>, external: Option<External>) -> Result<Self, StartError> {
        self.first_password = self.identity.first_start(password).await?;
        self.compute.flavors_ensure().await?;
        if let Some(external) = external {
            let project = self.identity.admin_project().await?;
            let mut tx = self.core.db.begin().await.map_err(StoreError).map_err(api::Error::from)?;
            let External { physical_network, cidr, gateway } = external;
            network::external_ensure(&mut tx, project, &physical_network, cidr, gateway, self.core.clock.now()).await?;
            tx.commit().await.map_err(StoreError).map_err(api::Error::from)?;
        }
        Ok(self)
    }

    pub fn hub(&self) -> &Hub {
        &self.core.hub
    }

    pub fn clock(&self) -> &Clock {
        &self.core.clock
    }

    pub fn db(&self) -> &Db {
        &self.core.db
    }

    /// Starts the reconcilers. They end when `stop` is cancelled, after the pass under way.
    pub fn start(&self, stop: CancellationToken) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        tasks.spawn(self.compute.clone().run(stop.clone()));
        tasks.spawn({
            let networks = self.networks.clone();
            let stop = stop.clone();
            async move { networks.run(stop).await }
        });
        tasks.spawn({
            let deletion = self.deletion.clone();
            let stop = stop.clone();
            async move { deletion.run(stop).await }
        });
        tasks.spawn({
            let classes = self.classes.clone();
            let stop = stop.clone();
            async move { classes.run(stop).await }
        });
        tasks.spawn({
            let images = self.images.clone();
            async move { images.run(stop).await }
        });
        tasks
    }

    /// Runs passes until none changes anything: for tests and for seeding, in place of `start`.
    pub async fn settle(&self) -> api::Result<()> {
        loop {
            let networks = self.networks.pass().await?;
            let compute = self.compute.pass().await?.worked;
            let images = self.images.pass().await?;
            let deletions = self.deletion.pass().await?.worked;
            let classes = self.classes.pass().await?.worked;
            if !networks && !compute && !images && !deletions && !classes {
                return Ok(());
            }
        }
    }
}
