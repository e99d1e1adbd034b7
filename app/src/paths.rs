//! Every link of the console. The project is part of the address, so that two tabs can hold two projects and links can be shared.

use api::{
    ClassId, DomainId, FlavorId, GroupId, ImageId, InstanceId, KeypairId, Kind, ListQuery, NetworkId, PasskeyId,
    ProjectId, RoleId, SecurityGroupId, UserId,
};
use std::fmt::Display;

pub const SIGN_IN: &str = "/sign-in";
/// Where providers of identity send people back to.
pub const PROVIDER_RETURN: &str = "/sign-in/provider/return";
/// Tells scripts, by a POST with the form's `ticket`, which passkeys to ask for.
pub const SIGN_IN_PASSKEY: &str = "/sign-in/passkey";
/// Takes a POST.
pub const SIGN_OUT: &str = "/sign-out";
/// Takes a POST with any of `theme`, `lang`, and `return`, the local address to go back to.
pub const PREFERENCES: &str = "/preferences";
/// The page behind a code; takes a POST with its form.
pub fn join(code: &str) -> String {
    format!("/join/{}", percent_encoded(code))
}

pub const DEV_UI: &str = "/dev/ui";

macro_rules! pages {
    ($($(#[$doc:meta])* $name:ident = $rest:literal;)*) => {$(
        $(#[$doc])*
        pub fn $name(project: ProjectId) -> String {
            within(project, $rest)
        }
    )*};
}

pages! {
    overview = "overview";
    instances = "instances";
    instance_launch = "instances/launch";
    images = "images";
    image_create = "images/create";
    /// What others share with the project.
    images_shared = "images/shared";
    /// Takes a POST with the form of `image_create`.
    image_upload = "images/upload";
    /// An administrator's page: every project's images.
    images_of_all = "admin/images";
    key_pairs = "key-pairs";
    key_pair_create = "key-pairs/create";
    key_pair_import = "key-pairs/import";
    flavors = "flavors";
    networks = "networks";
    network_create = "networks/create";
    floating_ips = "floating-ips";
    security_groups = "security-groups";
    profile = "account/profile";
    password = "account/password";
    /// Takes a POST with the forms that are answered with recovery codes.
    second_factors = "account/second-factors";
    account_sessions = "account/sessions";
    preferences = "account/preferences";
    api_access = "api-access";
    application_credentials = "account/application-credentials";
    application_credential_create = "account/application-credentials/create";
    application_credentials_of_all = "admin/application-credentials";
    sessions = "admin/sessions";
    password_rules = "admin/password-rules";
    audit = "audit";
    /// The same as a file.
    audit_csv = "audit.csv";
    audit_all = "admin/audit";
    audit_all_csv = "admin/audit.csv";
    /// An administrator's page; the project stays in the address so that the way back is not lost.
    hypervisors = "admin/hypervisors";
    projects = "admin/projects";
    project_create = "admin/projects/create";
    users = "admin/users";
    user_create = "admin/users/create";
    groups = "admin/groups";
    group_create = "admin/groups/create";
    domains = "admin/domains";
    domain_create = "admin/domains/create";
    roles = "admin/roles";
    role_create = "admin/roles/create";
    assignments = "admin/assignments";
    assignment_create = "admin/assignments/create";
    policy = "admin/policy";
    classes = "classes";
    class_create = "classes/create";
    quotas = "quotas";
    members = "members";
    quota_defaults = "admin/quotas";
}

macro_rules! pages_of {
    ($($(#[$doc:meta])* $name:ident($id:ty) = $rest:literal;)*) => {$(
        $(#[$doc])*
        pub fn $name(project: ProjectId, id: $id) -> String {
            within(project, format_args!($rest, id))
        }
    )*};
}

pages_of! {
    project(ProjectId) = "admin/projects/{}";
    project_delete(ProjectId) = "admin/projects/{}/delete";
    project_edit(ProjectId) = "admin/projects/{}/edit";
    user(UserId) = "admin/users/{}";
    user_edit(UserId) = "admin/users/{}/edit";
    group(GroupId) = "admin/groups/{}";
    domain(DomainId) = "admin/domains/{}";
    role(RoleId) = "admin/roles/{}";
    class(ClassId) = "classes/{}";
    class_edit(ClassId) = "classes/{}/edit";
}

/// The page of a class whose id stands in the address.
pub fn class_text(project: ProjectId, id: &str) -> String {
    within(project, format_args!("classes/{id}"))
}

pub fn instance(project: ProjectId, id: InstanceId) -> String {
    within(project, format_args!("instances/{id}"))
}

pub fn instance_snapshot(project: ProjectId, id: InstanceId) -> String {
    within(project, format_args!("instances/{id}/snapshot"))
}

pub fn instance_properties(project: ProjectId, id: InstanceId) -> String {
    within(project, format_args!("instances/{id}/metadata"))
}

pub fn flavor_properties(project: ProjectId, id: FlavorId) -> String {
    within(project, format_args!("flavors/{id}/metadata"))
}

/// The stream of an instance's console log, from that byte on.
pub fn instance_log_stream(project: ProjectId, id: InstanceId, from: u64) -> String {
    within(project, format_args!("instances/{id}/log?from={from}"))
}

pub fn key_pair(project: ProjectId, id: KeypairId) -> String {
    within(project, format_args!("key-pairs/{id}"))
}

pub fn image(project: ProjectId, id: ImageId) -> String {
    within(project, format_args!("images/{id}"))
}

/// Takes a PUT with a chunk of the image's file, which begins at that byte.
pub fn image_file(project: ProjectId, id: ImageId, offset: u64) -> String {
    within(project, format_args!("images/{id}/file?offset={offset}"))
}

/// The image's data.
pub fn image_data(project: ProjectId, id: ImageId) -> String {
    within(project, format_args!("images/{id}/file"))
}

pub fn image_copy(project: ProjectId, id: ImageId) -> String {
    within(project, format_args!("images/{id}/copy"))
}

/// Whom an image is shared with.
pub fn image_members(project: ProjectId, id: ImageId) -> String {
    within(project, format_args!("images/{id}?tab=members"))
}

pub fn image_edit(project: ProjectId, id: ImageId) -> String {
    within(project, format_args!("images/{id}/edit"))
}

pub fn network(project: ProjectId, id: NetworkId) -> String {
    within(project, format_args!("networks/{id}"))
}

pub fn security_group(project: ProjectId, id: SecurityGroupId) -> String {
    within(project, format_args!("security-groups/{id}"))
}

/// The way to a domain's provider of identity, and from there to `next`.
pub fn sign_in_with(domain: DomainId, next: &str) -> String {
    with_query(&format!("{SIGN_IN}/provider/{domain}"), &[("next", next)])
}

/// The provider of identity of a domain.
pub fn provider(project: ProjectId, id: DomainId) -> String {
    within(project, format_args!("admin/domains/{id}/provider"))
}

pub fn passkey(project: ProjectId, id: PasskeyId) -> String {
    within(project, format_args!("account/second-factors/{id}"))
}

pub fn domain_password_rules(project: ProjectId, id: DomainId) -> String {
    within(project, format_args!("admin/password-rules/{id}"))
}

/// The page of a thing that is known by its kind and id only, or the list it stands in; `None` for what has no page.
pub fn target(project: ProjectId, kind: Kind, id: &str) -> Option<String> {
    Some(match kind {
        Kind::Instance => instance(project, id.parse().ok()?),
        Kind::Image => image(project, id.parse().ok()?),
        Kind::Network => network(project, id.parse().ok()?),
        Kind::SecurityGroup => security_group(project, id.parse().ok()?),
        Kind::Keypair => key_pair(project, id.parse().ok()?),
        Kind::Flavor => flavors(project),
        Kind::FloatingIp => floating_ips(project),
        Kind::Subnet | Kind::Router | Kind::Port => networks(project),
        Kind::SecurityGroupRule => security_groups(project),
        Kind::Host => hypervisors(project),
        Kind::Session => account_sessions(project),
        Kind::ApplicationCredential => application_credentials(project),
        Kind::Passkey => second_factors(project),
        Kind::Domain => domain(project, id.parse().ok()?),
        Kind::Project => self::project(project, id.parse().ok()?),
        Kind::User => user(project, id.parse().ok()?),
        Kind::Group => group(project, id.parse().ok()?),
        Kind::Role => role(project, id.parse().ok()?),
        Kind::Assignment => assignments(project),
        Kind::Quota => quotas(project),
        Kind::Class => class(project, id.parse().ok()?),
        Kind::Seat => classes(project),
        Kind::Operation => return None,
    })
}

/// Where somebody begins: in the project, or with their own account.
pub fn home(project: ProjectId) -> String {
    if project == ProjectId::NOWHERE { profile(project) } else { overview(project) }
}

/// The same page in another project: lists stay, pages of one thing fall back to their list, because the thing is not there.
pub fn in_project(path: &str, project: ProjectId) -> String {
    let mut parts = path.trim_start_matches('/').split('/');
    let (Some("p"), Some(_), Some(area)) = (parts.next(), parts.next(), parts.next()) else { return overview(project) };
    match (area, parts.next()) {
        ("admin" | "account", Some(page)) => within(project, format_args!("{area}/{page}")),
        ("admin" | "account", None) => overview(project),
        (list, _) => within(project, list),
    }
}

/// The address `path` with the list's filter, order and place in it.
pub fn list(path: &str, query: &ListQuery) -> String {
    let limit = if query.limit == 0 { String::new() } else { query.limit.to_string() };
    with_query(
        path,
        &[
            ("search", &query.search),
            ("status", &query.status),
            ("sort", &query.sort),
            ("after", &query.after),
            ("before", &query.before),
            ("limit", &limit),
        ],
    )
}

/// `path` with those of the parameters that are not empty.
pub fn with_query(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut url = path.to_owned();
    for (name, value) in parameters.iter().filter(|(_, value)| !value.is_empty()) {
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str(name);
        url.push('=');
        url.push_str(&percent_encoded(value));
    }
    url
}

fn within(project: ProjectId, rest: impl Display) -> String {
    format!("/p/{project}/{rest}")
}

/// Percent-encodes all but RFC 3986's unreserved characters.
pub fn percent_encoded(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => _ = write!(out, "%{byte:02X}"),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROJECT: &str = "0af7651916cd43dd8448eb211c80319c";

    fn project() -> ProjectId {
        PROJECT.parse().unwrap()
    }

    #[test]
    fn another_project_keeps_the_area() {
        fn check(path: &str, expected: &str) {
            assert_eq!(in_project(path, project()), format!("/p/{PROJECT}/{expected}"), "{path}");
        }
        check("/p/x/instances", "instances");
        check("/p/x/instances/5b1c", "instances");
        check("/p/x/instances/launch", "instances");
        check("/p/x/admin/hypervisors", "admin/hypervisors");
        check("/p/x/admin", "overview");
        check("/p/x", "overview");
        check("/sign-in", "overview");
    }

    #[test]
    fn queries_are_encoded() {
        let query = ListQuery { search: "웹 a&b=c".into(), sort: "-name".into(), limit: 50, ..ListQuery::default() };
        assert_eq!(list("/x", &query), "/x?search=%EC%9B%B9%20a%26b%3Dc&sort=-name&limit=50");
        assert_eq!(list("/x", &ListQuery::default()), "/x");
    }
}
