//! The pages of images, as a browser without scripts sees them.

use crate::client::Answer;
use crate::world::{World, world};
use api::compute::Compute as _;
use api::image::{Images as _, NewImage};
use api::{Caller, ImageId, ListQuery};
use scraper::Selector;

fn count(answer: &Answer, selector: &str) -> usize {
    answer.html().select(&Selector::parse(selector).unwrap()).count()
}

fn attribute(answer: &Answer, selector: &str, name: &str) -> String {
    let html = answer.html();
    let found = html.select(&Selector::parse(selector).unwrap()).next();
    found.and_then(|element| element.attr(name)).unwrap_or_default().to_owned()
}

async fn image(world: &World, caller: &Caller, name: &str) -> ImageId {
    let new = NewImage { name: name.to_owned(), ..NewImage::default() };
    let stream = futures::stream::iter([Ok(server::seed::disk().into())]);
    world.cloud.images.image_upload(caller, new, None, stream).await.unwrap()
}

#[tokio::test]
async fn the_edit_form_posts_what_it_shows() {
    let world = world().await;
    let (client, admin) = (world.sign_in("admin").await, world.admin().await);
    let id = image(&world, &admin, "disk").await;
    let page = format!("/p/{}/images/{id}/edit", admin.project);
    let form = client.get(&page).await;
    assert_eq!(attribute(&form, "form.form", "action"), "/api/image_edit");
    assert_eq!(attribute(&form, "[name=name]", "value"), "disk");
    assert!(count(&form, "select[name='properties[hw_disk_bus]'] option") > 3);
    assert!(count(&form, "[name='properties[os_admin_user]']") == 1);

    let (id_text, project, seen) =
        (id.to_string(), admin.project.to_string(), attribute(&form, "[name=seen]", "value"));
    let fields = |bus: &'static str| {
        vec![
            ("project", project.as_str()),
            ("id", id_text.as_str()),
            ("seen", seen.as_str()),
            ("name", "renamed"),
            ("visibility", "public"),
            ("protected", "true"),
            ("min_disk_gb", "1"),
            ("tags", "one, two"),
            ("properties[hw_disk_bus]", bus),
            ("properties[os_version]", ""),
            ("others", "my_key=mine"),
        ]
    };
    let refused = client.post_from(&page, "/api/image_edit", &fields("floppy")).await;
    assert_eq!(refused.status, 400);
    assert_eq!(count(&refused, "[name='properties[hw_disk_bus]'][aria-invalid=true]"), 1);
    assert_eq!(attribute(&refused, "[name=name]", "value"), "renamed", "what was typed is kept");

    let done = client.post_from(&page, "/api/image_edit", &fields("scsi")).await;
    assert_eq!(done.location(), format!("/p/{project}/images/{id}"));
    let shown = world.cloud.images.image_show(&admin, id).await.unwrap();
    assert_eq!((shown.name.as_str(), shown.protected, shown.tags.len()), ("renamed", true, 2));
    assert_eq!(shown.properties["hw_disk_bus"], "scsi");
    let tab = client.get(&format!("/p/{project}/images/{id}?tab=properties")).await;
    assert!(tab.text().contains("my_key"));
    for tab in ["overview", "instances", "actions"] {
        assert_eq!(client.get(&format!("/p/{project}/images/{id}?tab={tab}")).await.status, 200, "{tab}");
    }
}

#[tokio::test]
async fn lists_filter_and_delete_many() {
    let world = world().await;
    let (client, admin) = (world.sign_in("admin").await, world.admin().await);
    let project = admin.project;
    let ids = [
        image(&world, &admin, "alpha").await,
        image(&world, &admin, "bravo").await,
        image(&world, &admin, "charlie").await,
    ];
    for (query, expected) in [
        ("", 3),
        ("?format=raw", 3),
        ("?format=qcow2", 0),
        ("?visibility=public", 0),
        ("?protected=false&search=bravo", 1),
        ("?tag=none", 0),
        ("?type=image", 3),
        ("?type=snapshot", 0),
        ("?size=0-104857600", 3),
        ("?size=1048577-", 0),
        ("?size=-1048577", 3),
    ] {
        let list = client.get(&format!("/p/{project}/images{query}")).await;
        assert_eq!(count(&list, "tbody tr"), expected, "{query}");
        assert_eq!(count(&list, ".chip") > 0, !query.is_empty(), "{query}");
    }
    let list = client.get(&format!("/p/{project}/images?visibility=private&sort=-name")).await;
    assert_eq!(attribute(&list, "tbody .chooser", "form"), "images-form");
    assert_eq!(attribute(&list, "#images-form", "action"), "/api/image_delete_many");
    assert!(
        attribute(&list, "th[aria-sort=descending] a", "href").contains("visibility=private"),
        "sorting keeps the filter"
    );

    let project_text = project.to_string();
    let chosen: Vec<String> = ids[..2].iter().map(ToString::to_string).collect();
    let page = format!("/p/{project}/images");
    let fields = [("project", project_text.as_str()), ("ids[]", &chosen[0]), ("ids[]", &chosen[1])];
    let done = client.post_from(&page, "/api/image_delete_many", &fields).await;
    assert!(done.location().contains(&page), "{}", done.location());
    assert_eq!(count(&client.get(&page).await, "tbody tr"), 1);
    let none = client.post_from(&page, "/api/image_delete_many", &[("project", project_text.as_str())]).await;
    assert_eq!(none.status, 400);
}

