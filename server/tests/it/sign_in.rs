//! What passwords have to be, what becomes of those who guess, and where a sign-in leads.

use crate::client::{Answer, Client};
use crate::world::{PASSWORD, World, world};
use api::account::{Account as _, NewPasswordRules};
use api::directory::{Directory as _, NewUser, UserForm};
use api::{DomainId, ProjectId, Role};
use std::time::Duration;

const NEW: &str = "another horse battery";

async fn one() -> (World, ProjectId) {
    let world = world().await;
    let project = world.project("p").await;
    world.user("u", project, Role::Reader).await;
    (world, project)
}

/// Sets rules for the one domain there is.
async fn rules(world: &World, change: impl FnOnce(&mut NewPasswordRules)) -> DomainId {
    let admin = world.admin().await;
    let domain = world.cloud.identity.password_rules_list(&admin).await.unwrap()[0].domain;
    let mut new = NewPasswordRules {
        min_length: "8".into(),
        history: "1".into(),
        expires_days: "0".into(),
        lock_after: "3".into(),
        lock_minutes: "15".into(),
    };
    change(&mut new);
    world.cloud.identity.password_rules_set(&admin, domain, new).await.unwrap();
    domain
}

async fn attempt(client: &Client, name: &str, password: &str) -> Answer {
    client.post_form("/sign-in", &[("name", name), ("password", password)]).await
}

