//! The compute service as the browser calls it.

use crate::Fail;
use crate::backend::*;
use api::compute::{ConsoleLog, Flavor, Instance, InstanceDetail, Keypair, NewKeypair};
use api::{ListQuery, Page};

#[server(endpoint = "instance_list")]
pub async fn instance_list(project: String, #[server(default)] query: ListQuery) -> Result<Page<Instance>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.compute.instance_list(&caller, &query).await)
}

#[server(endpoint = "instance_show")]
pub async fn instance_show(project: String, id: String) -> Result<InstanceDetail, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.compute.instance_show(&caller, parse(Kind::Instance, &id)?).await)
}

/// Leads to the instance.
#[server(endpoint = "instance_launch")]
pub async fn instance_launch(
    project: String,
    name: String,
    #[server(default)] image: String,
    #[server(default)] flavor: String,
    #[server(default)] network: String,
    #[server(default)] keypair: String,
    #[server(default)] security_groups: Vec<String>,
    #[server(default)] user_data: String,
) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    let new = api::compute::NewInstance { name, image, flavor, network, keypair, security_groups, user_data };
    let id = answer(backend()?.compute.instance_launch(&caller, new).await)?;
    redirect(&crate::paths::instance(caller.project, id));
    Ok(())
}

#[server(endpoint = "instance_start")]
pub async fn instance_start(project: String, id: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.compute.instance_start(&caller, parse(Kind::Instance, &id)?).await)
}

#[server(endpoint = "instance_stop")]
pub async fn instance_stop(project: String, id: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.compute.instance_stop(&caller, parse(Kind::Instance, &id)?).await)
}

#[server(endpoint = "instance_reboot")]
pub async fn instance_reboot(project: String, id: String, hard: bool) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.compute.instance_reboot(&caller, parse(Kind::Instance, &id)?, hard).await)
}

/// Leads from its page to the list.
#[server(endpoint = "instance_delete")]
pub async fn instance_delete(project: String, id: String) -> Result<(), Fail> {
    let (caller, id) = (caller(&project).await?, parse(Kind::Instance, &id)?);
    answer(backend()?.compute.instance_delete(&caller, id).await)?;
    leave(&crate::paths::instance(caller.project, id), &crate::paths::instances(caller.project));
    Ok(())
}

/// Leads to the image.
#[server(endpoint = "instance_snapshot")]
pub async fn instance_snapshot(project: String, id: String, name: String) -> Result<(), Fail> {
    let (caller, id) = (caller(&project).await?, parse(Kind::Instance, &id)?);
    let image = answer(backend()?.compute.instance_snapshot(&caller, id, &name).await)?;
    redirect(&crate::paths::image(caller.project, image));
    Ok(())
}

#[server(endpoint = "instance_log")]
pub async fn instance_log(project: String, id: String, from: Option<u64>) -> Result<ConsoleLog, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.compute.instance_log(&caller, parse(Kind::Instance, &id)?, from).await)
}

#[server(endpoint = "flavor_list")]
pub async fn flavor_list(project: String) -> Result<Vec<Flavor>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.compute.flavor_list(&caller).await)
}

#[server(endpoint = "keypair_list")]
pub async fn keypair_list(project: String, #[server(default)] query: ListQuery) -> Result<Page<Keypair>, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.compute.keypair_list(&caller, &query).await)
}

#[server(endpoint = "keypair_show")]
pub async fn keypair_show(project: String, id: String) -> Result<Keypair, Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.compute.keypair_show(&caller, parse(Kind::Keypair, &id)?).await)
}

/// Answers with the private key. Only the page's program asks here: a plain form is answered with the key as a file.
#[server(endpoint = "keypair_create")]
pub async fn keypair_create(project: String, name: String, kind: String) -> Result<NewKeypair, Fail> {
    let caller = caller(&project).await?;
    let kind = answer(api::compute::KeyType::parse(&kind).ok_or_else(|| Error::field("kind", Why::NotAChoice)))?;
    answer(backend()?.compute.keypair_create(&caller, &name, kind).await)
}

/// Leads to the key pairs.
#[server(endpoint = "keypair_import")]
pub async fn keypair_import(project: String, name: String, public_key: String) -> Result<(), Fail> {
    let caller = caller(&project).await?;
    answer(backend()?.compute.keypair_import(&caller, &name, &public_key).await)?;
    redirect(&crate::paths::key_pairs(caller.project));
    Ok(())
}

/// Leads from its page to the list.
#[server(endpoint = "keypair_delete")]
pub async fn keypair_delete(project: String, id: String) -> Result<(), Fail> {
    let (caller, id) = (caller(&project).await?, parse(Kind::Keypair, &id)?);
    answer(backend()?.compute.keypair_delete(&caller, id).await)?;
    leave(&crate::paths::key_pair(caller.project, id), &crate::paths::key_pairs(caller.project));
    Ok(())
}
