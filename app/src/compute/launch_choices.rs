//! What an instance can be launched from, and what is missing before one can be.

use super::calls::{flavor_list, keypair_list};
use crate::Fail;
use crate::i18n::{format, text};
use crate::image::calls::image_list;
use crate::network::StarterButton;
use crate::network::calls::{network_list, security_group_list};
use crate::overview::calls::quota_usage;
use crate::paths;
use crate::project::here;
use crate::ui::{Choice, Empty, Icon, LinkButton, Variant};
use api::compute::{Flavor, Keypair};
use api::image::{Image, ImageStatus};
use api::network::{DEFAULT_GROUP, Network, SecurityGroup};
use api::quota::{Resource as Limited, Usage};
use api::{Kind, ListQuery};
use leptos::prelude::*;

/// Everything a launch chooses from.
pub type Offer = (Vec<Image>, Vec<Flavor>, Vec<Network>, Vec<Keypair>, Vec<SecurityGroup>, Vec<Usage>);

/// Reads all of it at once.
pub async fn offer(project: String) -> Result<Offer, Fail> {
    let all = ListQuery { limit: ListQuery::MAX_LIMIT, ..ListQuery::default() };
    let (images, flavors, networks, keypairs, groups, quota) = futures::try_join!(
        image_list(project.clone(), all.clone()),
        flavor_list(project.clone()),
        network_list(project.clone(), all.clone()),
        keypair_list(project.clone(), all),
        security_group_list(project.clone()),
        quota_usage(project),
    )?;
    let networks = networks.items.into_iter().filter(|network| !network.external).collect();
    Ok((images.items, flavors, networks, keypairs.items, groups, quota))
}

/// The version of all of it.
pub fn offer_version(live: crate::live::Live) -> u32 {
    let kinds = [Kind::Image, Kind::Flavor, Kind::Network, Kind::Keypair, Kind::SecurityGroup, Kind::Instance];
    kinds.map(|kind| live.version(kind)).iter().sum()
}

pub fn image_choices((images, ..): &Offer) -> Vec<Choice> {
    let t = text();
    let choice = |image: &Image| {
        let size = image.size.map(format::bytes);
        let detail = match image.format {
            Some(form) => format!("{}, {}", form.as_str(), size.unwrap_or_default()),
            None => String::new(),
        };
        let why = (image.status != ImageStatus::Active).then(|| (t.image.status)(image.status).to_owned());
        Choice::new(image.id, &image.name).detail(detail).disabled_because(why)
    };
    images.iter().map(choice).collect()
}

/// Flavors too small for the image cannot be chosen.
pub fn flavor_choices((images, flavors, ..): &Offer, image: &str) -> Vec<Choice> {
    let image = images.iter().find(|it| it.id.to_string() == image);
    let choice = |flavor: &Flavor| {
        let fits = |image: &Image| flavor.fits(image.virtual_size.unwrap_or(0), image.min_disk_gb, image.min_ram_mb);
        let why = image.and_then(|image| fits(image).err()).map(|why| (text().error.why)(&why));
        Choice::new(flavor.id, &flavor.name).detail(specs(flavor)).disabled_because(why)
    };
    flavors.iter().map(choice).collect()
}

pub fn network_choices((_, _, networks, ..): &Offer) -> Vec<Choice> {
    let choice = |network: &Network| {
        let cidrs: Vec<_> = network.subnets.iter().map(|subnet| subnet.cidr.as_str()).collect();
        Choice::new(network.id, &network.name).detail(cidrs.join(", "))
    };
    networks.iter().map(choice).collect()
}

/// A key comes first: who has one wants to sign in.
pub fn keypair_choices((_, _, _, keypairs, ..): &Offer) -> Vec<Choice> {
    let choice = |keypair: &Keypair| Choice::new(keypair.id, &keypair.name).detail(&keypair.algorithm);
    keypairs.iter().map(choice).chain([Choice::new("", text().compute.no_keypair)]).collect()
}

/// The groups, and which of them is the default.
pub fn group_choices((_, _, _, _, groups, _): &Offer) -> (Vec<Choice>, Vec<String>) {
    let choices = groups.iter().map(|group| Choice::new(group.id, &group.name).detail(&group.description)).collect();
    let default = groups.iter().find(|group| group.name == DEFAULT_GROUP).map(|group| group.id.to_string());
    (choices, default.into_iter().collect())
}

/// “1 vCPU · 192 MiB · 1 GiB”
pub fn specs(flavor: &Flavor) -> String {
    let vcpus = (text().compute.vcpu_count)(flavor.vcpus);
    format!("{vcpus} · {} · {}", format::mebibytes(flavor.ram_mb), format::gibibytes(flavor.disk_gb))
}

/// The kind of thing that has to be made before anything can be launched.
pub fn missing((images, _, networks, ..): &Offer) -> Option<Kind> {
    first_missing(!networks.is_empty(), images.iter().any(|image| image.status == ImageStatus::Active))
}

/// The same where nothing else is known yet.
pub async fn read_missing(project: String) -> Result<Option<Kind>, Fail> {
    let active = ListQuery { status: ImageStatus::Active.as_str().to_owned(), limit: 1, ..ListQuery::default() };
    let (usage, images) = futures::try_join!(quota_usage(project.clone()), image_list(project, active))?;
    let networks = usage.iter().any(|usage| usage.resource == Limited::Networks && usage.used > 0);
    Ok(first_missing(networks, images.total > 0))
}

fn first_missing(network: bool, image: bool) -> Option<Kind> {
    match (network, image) {
        (false, _) => Some(Kind::Network),
        (true, false) => Some(Kind::Image),
        (true, true) => None,
    }
}

/// What comes first, with the way to it.
#[component]
pub fn MissingNotice(missing: Kind) -> impl IntoView {
    let (t, here) = (text(), here());
    match missing {
        Kind::Network => view! {
            <Empty icon=Icon::Network title=t.compute.needs_network hint=t.compute.needs_network_hint><StarterButton variant=Variant::Primary/></Empty>
        }
        .into_any(),
        _ => view! {
            <Empty icon=Icon::Image title=t.compute.needs_image hint=t.compute.needs_image_hint>
                <LinkButton href=paths::image_create(here.id()) variant=Variant::Primary icon=Some(Icon::Upload) disabled_because=here.read_only()>
                    {t.image.create_image}
                </LinkButton>
            </Empty>
        }
        .into_any(),
    }
}

/// What stands in place of an empty list of instances: the next step towards the first one.
#[component]
pub fn NothingYet(#[prop(into)] missing: Signal<Option<Kind>>) -> impl IntoView {
    let t = text();
    move || match missing.get() {
        Some(missing) => view! { <MissingNotice missing/> }.into_any(),
        None => view! {
            <Empty icon=Icon::Instance title=t.compute.no_instances hint=t.compute.no_instances_hint>
                <super::instance_list::LaunchButton/>
            </Empty>
        }
        .into_any(),
    }
}
