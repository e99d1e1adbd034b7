//! The network service: the contract's calls. Reading starts with `read`, changing with `change`; both ask the policy first.

use super::engine::Engine;
use super::networks::STARTER_CIDR;
use super::ports::Touched;
use super::reconcile::Known;
use super::{security_groups, store};
use crate::authz::{self, Action};
use crate::core::{Core, Poke};
use crate::db::Tx;
use crate::fault::StoreError;
use crate::operation::{self, Target};
use api::network::{
    FloatingIp, Network, NetworkDetail, Networks, NewNetwork, NewRule, NewSubnet, Router, SecurityGroup, Subnet,
};
use api::{
    Caller, Error, FloatingIpId, InstanceId, Kind, ListQuery, Micros, NetworkId, Page, ProjectId, Result, RouterId,
    SecurityGroupId, SecurityGroupRuleId, SubnetId,
};
use async_trait::async_trait;
use sqlx::SqlitePool;
use std::fmt::Display;
use std::sync::{Arc, Mutex};

pub struct NetworkService {
    pub(super) core: Arc<Core>,
    pub(super) engine: Arc<dyn Engine>,
    pub(super) poke: Poke,
    /// Held during a pass: passes never overlap. Inside is what the last one read.
    pub(super) passing: tokio::sync::Mutex<Option<Known>>,
    /// What the engine said at the last pass, if it failed.
    pub(super) fault: Mutex<Option<String>>,
}

impl NetworkService {
    pub fn new(core: Arc<Core>, engine: Arc<dyn Engine>) -> Arc<Self> {
        Arc::new(Self { core, engine, poke: Poke::default(), passing: Default::default(), fault: Mutex::default() })
    }

    /// After a commit: tells the browsers what has changed and wakes the reconciler.
    pub fn announce(&self, project: ProjectId, touched: &Touched) {
        for (kind, id) in touched {
            self.core.hub.changed(*kind, id, project);
        }
        self.poke.poke();
    }

    /// The starter network, in a transaction of somebody else's, who announces what is touched after the commit.
    pub async fn starter_within(&self, tx: Tx, caller: &Caller, cidr: &str) -> Result<(Tx, Touched)> {
        let mut change = Change { service: self, caller, tx, now: self.core.clock.now(), touched: Touched::new() };
        change.starter_network_create(cidr).await?;
        Ok((change.tx, change.touched))
    }

    /// Removes all that a project without instances has, in a transaction of somebody else's, who calls `wake` after the commit.
    pub async fn purge(&self, tx: &mut Tx, project: ProjectId) -> Result<()> {
        Ok(store::purge::project(tx, project).await?)
    }

    /// There is something to do.
    pub fn wake(&self) {
        self.poke.poke();
    }

    fn read(&self, caller: &Caller) -> Result<&SqlitePool> {
        authz::require(caller, Action::Read)?;
        Ok(self.core.db.read())
    }

    async fn change<'a>(&'a self, caller: &'a Caller) -> Result<Change<'a>> {
        authz::require(caller, Action::Write)?;
        let tx = self.core.db.begin().await.map_err(StoreError)?;
        Ok(Change { service: self, caller, tx, now: self.core.clock.now(), touched: Touched::new() })
    }
}

/// A change under way: one transaction, who makes it, and what it touches. Dropped without `commit`, it never happened.
pub struct Change<'a> {
    service: &'a NetworkService,
    pub caller: &'a Caller,
    pub tx: Tx,
    pub now: Micros,
    touched: Touched,
}

impl Change<'_> {
    /// Something that pages show is different after this.
    pub fn touch(&mut self, kind: Kind, id: impl Display) {
        self.touched.push((kind, id.to_string()));
    }

    /// Writes down what has been done, for the task centre and the audit log.
    pub async fn done(&mut self, verb: &str, kind: Kind, id: impl Display, name: &str) -> Result<()> {
        let id = id.to_string();
        operation::done(&mut self.tx, self.caller, verb, Target { kind, id: &id, name }, self.now).await?;
        self.touch(kind, id);
        Ok(())
    }

    async fn commit(self) -> Result<()> {
        self.tx.commit().await.map_err(StoreError)?;
        self.service.announce(self.caller.project, &self.touched);
        operation::announce(&self.service.core, self.caller.project);
        Ok(())
    }
}

impl From<&store::network::Subnet> for Subnet {
    fn from(row: &store::network::Subnet) -> Self {
        Self {
            id: row.id,
            name: row.name.clone(),
            cidr: row.cidr.to_string(),
            gateway: row.gateway.map(|address| address.to_string()),
            dhcp: row.dhcp,
        }
    }
}

/// Networks with all that stands around them, in three queries for any number of them.
async fn network_views(db: &SqlitePool, rows: Vec<store::network::Network>) -> Result<Vec<Network>> {
    let ids: Vec<NetworkId> = rows.iter().map(|row| row.id).collect();
    let subnets = store::network::subnets_of(db, &ids).await?;
    let routers = store::network::routers_of(db, &ids).await?;
    let counts = store::network::instance_counts(db, &ids).await?;
    let view = |row: store::network::Network| Network {
        id: row.id,
        name: row.name,
        status: row.status,
        external: row.external,
        mtu: row.mtu,
        subnets: subnets.iter().filter(|subnet| subnet.network == row.id).map(Subnet::from).collect(),
        router: routers.iter().find(|router| router.0 == row.id).map(|router| (router.1, router.2.clone())),
        ports: counts.iter().find(|count| count.0 == row.id).map_or(0, |count| count.1),
        created_at: row.created_at,
    };
    Ok(rows.into_iter().map(view).collect())
}

