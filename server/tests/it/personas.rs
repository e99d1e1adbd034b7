//! The personas of OpenStack's secure RBAC, each tried on every function and page of administration. What those who only work in a
//! project may do stands in `unauthorized.rs`; both tables together know everything there is.

use crate::unauthorized::{NOBODY, filled};
use crate::world::{World, world};
use api::directory::{Directory as _, NewAssignment, NewProject};
use api::{ProjectId, Role};

/// Who may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Whoever runs the project, manages its domain, or looks at the whole system.
    Members,
    /// Who manages a domain, and those who look at the whole system.
    Directory,
    /// Who manages a domain.
    DirectoryWrite,
    /// Those who look at the whole system.
    System,
    /// Who runs the cloud.
    Cloud,
}

impl Needs {
    /// The personas that may, by the names of their users here.
    fn who(self) -> &'static [&'static str] {
        match self {
            Self::Members => &["manager", "domain-manager", "system-reader", "system-admin", "project-admin"],
            Self::Directory => &["domain-manager", "system-reader", "system-admin", "project-admin"],
            Self::DirectoryWrite => &["domain-manager", "system-admin", "project-admin"],
            Self::System => &["system-reader", "system-admin", "project-admin"],
            Self::Cloud => &["system-admin", "project-admin"],
        }
    }
}

const PERSONAS: [&str; 7] =
    ["reader", "member", "manager", "domain-manager", "system-reader", "system-admin", "project-admin"];

type Call = (&'static str, Needs, &'static [(&'static str, &'static str)]);

