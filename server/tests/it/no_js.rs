//! Every form of the console, as a browser without scripts has it. All pages are walked, with their tabs and their questions; each form
//! that posts has to stand in the table, lead to something that is there, and hold what that needs.

use crate::client::Client;
use crate::world::{World, world};
use crate::{personas, unauthorized};
use api::class::{Classes as _, NewClass};
use api::compute::{Compute as _, KeyType};
use api::directory::{Directory as _, DomainForm, GroupForm, NewAssignment, RoleForm};
use api::image::{ImageChange, Images as _};
use api::network::Networks as _;
use api::provider::{ProviderForm, Providers as _};
use api::{Caller, ListQuery, ProjectId, UserId};
use scraper::Selector;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What the forms post to: server functions by their names, the edge's own addresses as they are.
const FORMS: &[&str] = &[
    "/p/{project}/images/upload",
    "/preferences",
    "/sign-out",
    "assignment_create",
    "assignment_delete",
    "class_create",
    "class_extend",
    "class_join_set",
    "class_remove",
    "class_reset",
    "class_update",
    "credential_create",
    "directory_change_many",
    "domain_create",
    "domain_enable",
    "domain_update",
    "floating_ip_allocate",
    "floating_ip_give",
    "floating_ip_release",
    "group_create",
    "group_delete",
    "group_member_add",
    "group_member_remove",
    "group_update",
    "image_copy",
    "image_deactivate",
    "image_delete",
    "image_delete_many",
    "image_edit",
    "image_import",
    "image_import_known",
    "image_member_add",
    "image_member_remove",
    "image_reactivate",
    "image_shared_answer",
    "instance_delete",
    "instance_launch",
    "instance_reboot",
    "instance_snapshot",
    "instance_stop",
    "keypair_create",
    "keypair_delete",
    "keypair_import",
    "network_create",
    "passkey_begin",
    "passkey_remove",
    "passkey_rename",
    "password_change",
    "password_rules_set",
    "preferences_set",
    "profile_set",
    "project_create",
    "project_delete",
    "project_enable",
    "project_update",
    "properties_set",
    "provider_remove",
    "provider_set",
    "provider_test",
    "quota_default_update",
    "quota_request_create",
    "quota_update",
    "recovery_code_renew",
    "role_create",
    "role_delete",
    "role_update",
    "seat_code_renew",
    "seat_create",
    "seat_remove",
    "security_group_create",
    "security_group_delete",
    "security_group_rule_create",
    "security_group_rule_delete",
    "session_revoke",
    "session_revoke_any",
    "session_revoke_others",
    "session_revoke_user",
    "subnet_create",
    "subnet_delete",
    "totp_begin",
    "user_create",
    "user_delete",
    "user_enable",
    "user_federate",
    "user_password_set",
    "user_update",
];

/// Somebody else's project: whoever posts there is told that there is none, once the form has been understood.
const NOWHERE: &str = unauthorized::NOBODY;

const PASSKEY: &str = "8d0f6a4e-3c1b-4f55-9a57-2f6f1f0c9b21";

