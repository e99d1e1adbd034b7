//! The directory over HTTP: what administrators do, and that it takes effect at once.

use crate::client::{Answer, Client};
use crate::world::{PASSWORD, World, world};
use api::directory::{
    Actor, AssignmentsOf, Directory as _, DomainForm, GroupForm, NewAssignment, NewProject, NewUser, RoleForm,
};
use api::identity::Identity as _;
use api::{Caller, Error, Kind, ListQuery, ProjectId, Role, UserId, Why};
use scraper::Selector;

pub fn text(answer: &Answer, selector: &str) -> String {
    let html = answer.html();
    let found = html.select(&Selector::parse(selector).unwrap()).next();
    found.unwrap_or_else(|| panic!("no {selector} in {}", answer.text())).text().collect::<String>().trim().to_owned()
}

pub fn count(answer: &Answer, selector: &str) -> usize {
    answer.html().select(&Selector::parse(selector).unwrap()).count()
}

fn assignment(actor: (&str, &str), role: &str, place: (&str, &str), inherited: bool) -> NewAssignment {
    NewAssignment {
        actor_kind: actor.0.into(),
        actor: actor.1.into(),
        place_kind: place.0.into(),
        place: place.1.into(),
        role: role.into(),
        inherited,
    }
}

/// Whoever may make users must not stand in for another by taking that user's id for a name.
#[tokio::test]
async fn an_id_names_nobody_else() {
    let (world, admin, _, _) = office().await;
    let directory = &world.cloud.directory;
    let ann = world.cloud.identity.user_create(&admin, "ann", PASSWORD).await.unwrap();
    let group = GroupForm { name: "builders".into(), ..GroupForm::default() };
    let group = directory.group_create(&admin, group).await.unwrap();
    // In both ways that an id is written.
    for id in [ann.to_string(), ann.0.to_string()] {
        world.cloud.identity.user_create(&admin, &id, PASSWORD).await.unwrap();
        directory.group_member_add(&admin, group, &[id]).await.unwrap();
        let members = directory.group_member_list(&admin, group, &ListQuery::default()).await.unwrap();
        assert_eq!(members.items.iter().map(|user| user.id).collect::<Vec<_>>(), [ann]);
    }
}

/// Two domains have an `ann`: whoever is picked is sent by the id, and a name is one of the place's own domain.
#[tokio::test]
async fn a_name_that_two_domains_have_is_never_the_others() {
    let (world, admin, client, base) = office().await;
    let directory = &world.cloud.directory;
    let ours = world.cloud.identity.user_create(&admin, "ann", PASSWORD).await.unwrap();
    let form = DomainForm { name: "school".into(), ..Default::default() };
    let school = directory.domain_create(&admin, form).await.unwrap();
    let new =
        NewUser { domain: school.to_string(), name: "ann".into(), password: PASSWORD.into(), ..NewUser::default() };
    let theirs = directory.user_create(&admin, new).await.unwrap();
    let new = NewProject { domain: school.to_string(), name: "class".into(), ..NewProject::default() };
    let class = directory.project_create(&admin, new).await.unwrap();
    let new = NewProject { domain: school.to_string(), name: "atlas".into(), ..NewProject::default() };
    directory.project_create(&admin, new).await.unwrap();
    let atlas = world.project("atlas").await;

    let who = async |place: AssignmentsOf| {
        let found = directory.assignment_list(&admin, place, &ListQuery::default()).await.unwrap();
        found.items.into_iter().map(|it| it.actor).collect::<Vec<_>>()
    };
    let assign = async |actor: &str, place: (&str, &str)| {
        directory.assignment_create(&admin, assignment(("user", actor), "member", place, false)).await
    };
    // Typed: the place's own ann, whichever project the page is in.
    assign("ann", ("project", &class.to_string())).await.unwrap();
    assert_eq!(who(AssignmentsOf::Project(class)).await, [Actor::User(theirs)]);
    assign("ann", ("domain", "school")).await.unwrap();
    assert_eq!(who(AssignmentsOf::Domain(school)).await, [Actor::User(theirs)]);
    // Picked: by the id.
    assign(&ours.to_string(), ("project", &class.to_string())).await.unwrap();
    assert!(who(AssignmentsOf::Project(class)).await.contains(&Actor::User(ours)));
    // The system lies in no domain, and two projects are called atlas.
    let unclear = |field: &str, kind| Err(Error::field(field, Why::Ambiguous { kind }));
    assert_eq!(assign("ann", ("system", "")).await, unclear("actor", Kind::User));
    assert_eq!(assign(&ours.to_string(), ("project", "atlas")).await, unclear("place", Kind::Project));
    assert!(assign(&ours.to_string(), ("project", &atlas.to_string())).await.is_ok());

    // An id says whose it is, whichever kind stands beside it.
    let group = GroupForm { name: "builders".into(), ..GroupForm::default() };
    let group = directory.group_create(&admin, group).await.unwrap();
    assign(&group.to_string(), ("project", &atlas.to_string())).await.unwrap();
    assert!(who(AssignmentsOf::Project(atlas)).await.contains(&Actor::Group(group)));

    let project = admin.project.to_string();
    let form = [
        ("project", project.as_str()),
        ("actor_kind", "user"),
        ("actor", "ann"),
        ("place_kind", "system"),
        ("role", "reader"),
    ];
    let answer = client.post_from(&format!("{base}/assignments/create"), "/api/assignment_create", &form).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("More than one user has this name."), "{}", answer.text());
    assert_eq!(count(&answer, "[name=actor][aria-invalid=true]"), 1, "by the field");
}

