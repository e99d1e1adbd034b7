//! What may change of an image, by whom, and what never does.

use super::*;
use crate::image::{base, launch_image};
use api::error::Conflict;
use api::image::{ImageChange, ImageRefusal, ImageStatus, Visibility};
use api::{Kind, Why};

fn change(name: &str) -> ImageChange {
    ImageChange { name: name.into(), visibility: "private".into(), ..ImageChange::default() }
}

fn refused(refusal: ImageRefusal) -> Result<()> {
    Err(Error::Conflict(Conflict::Image(refusal)))
}

#[tokio::test]
async fn everything_but_the_data_can_be_edited() {
    let (_folder, world) = world().await;
    let id = world.image("before", &qcow2()).await;
    let before = world.images.image_show(&world.member, id).await.unwrap();
    let properties = [("os_distro", "debian"), ("hw_disk_bus", "virtio"), ("hw_vif_model", "")];
    let to = ImageChange {
        description: "described".into(),
        protected: true,
        visibility: "community".into(),
        min_disk_gb: "5".into(),
        min_ram_mb: "512".into(),
        tags: "web, db".into(),
        properties: properties.map(|(name, value)| (name.into(), value.into())).into(),
        others: "my_key = my value\n".into(),
        seen: before.updated_at.to_string(),
        ..change("after")
    };
    world.images.image_edit(&world.member, id, to.clone()).await.unwrap();
    let after = world.images.image_show(&world.member, id).await.unwrap();
    assert_eq!((after.name.as_str(), after.description.as_str(), after.protected), ("after", "described", true));
    assert_eq!((after.visibility, after.min_disk_gb, after.min_ram_mb), (Visibility::Community, 5, 512));
    assert_eq!(after.tags, ["db", "web"]);
    let properties: Vec<_> = after.properties.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(properties, ["hw_disk_bus=virtio", "my_key=my value", "os_distro=debian"]);
    assert_eq!((after.checksum, after.size, after.format), (before.checksum, before.size, before.format));
    assert_eq!(world.operation().await.verb, "image_edit");

    let late = world.images.image_edit(&world.member, id, to).await;
    assert_eq!(late, Err(Error::Conflict(Conflict::Changed { kind: Kind::Image })), "somebody else was faster");
    world.images.image_edit(&world.member, id, change("bare")).await.unwrap_err();
    world
        .images
        .image_edit(&world.member, id, ImageChange { min_disk_gb: "1".into(), ..change("bare") })
        .await
        .unwrap();
    let bare = world.images.image_show(&world.member, id).await.unwrap();
    assert!(bare.tags.is_empty() && bare.properties.is_empty() && !bare.protected);
}

#[tokio::test]
async fn faults_stand_by_their_fields() {
    let (_folder, world) = world().await;
    let id = world.image("image", &qcow2()).await;
    let properties = [("hw_disk_bus", "floppy"), ("hw_cpu_cores", "0"), ("owner", "me")];
    let to = ImageChange {
        visibility: "everyone".into(),
        min_disk_gb: "0".into(),
        tags: "x".repeat(300),
        others: "no value".into(),
        properties: properties.map(|(name, value)| (name.into(), value.into())).into(),
        ..change(" ")
    };
    let error = world.images.image_edit(&world.member, id, to).await.unwrap_err();
    for (field, expected) in [
        ("name", Why::Required),
        ("visibility", Why::NotAChoice),
        ("min_disk_gb", Why::Range { min: 1, max: i64::from(i32::MAX) }),
        ("tags", Why::TooLong { max: 255, is: 300 }),
        ("others", Why::NotAProperty { line: 1 }),
        ("properties[hw_disk_bus]", Why::NotAChoice),
        ("properties[hw_cpu_cores]", Why::Range { min: 1, max: 288 }),
        ("properties[owner]", Why::PropertyName { name: "owner".into() }),
    ] {
        assert_eq!(error.of_field(field), Some(&expected), "{field}");
    }
    assert_eq!(world.images.image_show(&world.member, id).await.unwrap().name, "image");
}