#[tokio::test]
async fn tags_lead_to_what_else_has_them() {
    let world = world().await;
    let (client, admin) = (world.sign_in("admin").await, world.admin().await);
    let project = admin.project;
    let tagged = NewImage { name: "tagged".into(), tags: "golden & new".into(), ..NewImage::default() };
    let stream = futures::stream::iter([Ok(server::seed::disk().into())]);
    let id = world.cloud.images.image_upload(&admin, tagged, None, stream).await.unwrap();
    image(&world, &admin, "other").await;
    let list = client.get(&format!("/p/{project}/images")).await;
    let link = attribute(&list, "a.tag-link", "href");
    assert_eq!(link, format!("/p/{project}/images?tag=golden%20%26%20new"));
    let found = client.get(&link).await;
    assert_eq!(count(&found, "tbody tr"), 1);
    assert_eq!(attribute(&found, ".chip", "href"), format!("/p/{project}/images"), "it can be taken away");
    assert_eq!(attribute(&found, ".filter-form [name=tag]", "value"), "golden & new", "a search keeps it");
    assert_eq!(attribute(&client.get(&format!("/p/{project}/images/{id}")).await, "a.tag-link", "href"), link);
}

/// What an image was made of has a name, and what depends on one is said before it is deleted.
#[tokio::test]
async fn where_images_come_from_and_what_stands_on_them() {
    let world = world().await;
    let (client, admin) = (world.sign_in("admin").await, world.admin().await);
    let project = admin.project;
    let instance = world.launch(&admin, "vm <1>").await;
    world.settle().await;
    let guest = world.cloud.images.image_list(&admin, &ListQuery::default()).await.unwrap().items[0].id;
    let copy = world.cloud.images.image_copy(&admin, guest, "a copy").await.unwrap();
    let page = client.get(&format!("/p/{project}/images/{copy}")).await;
    assert_eq!(count(&page, &format!(".fact a[href='/p/{project}/images/{guest}']")), 1);
    let snapshot = world.cloud.compute.instance_snapshot(&admin, instance, "golden").await.unwrap();
    let page = client.get(&format!("/p/{project}/images/{snapshot}")).await;
    assert_eq!(count(&page, &format!(".fact a[href='/p/{project}/instances/{instance}']")), 1);
    assert!(page.text().contains("vm &lt;1&gt;"));

    let page = format!("/p/{project}/images/{guest}");
    let answer = client.get(&page).await;
    let html = answer.html();
    let asking = Selector::parse("a[href*='ask=']").unwrap();
    let ways: Vec<_> = html.select(&asking).filter_map(|link| link.attr("href")).map(str::to_owned).collect();
    let mut said = String::new();
    for way in ways {
        said.push_str(client.get(&way).await.text());
    }
    assert!(said.contains("One instance stands on it."), "{said}");
    world.cloud.images.image_delete(&admin, guest).await.unwrap();
    let page = client.get(&format!("/p/{project}/images/{copy}")).await;
    assert!(page.text().contains(&format!("{guest} (deleted, or another project’s)")));
}

#[tokio::test]
async fn the_administrators_page_says_what_the_store_holds() {
    let world = world().await;
    let (client, admin) = (world.sign_in("admin").await, world.admin().await);
    let id = image(&world, &admin, "one").await;
    world.cloud.images.image_copy(&admin, id, "two").await.unwrap();
    let store = world.cloud.images.image_store_show(&admin).await.unwrap();
    assert_eq!((store.images, store.bytes, store.stored), (2, 2 << 20, 1 << 20));
    assert_eq!(store.owners, ["admin"]);
    let page = client.get(&format!("/p/{}/admin/images", admin.project)).await;
    assert!(page.text().contains("Saved by sharing"));
    assert_eq!(count(&page, "select[name=owner] option"), 2, "all, and the one there is");
    let none = client.get(&format!("/p/{}/admin/images?owner=nobody", admin.project)).await;
    assert_eq!(count(&none, "tbody tr"), 0);
}

