//! People's own accounts: sessions, password, preferences; and what administrators can end.

use crate::client::{ADDRESS, Client};
use crate::world::{PASSWORD, World, world};
use api::account::Account as _;
use api::{ProjectId, Role, UserId};
use axum::body::Body;
use axum::http::Method;
use axum::http::header::USER_AGENT;
use std::time::Duration;

const NEW: &str = "another horse battery";

async fn one() -> (World, ProjectId, UserId, Client) {
    let world = world().await;
    let project = world.project("p").await;
    let user = world.user("u", project, Role::Reader).await;
    let client = world.sign_in("u").await;
    (world, project, user, client)
}

async fn sessions(client: &Client, project: ProjectId) -> Vec<serde_json::Value> {
    let page = client.call("session_list", &[("project", &project.to_string())]).await;
    assert_eq!(page.status, 200, "{}", page.text());
    page.json()["items"].as_array().unwrap().clone()
}

fn id(session: &serde_json::Value) -> &str {
    session["id"].as_str().unwrap()
}

#[tokio::test]
async fn sessions_say_where_and_with_what() {
    let (world, project, _, _) = one().await;
    let client = world.visitor();
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
    let form = client
        .request(Method::POST, "/sign-in")
        .header(USER_AGENT, firefox)
        .header("origin", "http://cloud.example")
        .header("content-type", "application/x-www-form-urlencoded");
    let body = crate::client::encode(&[("name", "u"), ("password", PASSWORD)]);
    assert_eq!(client.send(form.body(Body::from(body)).unwrap()).await.status, 303);
    world.clock.advance(Duration::from_secs(120));
    // What a page reads by itself is no use; that somebody goes to one is.
    let page = format!("/p/{project}/account/sessions");
    assert_eq!(client.get(&page).await.status, 200);
    let list = sessions(&client, project).await;
    assert_eq!(list.len(), 2);
    let own = &list[0];
    assert_eq!((own["current"].as_bool(), list[1]["current"].as_bool()), (Some(true), Some(false)));
    assert_eq!((own["browser"].as_str(), own["system"].as_str()), (Some("Firefox"), Some("Linux")));
    assert_eq!(own["address"], ADDRESS.to_string());
    assert!(own["used_at"].as_i64() > own["created_at"].as_i64());
    let page = client.get(&page).await;
    assert!(page.text().contains("Firefox on Linux"), "{}", page.text());
}

#[tokio::test]
async fn a_session_can_be_ended_from_another() {
    let (world, project, _, client) = one().await;
    let lost = world.sign_in("u").await;
    let mut events = lost.events(project).await;
    let list = sessions(&client, project).await;
    let other = list.iter().find(|session| session["current"] == false).unwrap();
    let page = format!("/p/{project}/account/sessions");
    let answer =
        client.post_from(&page, "/api/session_revoke", &[("project", &project.to_string()), ("id", id(other))]).await;
    assert!(answer.location().ends_with(&page));
    assert_eq!(events.next().await.map(|message| message.contains("user")), None, "its stream has ended");
    assert_eq!(lost.get("/").await.location(), "/sign-in");
    assert_eq!(sessions(&client, project).await.len(), 1);
}

#[tokio::test]
async fn all_others_can_be_ended_at_once() {
    let (world, project, _, client) = one().await;
    let others = [world.sign_in("u").await, world.sign_in("u").await];
    let admin = world.sign_in("admin").await;
    client.call("session_revoke_others", &[("project", &project.to_string())]).await;
    for other in &others {
        assert_eq!(other.get("/").await.location(), "/sign-in");
    }
    assert_ne!(client.get("/").await.location(), "/sign-in");
    assert_ne!(admin.get("/").await.location(), "/sign-in", "only one's own");
}

