//! Who may call what. Every server function and every route stands in a table here with the role it takes; one that does not fails the
//! test. What takes more than working in a project stands in `personas.rs`. Each is tried without a session, in a stranger's project, with
//! every role in the project, and by those who have their rights from elsewhere.

use crate::client::Client;
use crate::personas;
use crate::world::{World, world};
use api::{ProjectId, Role};
use axum::body::Body;
use axum::http::Method;
use axum::http::header::{ACCEPT, CONNECTION, ORIGIN, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};
use leptos::server_fn::axum::server_fn_paths;
use std::collections::BTreeSet;

/// A server function's name, the role that it takes, and its fields beside `project`.
type Call = (&'static str, Role, &'static [(&'static str, &'static str)]);

/// The server functions. Ids name nothing, so whoever may call gets 404 or
/// a fault of the form, never 401 or 403.
const CALLS: &[Call] = &[
    ("access_show", Role::Reader, &[]),
    ("audit_list", Role::Reader, &[]),
    ("audit_list_all", Role::Admin, &[]),
    ("class_extend", Role::Reader, &[("id", NOBODY)]),
    ("class_join_set", Role::Reader, &[("id", NOBODY)]),
    ("class_list", Role::Reader, &[]),
    ("class_remove", Role::Reader, &[("id", NOBODY), ("confirm", "c")]),
    ("class_reset", Role::Reader, &[("id", NOBODY)]),
    ("class_show", Role::Reader, &[("id", NOBODY)]),
    ("credential_create", Role::Reader, &[("name", "")]),
    ("credential_delete", Role::Reader, &[("id", NOBODY)]),
    ("credential_list", Role::Reader, &[]),
    ("credential_list_all", Role::Admin, &[]),
    ("credential_revoke", Role::Admin, &[("id", NOBODY)]),
    ("credential_roles", Role::Reader, &[]),
    ("flavor_list", Role::Reader, &[]),
    ("floating_ip_allocate", Role::Member, &[]),
    ("floating_ip_associate", Role::Member, &[("id", NOBODY), ("instance", NOBODY)]),
    ("floating_ip_disassociate", Role::Member, &[("id", NOBODY)]),
    ("floating_ip_give", Role::Member, &[("instance", NOBODY)]),
    ("floating_ip_list", Role::Reader, &[]),
    ("floating_ip_release", Role::Member, &[("id", NOBODY)]),
    ("hypervisor_list", Role::Admin, &[]),
    ("image_catalogue", Role::Reader, &[]),
    ("image_copy", Role::Member, &[("id", NOBODY), ("name", "n")]),
    ("image_deactivate", Role::Member, &[("id", NOBODY)]),
    ("image_delete", Role::Member, &[("id", NOBODY)]),
    ("image_delete_many", Role::Member, &[("ids[]", NOBODY)]),
    ("image_edit", Role::Member, &[("id", NOBODY), ("name", "n")]),
    ("image_form", Role::Reader, &[("id", NOBODY)]),
    ("image_import", Role::Member, &[("name", "n"), ("url", "ftp://example.org/")]),
    ("image_import_known", Role::Member, &[("key", "none")]),
    ("image_list", Role::Reader, &[]),
    ("image_list_all", Role::Admin, &[]),
    ("image_member_add", Role::Member, &[("id", NOBODY), ("member", NOBODY)]),
    ("image_member_list", Role::Reader, &[("id", NOBODY)]),
    ("image_member_remove", Role::Member, &[("id", NOBODY), ("member", NOBODY)]),
    ("image_reactivate", Role::Member, &[("id", NOBODY)]),
    ("image_shared_answer", Role::Member, &[("id", NOBODY), ("status", "accepted")]),
    ("image_shared_list", Role::Reader, &[]),
    ("image_show", Role::Reader, &[("id", NOBODY)]),
    ("image_store_show", Role::Admin, &[]),
    ("image_upload_begin", Role::Member, &[("name", "n"), ("size", "0")]),
    ("image_upload_show", Role::Reader, &[("id", NOBODY)]),
    ("instance_delete", Role::Member, &[("id", NOBODY)]),
    ("instance_launch", Role::Member, &[("name", "vm")]),
    ("instance_list", Role::Reader, &[]),
    ("instance_log", Role::Reader, &[("id", NOBODY)]),
    ("instance_reboot", Role::Member, &[("id", NOBODY), ("hard", "true")]),
    ("instance_show", Role::Reader, &[("id", NOBODY)]),
    ("instance_snapshot", Role::Member, &[("id", NOBODY), ("name", "n")]),
    ("instance_start", Role::Member, &[("id", NOBODY)]),
    ("instance_stop", Role::Member, &[("id", NOBODY)]),
    ("keypair_create", Role::Reader, &[("name", "k"), ("kind", "ed25519")]),
    ("keypair_delete", Role::Reader, &[("id", NOBODY)]),
    ("keypair_import", Role::Reader, &[("name", "k"), ("public_key", "ssh-ed25519")]),
    ("keypair_list", Role::Reader, &[]),
    ("keypair_show", Role::Reader, &[("id", NOBODY)]),
    ("me_show", Role::Reader, &[]),
    ("namespace_list", Role::Reader, &[("resource", "OS::Glance::Image")]),
    ("network_create", Role::Member, &[("name", "n"), ("cidr", "10.9.0.0/24")]),
    ("network_delete", Role::Member, &[("id", NOBODY)]),
    ("network_list", Role::Reader, &[]),
    ("network_show", Role::Reader, &[("id", NOBODY)]),
    ("operation_list", Role::Reader, &[]),
    ("operation_list_of", Role::Reader, &[("kind", "instance"), ("target", NOBODY)]),
    ("passkey_begin", Role::Reader, &[("name", "k"), ("password", "x")]),
    ("passkey_finish", Role::Reader, &[("passkey", "x"), ("credential", "{}")]),
    ("passkey_remove", Role::Reader, &[("id", NOBODY), ("password", "x")]),
    ("passkey_rename", Role::Reader, &[("id", NOBODY), ("name", "k"), ("password", "x")]),
    ("passkey_show", Role::Reader, &[("id", NOBODY)]),
    ("password_change", Role::Reader, &[("current", "x"), ("new", "correct horse"), ("again", "correct horse")]),
    ("preferences_set", Role::Reader, &[("page_size", "-1")]),
    ("preferences_show", Role::Reader, &[]),
    ("profile_set", Role::Reader, &[("email", "no address")]),
    ("profile_show", Role::Reader, &[]),
    ("properties_set", Role::Member, &[("kind", "instance"), ("id", NOBODY)]),
    ("properties_show", Role::Reader, &[("kind", "instance"), ("id", NOBODY)]),
    ("quota_request_create", Role::Member, &[("resource", "cores"), ("asked", "1"), ("reason", "x")]),
    ("quota_request_list", Role::Reader, &[]),
    ("quota_usage", Role::Reader, &[]),
    ("recovery_code_renew", Role::Reader, &[("password", "x")]),
    ("router_delete", Role::Member, &[("id", NOBODY)]),
    ("router_list", Role::Reader, &[]),
    ("seat_code_renew", Role::Reader, &[("id", NOBODY)]),
    ("seat_create", Role::Reader, &[("id", NOBODY), ("roster", "Ann")]),
    ("seat_list", Role::Reader, &[("class", NOBODY)]),
    ("seat_remove", Role::Reader, &[("id", NOBODY), ("confirm", "Ann")]),
    ("second_factor_show", Role::Reader, &[]),
    ("security_group_create", Role::Member, &[("name", "g")]),
    ("security_group_delete", Role::Member, &[("id", NOBODY)]),
    ("security_group_list", Role::Reader, &[]),
    ("security_group_rule_create", Role::Member, &[("group", NOBODY), ("direction", "ingress"), ("protocol", "tcp")]),
    ("security_group_rule_delete", Role::Member, &[("id", NOBODY)]),
    ("security_group_show", Role::Reader, &[("id", NOBODY)]),
    ("session_extend", Role::Reader, &[]),
    ("session_list", Role::Reader, &[]),
    ("session_revoke", Role::Reader, &[("id", NOBODY)]),
    ("session_revoke_others", Role::Reader, &[]),
    ("session_show", Role::Reader, &[]),
    ("starter_network_create", Role::Member, &[]),
    ("subnet_create", Role::Member, &[("network", NOBODY), ("cidr", "10.9.0.0/24")]),
    ("subnet_delete", Role::Member, &[("id", NOBODY)]),
    ("totp_begin", Role::Reader, &[("password", "x")]),
    ("totp_confirm", Role::Reader, &[("code", "x")]),
    ("totp_remove", Role::Reader, &[]),
];

