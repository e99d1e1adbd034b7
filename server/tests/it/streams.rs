//! Event streams: who hears what, and when they end.

use crate::world::{PASSWORD, world};
use api::{Caller, Kind, Role};

#[tokio::test]
async fn one_hears_ones_project_and_what_all_share() {
    let world = world().await;
    let (mine, other) = (world.project("mine").await, world.project("other").await);
    world.user("u", mine, Role::Reader).await;
    let mut events = world.sign_in("u").await.events(mine).await;
    let hub = world.cloud.hub();
    hub.changed(Kind::Instance, "theirs", other);
    hub.changed(Kind::User, "somebody", None);
    hub.changed(Kind::Host, "host", None);
    hub.changed(Kind::Instance, "own", mine);
    hub.changed(Kind::Flavor, "shared", None);
    let own = events.json().await;
    assert_eq!((own["kind"].as_str(), own["id"].as_str()), (Some("instance"), Some("own")));
    assert_eq!(events.json().await["id"], "shared");
}

#[tokio::test]
async fn a_page_reads_again_what_has_changed_since_it_was_drawn() {
    let world = world().await;
    let project = world.admin().await.project;
    let client = world.sign_in("admin").await;
    let mark = world.cloud.hub().mark();
    let mut undisturbed = client.events_since(project, &mark).await;
    world.cloud.hub().changed(Kind::Instance, "x", project);
    assert_eq!(undisturbed.json().await["id"], "x", "the first that is said is what changed");
    let mut late = client.events_since(project, &mark).await;
    assert!(late.next().await.unwrap().contains("event: refresh"));
}

#[tokio::test]
async fn a_listener_that_lagged_is_told_to_refresh() {
    let world = world().await;
    let project = world.admin().await.project;
    let mut events = world.sign_in("admin").await.events(project).await;
    for n in 0..5000 {
        world.cloud.hub().changed(Kind::Instance, n, project);
    }
    assert!(events.next().await.unwrap().contains("event: refresh"));
}

#[tokio::test]
async fn signing_out_ends_the_streams() {
    let world = world().await;
    let Caller { user, project, .. } = world.admin().await;
    let client = world.sign_in("admin").await;
    let elsewhere = world.sign_in("admin").await;
    let (mut events, mut others) = (client.events(project).await, elsewhere.events(project).await);
    client.post_form("/sign-out", &[]).await;
    assert_eq!(events.next().await, None);
    let user = user.to_string();
    for kind in ["user", "session"] {
        let heard = others.json().await;
        let heard = (heard["kind"].as_str(), heard["id"].as_str());
        assert_eq!(heard, (Some(kind), Some(user.as_str())), "the lists of sessions are read anew");
    }
    world.cloud.hub().changed(Kind::Image, "x", project);
    assert_eq!(others.json().await["id"], "x", "another session goes on");
}

#[tokio::test]
async fn losing_the_membership_ends_the_stream() {
    let world = world().await;
    let project = world.project("p").await;
    let user = world.user("u", project, Role::Member).await;
    let mut events = world.sign_in("u").await.events(project).await;
    world.cloud.identity.assignment_remove(&world.admin().await, user, project).await.unwrap();
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn a_changed_password_ends_the_stream() {
    let world = world().await;
    let project = world.admin().await.project;
    let mut events = world.sign_in("admin").await.events(project).await;
    world.cloud.identity.password_set("admin", &PASSWORD.to_uppercase(), false).await.unwrap();
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn the_stopping_server_ends_the_streams() {
    let world = world().await;
    let project = world.admin().await.project;
    let mut events = world.sign_in("admin").await.events(project).await;
    world.drain.cancel();
    assert_eq!(events.next().await, None);
}