#[tokio::test]
async fn nobody_ends_a_strangers_session_but_an_administrator() {
    let (world, project, user, client) = one().await;
    let admin = world.sign_in("admin").await;
    let own = world.admin().await.project.to_string();
    let all = admin.call("session_list_all", &[("project", &own)]).await.json();
    let of = |name: &str| {
        let all = all["items"].as_array().unwrap();
        id(all.iter().find(|session| session["user_name"] == name).unwrap()).to_owned()
    };
    let project = project.to_string();
    let answer = client.call("session_revoke", &[("project", &project), ("id", &of("admin"))]).await;
    assert_eq!(answer.status, 404);
    assert_ne!(admin.get("/").await.location(), "/sign-in");

    assert_eq!(admin.call("session_revoke_any", &[("project", &own), ("id", &of("u"))]).await.status, 200);
    assert_eq!(client.get("/").await.location(), "/sign-in");
    let clients = [world.sign_in("u").await, world.sign_in("u").await];
    let answer = admin.call("session_revoke_user", &[("project", &own), ("user", &user.to_string())]).await;
    assert_eq!(answer.status, 200);
    for client in &clients {
        assert_eq!(client.get("/").await.location(), "/sign-in");
    }
}

#[tokio::test]
async fn looking_at_the_session_does_not_use_it() {
    let (world, project, _, client) = one().await;
    let project = project.to_string();
    let seconds =
        async |name: &str| client.call(name, &[("project", &project)]).await.json()["seconds"].as_i64().unwrap();
    world.clock.advance(Duration::from_secs(3000));
    assert!(seconds("session_show").await <= 600);
    assert!(seconds("session_show").await <= 600, "it has not grown");
    assert!(seconds("session_extend").await > 3500);
    world.clock.advance(Duration::from_secs(3700));
    assert_eq!(client.call("session_show", &[("project", &project)]).await.status, 401);
}

#[tokio::test]
async fn the_last_end_is_known_as_such() {
    let (world, project, _, client) = one().await;
    let project = project.to_string();
    for _ in 0..23 {
        world.clock.advance(Duration::from_secs(1800));
        client.get("/").await;
    }
    let left = client.call("session_extend", &[("project", &project)]).await.json();
    assert_eq!(left["is_final"], true);
    assert!(left["seconds"].as_i64().unwrap() <= 1800);
}

fn change<'a>(project: &'a str, current: &'a str, new: &'a str, again: &'a str) -> [(&'a str, &'a str); 4] {
    [("project", project), ("current", current), ("new", new), ("again", again)]
}

#[tokio::test]
async fn a_changed_password_signs_the_others_out() {
    let (world, project, _, client) = one().await;
    let other = world.sign_in("u").await;
    let mut events = other.events(project).await;
    let page = format!("/p/{project}/account/password");
    let project = project.to_string();
    let answer = client.post_from(&page, "/api/password_change", &change(&project, PASSWORD, NEW, NEW)).await;
    assert!(answer.location().ends_with("/account/profile"), "{}", answer.location());
    assert_eq!(events.next().await, None);
    assert_eq!(other.get("/").await.location(), "/sign-in");
    assert_ne!(client.get("/").await.location(), "/sign-in", "who changes it stays");
    let old = world.visitor().post_form("/sign-in", &[("name", "u"), ("password", PASSWORD)]).await;
    assert_eq!(old.status, 400);
    let new = world.visitor().post_form("/sign-in", &[("name", "u"), ("password", NEW)]).await;
    assert_eq!(new.status, 303);
}

#[tokio::test]
async fn a_bad_password_is_refused_by_its_field() {
    let (_world, project, _, client) = one().await;
    let project = project.to_string();
    for (current, new, again, field) in [
        ("wrong", NEW, NEW, "current"),
        (PASSWORD, "short", "short", "new"),
        (PASSWORD, PASSWORD, PASSWORD, "new"),
        (PASSWORD, NEW, "another", "again"),
    ] {
        let answer = client.call("password_change", &change(&project, current, new, again)).await;
        assert_eq!(answer.status, 400, "{}", answer.text());
        let fields = answer.json()["Invalid"].as_array().unwrap().clone();
        assert!(fields.iter().any(|fault| fault["name"] == field), "{fields:?}");
        assert!(!answer.text().contains(NEW), "no password comes back");
    }
}