/// The page without what differs by itself.
fn page(answer: &Answer) -> String {
    let nonce = answer.text().split("nonce=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("none");
    answer.text().replace(nonce, "")
}

/// Telling users by the lock-out: OSSA-2021-003.
#[tokio::test]
async fn security_17_names_are_locked_out_alike() {
    let (world, _) = one().await;
    rules(&world, |_| ()).await;
    let client = world.visitor();
    // Nobody is called x; a name as long, because the page shows it again.
    for (name, times) in [("u", 3), ("x", 3)] {
        for _ in 0..times {
            assert_eq!(attempt(&client, name, "wrong").await.status, 400);
        }
    }
    // The right password does not help now, and tells nothing.
    let (known, unknown) = (attempt(&client, "u", PASSWORD).await, attempt(&client, "x", PASSWORD).await);
    assert_eq!((known.status, unknown.status), (400, 400));
    assert!(known.text().contains("15 minutes"), "{}", known.text());
    assert_eq!(page(&known).len(), page(&unknown).len());
    world.clock.advance(Duration::from_secs(15 * 60 + 1));
    assert_eq!(attempt(&client, "u", PASSWORD).await.status, 303);
}

#[tokio::test]
async fn a_success_begins_the_count_anew() {
    let (world, _) = one().await;
    rules(&world, |_| ()).await;
    for _ in 0..3 {
        let client = world.visitor();
        attempt(&client, "u", "wrong").await;
        attempt(&client, "U ", "wrong").await;
        assert_eq!(attempt(&client, "u", PASSWORD).await.status, 303);
    }
}

#[tokio::test]
async fn a_given_password_has_to_be_changed_first() {
    let (world, project) = one().await;
    rules(&world, |new| (new.min_length, new.history) = ("10".into(), "2".into())).await;
    world.cloud.identity.password_set("u", "given by somebody", true).await.unwrap();
    let client = world.visitor();
    let asked = attempt(&client, "u", "given by somebody").await;
    assert_eq!(asked.status, 400);
    assert!(asked.text().contains("name=\"new\"") && asked.text().contains("name=\"again\""), "{}", asked.text());
    let said = "At least 10 characters. Not one of the last 2.";
    assert!(asked.text().contains(said), "what it has to be: {}", asked.text());
    assert_eq!(client.cookie("offing"), None, "nobody is signed in yet");
    let ticket = asked.field("ticket");
    let chosen = async |new: &str, again: &str| {
        client.post_form("/sign-in", &[("ticket", ticket.as_str()), ("new", new), ("again", again)]).await
    };
    for (new, again) in [(NEW, "other"), ("given by somebody", "given by somebody"), ("short", "short")] {
        let refused = chosen(new, again).await;
        assert_eq!(refused.status, 400, "{new}");
        assert!(
            refused.text().contains("name=\"again\"") && refused.text().contains(said),
            "the form is the same again"
        );
        assert!(!refused.text().contains(NEW));
    }
    let answer = chosen(NEW, NEW).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(chosen("yet another horse", "yet another horse").await.status, 401, "a ticket changes one password");
    assert_eq!(client.get("/").await.location(), format!("/p/{project}/overview"));
    assert_eq!(attempt(&world.visitor(), "u", NEW).await.status, 303);
}

#[tokio::test]
async fn passwords_expire_where_the_domain_says_so() {
    let (world, _) = one().await;
    rules(&world, |new| new.expires_days = "30".into()).await;
    assert_eq!(attempt(&world.visitor(), "u", PASSWORD).await.status, 303);
    world.clock.advance(Duration::from_secs(31 * 86_400));
    let asked = attempt(&world.visitor(), "u", PASSWORD).await;
    assert!(asked.status == 400 && asked.text().contains("name=\"new\""));
    let ticket = asked.field("ticket");
    let new = [("ticket", ticket.as_str()), ("new", NEW), ("again", NEW)];
    assert_eq!(world.visitor().post_form("/sign-in", &new).await.status, 303);
    assert_eq!(attempt(&world.visitor(), "u", NEW).await.status, 303);
}

#[tokio::test]
async fn what_was_used_before_is_refused() {
    let (world, project) = one().await;
    rules(&world, |new| new.history = "3".into()).await;
    let client = world.sign_in("u").await;
    let project = project.to_string();
    let change = async |current: &str, new: &str| {
        let fields = [("project", project.as_str()), ("current", current), ("new", new), ("again", new)];
        client.call("password_change", &fields).await.status
    };
    assert_eq!(change(PASSWORD, "the second one").await, 200);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(change("the second one", "the third one").await, 200);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(change("the third one", PASSWORD).await, 400, "it is one of the last three");
    assert_eq!(change("the third one", "the fourth one").await, 200);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(change("the fourth one", PASSWORD).await, 200, "it is so no more");
}

#[tokio::test]
async fn rules_hold_for_every_new_password() {
    let (world, project) = one().await;
    rules(&world, |new| new.min_length = "16".into()).await;
    let client = world.sign_in("u").await;
    let project = project.to_string();
    let fields = [
        ("project", project.as_str()),
        ("current", PASSWORD),
        ("new", "fifteen letters"),
        ("again", "fifteen letters"),
    ];
    let refused = client.call("password_change", &fields).await;
    assert_eq!(refused.json()["Invalid"][0]["why"]["TooShort"]["min"], 16, "{}", refused.text());
    assert!(world.cloud.identity.password_set("u", "fifteen letters", false).await.is_err());
}

#[tokio::test]
async fn bad_rules_are_refused_by_their_fields() {
    let (world, _) = one().await;
    let domain = rules(&world, |_| ()).await;
    let (admin, project) = (world.sign_in("admin").await, world.admin().await.project.to_string());
    let domain = domain.to_string();
    let fields = [
        ("project", project.as_str()),
        ("domain", &domain),
        ("min_length", "7"),
        ("history", "25"),
        ("expires_days", "x"),
        ("lock_after", "-1"),
        ("lock_minutes", ""),
    ];
    let refused = admin.call("password_rules_set", &fields).await;
    assert_eq!(refused.json()["Invalid"].as_array().unwrap().len(), 5, "{}", refused.text());
}

#[tokio::test]
async fn a_breached_password_is_refused() {
    let (world, project) = one().await;
    let list = world.data.path().join("breached");
    // SHA-1 of "correct horse battery staple".
    std::fs::write(&list, "ABF7AAD6438836DBE526AA231ABDE2D0EEF74D42:3\n").unwrap();
    world.cloud.identity.breached_passwords(list).unwrap();
    let client = world.sign_in("u").await;
    let project = project.to_string();
    for (new, status) in [("correct horse battery staple", 400), ("password123", 400), (NEW, 200)] {
        let fields = [("project", project.as_str()), ("current", PASSWORD), ("new", new), ("again", new)];
        assert_eq!(client.call("password_change", &fields).await.status, status, "{new}");
    }
}

#[tokio::test]
async fn the_last_project_is_where_one_goes() {
    let (world, first) = one().await;
    let second = world.project("q").await;
    let user = world.user_of("u").await;
    world.cloud.identity.assignment_set(&world.admin().await, user, second, Role::Reader).await.unwrap();
    let client = world.sign_in("u").await;
    assert_eq!(client.get("/").await.location(), format!("/p/{first}/overview"));
    assert_eq!(client.get(&format!("/p/{second}/instances")).await.status, 200);
    let elsewhere = world.sign_in("u").await;
    assert_eq!(elsewhere.get("/").await.location(), format!("/p/{second}/overview"));
    world.cloud.identity.assignment_remove(&world.admin().await, user, second).await.unwrap();
    assert_eq!(elsewhere.get("/").await.location(), format!("/p/{first}/overview"), "it is closed now");
}

#[tokio::test]
async fn the_domain_is_asked_for_only_when_there_are_several() {
    let (world, _) = one().await;
    assert!(!world.visitor().get("/sign-in").await.text().contains("name=\"domain\""));
    let mut tx = world.cloud.db().begin().await.unwrap();
    sqlx::query("insert into domain (id, name, created_at) values ($1, 'School', $2)")
        .bind("5b1c9c8e-6a4e-4a7e-9d0a-0d8c3f0f6f52")
        .bind(i64::MAX)
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(world.visitor().get("/sign-in").await.text().contains("name=\"domain\""));
    let into = async |domain: &str| {
        let fields = [("domain", domain), ("name", "u"), ("password", PASSWORD)];
        world.visitor().post_form("/sign-in", &fields).await.status
    };
    assert_eq!(into("").await, 303);
    assert_eq!(into("Default").await, 303);
    assert_eq!(into("School").await, 400, "there is no such user in it");
    assert_eq!(into("Nowhere").await, 400);
}

#[tokio::test]
async fn administrators_keep_the_rules_of_the_domain_too() {
    let (world, _) = one().await;
    rules(&world, |new| new.min_length = "16".into()).await;
    let admin = world.admin().await;
    let new = |password: &str| NewUser {
        name: "w".into(),
        password: password.into(),
        must_change: true,
        ..NewUser::default()
    };
    let directory = &world.cloud.directory;
    assert!(directory.user_create(&admin, new("fifteen letters")).await.is_err());
    let user = directory.user_create(&admin, new("sixteen letters!")).await.unwrap();
    let asked = attempt(&world.visitor(), "w", "sixteen letters!").await;
    assert!(asked.status == 400 && asked.text().contains("name=\"new\""), "{}", asked.text());
    assert!(directory.user_password_set(&admin, user, "fifteen letters").await.is_err());
    directory.user_password_set(&admin, user, "again sixteen letters").await.unwrap();
    assert_eq!(attempt(&world.visitor(), "w", "again sixteen letters").await.status, 400, "it was given again");
}

#[tokio::test]
async fn a_locked_password_is_changed_by_administrators_only() {
    let (world, project) = one().await;
    let admin = world.admin().await;
    let user = world.user_of("u").await;
    let form = UserForm { name: "u".into(), password_locked: true, ..UserForm::default() };
    world.cloud.directory.user_update(&admin, user, form).await.unwrap();
    let client = world.sign_in("u").await;
    let project = project.to_string();
    let fields = [("project", project.as_str()), ("current", PASSWORD), ("new", NEW), ("again", NEW)];
    let refused = client.call("password_change", &fields).await;
    assert_eq!(refused.json()["Invalid"][0]["why"]["Password"], "Locked", "{}", refused.text());
    world.cloud.directory.user_password_set(&admin, user, NEW).await.unwrap();
    assert_eq!(attempt(&world.visitor(), "u", NEW).await.status, 303, "nobody asks for what is not allowed");
}

#[tokio::test]
async fn the_default_project_is_where_one_goes_first() {
    let (world, first) = one().await;
    let admin = world.admin().await;
    let second = world.project("q").await;
    let user = world.user_of("u").await;
    world.cloud.identity.assignment_set(&admin, user, second, Role::Reader).await.unwrap();
    let home = async |default: ProjectId| {
        let form = UserForm { name: "u".into(), default_project: default.to_string(), ..UserForm::default() };
        world.cloud.directory.user_update(&admin, user, form).await.unwrap();
        world.sign_in("u").await.get("/").await.location().to_owned()
    };
    assert_eq!(home(second).await, format!("/p/{second}/overview"));
    assert_eq!(home(first).await, format!("/p/{first}/overview"));
}

/// Whoever is locked out is helped by an administrator, and by a new password from either hand.
#[tokio::test]
async fn a_lock_out_can_be_ended() {
    let (world, _) = one().await;
    rules(&world, |_| ()).await;
    let (admin, directory) = (world.admin().await, &world.cloud.directory);
    let user = world.user_of("u").await;
    let locked = async || directory.user_show(&admin, user).await.unwrap().locked_out;
    let lock = async || {
        for _ in 0..3 {
            attempt(&world.visitor(), "u", "wrong").await;
        }
        assert_eq!(attempt(&world.visitor(), "u", PASSWORD).await.status, 400);
        assert_eq!(locked().await, Some(15));
    };
    assert_eq!(locked().await, None);
    lock().await;
    let office = world.sign_in("admin").await;
    let (place, id) = (admin.project.to_string(), user.to_string());
    let page = format!("/p/{place}/admin/users/{id}");
    assert!(office.get(&page).await.text().contains("Locked out for 15 more minutes"));
    let unlock = [("project", place.as_str()), ("id", id.as_str())];
    let answer = office.post_from(&page, "/api/user_unlock", &unlock).await;
    assert!(answer.location().trim_end_matches('?').ends_with(&page), "{}", answer.location());
    let before = world.clock.now();
    assert_eq!(attempt(&world.visitor(), "u", PASSWORD).await.status, 303);
    let last = directory.user_show(&admin, user).await.unwrap().last_sign_in;
    assert!(last.is_some_and(|at| (before..world.clock.now()).contains(&at)), "{last:?}, since {before}");

    lock().await;
    directory.user_password_set(&admin, user, NEW).await.unwrap();
    assert_eq!(locked().await, None);
    let asked = attempt(&world.visitor(), "u", NEW).await;
    assert!(asked.status == 400 && asked.text().contains("name=\"new\""), "another one is asked for: {}", asked.text());
    world.cloud.identity.password_set("u", PASSWORD, false).await.unwrap();
    lock().await;
    world.cloud.identity.password_set("u", PASSWORD, false).await.unwrap();
    assert_eq!(attempt(&world.visitor(), "u", PASSWORD).await.status, 303, "from the command line");
}