#[async_trait]
impl Networks for NetworkService {
    async fn starter_network_create(&self, caller: &Caller) -> Result<NetworkId> {
        let mut change = self.change(caller).await?;
        let id = change.starter_network_create(STARTER_CIDR).await?;
        change.commit().await?;
        Ok(id)
    }

    async fn network_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<Network>> {
        let db = self.read(caller)?;
        let Page { items, total, next, previous } = store::network::list(db, caller.project, query).await?;
        Ok(Page { items: network_views(db, items).await?, total, next, previous })
    }

    async fn network_show(&self, caller: &Caller, id: NetworkId) -> Result<NetworkDetail> {
        let db = self.read(caller)?;
        let mut connection = db.acquire().await.map_err(StoreError)?;
        let row = store::network::find(&mut connection, caller.project, id).await?;
        drop(connection);
        let row = row.ok_or_else(|| Error::not_found(Kind::Network, id))?;
        let generation = row.generation;
        let network = network_views(db, vec![row]).await?.pop().ok_or_else(|| Error::not_found(Kind::Network, id))?;
        let ports = store::port::list_on(db, caller.project, id).await?;
        Ok(NetworkDetail { network, ports, generation })
    }

    async fn network_create(&self, caller: &Caller, new: NewNetwork) -> Result<NetworkId> {
        let mut change = self.change(caller).await?;
        let id = change.network_create(&new).await?;
        change.commit().await?;
        Ok(id)
    }

    async fn network_delete(&self, caller: &Caller, id: NetworkId) -> Result<()> {
        let mut change = self.change(caller).await?;
        change.network_delete(id).await?;
        change.commit().await
    }

    async fn subnet_create(&self, caller: &Caller, network: NetworkId, new: NewSubnet) -> Result<SubnetId> {
        let mut change = self.change(caller).await?;
        let id = change.subnet_create(network, &new).await?;
        change.commit().await?;
        Ok(id)
    }

    async fn subnet_delete(&self, caller: &Caller, id: SubnetId) -> Result<()> {
        let mut change = self.change(caller).await?;
        change.subnet_delete(id).await?;
        change.commit().await
    }

    async fn router_list(&self, caller: &Caller) -> Result<Vec<Router>> {
        Ok(store::router::list(self.read(caller)?, caller.project).await?)
    }

    async fn router_delete(&self, caller: &Caller, id: RouterId) -> Result<()> {
        let mut change = self.change(caller).await?;
        change.router_delete(id).await?;
        change.commit().await
    }

    async fn floating_ip_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<FloatingIp>> {
        Ok(store::floating_ip::list(self.read(caller)?, caller.project, query).await?)
    }

    async fn floating_ip_allocate(&self, caller: &Caller) -> Result<FloatingIpId> {
        let mut change = self.change(caller).await?;
        let id = change.floating_ip_allocate().await?;
        change.commit().await?;
        Ok(id)
    }

    async fn floating_ip_associate(&self, caller: &Caller, id: FloatingIpId, instance: InstanceId) -> Result<()> {
        let mut change = self.change(caller).await?;
        change.floating_ip_associate(id, instance).await?;
        change.commit().await
    }

    async fn floating_ip_give(&self, caller: &Caller, instance: InstanceId) -> Result<FloatingIpId> {
        let mut change = self.change(caller).await?;
        let id = change.floating_ip_give(instance).await?;
        change.commit().await?;
        Ok(id)
    }

    async fn floating_ip_disassociate(&self, caller: &Caller, id: FloatingIpId) -> Result<()> {
        let mut change = self.change(caller).await?;
        change.floating_ip_disassociate(id).await?;
        change.commit().await
    }

    async fn floating_ip_release(&self, caller: &Caller, id: FloatingIpId) -> Result<()> {
        let mut change = self.change(caller).await?;
        change.floating_ip_release(id).await?;
        change.commit().await
    }

    async fn security_group_list(&self, caller: &Caller) -> Result<Vec<SecurityGroup>> {
        let mut connection = self.read(caller)?.acquire().await.map_err(StoreError)?;
        security_groups::views(&mut connection, caller.project).await
    }

    async fn security_group_show(&self, caller: &Caller, id: SecurityGroupId) -> Result<SecurityGroup> {
        let groups = self.security_group_list(caller).await?;
        groups.into_iter().find(|group| group.id == id).ok_or_else(|| Error::not_found(Kind::SecurityGroup, id))
    }

    async fn security_group_create(&self, caller: &Caller, name: &str, description: &str) -> Result<SecurityGroupId> {
        let mut change = self.change(caller).await?;
        let id = change.security_group_create(name, description).await?;
        change.commit().await?;
        Ok(id)
    }

    async fn security_group_delete(&self, caller: &Caller, id: SecurityGroupId) -> Result<()> {
        let mut change = self.change(caller).await?;
        change.security_group_delete(id).await?;
        change.commit().await
    }

    async fn security_group_rule_create(
        &self,
        caller: &Caller,
        group: SecurityGroupId,
        new: NewRule,
    ) -> Result<SecurityGroupRuleId> {
        let mut change = self.change(caller).await?;
        let id = change.security_group_rule_create(group, &new).await?;
        change.commit().await?;
        Ok(id)
    }

    async fn security_group_rule_delete(&self, caller: &Caller, id: SecurityGroupRuleId) -> Result<()> {
        let mut change = self.change(caller).await?;
        change.security_group_rule_delete(id).await?;
        change.commit().await
    }
}
