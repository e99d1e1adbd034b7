//! Metadata definitions: which properties there are, and what their values look like. The usual namespaces are shipped as data.

pub(crate) mod change;
mod parse;

use crate::authz::{self, Action};
use crate::fault::incident;
use api::metadef::{Metadefs, Namespace, ResourceType};
use api::{Caller, Result};
use async_trait::async_trait;

/// What every cloud has, as Glance writes it.
const SHIPPED: [&str; 10] = [
    include_str!("shipped/hypervisor.json"),
    include_str!("shipped/image_common.json"),
    include_str!("shipped/libvirt_image.json"),
    include_str!("shipped/operating_system.json"),
    include_str!("shipped/quota.json"),
    include_str!("shipped/shutdown.json"),
    include_str!("shipped/software_databases.json"),
    include_str!("shipped/software_web_servers.json"),
    include_str!("shipped/virtual_cpu.json"),
    include_str!("shipped/watchdog.json"),
];

pub struct MetadefService;

/// The namespaces for that type of resource, by title.
pub(crate) fn namespaces(resource: ResourceType) -> Result<Vec<Namespace>> {
    let read = SHIPPED.iter().map(|text| parse::namespace(text, resource));
    let read: std::result::Result<Vec<_>, _> = read.collect();
    let mut read: Vec<Namespace> =
        read.map_err(|error| incident("shipped metadata definitions", &error))?.into_iter().flatten().collect();
    read.sort_by(|a, b| a.title.cmp(&b.title));
    Ok(read)
}

#[async_trait]
impl Metadefs for MetadefService {
    async fn namespace_list(&self, caller: &Caller, resource: ResourceType) -> Result<Vec<Namespace>> {
        authz::require(caller, Action::Read)?;
        namespaces(resource)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shipped_can_be_read() {
        for text in SHIPPED {
            let all = ResourceType::ALL.map(|resource| parse::namespace(text, resource).unwrap());
            assert!(all.iter().any(Option::is_some), "{text} is for nothing");
        }
        let image = namespaces(ResourceType::Image).unwrap();
        let names: Vec<_> = image.iter().flat_map(|it| &it.properties).map(|it| it.name.as_str()).collect();
        for expected in
            ["os_distro", "os_admin_user", "hw_disk_bus", "hw_cpu_cores", "architecture", "hw_watchdog_action"]
        {
            assert!(names.contains(&expected), "{expected}");
        }
        let mut unique = names.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), names.len(), "a property is defined twice");
    }
}