/// The server functions of administration, with their fields beside `project`. Ids name nothing.
pub const CALLS: &[Call] = &[
    ("assignment_create", Needs::DirectoryWrite, &[("actor_kind", "user"), ("role", "member")]),
    ("assignment_delete", Needs::DirectoryWrite, &[("id", NOBODY)]),
    ("assignment_list", Needs::Directory, &[]),
    ("audit_list_of", Needs::Directory, &[("of", "user"), ("id", NOBODY)]),
    ("directory_change_many", Needs::DirectoryWrite, &[("kind", "user"), ("verb", "disable"), ("ids[]", NOBODY)]),
    ("class_create", Needs::DirectoryWrite, &[("name", "c")]),
    ("class_form", Needs::DirectoryWrite, &[]),
    ("class_update", Needs::DirectoryWrite, &[("id", NOBODY)]),
    ("domain_create", Needs::Cloud, &[("name", "d")]),
    ("domain_delete", Needs::Cloud, &[("id", NOBODY)]),
    ("domain_enable", Needs::Cloud, &[("id", NOBODY), ("enabled", "false")]),
    ("domain_list", Needs::Directory, &[]),
    ("domain_show", Needs::Directory, &[("id", NOBODY)]),
    ("domain_update", Needs::Cloud, &[("id", NOBODY), ("name", "d")]),
    ("group_create", Needs::DirectoryWrite, &[("name", "g")]),
    ("group_delete", Needs::DirectoryWrite, &[("id", NOBODY)]),
    ("group_list", Needs::Directory, &[]),
    ("group_list_of", Needs::Directory, &[("user", NOBODY)]),
    ("group_member_add", Needs::DirectoryWrite, &[("id", NOBODY), ("users[]", "u")]),
    ("group_member_list", Needs::Directory, &[("id", NOBODY)]),
    ("group_member_remove", Needs::DirectoryWrite, &[("id", NOBODY), ("user", NOBODY)]),
    ("group_show", Needs::Directory, &[("id", NOBODY)]),
    ("group_update", Needs::DirectoryWrite, &[("id", NOBODY), ("name", "g")]),
    ("password_rules_list", Needs::Directory, &[]),
    ("password_rules_set", Needs::Cloud, &[("domain", NOBODY)]),
    ("password_rules_show", Needs::Directory, &[("domain", NOBODY)]),
    ("policy_list", Needs::Directory, &[]),
    ("policy_simulate", Needs::Directory, &[("user", "nobody"), ("target", "nowhere")]),
    ("project_create", Needs::DirectoryWrite, &[("name", "q")]),
    ("project_delete", Needs::DirectoryWrite, &[("id", NOBODY), ("confirm", "q")]),
    ("project_enable", Needs::DirectoryWrite, &[("id", NOBODY), ("enabled", "false")]),
    ("project_list", Needs::Directory, &[]),
    ("project_show", Needs::Directory, &[("id", NOBODY)]),
    ("project_update", Needs::DirectoryWrite, &[("id", NOBODY), ("name", "q")]),
    ("provider_remove", Needs::Cloud, &[("id", NOBODY)]),
    ("provider_set", Needs::Cloud, &[("id", NOBODY), ("name", "n")]),
    ("provider_show", Needs::Cloud, &[("id", NOBODY)]),
    ("provider_test", Needs::Cloud, &[("id", NOBODY)]),
    ("quota_default_list", Needs::Directory, &[]),
    ("quota_default_update", Needs::Cloud, &[]),
    ("quota_list", Needs::Directory, &[]),
    ("quota_request_decide", Needs::Cloud, &[("id", NOBODY), ("approve", "true")]),
    ("quota_request_list_all", Needs::Directory, &[]),
    ("quota_show", Needs::Directory, &[("id", NOBODY)]),
    ("quota_update", Needs::Cloud, &[("id", NOBODY)]),
    ("role_create", Needs::Cloud, &[("name", "r")]),
    ("role_delete", Needs::Cloud, &[("id", NOBODY)]),
    ("role_list", Needs::Directory, &[]),
    ("role_show", Needs::Directory, &[("id", NOBODY)]),
    ("role_update", Needs::Cloud, &[("id", NOBODY), ("name", "r")]),
    ("session_list_all", Needs::DirectoryWrite, &[]),
    ("session_revoke_any", Needs::DirectoryWrite, &[("id", NOBODY)]),
    ("session_revoke_user", Needs::DirectoryWrite, &[("user", NOBODY)]),
    ("user_create", Needs::DirectoryWrite, &[("name", "v"), ("password", "correct horse")]),
    ("user_delete", Needs::DirectoryWrite, &[("id", NOBODY)]),
    ("user_enable", Needs::DirectoryWrite, &[("id", NOBODY), ("enabled", "false")]),
    ("user_factors_remove", Needs::DirectoryWrite, &[("id", NOBODY)]),
    ("user_federate", Needs::DirectoryWrite, &[("id", NOBODY)]),
    ("user_list", Needs::Directory, &[]),
    ("user_password_set", Needs::DirectoryWrite, &[("id", NOBODY), ("password", "correct horse")]),
    ("user_show", Needs::Directory, &[("id", NOBODY)]),
    ("user_unlock", Needs::DirectoryWrite, &[("id", NOBODY)]),
    ("user_update", Needs::DirectoryWrite, &[("id", NOBODY), ("name", "v")]),
];

/// The pages of administration.
pub const PAGES: &[(&str, Needs)] = &[
    ("/p/{project}/admin/assignments", Needs::Directory),
    ("/p/{project}/admin/assignments/create", Needs::Directory),
    ("/p/{project}/admin/domains", Needs::Directory),
    ("/p/{project}/admin/domains/{id}", Needs::Directory),
    ("/p/{project}/admin/domains/{id}/provider", Needs::Cloud),
    ("/p/{project}/admin/groups", Needs::Directory),
    ("/p/{project}/admin/groups/create", Needs::Directory),
    ("/p/{project}/admin/groups/{id}", Needs::Directory),
    ("/p/{project}/admin/password-rules", Needs::Directory),
    ("/p/{project}/admin/password-rules/{domain}", Needs::Directory),
    ("/p/{project}/admin/policy", Needs::Directory),
    ("/p/{project}/admin/projects", Needs::Directory),
    ("/p/{project}/admin/projects/create", Needs::Directory),
    ("/p/{project}/admin/projects/{id}", Needs::Directory),
    ("/p/{project}/admin/projects/{id}/delete", Needs::Directory),
    ("/p/{project}/admin/projects/{id}/edit", Needs::Directory),
    ("/p/{project}/admin/quotas", Needs::Directory),
    ("/p/{project}/admin/roles", Needs::Directory),
    ("/p/{project}/admin/roles/create", Needs::Directory),
    ("/p/{project}/admin/roles/{id}", Needs::Directory),
    ("/p/{project}/admin/sessions", Needs::DirectoryWrite),
    ("/p/{project}/admin/users", Needs::Directory),
    ("/p/{project}/admin/users/create", Needs::Directory),
    ("/p/{project}/admin/users/{id}", Needs::Directory),
    ("/p/{project}/admin/users/{id}/edit", Needs::Directory),
    ("/p/{project}/classes/create", Needs::DirectoryWrite),
    ("/p/{project}/classes/{id}/edit", Needs::DirectoryWrite),
    ("/p/{project}/members", Needs::Members),
];