/// An administrator's browser in the project `admin`.
pub async fn office() -> (World, Caller, Client, String) {
    let world = world().await;
    let admin = world.admin().await;
    let client = world.sign_in("admin").await;
    let base = format!("/p/{}/admin", admin.project);
    (world, admin, client, base)
}

#[tokio::test]
async fn a_project_is_made_with_all_that_it_needs_in_one_form() {
    let (world, admin, client, base) = office().await;
    for name in ["ann", "bob"] {
        world.cloud.identity.user_create(&admin, name, PASSWORD).await.unwrap();
    }
    let project = admin.project.to_string();
    let form = [
        ("project", project.as_str()),
        ("name", "atlas"),
        ("description", "Maps"),
        ("tags", "prod, web"),
        ("members[]", "ann"),
        ("roles[]", "manager"),
        ("members[]", ""),
        ("roles[]", "member"),
        ("members[]", "bob"),
        ("roles[]", "reader"),
        ("limits[instances]", "3"),
        ("limits[cores]", ""),
        ("starter", "true"),
    ];
    let answer = client.post_from(&format!("{base}/projects/create"), "/api/project_create", &form).await;
    let page = answer.location().to_owned();
    assert!(page.starts_with(&format!("{base}/projects/")), "{page} {}", answer.text());
    let shown = client.get(&page).await;
    assert_eq!(text(&shown, "h1"), "atlas");
    assert!(shown.text().contains("prod"));
    let members = client.get(&format!("{page}?tab=members")).await;
    assert_eq!(count(&members, "tbody tr"), 2, "ann and bob");

    let id: ProjectId = page.rsplit('/').next().unwrap().parse().unwrap();
    let ann = world.user_of("ann").await;
    let ann = world.caller(ann, id).await;
    assert_eq!(ann.role, Role::Manager);
    let usage = api::quota::Quotas::quota_usage(&*world.cloud.quotas, &ann).await.unwrap();
    assert_eq!(usage.iter().find(|it| it.resource == api::quota::Resource::Instances).unwrap().limit, 3);
    let networks =
        api::network::Networks::network_list(&*world.cloud.networks, &ann, &Default::default()).await.unwrap();
    assert_eq!(networks.items.iter().filter(|network| !network.external).count(), 1, "the starter network");
}

#[tokio::test]
async fn a_refused_project_leaves_nothing_behind() {
    let (world, admin, client, base) = office().await;
    let project = admin.project.to_string();
    let form = [
        ("project", project.as_str()),
        ("name", "atlas"),
        ("members[]", "nobody"),
        ("roles[]", "member"),
        ("limits[instances]", "many"),
        ("starter", "true"),
    ];
    let answer = client.post_from(&format!("{base}/projects/create"), "/api/project_create", &form).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("There is no user “nobody” here."));
    assert_eq!(count(&answer, "[name='limits[instances]'][aria-invalid=true]"), 1);
    assert_eq!(count(&answer, "[name='members[]'][value=nobody]"), 1, "what was typed is kept");
    let found = world.cloud.directory.project_list(&admin, &Default::default()).await.unwrap();
    assert_eq!(found.total, 1);
}

