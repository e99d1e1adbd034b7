//! The groups that a domain's provider of identity gives and takes away.

use crate::oidc::{Organisation, ann, form};
use api::directory::{Directory as _, NewAssignment};
use api::error::Conflict;
use api::provider::{ProviderForm, Providers as _};
use serde_json::json;

#[tokio::test]
async fn groups_follow_the_provider_and_what_was_done_by_hand_stays() {
    let organisation = Organisation::new().await;
    let (world, admin) = (&organisation.world, organisation.world.admin().await);
    let directory = &world.cloud.directory;
    let (client, _) = organisation.enter().await;
    let user = organisation.user("ann").await;
    let overview = format!("/p/{}/overview", organisation.project);
    assert_eq!(client.get(&overview).await.status, 200);
    let mut left = ann();
    left["groups"] = json!(["guest"]);
    organisation.is(left.clone());
    assert_eq!(organisation.enter().await.1.status, 303);
    assert!(!organisation.is_staff(user).await);
    assert_eq!(client.get(&overview).await.status, 404, "the session from before is a stranger there too");
    // By hand.
    directory.group_member_add(&admin, organisation.staff, &["ann".to_owned()]).await.unwrap();
    organisation.enter().await;
    assert!(organisation.is_staff(user).await, "the provider takes away what it has given");
    organisation.is(ann());
    organisation.enter().await;
    organisation.is(left);
    organisation.enter().await;
    assert!(organisation.is_staff(user).await, "given twice, it is still given by hand");
    directory.group_member_remove(&admin, organisation.staff, user).await.unwrap();
    organisation.is(ann());
    organisation.enter().await;
    assert!(organisation.is_staff(user).await);
    // A mapping that is gone means nothing from that moment on.
    organisation.set(|form| form.groups = String::new()).await;
    assert!(!organisation.is_staff(user).await);
    organisation.set(|form| form.groups = "employee=Staff".into()).await;
    organisation.enter().await;
    assert!(organisation.is_staff(user).await);
    world.cloud.identity.provider_remove(&admin, organisation.domain).await.unwrap();
    assert!(!organisation.is_staff(user).await);
    assert!(client.get(&overview).await.location().starts_with("/sign-in"), "and ends the sessions");
    assert_eq!(world.visitor().get(&organisation.door()).await.status, 404);
}

/// A slip at the provider does not leave the cloud to nobody.
#[tokio::test]
async fn the_last_who_runs_the_cloud_stays() {
    let organisation = Organisation::new().await;
    let (world, admin) = (&organisation.world, organisation.world.admin().await);
    let (directory, identity) = (&world.cloud.directory, &world.cloud.identity);
    let runs = |kind: &str, name: &str| NewAssignment {
        actor_kind: kind.into(),
        actor: name.into(),
        place_kind: "system".into(),
        place: String::new(),
        role: "admin".into(),
        inherited: false,
    };
    directory.assignment_create(&admin, runs("group", "Staff")).await.unwrap();
    organisation.enter().await;
    let user = organisation.user("ann").await;
    let caller = world.caller(user, organisation.project).await;
    directory.user_enable(&caller, admin.user, false).await.unwrap();
    let mut left = ann();
    left["groups"] = json!([]);
    organisation.is(left);
    assert_eq!(organisation.enter().await.1.status, 303);
    assert_eq!(directory.group_list_of(&caller, user).await.unwrap().len(), 1, "kept");
    let last = Err(api::Error::Conflict(Conflict::LastAdmin));
    assert_eq!(identity.provider_remove(&caller, organisation.domain).await, last);
    let other = ProviderForm { issuer: "https://another.example".into(), ..form(&organisation.provider) };
    assert_eq!(identity.provider_set(&caller, organisation.domain, other).await, last);
    // Nor does a role of one's own help whoever has no way in.
    directory.assignment_create(&caller, runs("user", "ann")).await.unwrap();
    assert_eq!(identity.provider_remove(&caller, organisation.domain).await, last);
    directory.user_enable(&caller, admin.user, true).await.unwrap();
    organisation.enter().await;
    assert!(!organisation.is_staff(user).await);
    let moved: Vec<(String, String)> = sqlx::query_as(
        "select verb, target_name from audit where user_name = 'offing' and verb like 'group_%' order by id",
    )
    .fetch_all(world.cloud.db().read())
    .await
    .unwrap();
    let expected = ["group_member_add", "group_member_remove"].map(|verb| (verb.to_owned(), "ann · Staff".to_owned()));
    assert_eq!(moved, expected);
}