/// Forms that read nothing: shown to all, but without a button that can be pressed.
pub const BARE_FORMS: &[&str] = &["/p/{project}/admin/domains/create"];

/// A project `p` with every persona, named by it.
pub async fn everybody() -> (World, ProjectId) {
    let world = world().await;
    let project = world.with_every_role().await;
    world.user("project-admin", project, Role::Admin).await;
    let admin = world.admin().await;
    let directory = &world.cloud.directory;
    for (name, role, kind) in [
        ("domain-manager", "manager", "domain"),
        ("system-reader", "reader", "system"),
        ("system-admin", "admin", "system"),
    ] {
        world.cloud.identity.user_create(&admin, name, crate::world::PASSWORD).await.unwrap();
        let place = if kind == "domain" { "Default" } else { "" };
        let new = NewAssignment {
            actor_kind: "user".into(),
            actor: name.into(),
            place_kind: kind.into(),
            place: place.into(),
            role: role.into(),
            inherited: false,
        };
        directory.assignment_create(&admin, new).await.unwrap();
    }
    (world, project)
}

fn check(what: &str, persona: &str, needs: Needs, status: u16) {
    if needs.who().contains(&persona) {
        assert!(![401, 403].contains(&status) && status < 500, "{what} as {persona}: {status}");
    } else {
        assert_eq!(status, 403, "{what} as {persona}");
    }
}

#[tokio::test]
async fn server_functions_of_administration() {
    let (world, project) = everybody().await;
    let project = project.to_string();
    let other = world.project("other").await;
    world.user("stranger", other, Role::Manager).await;
    let (visitor, stranger) = (world.visitor(), world.sign_in("stranger").await);
    for (name, _, fields) in CALLS {
        let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("project", project.as_str())]).collect();
        assert_eq!(visitor.call(name, &fields).await.status, 401, "{name} without a session");
        assert_eq!(stranger.call(name, &fields).await.status, 404, "{name} in a stranger's project");
    }
    for persona in PERSONAS {
        let client = world.sign_in(persona).await;
        for (name, needs, fields) in CALLS {
            let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("project", project.as_str())]).collect();
            check(name, persona, *needs, client.call(name, &fields).await.status);
        }
    }
}

#[tokio::test]
async fn who_runs_a_project_sees_its_members() {
    let (world, project) = everybody().await;
    let project = project.to_string();
    let fields = [("project", project.as_str()), ("of", "project"), ("id", project.as_str())];
    for persona in PERSONAS {
        let status = world.sign_in(persona).await.call("assignment_list", &fields).await.status;
        check("the members of the project", persona, Needs::Members, status);
    }
}

#[tokio::test]
async fn pages_of_administration() {
    let (world, project) = everybody().await;
    for persona in PERSONAS {
        let client = world.sign_in(persona).await;
        for (pattern, needs) in PAGES {
            check(pattern, persona, *needs, client.get(&filled(pattern, project)).await.status);
        }
        for pattern in BARE_FORMS {
            assert_eq!(client.get(&filled(pattern, project)).await.status, 200, "{pattern} as {persona}");
        }
    }
}

#[tokio::test]
async fn areas_that_nobody_in_the_role_can_use_are_hidden() {
    let (world, project) = everybody().await;
    for persona in PERSONAS {
        let page = world.sign_in(persona).await.get(&format!("/p/{project}/overview")).await;
        let shown = page.text().contains(&format!("/p/{project}/admin/users"));
        assert_eq!(shown, Needs::Directory.who().contains(&persona), "{persona}");
        let hosts = page.text().contains(&format!("/p/{project}/admin/hypervisors"));
        assert_eq!(hosts, Needs::System.who().contains(&persona), "{persona}");
    }
}