#[tokio::test]
async fn names_are_unique_in_their_domain() {
    let (world, admin, client, base) = office().await;
    let project = admin.project.to_string();
    for (noun, fields) in [
        ("project", vec![]),
        ("user", vec![("password", "correct horse"), ("again", "correct horse")]),
        ("group", vec![]),
        ("domain", vec![]),
        ("role", vec![]),
    ] {
        let form: Vec<_> = [("project", project.as_str()), ("name", "twin")].into_iter().chain(fields).collect();
        let (page, call) = (format!("{base}/{noun}s/create"), format!("/api/{noun}_create"));
        assert!((300..400).contains(&client.post_from(&page, &call, &form).await.status), "{noun}");
        let again = client.post_from(&page, &call, &form).await;
        assert_eq!(again.status, 400, "{noun}");
        assert_eq!(count(&again, "[name=name][aria-invalid=true]"), 1, "{noun}");
    }
    // Another domain may have the same names.
    let new = NewProject { name: "twin".into(), domain: "twin".into(), ..NewProject::default() };
    assert!(world.cloud.directory.project_create(&admin, new).await.is_ok());
}

#[tokio::test]
async fn users_are_changed_and_deleted_through_forms() {
    let (world, admin, client, base) = office().await;
    let project = admin.project.to_string();
    let form = [
        ("project", project.as_str()),
        ("name", "ann"),
        ("email", "ann"),
        ("password", "correct horse"),
        ("again", "correct horse"),
        ("default_project", "admin"),
        ("role", "reader"),
    ];
    let page = format!("{base}/users/create");
    let refused = client.post_from(&page, "/api/user_create", &form).await;
    assert_eq!((refused.status, count(&refused, "[name=email][aria-invalid=true]")), (400, 1));
    assert!(!refused.text().contains("correct horse"), "no password comes back");
    let mut form = form;
    form[2].1 = "ann@example.org";
    let answer = client.post_from(&page, "/api/user_create", &form).await;
    let user = answer.location().to_owned();
    assert!(client.get(&user).await.text().contains("ann@example.org"));
    assert_eq!(count(&client.get(&format!("{user}?tab=roles")).await, "tbody tr"), 1);
    let ann = world.visitor();
    ann.post_form("/sign-in", &[("name", "ann"), ("password", "correct horse")]).await;
    assert_eq!(ann.get("/").await.location(), format!("/p/{project}/overview"));

    let id = user.rsplit('/').next().unwrap().to_owned();
    let edit = [("project", project.as_str()), ("id", &id), ("name", "anna"), ("email", "")];
    let answer = client.post_from(&format!("{user}/edit"), "/api/user_update", &edit).await;
    assert_eq!(answer.location(), user);
    assert_eq!(text(&client.get(&user).await, "h1"), "anna");
    let password = [("project", project.as_str()), ("id", &id), ("password", "another horse")];
    client.post_from(&format!("{user}/edit"), "/api/user_password_set", &password).await;
    assert_eq!(ann.get("/").await.location(), "/sign-in", "whoever knew the old one is signed out");

    let delete = [("project", project.as_str()), ("id", id.as_str())];
    assert_eq!(client.post_from(&user, "/api/user_delete", &delete).await.location(), format!("{base}/users"));
    assert_eq!(client.get(&user).await.status, 404);
}

/// What a user may do, as seen by the next request, an open stream and the list of projects alike.
async fn role(world: &World, user: UserId, project: ProjectId) -> Option<Role> {
    let found = world.cloud.identity.caller(user, project, "req-test").await.ok().map(|caller| caller.role);
    let listed = world.cloud.identity.membership_list(user).await.unwrap();
    let listed = listed.iter().find(|membership| membership.project == project).map(|membership| membership.role);
    assert_eq!(found, listed, "the request and the list of projects agree");
    found
}