/// A passkey of the administrator's, who has signed in already: from now on it is asked for. Only a device can make one, but it takes none
/// to look at it.
async fn with_passkey(world: &World, admin: UserId) {
    let mut tx = world.cloud.db().begin().await.unwrap();
    sqlx::query(
        "insert into passkey (id, user_id, name, credential_id, credential, created_at) values ($1, $2, 'laptop', 'x', '{}', 1)",
    )
    .bind(PASSKEY)
    .bind(admin.0.to_string())
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

/// One of each thing that a page is about, by the first part of its address.
async fn everything(world: &World) -> (Caller, BTreeMap<&'static str, String>) {
    let admin = world.admin().await;
    let project = world.project("p").await;
    let caller = Caller { project, project_name: "p".into(), ..admin.clone() };
    let (cloud, directory) = (&world.cloud, &world.cloud.directory);
    let instance = world.launch(&caller, "vm").await;
    world.settle().await;
    let keypair = cloud.compute.keypair_create(&caller, "key", KeyType::Ed25519).await.unwrap().keypair.id;
    let networks = cloud.networks.network_list(&caller, &ListQuery::default()).await.unwrap().items;
    let network = networks.iter().find(|network| !network.external).unwrap().id;
    let group = cloud.networks.security_group_list(&caller).await.unwrap()[0].id;
    cloud.networks.security_group_create(&caller, "web", "").await.unwrap();
    cloud.networks.floating_ip_allocate(&caller).await.unwrap();
    let guest = cloud.images.image_list(&caller, &ListQuery::default()).await.unwrap().items[0].id;
    let image = cloud.images.image_copy(&caller, guest, "own").await.unwrap();
    let shared = ImageChange {
        name: "own".into(),
        visibility: "shared".into(),
        min_disk_gb: "1".into(),
        ..ImageChange::default()
    };
    cloud.images.image_edit(&caller, image, shared).await.unwrap();
    cloud.images.image_member_add(&caller, image, &admin.project.to_string()).await.unwrap();
    let asleep = cloud.images.image_copy(&caller, guest, "asleep").await.unwrap();
    cloud.images.image_deactivate(&caller, asleep).await.unwrap();
    let flavor = cloud.compute.flavor_list(&caller).await.unwrap()[0].id;
    let user = world.user("someone", project, api::Role::Member).await;
    let domain =
        directory.domain_create(&admin, DomainForm { name: "d".into(), ..DomainForm::default() }).await.unwrap();
    let provider = ProviderForm {
        name: "Example".into(),
        issuer: "https://sso.example.org".into(),
        client_id: "offing".into(),
        name_claim: "preferred_username".into(),
        ..ProviderForm::default()
    };
    // Of the domain that has a page, and of the one whose users have pages.
    cloud.identity.provider_set(&admin, domain, provider.clone()).await.unwrap();
    cloud.identity.provider_set(&admin, admin.domain, provider).await.unwrap();
    let form = GroupForm { name: "g".into(), ..GroupForm::default() };
    let of_users = directory.group_create(&admin, form).await.unwrap();
    directory.group_member_add(&admin, of_users, &["someone".to_owned()]).await.unwrap();
    let form = RoleForm { name: "r".into(), ..RoleForm::default() };
    let role = directory.role_create(&admin, form).await.unwrap();
    let assignment = NewAssignment {
        actor_kind: "group".into(),
        actor: "g".into(),
        place_kind: "project".into(),
        place: "p".into(),
        role: "reader".into(),
        inherited: false,
    };
    directory.assignment_create(&admin, assignment).await.unwrap();
    let class = NewClass { name: "c".into(), roster: "Ann".into(), ..NewClass::default() };
    let class = cloud.classes.class_create(&admin, class, "http://cloud.example").await.unwrap().class;
    world.settle().await;
    let ids = [
        ("classes", class.to_string()),
        ("instances", instance.to_string()),
        ("key-pairs", keypair.to_string()),
        ("networks", network.to_string()),
        ("security-groups", group.to_string()),
        ("images", image.to_string()),
        ("flavors", flavor.to_string()),
        ("projects", project.to_string()),
        ("users", user.to_string()),
        ("domains", domain.to_string()),
        ("password-rules", domain.to_string()),
        ("groups", of_users.to_string()),
        ("roles", role.to_string()),
        ("second-factors", PASSKEY.to_owned()),
    ];
    (caller, ids.into())
}

/// The page of a pattern, about the thing that there is.
fn filled(pattern: &str, project: ProjectId, ids: &BTreeMap<&str, String>) -> String {
    let mut before = "";
    let parts = pattern.split('/').map(|part| {
        let filled = match part {
            "{project}" => project.to_string(),
            part if part.starts_with('{') => {
                ids.get(before).unwrap_or_else(|| panic!("{pattern}: there is no {before}")).clone()
            }
            part => part.to_owned(),
        };
        before = part;
        filled
    });
    parts.collect::<Vec<_>>().join("/")
}

/// A form of a page: where it posts to, and what it would send as it stands.
struct Form {
    page: String,
    action: String,
    fields: Vec<(String, String)>,
}

/// The forms of a page, and the ways to its tabs and questions.
async fn look(client: &Client, page: &str) -> (Vec<Form>, Vec<String>) {
    let answer = client.get(page).await;
    assert_eq!(answer.status, 200, "{page}: {}", answer.text());
    let html = answer.html();
    let all = |selector: &str| Selector::parse(selector).unwrap();
    let (inputs, options) = (all("input, select, textarea"), all("option"));
    let mut forms = Vec::new();
    for form in html.select(&all("form[method=post]")) {
        let id = form.attr("id");
        // Fields outside may name the form that they belong to.
        let outside = html.select(&inputs).filter(|input| id.is_some() && input.attr("form") == id);
        let inside = form.select(&inputs).filter(|input| input.attr("form").is_none());
        let value = |input: scraper::ElementRef<'_>| {
            let chosen = || input.select(&options).find(|it| it.attr("selected").is_some());
            match input.value().name() {
                "select" => chosen().or_else(|| input.select(&options).next())?.attr("value").map(str::to_owned),
                "textarea" => Some(input.text().collect()),
                _ if matches!(input.attr("type"), Some("checkbox" | "radio")) => {
                    input.attr("checked").map(|_| input.attr("value").unwrap_or("on").to_owned())
                }
                _ => Some(input.attr("value").unwrap_or_default().to_owned()),
            }
        };
        let fields = inside.chain(outside).filter_map(|it| Some((it.attr("name")?.to_owned(), value(it)?)));
        let action = form.attr("action").unwrap_or_else(|| panic!("{page}: a form that posts to its own page"));
        forms.push(Form { page: page.to_owned(), action: action.to_owned(), fields: fields.collect() });
    }
    let links = all("nav.tabs a, a[href*='ask=']");
    let ways = html.select(&links).filter_map(|link| link.attr("href")).map(str::to_owned).collect();
    (forms, ways)
}

