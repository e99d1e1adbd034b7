//! Signing in, staying in, getting out.

use crate::world::{PASSWORD, world};
use api::Role;
use axum::body::Body;
use axum::http::Method;
use axum::http::header::ACCEPT;
use std::time::Duration;

#[tokio::test]
async fn signing_in_leads_to_the_first_project() {
    let world = world().await;
    let project = world.project("p").await;
    world.user("u", project, Role::Reader).await;
    let client = world.visitor();
    let answer = client.post_form("/sign-in", &[("name", "u"), ("password", PASSWORD)]).await;
    assert_eq!(answer.location(), "/");
    assert_eq!(client.get("/").await.location(), format!("/p/{project}/overview"));
    assert_eq!(client.get("/sign-in").await.location(), format!("/p/{project}/overview"));
}

#[tokio::test]
async fn the_way_back_is_kept() {
    let world = world().await;
    let project = world.project("p").await;
    world.user("u", project, Role::Reader).await;
    let client = world.visitor();
    let wanted = format!("/p/{project}/instances?search=web%201&sort=-name");
    let form = client.get(&wanted).await.location().to_owned();
    let next = form.strip_prefix("/sign-in?next=").unwrap();
    let next = form_urlencoded::parse(format!("n={next}").as_bytes()).next().unwrap().1.into_owned();
    assert_eq!(next, wanted);
    let answer = client.post_form("/sign-in", &[("name", "u"), ("password", PASSWORD), ("next", &next)]).await;
    assert_eq!(answer.location(), wanted);
}

#[tokio::test]
async fn a_refused_sign_in_shows_the_form_again() {
    let world = world().await;
    let client = world.visitor();
    let answer = client.post_form("/sign-in", &[("name", "admin"), ("password", "hunter2 and more")]).await;
    assert_eq!(answer.status, 400);
    assert!(answer.header("content-type").starts_with("text/html"));
    assert!(!answer.text().contains("hunter2"));
    assert_eq!(client.cookie("offing"), None);
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let world = world().await;
    let client = world.sign_in("admin").await;
    let thief = world.visitor();
    thief.set_cookie("offing", &client.cookie("offing").unwrap());
    assert_eq!(client.post_form("/sign-out", &[]).await.location(), "/sign-in");
    assert_eq!(client.cookie("offing"), None);
    assert_eq!(thief.get("/").await.location(), "/sign-in");
}

#[tokio::test]
async fn an_idle_session_ends() {
    let world = world().await;
    let client = world.sign_in("admin").await;
    for _ in 0..3 {
        world.clock.advance(Duration::from_secs(3000));
        assert_ne!(client.get("/").await.location(), "/sign-in", "each click moves the end");
    }
    world.clock.advance(Duration::from_secs(3601));
    assert_eq!(client.get("/").await.location(), "/sign-in");
}

/// An open page reads its lists again whenever something has changed: it would keep a session for ever that nobody uses.
#[tokio::test]
async fn what_a_page_does_by_itself_is_no_use() {
    let world = world().await;
    let project = world.admin().await.project.to_string();
    let (page, fields) = (format!("/p/{project}/instances"), [("project", project.as_str())]);
    let left = |seconds: u64| world.clock.advance(Duration::from_secs(seconds));

    let client = world.sign_in("admin").await;
    for call in ["instance_list", "operation_list", "me_show", "session_show"] {
        left(1000);
        let expected = if call == "session_show" { 401 } else { 200 };
        assert_eq!(client.call(call, &fields).await.status, expected, "{call}");
    }

    let client = world.sign_in("admin").await;
    left(3000);
    let stream = client.request(Method::GET, &format!("/events?project={project}")).header(ACCEPT, "text/event-stream");
    assert_eq!(client.open(stream.body(Body::empty()).unwrap()).await.status(), 200);
    let again = client.request(Method::GET, &page).header(ACCEPT, "text/html").header("sec-fetch-mode", "navigate");
    assert_eq!(client.send(again.body(Body::empty()).unwrap()).await.status, 200);
    left(700);
    assert_eq!(client.call("me_show", &fields).await.status, 401, "streams and pages that reload themselves");

    // A click, a page, a form.
    let client = world.sign_in("admin").await;
    left(3000);
    assert_eq!(client.call("session_extend", &fields).await.status, 200);
    left(3000);
    let clicked = client.request(Method::GET, &page).header(ACCEPT, "text/html").header("sec-fetch-mode", "navigate");
    let clicked = clicked.header("sec-fetch-user", "?1").body(Body::empty()).unwrap();
    assert_eq!(client.send(clicked).await.status, 200);
    left(3000);
    client.post_from(&page, "/api/security_group_create", &[("project", &project), ("name", "g")]).await;
    left(3000);
    assert_eq!(client.call("me_show", &fields).await.status, 200);
}

#[tokio::test]
async fn a_busy_session_ends_too() {
    let world = world().await;
    let client = world.sign_in("admin").await;
    for _ in 0..23 {
        world.clock.advance(Duration::from_secs(1800));
        assert_ne!(client.get("/").await.location(), "/sign-in");
    }
    world.clock.advance(Duration::from_secs(1800));
    assert_eq!(client.get("/").await.location(), "/sign-in");
}

#[tokio::test]
async fn a_new_password_ends_all_sessions() {
    let world = world().await;
    let client = world.sign_in("admin").await;
    world.cloud.identity.password_set("admin", "another password", false).await.unwrap();
    assert_eq!(client.get("/").await.location(), "/sign-in");
    let refused = client.post_form("/sign-in", &[("name", "admin"), ("password", PASSWORD)]).await;
    assert_eq!(refused.status, 400);
}

#[tokio::test]
async fn a_membership_taken_away_is_gone_at_once() {
    let world = world().await;
    let project = world.project("p").await;
    let user = world.user("u", project, Role::Member).await;
    let client = world.sign_in("u").await;
    assert_eq!(client.get("/").await.location(), format!("/p/{project}/overview"));
    world.cloud.identity.assignment_remove(&world.admin().await, user, project).await.unwrap();
    let nowhere = format!("/p/{}/account/profile", api::ProjectId::NOWHERE);
    assert_eq!(client.get("/").await.location(), nowhere, "there is no project to go to");
}