/// The pages: the role that each takes; `{…}` stands for an id.
pub const PAGES: &[(&str, Role)] = &[
    ("/p/{project}/account/application-credentials", Role::Reader),
    ("/p/{project}/account/application-credentials/create", Role::Reader),
    ("/p/{project}/account/password", Role::Reader),
    ("/p/{project}/account/preferences", Role::Reader),
    ("/p/{project}/account/profile", Role::Reader),
    ("/p/{project}/account/second-factors", Role::Reader),
    ("/p/{project}/account/second-factors/{id}", Role::Reader),
    ("/p/{project}/account/sessions", Role::Reader),
    ("/p/{project}/admin/application-credentials", Role::Admin),
    ("/p/{project}/admin/audit", Role::Admin),
    ("/p/{project}/api-access", Role::Reader),
    ("/p/{project}/admin/hypervisors", Role::Admin),
    ("/p/{project}/audit", Role::Reader),
    ("/p/{project}/admin/images", Role::Admin),
    ("/p/{project}/classes", Role::Reader),
    ("/p/{project}/classes/{id}", Role::Reader),
    ("/p/{project}/flavors", Role::Reader),
    ("/p/{project}/flavors/{id}/metadata", Role::Reader),
    ("/p/{project}/floating-ips", Role::Reader),
    ("/p/{project}/images", Role::Reader),
    ("/p/{project}/images/create", Role::Reader),
    ("/p/{project}/images/shared", Role::Reader),
    ("/p/{project}/images/{id}", Role::Reader),
    ("/p/{project}/images/{id}/copy", Role::Reader),
    ("/p/{project}/images/{id}/edit", Role::Reader),
    ("/p/{project}/instances", Role::Reader),
    ("/p/{project}/instances/launch", Role::Reader),
    ("/p/{project}/instances/{id}", Role::Reader),
    ("/p/{project}/instances/{id}/metadata", Role::Reader),
    ("/p/{project}/instances/{id}/snapshot", Role::Reader),
    ("/p/{project}/key-pairs", Role::Reader),
    ("/p/{project}/key-pairs/create", Role::Reader),
    ("/p/{project}/key-pairs/import", Role::Reader),
    ("/p/{project}/key-pairs/{id}", Role::Reader),
    ("/p/{project}/networks", Role::Reader),
    ("/p/{project}/networks/create", Role::Reader),
    ("/p/{project}/networks/{id}", Role::Reader),
    ("/p/{project}/overview", Role::Reader),
    ("/p/{project}/quotas", Role::Reader),
    ("/p/{project}/security-groups", Role::Reader),
    ("/p/{project}/security-groups/{id}", Role::Reader),
];

