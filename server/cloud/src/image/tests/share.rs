//! Sharing, copies and downloads.

use super::*;
use crate::image::launch_image;
use api::error::Conflict;
use api::image::{ImageChange, ImageRefusal, ImageStatus, MemberStatus, Visibility};
use api::{Kind, ProjectId, Why};

impl World {
    /// A shared image of the member's.
    async fn shared(&self) -> ImageId {
        let id = self.image("shared", &raw(MIB)).await;
        let to = ImageChange {
            name: "shared".into(),
            visibility: "shared".into(),
            min_disk_gb: "1".into(),
            ..ImageChange::default()
        };
        self.images.image_edit(&self.member, id, to).await.unwrap();
        id
    }

    async fn offer(&self, id: ImageId) {
        self.images.image_member_add(&self.member, id, &self.stranger.project.to_string()).await.unwrap();
    }

    async fn sees(&self, id: ImageId) -> (bool, bool) {
        let shown = self.images.image_show(&self.stranger, id).await.is_ok();
        (shown, self.list(&self.stranger).await.iter().any(|image| image.id == id))
    }
}

#[tokio::test]
async fn offered_accepted_rejected_and_taken_back() {
    let (_folder, world) = world().await;
    let id = world.shared().await;
    assert_eq!(world.sees(id).await, (false, false));
    world.offer(id).await;
    assert_eq!(world.sees(id).await, (true, false), "pending: by its id only");
    let status =
        async || world.images.image_shared_list(&world.stranger).await.unwrap().pop().map(|shared| shared.status);
    assert_eq!(status().await, Some(MemberStatus::Pending));
    for (answer, listed) in
        [(MemberStatus::Accepted, true), (MemberStatus::Rejected, false), (MemberStatus::Accepted, true)]
    {
        world.images.image_shared_answer(&world.stranger, id, answer).await.unwrap();
        assert_eq!((status().await, world.sees(id).await.1), (Some(answer), listed));
        let members = world.images.image_member_list(&world.member, id).await.unwrap();
        assert_eq!((members[0].project, members[0].status), (world.stranger.project, answer));
    }
    let mut db = world.core.db.read().acquire().await.unwrap();
    assert!(launch_image(&mut db, &world.stranger, id).await.unwrap().is_some());
    drop(db);
    let seen = world.images.image_show(&world.stranger, id).await.unwrap();
    assert_eq!((seen.visibility, seen.foreign, seen.changeable), (Visibility::Shared, true, false));

    world.images.image_member_remove(&world.member, id, world.stranger.project).await.unwrap();
    assert_eq!(world.sees(id).await, (false, false));
    assert_eq!(status().await, None);
    let again = world.images.image_shared_answer(&world.stranger, id, MemberStatus::Accepted).await;
    assert_eq!(again, Err(Error::not_found(Kind::Image, id)), "nobody accepts what is not offered");
}

/// Class 24: only the owner shares, and only what is to be shared; a side door asks the same questions.
#[tokio::test]
async fn security_24_members_are_the_owners_business() {
    let (_folder, world) = world().await;
    let id = world.shared().await;
    world.offer(id).await;
    let stranger = world.stranger.project.to_string();
    let refused = |refusal| Error::Conflict(Conflict::Image(refusal));
    for result in [
        world.images.image_member_add(&world.stranger, id, &stranger).await,
        world.images.image_member_remove(&world.stranger, id, world.stranger.project).await,
        world.images.image_member_list(&world.stranger, id).await.map(|_| ()),
    ] {
        assert_eq!(result, Err(refused(ImageRefusal::Foreign)));
    }
    let private = world.image("private", &qcow2()).await;
    let result = world.images.image_member_add(&world.member, private, &stranger).await;
    assert_eq!(result, Err(refused(ImageRefusal::NotShared)));
    let hidden = world.images.image_member_list(&world.stranger, private).await;
    assert_eq!(hidden, Err(Error::not_found(Kind::Image, private)));
    for wrong in ["", "somebody", &ProjectId(uuid::Uuid::new_v4()).to_string()] {
        let error = world.images.image_member_add(&world.member, id, wrong).await.unwrap_err();
        assert_eq!(error.of_field("member"), Some(&Why::Gone { kind: Kind::Project }), "{wrong:?}");
    }
    let twice = world.images.image_member_add(&world.member, id, &stranger).await.unwrap_err();
    assert_eq!(twice.of_field("member"), Some(&Why::Taken { kind: Kind::Project }));
}

#[tokio::test]
async fn a_copy_stands_on_the_same_file() {
    let (_folder, world) = world().await;
    let id = world.shared().await;
    let same = world.images.image_copy(&world.member, id, "mine too").await.unwrap();
    assert_eq!(world.used().await, MIB as i64, "the project has it already");
    world.offer(id).await;
    let copy = world.images.image_copy(&world.stranger, id, "theirs").await.unwrap();
    assert_eq!(world.files().len(), 1);
    let shown = world.images.image_show(&world.stranger, copy).await.unwrap();
    assert_eq!((shown.status, shown.visibility, shown.foreign), (ImageStatus::Active, Visibility::Private, false));
    for gone in [id, same] {
        world.images.image_delete(&world.member, gone).await.unwrap();
    }
    world.images.pass().await.unwrap();
    let download = world.images.image_download(&world.stranger, copy).await.unwrap();
    assert_eq!((read(download.file), download.file_name.as_str()), (raw(MIB), "theirs.raw"));

    let mut tx = world.core.db.begin().await.unwrap();
    quota::set(&mut tx, world.member.project, Resource::ImageBytes, 1000).await.unwrap();
    tx.commit().await.unwrap();
    let to = ImageChange {
        name: "t".into(),
        visibility: "community".into(),
        min_disk_gb: "1".into(),
        ..ImageChange::default()
    };
    world.images.image_edit(&world.stranger, copy, to).await.unwrap();
    let result = world.images.image_copy(&world.member, copy, "too much").await;
    assert!(matches!(result.unwrap_err().of_field("file"), Some(Why::ImageQuota { .. })));
    assert!(world.list(&world.member).await.is_empty());
}

fn read(mut file: fs::File) -> Vec<u8> {
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut file, &mut bytes).unwrap();
    bytes
}

#[tokio::test]
async fn downloads_are_of_active_images() {
    let (_folder, world) = world().await;
    let id = world.image("disk", &qcow2()).await;
    let download = world.images.image_download(&world.member, id).await.unwrap();
    assert_eq!((download.size, download.file_name.as_str()), (qcow2().len() as u64, "disk.qcow2"));
    let missing = world.images.image_download(&world.stranger, id).await.unwrap_err();
    assert_eq!(missing, Error::not_found(Kind::Image, id));
    world.images.image_deactivate(&world.member, id).await.unwrap();
    let refused = world.images.image_download(&world.member, id).await.unwrap_err();
    assert_eq!(refused, Error::Conflict(Conflict::Image(ImageRefusal::Deactivated)));
}
