//! The pages of instances and key pairs, as a browser without scripts sees them.

use crate::client::{Answer, Client};
use crate::world::{World, world};
use api::compute::Compute as _;
use api::image::{Images as _, NewImage};
use api::{Caller, ImageId, ProjectId};
use scraper::Selector;

const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJXB/xgV4FnEGx0p9fDKdPcgUFk+AJbe4avCMlmpxrAe me@there";

/// A project `p` with a member and a reader, and the member as a caller of the services.
async fn project() -> (World, ProjectId, Caller) {
    let world = world().await;
    let project = world.with_every_role().await;
    let caller = world.caller(world.user_of("member").await, project).await;
    (world, project, caller)
}

fn count(answer: &Answer, selector: &str) -> usize {
    answer.html().select(&Selector::parse(selector).unwrap()).count()
}

fn text(answer: &Answer, selector: &str) -> String {
    let html = answer.html();
    let found = html.select(&Selector::parse(selector).unwrap()).next();
    found.unwrap_or_else(|| panic!("no {selector} in {}", answer.text())).text().collect::<String>().trim().to_owned()
}

fn attribute(answer: &Answer, selector: &str, name: &str) -> String {
    let html = answer.html();
    let found = html.select(&Selector::parse(selector).unwrap()).next();
    found.and_then(|element| element.attr(name)).unwrap_or_default().to_owned()
}

/// What the launch form would send as it stands.
async fn launch_form(client: &Client, project: ProjectId) -> Vec<(String, String)> {
    let page = client.get(&format!("/p/{project}/instances/launch")).await;
    assert_eq!(page.status, 200);
    let value = |selector: &str| attribute(&page, selector, "value");
    vec![
        ("project".into(), project.to_string()),
        ("name".into(), value("[name=name]")),
        ("image".into(), value("[name=image] [selected]")),
        ("flavor".into(), value("[name=flavor][checked]")),
        ("network".into(), value("[name=network] [selected]")),
        ("keypair".into(), value("[name=keypair] [selected]")),
        ("security_groups[]".into(), value("[name='security_groups[]'][checked]")),
        ("user_data".into(), String::new()),
    ]
}

async fn launch(client: &Client, project: ProjectId, changes: &[(&str, &str)]) -> Answer {
    let mut form = launch_form(client, project).await;
    for (name, value) in form.iter_mut() {
        if let Some((_, new)) = changes.iter().find(|(changed, _)| changed == name) {
            *value = (*new).to_owned();
        }
    }
    let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    client.post_from(&format!("/p/{project}/instances/launch"), "/api/instance_launch", &fields).await
}

#[tokio::test]
async fn a_name_is_all_that_a_launch_takes() {
    let (world, project, caller) = project().await;
    world.launch(&caller, "first").await;
    let client = world.sign_in("member").await;
    let answer = launch(&client, project, &[("name", "web")]).await;
    assert!(answer.location().starts_with(&format!("/p/{project}/instances/")), "{}", answer.location());
    let page = client.get(answer.location()).await;
    assert_eq!(text(&page, "h1"), "web");
    assert_eq!(attribute(&page, ".page-badges .state", "data-state"), "BUILD");
    assert_eq!(count(&page, "noscript"), 1, "it is read again until it has settled");

    world.settle().await;
    let list = client.get(&format!("/p/{project}/instances")).await;
    assert_eq!(count(&list, "tbody tr"), 2);
    assert_eq!(count(&list, "tbody .state[data-state=ACTIVE]"), 2);
    assert_eq!(count(&list, "noscript"), 0);
}

/// An image of the caller's project.
async fn image(world: &World, caller: &Caller, name: &str, visibility: &str) -> ImageId {
    let new = NewImage { name: name.to_owned(), visibility: visibility.to_owned(), ..NewImage::default() };
    let stream = futures::stream::iter([Ok(server::seed::disk().into())]);
    world.cloud.images.image_upload(caller, new, None, stream).await.unwrap()
}

/// The launch page that an image's own page leads to.
async fn launch_of(client: &Client, project: ProjectId, image: ImageId) -> Answer {
    let page = client.get(&format!("/p/{project}/images/{image}")).await;
    let href = attribute(&page, "a[href*='instances/launch']", "href");
    assert!(href.contains(&image.to_string()), "{href}");
    client.get(&href).await
}