#[tokio::test]
async fn who_may_change_what() {
    let (_folder, world) = world().await;
    let own = world.image("own", &qcow2()).await;
    let public = ImageChange { visibility: "public".into(), min_disk_gb: "1".into(), ..change("own") };
    let result = world.images.image_edit(&world.member, own, public.clone()).await;
    assert!(matches!(result, Err(Error::Forbidden { .. })), "only those who run the cloud publish");
    let missing = world.images.image_edit(&world.stranger, own, public.clone()).await;
    assert_eq!(missing, Err(Error::not_found(Kind::Image, own)));
    let reader = Caller { role: Role::Reader, ..world.member.clone() };
    assert!(matches!(world.images.image_edit(&reader, own, change("x")).await, Err(Error::Forbidden { .. })));

    world.images.image_edit(&world.admin, own, public).await.unwrap();
    let seen = world.images.image_show(&world.stranger, own).await.unwrap();
    assert_eq!((seen.foreign, seen.changeable), (true, false));
    assert_eq!(world.images.image_edit(&world.stranger, own, change("x")).await, refused(ImageRefusal::Foreign));
    assert_eq!(world.images.image_deactivate(&world.stranger, own).await, refused(ImageRefusal::Foreign));
    assert_eq!(world.images.image_list_all(&world.admin, &ListQuery::default()).await.unwrap().total, 1);
    let result = world.images.image_list_all(&world.member, &ListQuery::default()).await;
    assert!(matches!(result, Err(Error::Forbidden { .. })));
}

#[tokio::test]
async fn protected_images_stay() {
    let (_folder, world) = world().await;
    let kept = world.image("kept", &qcow2()).await;
    let gone = world.image("gone", &raw(512)).await;
    let protect = ImageChange { protected: true, min_disk_gb: "1".into(), ..change("kept") };
    world.images.image_edit(&world.member, kept, protect).await.unwrap();
    assert_eq!(world.images.image_delete(&world.member, kept).await, refused(ImageRefusal::Protected));

    let ids = [kept.to_string(), gone.to_string(), "nonsense".to_owned()];
    let Err(Error::Conflict(Conflict::Partly { done, failed })) =
        world.images.image_delete_many(&world.member, &ids).await
    else {
        panic!("two of them cannot be deleted")
    };
    assert_eq!(done, 1);
    let mut names: Vec<_> = failed.iter().map(|one| one.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["kept", "nonsense"]);
    assert!(failed.iter().any(|one| Err(one.error.clone()) == refused(ImageRefusal::Protected)));
    assert_eq!(world.list(&world.member).await.len(), 1);
    let none = world.images.image_delete_many(&world.member, &[]).await;
    assert_eq!(none, Err(Error::field("ids", Why::NothingChosen)));
}

#[tokio::test]
async fn deactivated_images_serve_those_who_stand_on_them() {
    let (_folder, world) = world().await;
    let id = world.image("image", &qcow2()).await;
    let status = async || world.images.image_show(&world.member, id).await.unwrap().status;
    assert_eq!(world.images.image_reactivate(&world.member, id).await, refused(ImageRefusal::NotDeactivated));
    world.images.image_deactivate(&world.member, id).await.unwrap();
    assert_eq!(status().await, ImageStatus::Deactivated);
    assert_eq!(world.images.image_deactivate(&world.member, id).await, refused(ImageRefusal::Deactivated));
    let mut db = world.core.db.read().acquire().await.unwrap();
    let launch = launch_image(&mut db, &world.member, id).await.unwrap().unwrap();
    assert_eq!(launch.status, ImageStatus::Deactivated, "a launch refuses all but active ones");
    drop(db);
    assert!(base(world.core.db.read(), &world.core.data, id).await.unwrap().is_some(), "a reboot still finds its base");

    // Lost and found again, it is still deactivated.
    let (path, aside) = (crate::image::path(&world.core.data, id), world.core.data.join("aside"));
    fs::rename(&path, &aside).unwrap();
    world.images.pass().await.unwrap();
    assert_eq!(status().await, ImageStatus::Killed);
    fs::rename(&aside, &path).unwrap();
    world.images.pass().await.unwrap();
    assert_eq!(status().await, ImageStatus::Deactivated);
    world.images.image_reactivate(&world.member, id).await.unwrap();
    assert_eq!(status().await, ImageStatus::Active);
}

#[tokio::test]
async fn community_images_are_found_by_those_who_ask() {
    let (_folder, world) = world().await;
    let id = world.image("community", &raw(512)).await;
    let community = ImageChange { visibility: "community".into(), min_disk_gb: "1".into(), ..change("community") };
    world.images.image_edit(&world.member, id, community).await.unwrap();
    assert!(world.list(&world.stranger).await.is_empty());
    let filters = [("visibility".to_owned(), "community".to_owned())].into();
    let query = ListQuery { filters, ..ListQuery::default() };
    assert_eq!(world.images.image_list(&world.stranger, &query).await.unwrap().total, 1);
    assert!(world.images.image_show(&world.stranger, id).await.unwrap().foreign);
    assert_eq!(world.list(&world.member).await.len(), 1);
}
