//! The way to every page, by area. On a narrow screen the same element is a drawer, opened from the bar.

use super::Logo;
use crate::i18n::text;
use crate::paths;
use crate::ui::{Entry, Glyph, Icon, hide_around};
use api::identity::Me;
use api::{Action, ProjectId};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// A page of the navigation.
struct Place {
    title: &'static str,
    icon: Icon,
    href: String,
}

/// The areas with their pages, as far as the policy lets them be used.
fn areas(project: ProjectId, may: &[Action]) -> Vec<(&'static str, Vec<Place>)> {
    let t = text();
    let place = |title, icon, href: fn(ProjectId) -> String| Place { title, icon, href: href(project) };
    let account = [
        (None, place(t.account.profile, Icon::User, paths::profile)),
        (None, place(t.account.second_factors, Icon::KeyPair, paths::second_factors)),
        (None, place(t.common.sessions, Icon::Console, paths::account_sessions)),
        (Some(Action::OwnCredential), place(t.access.credentials, Icon::KeyPair, paths::application_credentials)),
        (Some(Action::Read), place(t.access.title, Icon::Api, paths::api_access)),
        (None, place(t.account.preferences, Icon::Language, paths::preferences)),
        (Some(Action::Read), place(t.audit.title, Icon::Log, paths::audit)),
    ];
    let account = account.into_iter().filter(|(action, _)| action.is_none_or(|action| may.contains(&action)));
    let mut areas = Vec::new();
    let guarded = [
        (
            t.common.area_compute,
            vec![
                (Action::Read, place(t.common.overview, Icon::Overview, paths::overview)),
                (Action::Read, place(t.common.instances, Icon::Instance, paths::instances)),
                (Action::Read, place(t.common.images, Icon::Image, paths::images)),
                (Action::OwnKeypair, place(t.common.key_pairs, Icon::KeyPair, paths::key_pairs)),
                (Action::Read, place(t.common.flavors, Icon::Flavor, paths::flavors)),
                (Action::Read, place(t.common.quotas, Icon::Quota, paths::quotas)),
                (Action::ReadMembers, place(t.directory.members, Icon::Group, paths::members)),
            ],
        ),
        (
            t.common.area_network,
            vec![
                (Action::Read, place(t.common.networks, Icon::Network, paths::networks)),
                (Action::Read, place(t.common.floating_ips, Icon::FloatingIp, paths::floating_ips)),
                (Action::Read, place(t.common.security_groups, Icon::SecurityGroup, paths::security_groups)),
            ],
        ),
        (
            t.common.area_identity,
            vec![
                (Action::ReadProjects, place(t.common.projects, Icon::Project, paths::projects)),
                (Action::ReadUsers, place(t.common.users, Icon::User, paths::users)),
                (Action::ReadGroups, place(t.common.groups, Icon::Group, paths::groups)),
                (Action::TeachClasses, place(t.class.title, Icon::Class, paths::classes)),
                (Action::ReadDomains, place(t.common.domains, Icon::Domain, paths::domains)),
                (Action::ReadRoles, place(t.common.roles, Icon::Role, paths::roles)),
                (Action::ReadAssignments, place(t.common.assignments, Icon::Assignment, paths::assignments)),
                (Action::ReadQuotas, place(t.quota.all, Icon::Quota, paths::quota_defaults)),
                (Action::ReadPolicy, place(t.common.policy, Icon::Policy, paths::policy)),
            ],
        ),
        (
            t.common.area_admin,
            vec![
                (Action::ReadHosts, place(t.common.hypervisors, Icon::Hypervisor, paths::hypervisors)),
                (Action::ManageSessions, place(t.account.all_sessions, Icon::Console, paths::sessions)),
                (
                    Action::EveryCredential,
                    place(t.access.all_credentials, Icon::KeyPair, paths::application_credentials_of_all),
                ),
                (Action::ReadPasswordRules, place(t.account.rules, Icon::Lock, paths::password_rules)),
                (Action::ReadAudit, place(t.audit.all, Icon::Log, paths::audit_all)),
                (Action::EveryImage, place(t.image.all_images, Icon::Image, paths::images_of_all)),
            ],
        ),
    ];
    for (area, places) in guarded {
        let places: Vec<Place> =
            places.into_iter().filter(|(action, _)| may.contains(action)).map(|(_, place)| place).collect();
        if !places.is_empty() {
            areas.push((area, places));
        }
    }
    areas.push((t.common.area_account, account.map(|(_, place)| place).collect()));
    areas
}

/// All that the palette leads to: the pages, and what can be made.
pub(super) fn entries(project: ProjectId, may: &[Action]) -> Vec<Entry> {
    let t = text();
    let pages = areas(project, may).into_iter().flat_map(|(area, places)| {
        places.into_iter().map(move |place| Entry {
            label: place.title.into(),
            group: area.into(),
            icon: place.icon,
            href: place.href,
        })
    });
    let make = |label: &str, href| Entry { label: label.into(), group: t.common.create.into(), icon: Icon::Add, href };
    let makes = [
        (Action::Write, make(t.compute.launch_instance, paths::instance_launch(project))),
        (Action::Write, make(t.image.create_image, paths::image_create(project))),
        (Action::OwnKeypair, make(t.compute.create_key_pair, paths::key_pair_create(project))),
        (Action::OwnKeypair, make(t.compute.import_key_pair, paths::key_pair_import(project))),
        (Action::OwnCredential, make(t.access.create_credential, paths::application_credential_create(project))),
        (Action::Write, make(t.network.create_network, paths::network_create(project))),
        (Action::ManageProjects, make(t.directory.create_project, paths::project_create(project))),
        (Action::ManageUsers, make(t.directory.create_user, paths::user_create(project))),
        (Action::ManageClasses, make(t.class.create, paths::class_create(project))),
    ];
    let makes = makes.into_iter().filter(|(action, _)| may.contains(action)).map(|(_, entry)| entry);
    pages.chain(makes).collect()
}

#[component]
pub(super) fn Navigation(me: Signal<Me>) -> impl IntoView {
    let t = text();
    let path = use_location().pathname;
    // Where one is changes often, the project and what is allowed there seldom: only they make the links anew.
    let scope = Memo::new(move |_| me.with(|me| (me.project, me.actions.clone())));
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
            <a class="logo" href=move || paths::home(scope.with(|scope| scope.0))><Logo/><span>"Offing"</span></a>
            {move || scope.with(|(project, may)| areas(*project, may)).into_iter().map(area).collect_view()}
        </nav>
    }
}