#[tokio::test]
async fn the_image_that_was_asked_for_is_the_one_that_is_launched() {
    let (world, project, caller) = project().await;
    world.launch(&caller, "first").await;
    let admin = world.admin().await;
    let community = image(&world, &admin, "of the community", "community").await;
    let private = image(&world, &admin, "private", "private").await;
    let theirs = image(&world, &caller, "theirs", "private").await;
    let client = world.sign_in("member").await;

    let page = launch_of(&client, project, community).await;
    assert_eq!(attribute(&page, "[name=image] [selected]", "value"), community.to_string());
    let mut form = launch_form(&client, project).await;
    form.retain(|(name, _)| name != "image");
    form.push(("image".into(), attribute(&page, "[name=image] [selected]", "value")));
    let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let done = client.post_from(&format!("/p/{project}/instances/launch"), "/api/instance_launch", &fields).await;
    let id = done.location().rsplit('/').next().unwrap().parse().unwrap();
    let shown = world.cloud.compute.instance_show(&caller, id).await.unwrap();
    assert_eq!((shown.instance.image_name.as_str(), shown.image), ("of the community", Some(community)));

    // What only an administrator sees, only an administrator launches.
    let hidden = client.get(&format!("/p/{project}/instances/launch?image={private}")).await;
    assert_eq!(attribute(&hidden, "[name=image] [selected]", "value"), "");
    assert!(text(&hidden, ".field-error").starts_with("There is no such image"), "{}", text(&hidden, ".field-error"));
    let boss = world.sign_in("admin").await;
    let mine = Caller { project: admin.project, ..admin.clone() };
    world.launch(&mine, "mine").await;
    let page = launch_of(&boss, admin.project, theirs).await;
    assert_eq!(attribute(&page, "[name=image] [selected]", "value"), theirs.to_string());
    let mut form = launch_form(&boss, admin.project).await;
    form.retain(|(name, _)| name != "image");
    form.push(("image".into(), theirs.to_string()));
    let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = format!("/p/{}/instances/launch", admin.project);
    let done = boss.post_from(&page, "/api/instance_launch", &fields).await;
    assert!(done.location().contains("/instances/"), "{}", done.location());
}

#[tokio::test]
async fn an_image_that_cannot_be_launched_is_not_replaced() {
    let (world, project, caller) = project().await;
    world.launch(&caller, "first").await;
    let id = image(&world, &caller, "asleep", "private").await;
    world.cloud.images.image_deactivate(&caller, id).await.unwrap();
    let client = world.sign_in("member").await;
    let page = client.get(&format!("/p/{project}/instances/launch?image={id}")).await;
    assert_eq!(page.status, 200);
    assert_eq!(attribute(&page, "[name=image] [selected]", "value"), "");
    assert_eq!(count(&page, "[name=image][aria-invalid=true]"), 1);
    assert!(text(&page, ".field-error").contains("Deactivated"), "{}", text(&page, ".field-error"));
    assert_eq!(count(&page, "[name=image] option"), 3, "none chosen, the image itself, and the one that could be");
    let refused = launch(&client, project, &[("image", "")]).await;
    assert_eq!(refused.status, 400);
    assert_eq!(count(&refused, "[name=image][aria-invalid=true]"), 1);
    assert_eq!(attribute(&refused, "[name=image] [selected]", "value"), "", "nor after that");
}

#[tokio::test]
async fn among_many_images_one_is_searched_for() {
    let (world, project, caller) = project().await;
    let old = image(&world, &caller, "the oldest", "private").await;
    for n in 0..52 {
        world.clock.advance(std::time::Duration::from_secs(1));
        image(&world, &caller, &format!("image-{n:02}"), "private").await;
    }
    world.launch(&caller, "first").await;
    let client = world.sign_in("member").await;
    let path = format!("/p/{project}/instances/launch");
    let page = client.get(&path).await;
    assert_eq!(count(&page, "[name=image] option"), 50);
    assert_eq!(attribute(&page, "[name=image_search]", "form"), "find-image");
    assert_eq!(count(&page, &format!("[name=image] [value='{old}']")), 0);
    let asked = client.get(&format!("{path}?image={old}")).await;
    assert_eq!(attribute(&asked, "[name=image] [selected]", "value"), old.to_string());
    assert_eq!(attribute(&asked, "#find-image [name=image]", "value"), old.to_string(), "kept while one searches");
    let found = client.get(&format!("{path}?image_search=oldest")).await;
    assert_eq!(count(&found, "[name=image] option"), 1);
    assert_eq!(attribute(&found, "[name=image] [selected]", "value"), old.to_string());
    assert_eq!(attribute(&found, "[name=image_search]", "value"), "oldest");
    let both = client.get(&format!("{path}?image_search=image-07&image={old}")).await;
    assert_eq!(count(&both, "[name=image] option"), 2);
    assert_eq!(attribute(&both, "[name=image] [selected]", "value"), old.to_string());
    let none = client.get(&format!("{path}?image_search=nothing+like+it")).await;
    assert_eq!(count(&none, "form[action^='/api/instance_launch']"), 1, "the form stays");
    assert_eq!(count(&none, "[name=image] [value='']"), 1);
}