/// A plain member of the project that owns a public image is told beforehand what the service would say.
#[tokio::test]
async fn public_images_are_changed_by_those_who_publish() {
    let world = world().await;
    let admin = world.admin().await;
    world.user("worker", admin.project, api::Role::Member).await;
    let id = image(&world, &admin, "everybody’s").await;
    let public = api::image::ImageChange {
        name: "everybody’s".into(),
        visibility: "public".into(),
        min_disk_gb: "1".into(),
        ..Default::default()
    };
    world.cloud.images.image_edit(&admin, id, public).await.unwrap();
    let page = format!("/p/{}/images/{id}", admin.project);
    let (worker, boss) = (world.sign_in("worker").await, world.sign_in("admin").await);
    let shown = worker.get(&page).await;
    assert_eq!(count(&shown, ".page-header form, .page-header a[href$='/edit']"), 0, "nothing can be pressed");
    assert_eq!(count(&shown, ".page-header a[href*='instances/launch']"), 1, "but it can be used");
    assert!(shown.text().contains("it is public, and changed by administrators only"));
    assert!(count(&boss.get(&page).await, ".page-header a[href$='/edit']") > 0);
    let (project, id) = (admin.project.to_string(), id.to_string());
    for verb in ["image_delete", "image_deactivate"] {
        let answer = worker.call(verb, &[("project", &project), ("id", &id)]).await;
        assert_eq!(answer.status, 409, "{verb}");
        assert!(answer.text().contains("public"), "{verb}: {}", answer.text());
    }
}

#[tokio::test]
async fn administrators_see_every_projects_images() {
    let world = world().await;
    let project = world.with_every_role().await;
    let admin = world.admin().await;
    let caller = Caller { project, project_name: "p".into(), ..admin.clone() };
    let id = image(&world, &caller, "theirs").await;
    let client = world.sign_in("admin").await;
    let list = client.get(&format!("/p/{}/admin/images", admin.project)).await;
    assert_eq!(count(&list, &format!("tr#row-{id}")), 1);
    assert_eq!(client.get(&format!("/p/{}/images/{id}", admin.project)).await.status, 200);
    assert_eq!(count(&client.get(&format!("/p/{}/images", admin.project)).await, "tbody tr"), 0);
}

#[tokio::test]
async fn the_create_page_has_three_ways_in() {
    let world = world().await;
    let (client, project) = (world.sign_in("admin").await, world.admin().await.project);
    let page = format!("/p/{project}/images/create");
    assert_eq!(count(&client.get(&page).await, "form[enctype='multipart/form-data'] [type=file]"), 1);
    let url = client.get(&format!("{page}?tab=url")).await;
    assert_eq!(attribute(&url, "form.form", "action"), "/api/image_import");
    let catalogue = client.get(&format!("{page}?tab=catalogue")).await;
    assert!(count(&catalogue, "tbody tr") >= 6);
    let chosen = "tbody tr:first-child form[action^='/api/image_import_known'] [name=visibility]";
    assert_eq!(count(&catalogue, chosen), 4, "for whom it is, is chosen");
    assert!(catalogue.text().contains("block storage"), "and why it cannot come from a volume");

    let project_text = project.to_string();
    let inner = [("project", project_text.as_str()), ("url", "http://2130706433/disk.img"), ("name", "inner")];
    let refused = client.post_from(&format!("{page}?tab=url"), "/api/image_import", &inner).await;
    assert_eq!(refused.status, 400);
    assert_eq!(count(&refused, "[name=url][aria-invalid=true]"), 1);
    assert_eq!(attribute(&refused, "[name=name]", "value"), "inner");
}

#[tokio::test]
async fn sharing_has_a_page_on_both_sides() {
    let world = world().await;
    let project = world.with_every_role().await;
    let admin = world.admin().await;
    let id = image(&world, &admin, "disk").await;
    let (owner, member) = (world.sign_in("admin").await, world.sign_in("member").await);
    let (own, id, theirs) = (admin.project.to_string(), id.to_string(), project.to_string());
    let members = format!("/p/{own}/images/{id}?tab=members");
    assert_eq!(count(&owner.get(&members).await, "form[action='/api/image_member_add']"), 0, "not while it is private");
    let share =
        [("project", own.as_str()), ("id", &id), ("name", "disk"), ("visibility", "shared"), ("min_disk_gb", "1")];
    owner.post_from(&members, "/api/image_edit", &share).await.location();
    assert_eq!(count(&owner.get(&members).await, "form[action='/api/image_member_add']"), 1);
    let wrong = [("project", own.as_str()), ("id", &id), ("member", "nobody")];
    let refused = owner.post_from(&members, "/api/image_member_add", &wrong).await;
    assert_eq!(count(&refused, "[name=member][aria-invalid=true]"), 1);
    let right = [("project", own.as_str()), ("id", &id), ("member", theirs.as_str())];
    assert_eq!(owner.post_from(&members, "/api/image_member_add", &right).await.location(), members);

    let offers = format!("/p/{theirs}/images/shared");
    let page = member.get(&offers).await;
    assert_eq!(attribute(&page, "tbody .state", "data-state"), "pending");
    let accept = [("project", theirs.as_str()), ("id", &id), ("status", "accepted")];
    member.post_from(&offers, "/api/image_shared_answer", &accept).await.location();
    assert_eq!(count(&member.get(&format!("/p/{theirs}/images")).await, &format!("tr#row-{id}")), 1);
    assert_eq!(attribute(&owner.get(&members).await, "tbody .state", "data-state"), "accepted");
}
