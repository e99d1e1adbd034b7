//! The directory's lists and forms: many at once, by domain, and new things that are not switched on yet.

use crate::directory::{count, office, text};
use crate::world::PASSWORD;
use api::ListQuery;
use api::directory::{Directory as _, DomainForm, GroupForm};

#[tokio::test]
async fn many_are_changed_at_once_and_each_says_why_not() {
    let (world, admin, client, base) = office().await;
    let directory = &world.cloud.directory;
    let mut ids = Vec::new();
    for name in ["ann", "bob"] {
        ids.push(world.cloud.identity.user_create(&admin, name, PASSWORD).await.unwrap());
    }
    let project = admin.project.to_string();
    let page = format!("{base}/users");
    let change = async |kind: &str, verb: &str, ids: &[String]| {
        let mut fields = vec![("project", project.as_str()), ("kind", kind), ("verb", verb)];
        fields.extend(ids.iter().map(|id| ("ids[]", id.as_str())));
        client.post_from(&page, "/api/directory_change_many", &fields).await
    };
    let users: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let answer = change("user", "disable", &users).await;
    assert!(answer.location().trim_end_matches('?').ends_with(&page), "{}", answer.location());
    for id in &ids {
        assert!(!directory.user_show(&admin, *id).await.unwrap().enabled);
    }
    // Oneself stays; the others go.
    let all: Vec<String> = users.iter().cloned().chain([admin.user.to_string()]).collect();
    let partly = change("user", "delete", &all).await;
    assert_eq!(partly.status, 409);
    assert!(text(&partly, ".outcomes").contains("admin"), "{}", partly.text());
    assert_eq!(directory.user_list(&admin, &ListQuery::default()).await.unwrap().total, 1);
    assert_eq!(change("user", "enable", &[]).await.status, 400, "none is chosen");
    assert_eq!(change("project", "delete", std::slice::from_ref(&project)).await.status, 400, "not so");
    let shown = client.get(&page).await;
    assert_eq!(count(&shown, "[name='ids[]'][form=many-form]"), 1);
    assert_eq!(count(&shown, "#many-form [name=verb]"), 3);
}

#[tokio::test]
async fn lists_are_filtered_by_domain_and_new_things_may_be_off() {
    let (world, admin, client, base) = office().await;
    let directory = &world.cloud.directory;
    assert_eq!(count(&client.get(&format!("{base}/users")).await, "select[name=domain]"), 0, "there is no choice");
    // By name it comes before the project's own.
    let form = DomainForm { name: "Academy".into(), disabled: true, ..DomainForm::default() };
    let school = directory.domain_create(&admin, form).await.unwrap();
    assert!(!directory.domain_show(&admin, school).await.unwrap().enabled);
    let (project, school) = (admin.project.to_string(), school.to_string());
    let user = [
        ("project", project.as_str()),
        ("domain", &school),
        ("name", "zoe"),
        ("password", PASSWORD),
        ("again", PASSWORD),
        ("status", "disabled"),
    ];
    let form = format!("{base}/users/create");
    assert_eq!(text(&client.get(&form).await, "select[name=domain] option[selected]"), "Default");
    let mut other = user;
    other[4] = ("again", "something else");
    let refused = client.post_from(&form, "/api/user_create", &other).await;
    assert_eq!(count(&refused, "[name=again][aria-invalid=true]"), 1);
    let made = client.post_from(&form, "/api/user_create", &user).await.location().to_owned();
    assert_eq!(text(&client.get(&made).await, "h1"), "zoe");
    let of = async |kind: &str, domain: &str| {
        count(&client.get(&format!("{base}/{kind}?domain={domain}")).await, "tbody tr")
    };
    assert_eq!((of("users", &school).await, of("users", "").await), (1, 2));
    let new = [("project", project.as_str()), ("domain", &school), ("name", "class"), ("status", "disabled")];
    client.post_from(&format!("{base}/projects/create"), "/api/project_create", &new).await.location();
    assert_eq!((of("projects", &school).await, of("groups", &school).await), (1, 0));
    let shown = client.get(&format!("{base}/projects?domain={school}")).await;
    assert_eq!(count(&shown, "tbody .state[data-state=disabled]"), 1);
    assert_eq!(count(&shown, "select[name=domain] option[selected]"), 1);
}

#[tokio::test]
async fn several_join_a_group_or_none() {
    let (world, admin, client, base) = office().await;
    for name in ["ann", "bob"] {
        world.cloud.identity.user_create(&admin, name, PASSWORD).await.unwrap();
    }
    let group = GroupForm { name: "builders".into(), ..GroupForm::default() };
    let group = world.cloud.directory.group_create(&admin, group).await.unwrap();
    let (project, id, page) = (admin.project.to_string(), group.to_string(), format!("{base}/groups/{group}"));
    let add = async |names: [&str; 3]| {
        let mut fields = vec![("project", project.as_str()), ("id", id.as_str())];
        fields.extend(names.map(|name| ("users[]", name)));
        client.post_from(&page, "/api/group_member_add", &fields).await
    };
    let refused = add(["ann", "nobody", ""]).await;
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("There is no user “nobody” here."));
    let answer = add(["ann", "", "bob"]).await;
    assert!(answer.location().trim_end_matches('?').ends_with(&page), "{}", answer.location());
    let members = async |group, search: &str| {
        let query = ListQuery { search: search.into(), ..ListQuery::default() };
        let page = world.cloud.directory.group_member_list(&admin, group, &query).await.unwrap();
        (page.total, page.items.len())
    };
    assert_eq!(members(group, "").await, (2, 2));
    // Who is in another group as well stands here once.
    let other = GroupForm { name: "painters".into(), ..GroupForm::default() };
    let other = world.cloud.directory.group_create(&admin, other).await.unwrap();
    let fields = [("project", project.as_str()), ("id", &other.to_string()), ("users[]", "ann")];
    client.post_from(&format!("{base}/groups/{other}"), "/api/group_member_add", &fields).await.location();
    assert_eq!((members(group, "ann").await, members(other, "bob").await), ((1, 1), (0, 0)));
}