/// Pages for everybody, signed in or not.
const PUBLIC_PAGES: &[&str] = &["/", "/dev/ui", "/join/{code}", "/sign-in"];

/// The edge's own routes, with the role that those in a project take.
const ROUTES: &[(&str, Option<Role>)] = &[
    ("/events", Some(Role::Reader)),
    ("/healthz", None),
    ("/join/{code}", None),
    ("/metrics", None),
    ("/p/{project}/admin/audit.csv", Some(Role::Admin)),
    ("/p/{project}/audit.csv", Some(Role::Reader)),
    ("/p/{project}/images/upload", Some(Role::Member)),
    ("/p/{project}/images/{id}/file", Some(Role::Member)),
    ("/p/{project}/instances/{id}/console/serial", Some(Role::Member)),
    ("/p/{project}/instances/{id}/console/vnc", Some(Role::Member)),
    ("/p/{project}/instances/{id}/log", Some(Role::Reader)),
    ("/preferences", None),
    ("/sign-in", None),
    ("/sign-in/passkey", None),
    ("/sign-in/provider/return", None),
    ("/sign-in/provider/{domain}", None),
    ("/sign-out", None),
];

pub const NOBODY: &str = "5b1c9c8e-6a4e-4a7e-9d0a-0d8c3f0f6f52";

#[test]
fn every_server_function_is_in_the_table() {
    let there: BTreeSet<String> = server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    let names = CALLS.iter().map(|(name, ..)| *name).chain(personas::CALLS.iter().map(|(name, ..)| *name));
    let known: BTreeSet<String> = names.map(|name| format!("/api/{name}")).collect();
    assert_eq!(there, known);
}

