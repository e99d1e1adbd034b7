//! Who is in no project: their account is open to them, and to who manages a domain the way to its first project.

use crate::world::{PASSWORD, world};
use api::directory::{Directory as _, DomainForm, NewAssignment, NewUser};
use api::{ProjectId, Role};

#[tokio::test]
async fn a_fresh_user_lands_on_the_own_account() {
    let world = world().await;
    let user = world.cloud.identity.user_create(&world.admin().await, "fresh", PASSWORD).await.unwrap();
    let client = world.sign_in("fresh").await;
    let nowhere = ProjectId::NOWHERE.to_string();
    let profile = format!("/p/{nowhere}/account/profile");
    assert_eq!(client.get("/").await.location(), profile);
    let page = client.get(&profile).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("You are in no project"));
    assert!(!page.text().contains("/instances") && !page.text().contains("/admin/"), "{}", page.text());
    for own in ["password", "second-factors", "sessions", "preferences"] {
        assert_eq!(client.get(&format!("/p/{nowhere}/account/{own}")).await.status, 200, "{own}");
    }
    for other in ["overview", "instances", "quotas", "audit", "admin/users", "members", "api-access"] {
        assert_eq!(client.get(&format!("/p/{nowhere}/{other}")).await.status, 403, "{other}");
    }
    let new = "another horse battery";
    let fields = [("project", nowhere.as_str()), ("current", PASSWORD), ("new", new), ("again", new)];
    assert!(client.post_from(&profile, "/api/password_change", &fields).await.location().ends_with(&profile));

    // As soon as there is a project, that is where one goes.
    let project = world.project("p").await;
    world.cloud.identity.assignment_set(&world.admin().await, user, project, Role::Reader).await.unwrap();
    assert_eq!(client.get("/").await.location(), format!("/p/{project}/overview"));
    world.cloud.directory.user_enable(&world.admin().await, user, false).await.unwrap();
    assert!(client.get(&profile).await.location().starts_with("/sign-in"));
}

#[tokio::test]
async fn who_manages_an_empty_domain_makes_its_first_project() {
    let world = world().await;
    let (admin, directory) = (world.admin().await, &world.cloud.directory);
    let form = DomainForm { name: "school".into(), ..DomainForm::default() };
    let domain = directory.domain_create(&admin, form).await.unwrap();
    let new =
        NewUser { domain: domain.to_string(), name: "head".into(), password: PASSWORD.into(), ..NewUser::default() };
    let head = directory.user_create(&admin, new).await.unwrap();
    let assignment = NewAssignment {
        actor_kind: "user".into(),
        actor: head.to_string(),
        place_kind: "domain".into(),
        place: domain.to_string(),
        role: "manager".into(),
        inherited: false,
    };
    directory.assignment_create(&admin, assignment).await.unwrap();
    let client = world.visitor();
    let fields = [("domain", "school"), ("name", "head"), ("password", PASSWORD)];
    assert_eq!(client.post_form("/sign-in", &fields).await.status, 303);
    let nowhere = ProjectId::NOWHERE.to_string();
    let landing = client.get("/").await.location().to_owned();
    let page = client.get(&landing).await;
    assert!(page.text().contains(&format!("/p/{nowhere}/admin/projects/create")), "{}", page.text());

    let form = format!("/p/{nowhere}/admin/projects/create");
    assert_eq!(client.get(&form).await.status, 200);
    let fields = [
        ("project", nowhere.as_str()),
        ("name", "class"),
        ("starter", "true"),
        ("members[]", "head"),
        ("roles[]", "member"),
    ];
    let made = client.post_from(&form, "/api/project_create", &fields).await.location().to_owned();
    let id: ProjectId = made.rsplit('/').next().unwrap().parse().unwrap();
    assert_eq!(directory.project_show(&admin, id).await.unwrap().project.domain, domain, "in the manager's own domain");
    assert_eq!(client.get(&made).await.status, 200);
    assert_eq!(client.get(&format!("{made}?tab=quotas")).await.status, 200, "what it may use is no secret");
    assert_eq!(client.get("/").await.location(), format!("/p/{id}/overview"));
    // From there on it is as anywhere.
    let fields = [("project", nowhere.as_str()), ("name", "ann"), ("password", PASSWORD), ("again", PASSWORD)];
    assert_eq!(client.call("user_create", &fields).await.status, 200);
    let fields = [("project", nowhere.as_str()), ("id", &id.to_string()), ("confirm", "class")];
    assert_eq!(client.call("project_delete", &fields).await.status, 200);
    world.settle().await;
    assert!(directory.project_show(&admin, id).await.is_err());
}