/// A manager of one domain knows nothing of another, and cannot reach for the powers of those who run the cloud.
#[tokio::test]
async fn security_24_a_domain_ends_at_its_border() {
    let (world, project) = everybody().await;
    let admin = world.admin().await;
    let directory = &world.cloud.directory;
    let form = api::directory::DomainForm { name: "elsewhere".into(), ..Default::default() };
    let domain = directory.domain_create(&admin, form).await.unwrap();
    let new = NewProject { name: "theirs".into(), domain: domain.to_string(), ..NewProject::default() };
    let theirs = directory.project_create(&admin, new).await.unwrap();

    let manager = world.caller(world.user_of("domain-manager").await, project).await;
    let found = directory.project_list(&manager, &Default::default()).await.unwrap();
    assert!(found.items.iter().all(|it| it.domain != domain) && found.total >= 2);
    assert!(matches!(directory.project_show(&manager, theirs).await, Err(api::Error::NotFound { .. })));
    assert!(matches!(directory.project_enable(&manager, theirs, false).await, Err(api::Error::NotFound { .. })));

    let assign = |role: &str, kind: &str, place: String| NewAssignment {
        actor_kind: "user".into(),
        actor: "member".into(),
        place_kind: kind.into(),
        place,
        role: role.into(),
        inherited: false,
    };
    for (role, kind, place) in [
        ("admin", "project", project.to_string()),
        ("reader", "system", String::new()),
        ("admin", "domain", "Default".into()),
    ] {
        let refused = directory.assignment_create(&manager, assign(role, kind, place)).await;
        assert!(matches!(refused, Err(api::Error::Forbidden { .. })), "{role} on {kind}: {refused:?}");
    }
    let refused = directory.assignment_create(&manager, assign("member", "project", theirs.to_string())).await;
    assert!(matches!(refused, Err(api::Error::Invalid(_))), "{refused:?}");

    let quota = api::quota::Quotas::quota_show(&*world.cloud.quotas, &manager, theirs).await;
    assert!(matches!(quota, Err(api::Error::NotFound { .. })), "{quota:?}");
    let all = api::quota::Quotas::quota_list(&*world.cloud.quotas, &manager, &Default::default()).await.unwrap();
    assert!(all.total >= 2 && all.items.iter().all(|it| it.project != theirs));
    let rules = api::account::Account::password_rules_list(&*world.cloud.identity, &manager).await.unwrap();
    assert_eq!(rules.iter().map(|of| of.domain_name.as_str()).collect::<Vec<_>>(), ["Default"]);

    // Sessions: those of the domain, but not of those who run the cloud.
    let account = &world.cloud.identity;
    let (client, office) = (world.sign_in("member").await, world.sign_in("admin").await);
    let member = world.user_of("member").await;
    api::account::Account::session_revoke_user(&**account, &manager, member).await.unwrap();
    assert_eq!(client.get("/").await.location(), "/sign-in");
    let refused = api::account::Account::session_revoke_user(&**account, &manager, admin.user).await;
    assert!(matches!(refused, Err(api::Error::Forbidden { .. })), "{refused:?}");
    assert_ne!(office.get("/").await.location(), "/sign-in");
    let new = api::directory::NewUser {
        domain: domain.to_string(),
        name: "zoe".into(),
        password: crate::world::PASSWORD.into(),
        ..Default::default()
    };
    let zoe = directory.user_create(&admin, new).await.unwrap();
    let refused = api::account::Account::session_revoke_user(&**account, &manager, zoe).await;
    assert!(matches!(refused, Err(api::Error::NotFound { .. })), "{refused:?}");

    // The cloud's admin lives in the same domain: whoever sets that password is the admin.
    let refused = directory.user_password_set(&manager, admin.user, "correct horse battery").await;
    assert!(matches!(refused, Err(api::Error::Forbidden { .. })), "{refused:?}");
    assert!(directory.assignment_create(&manager, assign("manager", "project", project.to_string())).await.is_ok());
}