#[test]
fn every_page_is_in_the_table() {
    let there: BTreeSet<String> =
        leptos_axum::generate_route_list(app::App).iter().map(|route| route.path().to_owned()).collect();
    let guarded = personas::PAGES.iter().map(|(path, _)| *path).chain(personas::BARE_FORMS.iter().copied());
    let known = PAGES.iter().map(|(path, _)| *path).chain(PUBLIC_PAGES.iter().copied()).chain(guarded);
    let known = known.map(str::to_owned).collect();
    assert_eq!(there, known);
}

#[test]
fn every_route_of_the_edge_is_in_the_table() {
    // The router keeps no list; its source does.
    let source = include_str!("../../src/lib.rs");
    let paths = source.split(".route(").skip(1).filter_map(|rest| rest.split(',').next());
    let there: BTreeSet<String> =
        paths.map(|path| path.replace("pages::SIGN_IN", "/sign-in").trim_matches('"').to_owned()).collect();
    let known: BTreeSet<String> = ROUTES.iter().map(|(path, _)| (*path).to_owned()).collect();
    assert_eq!(there, known);
}

/// What a reader of a project is refused, with its fields: of both tables.
pub fn refused_to_readers() -> Vec<(&'static str, &'static [(&'static str, &'static str)])> {
    let here = CALLS.iter().filter(|(_, needs, _)| *needs > Role::Reader).map(|(name, _, fields)| (*name, *fields));
    here.chain(personas::CALLS.iter().map(|(name, _, fields)| (*name, *fields))).collect()
}

/// What takes an administrator of the project, but is shown to readers of the system as well.
const SYSTEM_READS: &[&str] = &[
    "audit_list_all",
    "hypervisor_list",
    "/p/{project}/admin/audit",
    "/p/{project}/admin/audit.csv",
    "/p/{project}/admin/hypervisors",
];

/// Those whose rights in the project come from elsewhere, or who run the cloud.
const ELSEWHERE: [&str; 4] = ["domain-manager", "system-reader", "project-admin", "system-admin"];

fn check_persona(what: &str, persona: &str, needs: Role, status: u16) {
    let may = match persona {
        "project-admin" | "system-admin" => true,
        "system-reader" => needs == Role::Reader || SYSTEM_READS.contains(&what),
        _ => needs == Role::Reader,
    };
    if may {
        assert!(![401, 403].contains(&status) && status < 500, "{what} as {persona}: {status}");
    } else {
        assert_eq!(status, 403, "{what} as {persona}");
    }
}

#[tokio::test]
async fn server_functions_by_those_from_elsewhere() {
    let (world, project) = people().await;
    let project = project.to_string();
    for persona in ELSEWHERE {
        let client = world.sign_in(persona).await;
        for (name, needs, fields) in CALLS {
            let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("project", project.as_str())]).collect();
            check_persona(name, persona, *needs, client.call(name, &fields).await.status);
        }
    }
}

#[tokio::test]
async fn pages_and_routes_by_those_from_elsewhere() {
    let (world, project) = people().await;
    for persona in ELSEWHERE {
        let client = world.sign_in(persona).await;
        for (pattern, needs) in PAGES {
            check_persona(pattern, persona, *needs, client.get(&filled(pattern, project)).await.status);
        }
        for (pattern, needs) in ROUTES.iter().filter_map(|(pattern, needs)| Some((pattern, (*needs)?))) {
            check_persona(pattern, persona, needs, open(&client, pattern, project).await);
        }
    }
}

/// Who is in no project has an account, and nothing else; whatever else is asked for there is refused and breaks nothing.
#[tokio::test]
async fn nowhere_is_only_ones_own_account() {
    let world = world().await;
    world.cloud.identity.user_create(&world.admin().await, "fresh", crate::world::PASSWORD).await.unwrap();
    let client = world.sign_in("fresh").await;
    let nowhere = ProjectId::NOWHERE.to_string();
    let own = [
        "me_show",
        "password_change",
        "preferences_",
        "profile_",
        "recovery_code",
        "second_factor",
        "session_",
        "totp_",
        "passkey",
    ];
    let known = CALLS.iter().map(|(name, _, fields)| (name, fields));
    for (name, fields) in known.chain(personas::CALLS.iter().map(|(name, _, fields)| (name, fields))) {
        let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("project", nowhere.as_str())]).collect();
        let status = client.call(name, &fields).await.status;
        let is_own = own.iter().any(|own| name.starts_with(own)) && !name.ends_with("_all") && !name.ends_with("_any");
        match is_own && *name != "session_revoke_user" {
            true => assert!(![401, 403].contains(&status) && status < 500, "{name}: {status}"),
            false => assert!([400, 403, 404].contains(&status), "{name}: {status}"),
        }
    }
}

