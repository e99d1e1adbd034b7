//! Launching: everything is checked and written in one transaction; the reconciler builds from the rows.

use super::hardware::{self, Properties};
use super::{keypair, metadata, store};
use crate::authz::{self, Action};
use crate::core::Core;
use crate::db::Tx;
use crate::fault::StoreError;
use crate::image::LaunchImage;
use crate::{image, network, operation, quota};
use api::compute::{Flavor, NewInstance, USER_DATA_MAX};
use api::error::Faults;
use api::image::ImageStatus;
use api::metadef::Carrier;
use api::quota::Resource;
use api::{
    Caller, Error, FlavorId, ImageId, InstanceId, KeypairId, Kind, Micros, Name, NetworkId, Result, SecurityGroupId,
    Why,
};
use std::str::FromStr;
use uuid::Uuid;

/// What the form says, once every field has been read.
struct Form {
    name: Name,
    image: ImageId,
    flavor: FlavorId,
    network: NetworkId,
    keypair: Option<KeypairId>,
    groups: Vec<SecurityGroupId>,
    user_data: String,
}

pub async fn launch(core: &Core, caller: &Caller, new: NewInstance) -> Result<InstanceId> {
    authz::require(caller, Action::Write)?;
    let form = read(new)?;
    let id = InstanceId(Uuid::new_v4());
    let now = core.clock.now();
    let mut tx = core.db.begin().await.map_err(StoreError)?;

    let mut faults = Faults::default();
    let image = image::launch_image(&mut tx, caller, form.image).await?.ok_or(Why::Gone { kind: Kind::Image });
    let image = faults.take("image", image.and_then(active));
    let flavor =
        store::flavor_find(&mut tx, caller.project, form.flavor).await?.ok_or(Why::Gone { kind: Kind::Flavor });
    let flavor = faults.take("flavor", flavor);
    let keypair = match form.keypair {
        None => None,
        Some(wanted) => {
            let found = keypair::find(&mut tx, caller.user, wanted).await?.ok_or(Why::Gone { kind: Kind::Keypair });
            faults.take("keypair", found)
        }
    };
    let mut kept = Properties::new();
    if let (Some(image), Some(flavor)) = (&image, &flavor) {
        faults.take("flavor", flavor.fits(image.virtual_size, image.min_disk_gb, image.min_ram_mb));
        if let Some(why) = hardware::unfit(&image.properties, &store::host_kinds(&mut tx).await?) {
            faults.add("image", why);
        }
        let specs = store::properties(&mut tx, Carrier::Flavor(flavor.id)).await?;
        kept = hardware::kept(&image.properties, &specs);
        if let Err((field, why)) = hardware::hardware(&kept, flavor.vcpus) {
            faults.add(field, why);
        }
    }
    faults.finish()?;
    let (Some(image), Some(flavor)) = (image, flavor) else { return Err(Error::field("image", Why::Required)) };

    let asked =
        [(Resource::Instances, 1), (Resource::Cores, i64::from(flavor.vcpus)), (Resource::Ram, flavor.ram_mb as i64)];
    quota::require(&mut tx, caller.project, caller.user, &asked).await?;
    let target = operation::Target { kind: Kind::Instance, id: &id.to_string(), name: form.name.as_str() };
    let operation = operation::begin(&mut tx, caller, "instance_launch", target, now).await?;
    let row = store::NewRow {
        id,
        project: caller.project,
        user: caller.user.0.to_string(),
        name: form.name.as_str(),
        image: image.id,
        image_name: &image.name,
        flavor: &flavor,
        keypair: keypair.as_ref().map(|keypair| (keypair.name.as_str(), keypair.public_key.as_str())),
        user_data: &form.user_data,
        hardware: &kept,
        operation: Some(operation),
    };
    store::instance_insert(&mut tx, row, now).await?;
    network::port_create(&mut tx, caller, form.network, id, &form.groups, now).await?;
    tx.commit().await.map_err(StoreError)?;
    tracing::info!(instance = %id, project = %caller.project, host = metadata::hostname(form.name.as_str(), id), "launch accepted");
    Ok(id)
}

/// Every field by itself; all faults at once.
fn read(new: NewInstance) -> Result<Form> {
    let mut faults = Faults::default();
    let name = faults.take("name", Name::parse(&new.name));
    let image = faults.take("image", chosen(&new.image));
    let flavor = faults.take("flavor", chosen(&new.flavor));
    let network = faults.take("network", chosen(&new.network));
    let keypair = if new.keypair.is_empty() { None } else { faults.take("keypair", chosen(&new.keypair)) };
    let groups = new.security_groups.iter().filter(|group| !group.is_empty());
    let groups =
        faults.take("security_groups", groups.map(|group| chosen(group)).collect::<std::result::Result<Vec<_>, _>>());
    if new.user_data.len() > USER_DATA_MAX {
        faults.add("user_data", Why::TooLarge { max: USER_DATA_MAX as u64, is: new.user_data.len() as u64 });
    }
    faults.finish()?;
    match (name, image, flavor, network, groups) {
        (Some(name), Some(image), Some(flavor), Some(network), Some(groups)) => {
            // Browsers send line ends as CRLF; a script with those does not run.
            let user_data = new.user_data.replace("\r\n", "\n");
            Ok(Form { name, image, flavor, network, keypair, groups, user_data })
        }
        _ => Err(Error::field("name", Why::Required)),
    }
}

fn chosen<T: FromStr>(text: &str) -> std::result::Result<T, Why> {
    if text.is_empty() { Err(Why::Required) } else { text.parse().map_err(|_| Why::NotAChoice) }
}

fn active(image: LaunchImage) -> std::result::Result<LaunchImage, Why> {
    match image.status {
        ImageStatus::Active => Ok(image),
        status => Err(Why::NotActive { status: status.as_str().to_owned() }),
    }
}

/// One instance for seeding.
pub struct SeedFrom<'a> {
    pub id: InstanceId,
    pub name: &'a str,
    pub image: ImageId,
    pub flavor: &'a Flavor,
}

/// A row as a launch makes it, without checks, quota and operation: for seeding.
pub async fn seed(tx: &mut Tx, caller: &Caller, from: SeedFrom<'_>, now: Micros) -> Result<()> {
    let row = store::NewRow {
        id: from.id,
        project: caller.project,
        user: caller.user.0.to_string(),
        name: from.name,
        image: from.image,
        image_name: "seed",
        flavor: from.flavor,
        keypair: None,
        user_data: "",
        hardware: &Properties::new(),
        operation: None,
    };
    Ok(store::instance_insert(tx, row, now).await?)
}
