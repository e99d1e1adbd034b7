//! Floating IPs: addresses of the external network that lead to an instance.

use super::ports::Owner;
use super::service::Change;
use super::store::floating_ip::{self as rows, Held};
use super::store::port;
use crate::quota;
use api::compute::Verb;
use api::error::Conflict;
use api::quota::Resource;
use api::{Error, FloatingIpId, InstanceId, Kind, NetworkId, Result};
use uuid::Uuid;

impl Change<'_> {
    pub async fn floating_ip_allocate(&mut self) -> Result<FloatingIpId> {
        let (id, _, address) = self.allocate().await?;
        self.done("floating_ip_allocate", Kind::FloatingIp, id, &address).await?;
        Ok(id)
    }

    pub async fn floating_ip_associate(&mut self, id: FloatingIpId, instance: InstanceId) -> Result<()> {
        let held = self.floating_ip(id).await?;
        if let Some((_, name)) = held.instance {
            return Err(Error::Conflict(Conflict::InUse { kind: Kind::FloatingIp, by: name }));
        }
        self.attach(id, held.network, instance).await?;
        self.done("floating_ip_associate", Kind::FloatingIp, id, &held.address).await
    }

    pub async fn floating_ip_give(&mut self, instance: InstanceId) -> Result<FloatingIpId> {
        let (id, network, address) = match rows::idle(&mut self.tx, self.caller.project).await? {
            Some(idle) => (idle.id, idle.network, idle.address),
            None => self.allocate().await?,
        };
        self.attach(id, network, instance).await?;
        self.done("floating_ip_give", Kind::FloatingIp, id, &address).await?;
        Ok(id)
    }

    pub async fn floating_ip_disassociate(&mut self, id: FloatingIpId) -> Result<()> {
        let held = self.floating_ip(id).await?;
        // What leads nowhere already is as it was asked to be.
        let Some((instance, _)) = held.instance else { return Ok(()) };
        rows::detach(&mut self.tx, id).await?;
        self.touch(Kind::Instance, instance);
        self.done("floating_ip_disassociate", Kind::FloatingIp, id, &held.address).await
    }

    pub async fn floating_ip_release(&mut self, id: FloatingIpId) -> Result<()> {
        let held = self.floating_ip(id).await?;
        if let Some((instance, _)) = held.instance {
            self.touch(Kind::Instance, instance);
        }
        rows::delete(&mut self.tx, id).await?;
        port::delete_of_device(&mut self.tx, Owner::FloatingIp, id.0).await?;
        self.done("floating_ip_release", Kind::FloatingIp, id, &held.address).await
    }

    async fn floating_ip(&mut self, id: FloatingIpId) -> Result<Held> {
        let held = rows::find(&mut self.tx, self.caller.project, id).await?;
        held.ok_or_else(|| Error::not_found(Kind::FloatingIp, id))
    }

    /// Takes the lowest free address. Its own port on the external network keeps it from everybody else.
    async fn allocate(&mut self) -> Result<(FloatingIpId, NetworkId, String)> {
        let resources = [(Resource::FloatingIps, 1)];
        quota::require(&mut self.tx, self.caller.project, self.caller.user, &resources).await?;
        let (network, subnet, address) = self.external_address().await?;
        let id = FloatingIpId(Uuid::new_v4());
        rows::insert(&mut self.tx, id, self.caller.project, network.id, address, self.now).await?;
        self.plug(Owner::FloatingIp, id.0, network.id, subnet.id, address).await?;
        Ok((id, network.id, address.to_string()))
    }

    async fn attach(&mut self, id: FloatingIpId, external: NetworkId, instance: InstanceId) -> Result<()> {
        let (_, state) = port::instance(&mut self.tx, self.caller.project, instance)
            .await?
            .ok_or_else(|| Error::not_found(Kind::Instance, instance))?;
        state.can(Verb::AssociateFloatingIp).map_err(Error::Refused)?;
        // Ports without a floating IP come first, so the first route is free or none is.
        let routes = rows::routes(&mut self.tx, instance, external).await?;
        let route = routes.first().ok_or(Error::Conflict(Conflict::NotRouted))?;
        if let Some(taken) = &route.taken {
            return Err(Error::Conflict(Conflict::InUse { kind: Kind::Port, by: taken.clone() }));
        }
        rows::attach(&mut self.tx, id, route).await?;
        self.touch(Kind::Instance, instance);
        Ok(())
    }
}