/// A project `p` with every persona, and a stranger with a project of their own.
async fn people() -> (World, ProjectId) {
    let (world, project) = personas::everybody().await;
    let other = world.project("other").await;
    world.user("stranger", other, Role::Manager).await;
    (world, project)
}

#[tokio::test]
async fn server_functions() {
    let (world, project) = people().await;
    let project = project.to_string();
    let (visitor, stranger) = (world.visitor(), world.sign_in("stranger").await);
    for (name, needs, fields) in CALLS {
        let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("project", project.as_str())]).collect();
        assert_eq!(visitor.call(name, &fields).await.status, 401, "{name} without a session");
        assert_eq!(stranger.call(name, &fields).await.status, 404, "{name} in a stranger's project");
        for role in [Role::Reader, Role::Member, Role::Manager] {
            let status = world.sign_in(role.as_str()).await.call(name, &fields).await.status;
            check(name, role, *needs, status);
        }
    }
}

#[tokio::test]
async fn pages() {
    let (world, project) = people().await;
    let (visitor, stranger) = (world.visitor(), world.sign_in("stranger").await);
    for (pattern, needs) in PAGES {
        let path = filled(pattern, project);
        assert!(visitor.get(&path).await.location().starts_with("/sign-in"), "{pattern} without a session");
        assert_eq!(stranger.get(&path).await.status, 404, "{pattern} in a stranger's project");
        for role in [Role::Reader, Role::Member, Role::Manager] {
            check(pattern, role, *needs, world.sign_in(role.as_str()).await.get(&path).await.status);
        }
    }
}

#[tokio::test]
async fn routes() {
    let (world, project) = people().await;
    let (visitor, stranger) = (world.visitor(), world.sign_in("stranger").await);
    for (pattern, needs) in ROUTES.iter().filter_map(|(pattern, needs)| Some((pattern, (*needs)?))) {
        assert_eq!(open(&visitor, pattern, project).await, 401, "{pattern} without a session");
        assert_eq!(open(&stranger, pattern, project).await, 404, "{pattern} in a stranger's project");
        for role in [Role::Reader, Role::Member, Role::Manager] {
            check(pattern, role, needs, open(&world.sign_in(role.as_str()).await, pattern, project).await);
        }
    }
}

fn check(what: &str, role: Role, needs: Role, status: u16) {
    if role < needs {
        assert_eq!(status, 403, "{what} as {role}");
    } else {
        assert!(![401, 403].contains(&status) && status < 500, "{what} as {role}: {status}");
    }
}

pub fn filled(pattern: &str, project: ProjectId) -> String {
    let parts = pattern.split('/').map(|part| match part {
        "{project}" => project.to_string(),
        part if part.starts_with('{') => NOBODY.to_owned(),
        part => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Asks as the console's own script would.
async fn open(client: &Client, pattern: &str, project: ProjectId) -> u16 {
    let path = filled(pattern, project);
    let request = match pattern.rsplit('/').next().unwrap() {
        "file" => client.request(Method::PUT, &format!("{path}?offset=0")),
        "audit.csv" | "log" => client.request(Method::GET, &path),
        "create" | "second-factors" => {
            client.request(Method::POST, &path).header("content-type", "application/x-www-form-urlencoded")
        }
        "events" => client.request(Method::GET, &format!("{path}?project={project}")),
        "vnc" | "serial" => client
            .request(Method::GET, &path)
            .header(CONNECTION, "upgrade")
            .header(UPGRADE, "websocket")
            .header(SEC_WEBSOCKET_VERSION, "13")
            .header(SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ=="),
        _ => client.request(Method::POST, &path).header("content-type", "multipart/form-data; boundary=x"),
    };
    let request = request.header(ACCEPT, "application/json").header(ORIGIN, "http://cloud.example");
    let body = "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nn\r\n--x\r\nContent-Disposition: form-data; \
                name=\"file\"; filename=\"f\"\r\n\r\nnot an image\r\n--x--\r\n";
    client.open(request.body(Body::from(body)).unwrap()).await.status().as_u16()
}