#[tokio::test]
async fn preferences_follow_into_every_browser() {
    let (world, project, _, client) = one().await;
    let page = format!("/p/{project}/account/preferences");
    let chosen = [("lang", "ko"), ("time_zone", "Asia/Seoul"), ("page_size", "50")];
    let project = project.to_string();
    let fields: Vec<_> = chosen.into_iter().chain([("project", project.as_str())]).collect();
    assert!(client.post_from(&page, "/api/preferences_set", &fields).await.location().ends_with(&page));
    let elsewhere = world.sign_in("u").await;
    let html = elsewhere.get(&page).await.html();
    let root = html.root_element().value();
    assert_eq!((root.attr("lang"), root.attr("data-zone")), (Some("ko"), Some("Asia/Seoul 592333200=540")));
    assert_eq!(root.attr("data-page-size"), Some("50"));
    // The menu of the frame changes the same.
    elsewhere.post_form("/preferences", &[("lang", "en"), ("theme", "dark")]).await;
    let html = client.get(&page).await.html();
    let root = html.root_element().value();
    assert_eq!((root.attr("lang"), root.attr("data-theme")), (Some("en"), Some("dark")));
    assert_eq!(root.attr("data-page-size"), Some("50"));
}

#[tokio::test]
async fn bad_preferences_are_refused() {
    let (_world, project, _, client) = one().await;
    let project = project.to_string();
    for (field, value) in [("lang", "xx"), ("time_zone", "Nowhere/Land"), ("page_size", "0"), ("page_size", "1001")] {
        let answer = client.call("preferences_set", &[("project", &project), (field, value)]).await;
        assert_eq!(answer.status, 400, "{field} {value}");
        assert_eq!(answer.json()["Invalid"][0]["name"], field);
    }
}

/// The right to a page goes with the user's: a session alone opens nothing.
#[tokio::test]
async fn a_disabled_user_is_out_with_the_next_request() {
    let (world, project, user, client) = one().await;
    let mut events = client.events(project).await;
    let mut tx = world.cloud.db().begin().await.unwrap();
    sqlx::query("update local_user set enabled = 0 where id = $1")
        .bind(user.0.to_string())
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    world.cloud.hub().changed(api::Kind::User, user, None);
    assert_eq!(events.next().await, None);
    assert_eq!(client.call("me_show", &[("project", &project.to_string())]).await.status, 401);
    let refused = world.visitor().post_form("/sign-in", &[("name", "u"), ("password", PASSWORD)]).await;
    assert_eq!(refused.status, 400);
}

#[tokio::test]
async fn people_say_of_themselves_what_they_like() {
    let (world, project, user, client) = one().await;
    let other = world.project("other").await;
    let (own, other, page) = (project.to_string(), other.to_string(), format!("/p/{project}/account/profile"));
    let set = async |email: &str, default: &str| {
        let fields =
            [("project", own.as_str()), ("email", email), ("description", "Maps"), ("default_project", default)];
        client.post_from(&page, "/api/profile_set", &fields).await
    };
    assert_eq!(set("no address", "").await.status, 400);
    assert_eq!(set("u@example.org", &other).await.status, 400, "a stranger's project is no choice");
    assert!(set("u@example.org", &own).await.location().ends_with(&page));
    let shown = client.get(&page).await;
    assert!(["u@example.org", "Maps"].iter().all(|text| shown.text().contains(text)), "{}", shown.text());
    let admin = world.admin().await;
    let known = api::directory::Directory::user_show(&*world.cloud.directory, &admin, user).await.unwrap();
    assert_eq!((known.name.as_str(), known.default_project.map(|(id, _)| id)), ("u", Some(project)));
}

#[tokio::test]
async fn the_password_page_knows_the_rules_and_the_lock() {
    let (world, project, user, client) = one().await;
    let admin = world.admin().await;
    let page = format!("/p/{project}/account/password");
    let rules = api::account::NewPasswordRules {
        min_length: "12".into(),
        history: "3".into(),
        expires_days: "90".into(),
        lock_after: "5".into(),
        lock_minutes: "5".into(),
    };
    let domain = world.cloud.identity.password_rules_list(&admin).await.unwrap()[0].domain;
    world.cloud.identity.password_rules_set(&admin, domain, rules).await.unwrap();
    let shown = client.get(&page).await;
    assert!(shown.text().contains("At least 12 characters. Not one of the last 3."), "{}", shown.text());
    let form = api::directory::UserForm { name: "u".into(), password_locked: true, ..Default::default() };
    api::directory::Directory::user_update(&*world.cloud.directory, &admin, user, form).await.unwrap();
    let locked = client.get(&page).await;
    assert!(locked.text().contains("Your password is locked") && !locked.text().contains("name=\"current\""));
}
