//! The network service on a migrated database, with the simulator behind it.

mod addresses;
mod floating_ips;
mod networks;
mod policy;
mod reconcile;
mod security_groups;

use super::engine::{Cidr, Engine, EngineError, GuestSockets, Topology};
use super::simulator::Simulator;
use super::store::fixture;
use super::{InstancePort, NetworkService, default_group_ensure, external_ensure, port_create, ports_release};
use crate::clock::Clock;
use crate::core::Core;
use crate::db::{Db, Tx};
use crate::hub::Hub;
use crate::quota;
use api::error::Conflict;
use api::network::{NetStatus, Network, Networks, NewNetwork};
use api::quota::Resource;
use api::{Caller, Error, InstanceId, NetworkId, PortId, ProjectId, Result, Role, SecurityGroupId, UserId, Why};
use async_trait::async_trait;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio::sync::Notify;
use uuid::Uuid;

/// A simulator whose taps can be pulled out by hand.
#[derive(Default)]
struct Host {
    simulator: Simulator,
    unplugged: Mutex<HashSet<PortId>>,
    news: Notify,
}

impl Host {
    fn unplug(&self, port: PortId) {
        self.unplugged.lock().unwrap().insert(port);
        self.news.notify_one();
    }
}

#[async_trait]
impl Engine for Host {
    async fn apply(&self, desired: &Topology) -> std::result::Result<(), EngineError> {
        self.simulator.apply(desired).await
    }

    async fn ports_up(&self) -> std::result::Result<HashMap<PortId, bool>, EngineError> {
        let mut up = self.simulator.ports_up().await?;
        for port in self.unplugged.lock().unwrap().iter() {
            up.insert(*port, false);
        }
        Ok(up)
    }

    async fn guest_sockets(&self) -> GuestSockets {
        self.simulator.guest_sockets().await
    }

    async fn changed(&self) {
        tokio::select! {
            () = self.simulator.changed() => {}
            () = self.news.notified() => {}
        }
    }
}

struct World {
    core: Arc<Core>,
    host: Arc<Host>,
    networks: Arc<NetworkService>,
    /// Runs the cloud; owns the external network.
    admin: Caller,
    _data: TempDir,
}

/// A cloud without an external network.
async fn island() -> World {
    let data = tempfile::tempdir().unwrap();
    let db = Db::open(&data.path().join("offing.db")).await.unwrap();
    let clock = Clock::manual(1_000_000);
    let core = Arc::new(Core { db, hub: Hub::new(clock.clone()), clock, data: data.path().to_owned() });
    let host = Arc::new(Host::default());
    let networks = NetworkService::new(core.clone(), host.clone());
    let nobody = caller(ProjectId(Uuid::new_v4()), "admin", Role::Admin);
    let world = World { core, host, networks, admin: nobody.clone(), _data: data };
    let mut tx = world.begin().await;
    fixture::project(&mut tx, nobody.project, "admin").await.unwrap();
    tx.commit().await.unwrap();
    world
}

/// A cloud with the external network 203.0.113.0/24.
async fn world() -> World {
    let world = island().await;
    world.external("203.0.113.0/24", "203.0.113.1").await.unwrap();
    world
}

fn caller(project: ProjectId, name: &str, role: Role) -> Caller {
    Caller {
        proof: api::Proof::Program,
        address: String::new(),
        user: UserId(Uuid::nil()),
        user_name: name.to_owned(),
        project,
        project_name: name.to_owned(),
        domain: api::DomainId(Uuid::nil()),
        role,
        system: None,
        manages: Vec::new(),
        request: "req-test".to_owned(),
    }
}

impl World {
    async fn begin(&self) -> Tx {
        self.core.db.begin().await.unwrap()
    }

    async fn external(&self, cidr: &str, gateway: &str) -> Result<()> {
        let mut tx = self.begin().await;
        let cidr = Cidr::parse(cidr).unwrap();
        external_ensure(&mut tx, self.admin.project, "ext", cidr, gateway.parse().unwrap(), 0).await?;
        tx.commit().await.unwrap();
        Ok(())
    }

    /// A member of a new project.
    async fn project(&self, name: &str) -> Caller {
        let caller = caller(ProjectId(Uuid::new_v4()), name, Role::Member);
        let mut tx = self.begin().await;
        fixture::project(&mut tx, caller.project, name).await.unwrap();
        default_group_ensure(&mut tx, caller.project, 0).await.unwrap();
        tx.commit().await.unwrap();
        caller
    }

    async fn limit(&self, caller: &Caller, resource: Resource, max: i64) {
        let mut tx = self.begin().await;
        quota::set(&mut tx, caller.project, resource, max).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn network(&self, caller: &Caller, cidr: &str, routed: bool) -> Result<NetworkId> {
        let new = NewNetwork { name: "net".into(), cidr: cidr.into(), routed, ..NewNetwork::default() };
        self.networks.network_create(caller, new).await
    }

    async fn show(&self, caller: &Caller, network: NetworkId) -> Network {
        self.networks.network_show(caller, network).await.unwrap().network
    }

    /// An instance of that name with a port on the network.
    async fn instance(&self, caller: &Caller, name: &str, network: NetworkId) -> InstanceId {
        self.port(caller, name, network, &[]).await.unwrap().instance
    }

    async fn port(
        &self,
        caller: &Caller,
        name: &str,
        network: NetworkId,
        groups: &[SecurityGroupId],
    ) -> Result<InstancePort> {
        self.core.clock.advance(std::time::Duration::from_secs(1));
        let instance = InstanceId(Uuid::new_v4());
        let mut tx = self.begin().await;
        fixture::instance(&mut tx, instance, caller.project, name).await.unwrap();
        let port = port_create(&mut tx, caller, network, instance, groups, self.core.clock.now()).await?;
        tx.commit().await.unwrap();
        Ok(port)
    }

    async fn release(&self, caller: &Caller, instance: InstanceId) {
        let mut tx = self.begin().await;
        let touched = ports_release(&mut tx, instance).await.unwrap();
        tx.commit().await.unwrap();
        self.networks.announce(caller.project, &touched);
    }

    /// Passes until nothing changes.
    async fn settle(&self) {
        for _ in 0..10 {
            if !self.networks.pass().await.unwrap() {
                return;
            }
        }
        panic!("the network service does not settle");
    }

    fn applied(&self) -> Topology {
        self.host.simulator.applied()
    }
}

/// The default group of the caller's project.
async fn default_group(world: &World, caller: &Caller) -> SecurityGroupId {
    world.networks.security_group_list(caller).await.unwrap()[0].id
}

/// What stands in the way.
fn conflict<T>(result: Result<T>) -> Conflict {
    match result {
        Err(Error::Conflict(conflict)) => conflict,
        Err(other) => panic!("not a conflict: {other}"),
        Ok(_) => panic!("there is no conflict"),
    }
}

/// What is wrong with the field.
fn why<T>(result: Result<T>, field: &str) -> Why {
    match result {
        Err(error) => error.of_field(field).cloned().unwrap_or_else(|| panic!("{field} has no fault: {error}")),
        Ok(_) => panic!("{field} has no fault"),
    }
}