#[tokio::test]
async fn roles_come_from_everywhere() {
    let world = world().await;
    let admin = world.admin().await;
    let directory = &world.cloud.directory;
    let user = world.cloud.identity.user_create(&admin, "ann", PASSWORD).await.unwrap();
    let top = world.project("top").await;
    let below = NewProject { name: "below".into(), parent: "top".into(), ..NewProject::default() };
    let below = directory.project_create(&admin, below).await.unwrap();
    let group =
        directory.group_create(&admin, GroupForm { name: "team".into(), ..GroupForm::default() }).await.unwrap();
    assert_eq!(role(&world, user, below).await, None);

    let ann = ("user", "ann");
    let mut given = Vec::new();
    // Each is given, looked at in the project above and below, and taken again.
    for (actor, name, place, inherited, above, under) in [
        (ann, "member", ("project", "top"), false, Some(Role::Member), None),
        (ann, "member", ("project", "top"), true, None, Some(Role::Member)),
        (ann, "manager", ("domain", "Default"), true, Some(Role::Manager), Some(Role::Manager)),
        (ann, "manager", ("domain", "Default"), false, Some(Role::Reader), Some(Role::Reader)),
        (ann, "member", ("domain", "Default"), false, None, None),
        (ann, "reader", ("system", ""), false, Some(Role::Reader), Some(Role::Reader)),
        (ann, "member", ("system", ""), false, Some(Role::Reader), Some(Role::Reader)),
        (ann, "admin", ("system", ""), false, Some(Role::Admin), Some(Role::Admin)),
        (ann, "service", ("project", "top"), false, None, None),
        (("group", "team"), "manager", ("project", "below"), false, None, None),
    ] {
        let id = directory.assignment_create(&admin, assignment(actor, name, place, inherited)).await.unwrap();
        let what = format!("{name} on {place:?}, inherited: {inherited}");
        assert_eq!(role(&world, user, top).await, above, "{what}, above");
        assert_eq!(role(&world, user, below).await, under, "{what}, below");
        given.push(id);
        if actor == ann {
            directory.assignment_delete(&admin, id).await.unwrap();
            assert_eq!(role(&world, user, below).await, None, "{what}, taken away");
        }
    }
    directory.group_member_add(&admin, group, &["ann".to_owned()]).await.unwrap();
    assert_eq!(role(&world, user, below).await, Some(Role::Manager), "by the group");
    directory.group_member_remove(&admin, group, user).await.unwrap();
    assert_eq!(role(&world, user, below).await, None);

    let member = directory.role_list(&admin).await.unwrap().into_iter().find(|role| role.name == "member").unwrap();
    let form = RoleForm { name: "operator".into(), implies: vec![member.id.to_string()], ..RoleForm::default() };
    let operator = directory.role_create(&admin, form).await.unwrap();
    directory.assignment_create(&admin, assignment(ann, "operator", ("project", "top"), false)).await.unwrap();
    assert_eq!(role(&world, user, top).await, Some(Role::Member), "by what the role implies");
    let form = RoleForm { name: "operator".into(), ..RoleForm::default() };
    directory.role_update(&admin, operator, form).await.unwrap();
    assert_eq!(role(&world, user, top).await, None, "it implies nothing any more");
    assert!(matches!(directory.role_delete(&admin, operator).await, Err(Error::Conflict(_))), "it is assigned");
}

#[tokio::test]
async fn security_13_what_is_switched_off_is_off_with_the_next_request() {
    let world = world().await;
    let admin = world.admin().await;
    let directory = &world.cloud.directory;
    let project = world.project("p").await;
    let user = world.user("ann", project, Role::Member).await;
    let page = format!("/p/{project}/overview");

    let client = world.sign_in("ann").await;
    let mut events = client.events(project).await;
    directory.project_enable(&admin, project, false).await.unwrap();
    assert_eq!(client.get(&page).await.status, 404);
    assert_eq!(events.next().await, None, "its stream has ended");
    directory.project_enable(&admin, project, true).await.unwrap();
    assert_eq!(client.get(&page).await.status, 200);

    let mut events = client.events(project).await;
    directory.user_enable(&admin, user, false).await.unwrap();
    assert!(client.get(&page).await.location().starts_with("/sign-in"));
    assert_eq!(events.next().await, None);
    let refused = world.visitor().post_form("/sign-in", &[("name", "ann"), ("password", PASSWORD)]).await;
    assert_eq!(refused.status, 400);
    directory.user_enable(&admin, user, true).await.unwrap();

    let client = world.sign_in("ann").await;
    let group = directory.group_create(&admin, GroupForm { name: "g".into(), ..GroupForm::default() }).await.unwrap();
    world.cloud.identity.assignment_remove(&admin, user, project).await.unwrap();
    directory.assignment_create(&admin, assignment(("group", "g"), "member", ("project", "p"), false)).await.unwrap();
    directory.group_member_add(&admin, group, &["ann".to_owned()]).await.unwrap();
    assert_eq!(client.get(&page).await.status, 200);
    let mut events = client.events(project).await;
    directory.group_delete(&admin, group).await.unwrap();
    assert_eq!(events.next().await, None, "what the group allowed has ended");
    assert_eq!(client.get(&page).await.status, 404);
}