/// What a form posts to, as the table has it.
fn target(action: &str, project: ProjectId) -> String {
    let path = action.split('?').next().unwrap_or_default();
    path.strip_prefix("/api/").map_or_else(|| path.replace(&project.to_string(), "{project}"), str::to_owned)
}

#[tokio::test]
async fn every_form_is_known_and_can_be_posted_plainly() {
    let world = world().await;
    let (caller, ids) = everything(&world).await;
    let client = world.sign_in("admin").await;
    with_passkey(&world, caller.user).await;
    let project = caller.project;
    let patterns = unauthorized::PAGES.iter().map(|(path, _)| *path);
    let patterns =
        patterns.chain(personas::PAGES.iter().map(|(path, _)| *path)).chain(personas::BARE_FORMS.iter().copied());
    let mut pages: VecDeque<String> = patterns.map(|pattern| filled(pattern, project, &ids)).collect();
    for more in ["images/create?tab=url", "images/create?tab=catalogue"] {
        pages.push_back(format!("/p/{project}/{more}"));
    }
    // What others offer is answered by the project that it is offered to.
    pages.push_back(format!("/p/{}/images/shared", world.admin().await.project));

    let mut forms: BTreeMap<String, Form> = BTreeMap::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    while let Some(page) = pages.pop_front() {
        if !seen.insert(page.clone()) {
            continue;
        }
        let (found, ways) = look(&client, &page).await;
        for form in found {
            forms.entry(target(&form.action, project)).or_insert(form);
        }
        // Questions stand on the page that they are asked on: there is one way to each, and none further.
        if !page.contains("ask=") {
            pages.extend(ways);
        }
    }

    let there: BTreeSet<&str> = forms.keys().map(String::as_str).collect();
    let known: BTreeSet<&str> = FORMS.iter().copied().collect();
    let new: Vec<_> = there.difference(&known).collect();
    let gone: Vec<_> = known.difference(&there).collect();
    assert!(new.is_empty() && gone.is_empty(), "forms without a case: {new:#?}; cases without a form: {gone:#?}");

    for (target, Form { page, action, fields }) in &forms {
        if action.starts_with('/') && !action.starts_with("/api/") {
            let own = ["/sign-out", "/preferences", "/p/{project}/images/upload"];
            assert!(own.contains(&target.as_str()), "{page}: {action} is not the edge's");
            continue;
        }
        // In a project that nobody knows nothing happens; but what is missing is missed before.
        let fields = fields.iter().map(|(name, value)| match name.as_str() {
            "project" => ("project", NOWHERE),
            name => (name, value.as_str()),
        });
        let fields: Vec<(&str, &str)> = fields.collect();
        assert!(fields.contains(&("project", NOWHERE)), "{page}: the form for {target} names no project");
        let answer = client.post_from(page, action, &fields).await;
        // The error names it as projects are written; what was sent has hyphens, and may stand in a field of the page.
        let named = NOWHERE.parse::<ProjectId>().unwrap().to_string();
        assert_eq!(answer.status, 404, "{page}: {target} does not understand {fields:?}: {}", answer.text());
        assert!(answer.text().contains(&named), "{page}: {target} says nothing of what went wrong: {}", answer.text());
    }
}
