//! The way to every page, by area. On a narrow screen the same element is a drawer, opened from the bar.

use super::Logo;
use crate::i18n::text;
use crate::paths;
use crate::ui::{Entry, Glyph, Icon, hide_around};
use api::identity::Me;
use api::{ProjectId, Role};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// A page of the navigation.
struct Place {
    title: &'static str,
    icon: Icon,
    href: String,
}

/// The areas with their pages, as far as the role sees them.
fn areas(project: ProjectId, role: Role) -> Vec<(&'static str, Vec<Place>)> {
    let t = text();
    let place = |title, icon, href: fn(ProjectId) -> String| Place { title, icon, href: href(project) };
    let compute = vec![
        place(t.common.overview, Icon::Overview, paths::overview),
        place(t.common.instances, Icon::Instance, paths::instances),
        place(t.common.images, Icon::Image, paths::images),
        place(t.common.key_pairs, Icon::KeyPair, paths::key_pairs),
        place(t.common.flavors, Icon::Flavor, paths::flavors),
    ];
    let network = vec![
        place(t.common.networks, Icon::Network, paths::networks),
        place(t.common.floating_ips, Icon::FloatingIp, paths::floating_ips),
        place(t.common.security_groups, Icon::SecurityGroup, paths::security_groups),
    ];
    let account = vec![
        place(t.account.profile, Icon::User, paths::profile),
        place(t.common.sessions, Icon::Console, paths::account_sessions),
        place(t.account.preferences, Icon::Language, paths::preferences),
        place(t.audit.title, Icon::Log, paths::audit),
    ];
    let mut areas = vec![(t.common.area_compute, compute), (t.common.area_network, network)];
    if role == Role::Admin {
        let admin = vec![
            place(t.common.hypervisors, Icon::Hypervisor, paths::hypervisors),
            place(t.common.sessions, Icon::Console, paths::sessions),
            place(t.audit.title, Icon::Log, paths::audit_all),
            place(t.image.all_images, Icon::Image, paths::images_of_all),
        ];
        areas.push((t.common.area_admin, admin));
    }
    areas.push((t.common.area_account, account));
    areas
}

/// All that the palette leads to: the pages, and what can be made.
pub(super) fn entries(project: ProjectId, role: Role) -> Vec<Entry> {
    let t = text();
    let pages = areas(project, role).into_iter().flat_map(|(area, places)| {
        places.into_iter().map(move |place| Entry {
            label: place.title.into(),
            group: area.into(),
            icon: place.icon,
            href: place.href,
        })
    });
    let make = |label: &str, href| Entry { label: label.into(), group: t.common.create.into(), icon: Icon::Add, href };
    let makes = (role > Role::Reader).then(|| {
        [
            make(t.compute.launch_instance, paths::instance_launch(project)),
            make(t.image.create_image, paths::image_create(project)),
            make(t.compute.create_key_pair, paths::key_pair_create(project)),
            make(t.compute.import_key_pair, paths::key_pair_import(project)),
            make(t.network.create_network, paths::network_create(project)),
        ]
    });
    pages.chain(makes.into_iter().flatten()).collect()
}

#[component]
pub(super) fn Navigation(me: Signal<Me>) -> impl IntoView {
    let t = text();
    let path = use_location().pathname;
    // Where one is changes often, the project seldom: only the latter makes the links anew.
    let scope = Memo::new(move |_| me.with(|me| (me.project, me.role)));
    let place = move |place: Place| {
        let href = place.href.clone();
        let current =
            move || path.with(|path| path == &href || path.starts_with(&format!("{href}/"))).then_some("page");
        view! { <li><a href=place.href aria-current=current><Glyph icon=place.icon/><span>{place.title}</span></a></li> }
    };
    let area = move |(title, places): (&'static str, Vec<Place>)| {
        view! { <h2>{title}</h2><ul>{places.into_iter().map(place).collect_view()}</ul> }
    };
    view! {
        <nav class="side" id="navigation" popover="auto" aria-label=t.ui.navigation on:click=|event| hide_around(&event)>
            <a class="logo" href=move || paths::overview(scope.get().0)><Logo/><span>"Offing"</span></a>
            {move || scope.with(|(project, role)| areas(*project, *role)).into_iter().map(area).collect_view()}
        </nav>
    }
}
