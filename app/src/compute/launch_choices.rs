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
use api::{Kind, ListQuery, Page, Why};
use leptos::prelude::*;

/// How many images stand in the choice; the others are searched for.
pub const IMAGES: u32 = 50;

/// Everything a launch chooses from.
pub type Offer = (Page<Image>, Vec<Flavor>, Vec<Network>, Vec<Keypair>, Vec<SecurityGroup>, Vec<Usage>);

/// Reads all of it at once. The images are the newest that fit `search`, and the one that was `asked` for, wherever it stands.
pub async fn offer(project: String, search: String, asked: String) -> Result<Offer, Fail> {
    let all = ListQuery { limit: ListQuery::MAX_LIMIT, ..ListQuery::default() };
    let (images, flavors, networks, keypairs, groups, quota) = futures::try_join!(
        images(project.clone(), search, asked),
        flavor_list(project.clone()),
        network_list(project.clone(), all.clone()),
        keypair_list(project.clone(), all),
        security_group_list(project.clone()),
        quota_usage(project),
    )?;
    let networks = networks.items.into_iter().filter(|network| !network.external).collect();
    Ok((images, flavors, networks, keypairs.items, groups, quota))
}

async fn images(project: String, search: String, asked: String) -> Result<Page<Image>, Fail> {
    let status = ImageStatus::Active.as_str().to_owned();
    let newest = ListQuery { search, status, sort: "-created".to_owned(), limit: IMAGES, ..ListQuery::default() };
    let mut page = image_list(project.clone(), newest).await?;
    if !asked.is_empty() && page.items.iter().all(|image| image.id.to_string() != asked) {
        let filters = [("id".to_owned(), asked)].into();
        page.items.extend(image_list(project, ListQuery { filters, ..ListQuery::default() }).await?.items);
    }
    Ok(page)
}

/// The version of all of it.
pub fn offer_version(live: crate::live::Live) -> u32 {
    let kinds = [Kind::Image, Kind::Flavor, Kind::Network, Kind::Keypair, Kind::SecurityGroup, Kind::Instance];
    kinds.map(|kind| live.version(kind)).iter().sum()
}

/// What the choice holds: what has just been found, and what was chosen from what had been found before.
pub fn kept(found: &[Image], before: Option<&Vec<Image>>, chosen: Option<&str>) -> Vec<Image> {
    let chosen = |image: &&Image| chosen.is_some_and(|chosen| image.id.to_string() == chosen);
    let missing = !found.iter().any(|image| chosen(&image));
    let kept = before.into_iter().flatten().find(chosen).filter(|_| missing);
    kept.into_iter().chain(found).cloned().collect()
}

pub fn image_choices(images: &[Image]) -> Vec<Choice> {
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

/// Why nothing can be launched from the image that was asked for.
pub fn image_fault(images: &[Image], asked: Option<&str>) -> Option<Why> {
    let asked = asked.filter(|asked| !asked.is_empty())?;
    match images.iter().find(|image| image.id.to_string() == asked) {
        None => Some(Why::Gone { kind: Kind::Image }),
        Some(image) if image.status == ImageStatus::Active => None,
        Some(image) => Some(Why::NotActive { status: (text().image.status)(image.status).to_owned() }),
    }
}

/// Flavors too small for the image cannot be chosen.
pub fn flavor_choices(images: &[Image], (_, flavors, ..): &Offer, image: &str) -> Vec<Choice> {
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

/// The kind of thing that has to be made before anything can be launched. Where images are searched for, there are some.
pub fn missing((images, _, networks, ..): &Offer, searched: bool) -> Option<Kind> {
    first_missing(!networks.is_empty(), searched || !images.items.is_empty())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn image(n: u128, status: ImageStatus) -> Image {
        Image { id: api::ImageId(uuid::Uuid::from_u128(n)), name: n.to_string(), status, ..Image::default() }
    }

    fn id(n: u128) -> String {
        uuid::Uuid::from_u128(n).to_string()
    }

    #[test]
    fn what_was_chosen_stays_while_others_are_searched_for() {
        fn check(found: &[u128], before: &[u128], chosen: Option<u128>, expected: &str) {
            let images = |all: &[u128]| all.iter().map(|n| image(*n, ImageStatus::Active)).collect::<Vec<_>>();
            let chosen = chosen.map(id);
            let kept = kept(&images(found), Some(&images(before)), chosen.as_deref());
            let names: Vec<_> = kept.iter().map(|image| image.name.as_str()).collect();
            assert_eq!(names.join(" "), expected, "{found:?} {before:?} {chosen:?}");
        }
        check(&[1, 2], &[3], None, "1 2");
        check(&[1, 2], &[3, 4], Some(4), "4 1 2");
        check(&[1, 2], &[2], Some(2), "1 2");
        check(&[], &[1], Some(2), "");
    }

    #[test]
    fn an_image_that_cannot_be_launched_is_told() {
        let images = [image(1, ImageStatus::Active), image(2, ImageStatus::Deactivated)];
        assert_eq!(image_fault(&images, Some(&id(1))), None);
        assert_eq!(image_fault(&images, None), None);
        assert_eq!(image_fault(&images, Some("")), None);
        assert_eq!(image_fault(&images, Some(&id(3))), Some(Why::Gone { kind: Kind::Image }));
        assert!(matches!(image_fault(&images, Some(&id(2))), Some(Why::NotActive { .. })));
    }
}
