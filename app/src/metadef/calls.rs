//! The properties of flavors and instances as the browser calls for them.

use crate::Fail;
use crate::backend::*;
use api::metadef::{Namespace, Properties};
use std::collections::BTreeMap;

/// The namespaces for that type of resource, such as `OS::Glance::Image`.
#[server(endpoint = "namespace_list")]
pub async fn namespace_list(project: String, resource: String) -> Result<Vec<Namespace>, Fail> {
    let caller = caller(&project).await?;
    let resource =
        answer(api::metadef::ResourceType::parse(&resource).ok_or_else(|| Error::field("resource", Why::NotAChoice)))?;
    answer(backend()?.metadefs.namespace_list(&caller, resource).await)
}

#[server(endpoint = "properties_show")]
pub async fn properties_show(project: String, kind: String, id: String) -> Result<Properties, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.compute.properties_show(&caller, carrier(&kind, &id)?).await)
}

/// Leads to the instance, or to the flavors.
#[server(endpoint = "properties_set")]
pub async fn properties_set(
    project: String,
    kind: String,
    id: String,
    #[server(default)] properties: BTreeMap<String, String>,
    #[server(default)] others: String,
    #[server(default)] seen: String,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let of = carrier(&kind, &id)?;
    let change = api::metadef::PropertyChange { properties, others, seen };
    answer(backend()?.compute.properties_set(&caller, of, change).await)?;
    redirect(&crate::paths::target(caller.project, of.kind(), &id).unwrap_or_default());
    Ok(())
}