#[tokio::test]
async fn somebody_can_always_run_the_cloud() {
    let world = world().await;
    let admin = world.admin().await;
    let directory = &world.cloud.directory;
    assert!(matches!(directory.user_enable(&admin, admin.user, false).await, Err(Error::Conflict(_))), "oneself");
    assert!(matches!(directory.user_delete(&admin, admin.user).await, Err(Error::Conflict(_))));
    assert!(matches!(directory.project_enable(&admin, admin.project, false).await, Err(Error::Conflict(_))));
    let of = api::directory::AssignmentsOf::User(admin.user);
    let all = directory.assignment_list(&admin, of, &Default::default()).await.unwrap().items;
    let mut refused = 0;
    for assignment in all {
        refused += u32::from(directory.assignment_delete(&admin, assignment.id).await.is_err());
    }
    assert_eq!(refused, 1, "the last one stays");
}

#[tokio::test]
async fn the_policy_page_says_who_may_what_and_why() {
    let (world, admin, client, base) = office().await;
    let project = world.project("p").await;
    world.user("ann", project, Role::Member).await;
    let page = client.get(&format!("{base}/policy?user=ann&target=p")).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("In p, ann is member."), "{}", page.text());
    let allowed = |action: &str| count(&page, &format!("#row-may-{action} .state[data-state=allowed]")) == 1;
    assert!(allowed("write") && !allowed("manage_users"));
    let simulation = api::policy::Policies::policy_simulate(&*world.cloud.policies, &admin, "ann", "p").await.unwrap();
    let write = simulation.verdicts.iter().find(|it| it.rule.action == api::Action::Write).unwrap();
    assert_eq!(write.because.iter().map(|by| by.role_name.as_str()).collect::<Vec<_>>(), ["member"]);
    let nobody = client.get(&format!("{base}/policy?user=nobody&target=p")).await;
    assert_eq!(nobody.status, 400);
}

#[tokio::test]
async fn a_domain_is_deleted_when_it_is_empty_and_off() {
    let (world, admin, client, base) = office().await;
    let directory = &world.cloud.directory;
    let form = api::directory::DomainForm { name: "staff".into(), ..Default::default() };
    let id = directory.domain_create(&admin, form).await.unwrap();
    let new = NewProject { name: "q".into(), domain: "staff".into(), ..NewProject::default() };
    directory.project_create(&admin, new).await.unwrap();
    let fields = [("project", admin.project.to_string()), ("id", id.to_string())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let page = format!("{base}/domains/{id}");
    assert_eq!(client.post_from(&page, "/api/domain_delete", &fields).await.status, 409, "enabled");
    directory.domain_enable(&admin, id, false).await.unwrap();
    let refused = client.post_from(&page, "/api/domain_delete", &fields).await;
    assert!(text(&refused, ".outcomes").contains("project"), "not empty");
}

#[tokio::test]
async fn ids_are_taken_as_keystone_and_as_others_write_them() {
    let (world, admin, client, base) = office().await;
    let project = world.project("p").await;
    for written in [project.to_string(), project.0.to_string()] {
        assert_eq!(client.get(&format!("{base}/projects/{written}")).await.status, 200, "{written}");
        let found = client.get(&format!("{base}/projects?search={written}")).await;
        assert_eq!(count(&found, "tbody tr"), 1, "{written}");
    }
    assert_eq!(admin.project.to_string().len(), 32);
}
