//! The network service as the browser calls it.

use crate::Fail;
use crate::backend::*;
use api::network::{FloatingIp, Network, NetworkDetail, Router, SecurityGroup};
use api::{ListQuery, Page};

#[server(endpoint = "network_list")]
pub async fn network_list(project: String, #[server(default)] query: ListQuery) -> Result<Page<Network>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.networks.network_list(&caller, &query).await)
}

#[server(endpoint = "network_show")]
pub async fn network_show(project: String, id: String) -> Result<NetworkDetail, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.networks.network_show(&caller, parse(Kind::Network, &id)?).await)
}

/// Leads to the network.
#[server(endpoint = "network_create")]
pub async fn network_create(
    project: String,
    name: String,
    cidr: String,
    #[server(default)] gateway: String,
    #[server(default)] routed: bool,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let id = answer(
        backend()?.networks.network_create(&caller, api::network::NewNetwork { name, cidr, gateway, routed }).await,
    )?;
    redirect(&crate::paths::network(caller.project, id));
    Ok(())
}

/// Leads from its page to the list.
#[server(endpoint = "network_delete")]
pub async fn network_delete(project: String, id: String) -> Result<(), Fail> {
    let (caller, id) = (caller(&project).await?, parse(Kind::Network, &id)?);
    answer(backend()?.networks.network_delete(&caller, id).await)?;
    leave(&crate::paths::network(caller.project, id), &crate::paths::networks(caller.project));
    Ok(())
}

/// Leads back to where it was asked for.
#[server(endpoint = "starter_network_create")]
pub async fn starter_network_create(project: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.networks.starter_network_create(&caller).await.map(|_| ()))
}

#[server(endpoint = "subnet_create")]
pub async fn subnet_create(
    project: String,
    network: String,
    #[server(default)] name: String,
    cidr: String,
    #[server(default)] gateway: String,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let network = parse(Kind::Network, &network)?;
    answer(backend()?.networks.subnet_create(&caller, network, api::network::NewSubnet { name, cidr, gateway }).await)?;
    redirect(&crate::paths::network(caller.project, network));
    Ok(())
}

#[server(endpoint = "subnet_delete")]
pub async fn subnet_delete(project: String, id: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.networks.subnet_delete(&caller, parse(Kind::Subnet, &id)?).await)
}

#[server(endpoint = "router_list")]
pub async fn router_list(project: String) -> Result<Vec<Router>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.networks.router_list(&caller).await)
}

#[server(endpoint = "router_delete")]
pub async fn router_delete(project: String, id: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.networks.router_delete(&caller, parse(Kind::Router, &id)?).await)
}

#[server(endpoint = "floating_ip_list")]
pub async fn floating_ip_list(project: String, #[server(default)] query: ListQuery) -> Result<Page<FloatingIp>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.networks.floating_ip_list(&caller, &query).await)
}

#[server(endpoint = "floating_ip_allocate")]
pub async fn floating_ip_allocate(project: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.networks.floating_ip_allocate(&caller).await.map(|_| ()))
}

/// A new floating IP for the instance.
#[server(endpoint = "floating_ip_give")]
pub async fn floating_ip_give(project: String, instance: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.networks.floating_ip_give(&caller, parse(Kind::Instance, &instance)?).await.map(|_| ()))
}

#[server(endpoint = "floating_ip_associate")]
pub async fn floating_ip_associate(project: String, id: String, instance: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let instance = parse(Kind::Instance, &instance)?;
    answer(backend()?.networks.floating_ip_associate(&caller, parse(Kind::FloatingIp, &id)?, instance).await)
}

#[server(endpoint = "floating_ip_disassociate")]
pub async fn floating_ip_disassociate(project: String, id: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.networks.floating_ip_disassociate(&caller, parse(Kind::FloatingIp, &id)?).await)
}

#[server(endpoint = "floating_ip_release")]
pub async fn floating_ip_release(project: String, id: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.networks.floating_ip_release(&caller, parse(Kind::FloatingIp, &id)?).await)
}

#[server(endpoint = "security_group_list")]
pub async fn security_group_list(project: String) -> Result<Vec<SecurityGroup>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.networks.security_group_list(&caller).await)
}

#[server(endpoint = "security_group_show")]
pub async fn security_group_show(project: String, id: String) -> Result<SecurityGroup, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.networks.security_group_show(&caller, parse(Kind::SecurityGroup, &id)?).await)
}

/// Leads to the group.
#[server(endpoint = "security_group_create")]
pub async fn security_group_create(
    project: String,
    name: String,
    #[server(default)] description: String,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let id = answer(backend()?.networks.security_group_create(&caller, &name, &description).await)?;
    redirect(&crate::paths::security_group(caller.project, id));
    Ok(())
}

/// Leads from its page to the list.
#[server(endpoint = "security_group_delete")]
pub async fn security_group_delete(project: String, id: String) -> Result<(), Fail> {
    let (caller, id) = (caller(&project).await?, parse(Kind::SecurityGroup, &id)?);
    answer(backend()?.networks.security_group_delete(&caller, id).await)?;
    leave(&crate::paths::security_group(caller.project, id), &crate::paths::security_groups(caller.project));
    Ok(())
}

/// Leads to the group.
#[server(endpoint = "security_group_rule_create")]
pub async fn security_group_rule_create(
    project: String,
    group: String,
    direction: String,
    protocol: String,
    #[server(default)] port_first: String,
    #[server(default)] port_last: String,
    #[server(default)] remote_cidr: String,
    #[server(default)] remote_group: String,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let group = parse(Kind::SecurityGroup, &group)?;
    let new = api::network::NewRule { direction, protocol, port_first, port_last, remote_cidr, remote_group };
    answer(backend()?.networks.security_group_rule_create(&caller, group, new).await)?;
    redirect(&crate::paths::security_group(caller.project, group));
    Ok(())
}

#[server(endpoint = "security_group_rule_delete")]
pub async fn security_group_rule_delete(project: String, id: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.networks.security_group_rule_delete(&caller, parse(Kind::SecurityGroupRule, &id)?).await)
}
