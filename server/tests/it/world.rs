//! A cloud of a test's own.
//!
//! ```ignore
//! let world = world().await;
//! let project = world.project("p").await;
//! world.user("u", project, Role::Member).await;
//! let client = world.sign_in("u").await;
//! let page = client.get(&format!("/p/{project}/instances")).await;
//! world.settle().await;
//! ```
//!
//! Time stands still until `clock.advance`, nothing on the host takes any, and the reconcilers run when `settle` says so: what a test
//! sees does not depend on how fast the machine is.

use crate::client::Client;
use api::account::{Account as _, Entry, SignIn};
use api::compute::{Compute as _, NewInstance};
use api::identity::Identity as _;
use api::image::Visibility;
use api::network::Networks as _;
use api::{Caller, InstanceId, ListQuery, ProjectId, Role, UserId};
use axum::Router;
use cloud::clock::Clock;
use cloud::compute::simulator::{Options, Simulator};
use cloud::network::engine::Cidr;
use cloud::network::simulator::Simulator as Network;
use cloud::{Cloud, External};
use server::listen::{self, Limits};
use server::{Edge, Lifetime, Settings};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Everybody's password here.
pub const PASSWORD: &str = "correct horse battery";
/// When every world begins: 2026-01-01, in microseconds.
const BEGINNING: i64 = 1_767_225_600_000_000;
pub const LIFETIME: Lifetime = Lifetime { idle: Duration::from_secs(3600), longest: Duration::from_secs(12 * 3600) };

pub struct World {
    pub cloud: Arc<Cloud>,
    pub clock: Clock,
    pub hypervisor: Simulator,
    pub network: Arc<Network>,
    pub router: Router,
    /// Cancelled, the server drains.
    pub drain: CancellationToken,
    pub data: Arc<TempDir>,
}

/// A fresh cloud, with the user `admin` in the project `admin`.
pub async fn world() -> World {
    let hypervisor = Simulator::new(Options::instant()).unwrap();
    let data = Arc::new(tempfile::tempdir().unwrap());
    open(data, Clock::manual(BEGINNING), hypervisor, Arc::new(Network::new()), |_| ()).await
}

/// A fresh cloud whose edge has other settings.
pub async fn world_with(settings: impl FnOnce(&mut Settings)) -> World {
    let hypervisor = Simulator::new(Options::instant()).unwrap();
    let data = Arc::new(tempfile::tempdir().unwrap());
    open(data, Clock::manual(BEGINNING), hypervisor, Arc::new(Network::new()), settings).await
}

async fn open(
    data: Arc<TempDir>,
    clock: Clock,
    hypervisor: Simulator,
    network: Arc<Network>,
    change: impl FnOnce(&mut Settings),
) -> World {
    let options = cloud::Options {
        data: data.path().to_owned(),
        clock: clock.clone(),
        hypervisor: Arc::new(hypervisor.clone()),
        engine: network.clone(),
        admin_password: Some(PASSWORD.to_owned()),
        external: Some(External {
            physical_network: "external".to_owned(),
            cidr: Cidr::parse("203.0.113.0/24").unwrap(),
            gateway: Ipv4Addr::new(203, 0, 113, 1),
        }),
        web: cloud::image::Web::default(),
    };
    let cloud = Arc::new(Cloud::open(options).await.unwrap());
    let mut settings = Settings { public_url: None, lifetime: LIFETIME, metrics_token: None };
    change(&mut settings);
    let drain = CancellationToken::new();
    let router = server::router(Edge::new(cloud.clone(), settings, drain.clone(), None));
    World { cloud, clock, hypervisor, network, router, drain, data }
}

impl World {
    /// What a program that is killed and started again finds: the same files, the same host, nothing in memory.
    pub async fn reopen(self) -> World {
        self.reopen_with(|_| ()).await
    }

    /// The same, with other settings.
    pub async fn reopen_with(self, settings: impl FnOnce(&mut Settings)) -> World {
        self.cloud.db().close().await;
        let Self { clock, hypervisor, network, data, .. } = self;
        open(data, clock, hypervisor, network, settings).await
    }

    /// The admin, as a caller of the services.
    pub async fn admin(&self) -> Caller {
        self.cloud.identity.system_caller().await.unwrap()
    }

    pub async fn project(&self, name: &str) -> ProjectId {
        self.cloud.identity.project_create(&self.admin().await, name, "").await.unwrap()
    }

    /// A new user with a role in the project.
    pub async fn user(&self, name: &str, project: ProjectId, role: Role) -> UserId {
        let admin = self.admin().await;
        let user = self.cloud.identity.user_create(&admin, name, PASSWORD).await.unwrap();
        self.cloud.identity.assignment_set(&admin, user, project, role).await.unwrap();
        user
    }

    /// Somebody as a caller of the services.
    pub async fn caller(&self, user: UserId, project: ProjectId) -> Caller {
        self.cloud.identity.caller(user, project, "req-test").await.unwrap()
    }

    /// A browser that nobody has signed in with.
    pub fn visitor(&self) -> Client {
        Client::new(self.router.clone())
    }

    /// A browser in which the user has signed in.
    pub async fn sign_in(&self, name: &str) -> Client {
        let client = self.visitor();
        let answer = client.post_form("/sign-in", &[("name", name), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        client
    }

    /// Who signs in with the password and nothing else.
    pub async fn user_of(&self, name: &str) -> UserId {
        let attempt = SignIn { name: name.into(), password: PASSWORD.into(), ..SignIn::default() };
        match self.cloud.identity.sign_in(attempt).await {
            Ok(Entry::In(user)) => user,
            other => panic!("{name}: {other:?}"),
        }
    }

    /// A project `p` with one user of each role, named by it.
    pub async fn with_every_role(&self) -> ProjectId {
        let project = self.project("p").await;
        for role in Role::ALL {
            if role != Role::Admin {
                self.user(role.as_str(), project, role).await;
            }
        }
        project
    }

    /// Launches an instance, with everything that it takes.
    pub async fn launch(&self, caller: &Caller, name: &str) -> InstanceId {
        let file = self.data.path().join("disk.img");
        std::fs::write(&file, server::seed::disk()).unwrap();
        let image =
            self.cloud.images.image_register(&self.admin().await, "guest", &file, Visibility::Public).await.unwrap();
        let networks = self.cloud.networks.network_list(caller, &ListQuery::default()).await.unwrap();
        let network = match networks.items.iter().find(|network| !network.external) {
            Some(network) => network.id,
            None => self.cloud.networks.starter_network_create(caller).await.unwrap(),
        };
        let flavor = self.cloud.compute.flavor_list(caller).await.unwrap()[0].id;
        let new = NewInstance {
            name: name.to_owned(),
            image: image.to_string(),
            flavor: flavor.to_string(),
            network: network.to_string(),
            ..NewInstance::default()
        };
        self.cloud.compute.instance_launch(caller, new).await.unwrap()
    }

    /// Serves on a port of the loopback, for what needs a real connection, until `drain`.
    pub async fn listen(&self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let limits = Limits { connections: 100, lifetime: None, drain: Duration::from_secs(1) };
        tokio::spawn(listen::serve(listener, self.router.clone(), limits, self.drain.clone()));
        address
    }

    /// Runs the reconcilers until nothing changes any more.
    pub async fn settle(&self) {
        self.cloud.settle().await.unwrap();
    }
}