#[tokio::test]
async fn a_refused_launch_keeps_what_was_typed() {
    let (world, project, caller) = project().await;
    world.launch(&caller, "first").await;
    let client = world.sign_in("member").await;
    let script = "#!/bin/sh\necho <secret>\n";
    let answer = launch(&client, project, &[("name", &"x".repeat(300)), ("user_data", script), ("keypair", "")]).await;
    assert_eq!(answer.status, 400);
    assert_eq!(count(&answer, "[name=name][aria-invalid=true]"), 1);
    assert_eq!(attribute(&answer, "[name=name]", "value").len(), 300);
    assert_eq!(text(&answer, "textarea[name=user_data]"), script.trim());
    assert_eq!(count(&answer, "script[type=module]"), 0, "the browser's half does not know what was typed");

    let answer = launch(&client, project, &[("user_data", &"x".repeat(64 * 1024 + 1))]).await;
    assert_eq!(answer.status, 400);
    assert_eq!(count(&answer, "textarea[name=user_data][aria-invalid=true]"), 1);
    let launched = world.cloud.compute.instance_list(&caller, &Default::default()).await.unwrap();
    assert_eq!(launched.total, 1);
}

#[tokio::test]
async fn a_project_without_a_network_is_shown_the_way() {
    let (world, project, _) = project().await;
    let client = world.sign_in("member").await;
    let page = client.get(&format!("/p/{project}/instances")).await;
    assert_eq!(attribute(&page, ".empty form", "action"), "/api/starter_network_create");
    let fields = [("project", project.to_string())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let answer = client.post_from(&format!("/p/{project}/instances"), "/api/starter_network_create", &fields).await;
    assert!(answer.location().trim_end_matches('?').ends_with(&format!("/p/{project}/instances")));
    let page = client.get(&format!("/p/{project}/instances")).await;
    assert_eq!(attribute(&page, ".empty a", "href"), format!("/p/{project}/images/create"));
}

#[tokio::test]
async fn actions_say_why_they_are_not_possible() {
    let (world, project, caller) = project().await;
    let id = world.launch(&caller, "vm").await;
    world.settle().await;
    let path = format!("/p/{project}/instances/{id}");
    let member = world.sign_in("member").await.get(&path).await;
    assert!(member.text().contains("It runs already."), "start is refused with the reason");
    assert_eq!(count(&member, ".menu a[role=button][href*='ask=']"), 3, "stop, hard reboot and delete ask first");
    let reader = world.sign_in("reader").await.get(&path).await;
    assert_eq!(count(&reader, ".page-actions form"), 0, "a reader can change nothing");
    assert!(reader.text().contains("It takes the role"), "and is told why");
}

#[tokio::test]
async fn a_question_stands_in_the_page_until_it_is_answered() {
    let (world, project, caller) = project().await;
    let id = world.launch(&caller, "vm").await;
    world.settle().await;
    let client = world.sign_in("member").await;
    let list = format!("/p/{project}/instances?sort=name");
    let page = client.get(&list).await;
    assert_eq!(count(&page, ".standing"), 0);
    let ask = attribute(&page, ".menu a[href*='ask=']", "href");
    let asked = client.get(&ask).await;
    assert_eq!(attribute(&asked, ".standing form", "action"), "/api/instance_stop");
    assert_eq!(attribute(&asked, ".standing a", "href"), list, "cancelled by going back");
    let fields = [("project", project.to_string()), ("id", id.to_string())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let answer = client.post_from(&ask, "/api/instance_stop", &fields).await;
    assert!(answer.location().ends_with(&list), "{}", answer.location());
}

#[tokio::test]
async fn a_stopped_instance_has_no_console_and_can_be_started() {
    let (world, project, caller) = project().await;
    let id = world.launch(&caller, "vm").await;
    world.settle().await;
    let client = world.sign_in("member").await;
    let console = format!("/p/{project}/instances/{id}?tab=console");
    assert_eq!(count(&client.get(&console).await, "offing-console[data-kind=vnc]"), 1);
    let fields = [("project", project.to_string()), ("id", id.to_string())];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let answer = client.post_from(&console, "/api/instance_stop", &fields).await;
    assert!(answer.location().ends_with(&console));
    world.settle().await;
    let page = client.get(&console).await;
    assert_eq!(count(&page, "offing-console"), 0);
    assert_eq!(attribute(&page, ".empty form", "action"), "/api/instance_start");
    let again = client.post_from(&console, "/api/instance_stop", &fields).await;
    assert_eq!(again.status, 409);
    assert!(text(&again, ".outcomes").contains("It is switched off already."));
    let log = client.get(&format!("/p/{project}/instances/{id}?tab=actions")).await;
    assert_eq!(count(&log, "tbody tr"), 2, "launch and stop");
}

#[tokio::test]
async fn lists_are_searched_sorted_and_paged_by_links() {
    let (world, project, caller) = project().await;
    for n in 0..3 {
        world.launch(&caller, &format!("vm-{n}")).await;
    }
    world.settle().await;
    let client = world.sign_in("member").await;
    let names = |page: &Answer| {
        let cells = Selector::parse("tbody td:first-child a").unwrap();
        page.html().select(&cells).map(|cell| cell.text().collect::<String>()).collect::<Vec<_>>()
    };
    let list = format!("/p/{project}/instances");
    let first = client.get(&format!("{list}?sort=name&limit=2")).await;
    assert_eq!(names(&first), ["vm-0", "vm-1"]);
    let second = client.get(&attribute(&first, "a[rel=next]", "href")).await;
    assert_eq!(names(&second), ["vm-2"]);
    assert_eq!(names(&client.get(&attribute(&second, "a[rel=prev]", "href")).await), ["vm-0", "vm-1"]);
    assert_eq!(names(&client.get(&format!("{list}?search=m-1")).await), ["vm-1"]);
    assert_eq!(names(&client.get(&format!("{list}?status=ERROR")).await), [""; 0]);
}

#[tokio::test]
async fn key_pairs_are_imported_shown_and_deleted() {
    let (world, project, _) = project().await;
    let client = world.sign_in("member").await;
    let (list, project) = (format!("/p/{project}/key-pairs"), project.to_string());
    let import = [("project", project.as_str()), ("name", "mine"), ("public_key", KEY)];
    let page = format!("{list}/import");
    assert_eq!(client.post_from(&page, "/api/keypair_import", &import).await.location(), list);
    let refused = client.post_from(&page, "/api/keypair_import", &import).await;
    assert!([400, 409].contains(&refused.status), "the name is taken: {}", refused.status);
    assert_eq!(text(&refused, "textarea"), KEY, "what was typed is kept");

    let shown = client.get(&list).await;
    let link = attribute(&shown, "tbody td:first-child a", "href");
    assert!(client.get(&link).await.text().contains(KEY.split(' ').nth(1).unwrap()));
    let delete = [("project", project.as_str()), ("id", link.rsplit('/').next().unwrap())];
    assert_eq!(client.post_from(&link, "/api/keypair_delete", &delete).await.location(), list);
    assert_eq!(count(&client.get(&list).await, "tbody tr"), 0);
}

#[tokio::test]
async fn a_role_is_not_enough_for_hypervisors() {
    let (world, project, _) = project().await;
    let path = format!("/p/{project}/admin/hypervisors");
    assert_eq!(world.sign_in("manager").await.get(&path).await.status, 403);
    world.settle().await;
    let admin = world.admin().await;
    let page = world.sign_in("admin").await.get(&format!("/p/{}/admin/hypervisors", admin.project)).await;
    assert_eq!(page.status, 200);
    assert!(count(&page, "tbody .state[data-state=up]") > 0);
}

#[tokio::test]
async fn the_overview_leads_to_the_first_instance() {
    let (world, project, caller) = project().await;
    let client = world.sign_in("member").await;
    let path = format!("/p/{project}/overview");
    let page = client.get(&path).await;
    assert_eq!((count(&page, ".step"), count(&page, ".step[data-done]")), (4, 0));
    world.launch(&caller, "vm").await;
    let page = client.get(&path).await;
    assert_eq!(count(&page, ".step"), 0, "who has an instance knows the way");
    assert_eq!(text(&page, ".section tbody td:first-child"), "Launch");
}

#[tokio::test]
async fn text_of_tenants_is_text() {
    let (world, project, caller) = project().await;
    let client = world.sign_in("member").await;
    let attack = "<script>alert(1)</script>";
    world.launch(&caller, "first").await;
    let answer = launch(&client, project, &[("name", attack)]).await;
    assert!(!answer.text().contains(attack), "{}", answer.text());
    let page = client.get(&format!("/p/{project}/instances?search=%3Cscript%3Ealert(1)%3C/script%3E")).await;
    assert!(!page.text().contains(attack));
}

#[tokio::test]
async fn pages_speak_the_readers_language() {
    let (world, project, _) = project().await;
    let client = world.sign_in("member").await;
    client.set_cookie("lang", "ko");
    let page = client.get(&format!("/p/{project}/instances")).await;
    assert_eq!(text(&page, "h1"), "인스턴스");
    assert_eq!(attribute(&page, "html", "lang"), "ko");
}
