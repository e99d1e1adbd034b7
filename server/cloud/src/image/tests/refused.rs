//! What is refused leaves nothing behind but the reason.

use super::*;
use api::Why;
use api::error::Conflict;
use api::image::ImageRefusal;
use api::operation::OperationState;

/// The file is refused with this reason, in the form and in the task centre.
async fn check(what: &str, file: &[u8], expected: &str) {
    let (_folder, world) = world().await;
    let result = world.upload(&world.member, named("refused"), file).await;
    let operation = world.operation().await;
    assert_eq!((operation.state, operation.error.as_ref()), (OperationState::Failed, result.as_ref().err()), "{what}");
    let why = why(result);
    assert!(why.contains(expected), "{what}: {why}");
    world.assert_nothing_left(what).await;
}

#[tokio::test]
async fn files() {
    check("empty", &[], "The file is empty").await;
    check("not an image", &vec![b'x'; 5 * MIB], "The file is text, not a disk image").await;
    check("cut off", &qcow2()[..200_000], "cut short or damaged").await;
    check("backing file", &builder::qcow2(3).backing_file(b"/etc/shadow").0, "backing file \"/etc/shadow\"").await;
    check("compressed", &[&b"\x1f\x8b\x08"[..], &[0; 1000]].concat(), "compressed with gzip").await;
}

#[tokio::test]
async fn all_fields_at_once() {
    let (_folder, world) = world().await;
    let new = NewImage {
        name: "n".repeat(300),
        description: "a\nb".into(),
        visibility: "everyone".into(),
        min_disk_gb: "-1".into(),
        min_ram_mb: "much".into(),
        protected: true,
        tags: "t".repeat(300),
        properties: [("hw_disk_bus".to_owned(), "floppy".to_owned())].into(),
        others: "no value".into(),
        checksum: "12".into(),
    };
    let error = world.images.image_upload(&world.member, new, None, unread()).await.unwrap_err();
    assert_eq!(error.of_field("name"), Some(&Why::TooLong { max: 255, is: 300 }));
    assert_eq!(error.of_field("description"), Some(&Why::ControlCharacters));
    assert_eq!(error.of_field("visibility"), Some(&Why::NotAChoice));
    for field in ["min_disk_gb", "min_ram_mb"] {
        assert_eq!(error.of_field(field), Some(&Why::Range { min: 0, max: 2_147_483_647 }), "{field}");
    }
    assert_eq!(error.of_field("tags"), Some(&Why::TooLong { max: 255, is: 300 }));
    assert_eq!(error.of_field("properties[hw_disk_bus]"), Some(&Why::NotAChoice));
    assert_eq!(error.of_field("others"), Some(&Why::NotAProperty { line: 1 }));
    assert_eq!(error.of_field("checksum"), Some(&Why::NotAChecksum));
    let error = world.images.image_upload(&world.member, NewImage::default(), None, unread()).await.unwrap_err();
    assert_eq!(error.of_field("name"), Some(&Why::Required));
    world.assert_nothing_left("bad fields").await;
}

/// A stream that must not be read.
fn unread() -> impl Stream<Item = io::Result<Bytes>> + Send {
    futures::stream::poll_fn(|_| panic!("the body was read"))
}

#[tokio::test]
async fn roles() {
    let (_folder, world) = world().await;
    let reader = Caller { role: Role::Reader, ..world.member.clone() };
    let forbidden = |result: Result<ImageId>| matches!(result, Err(Error::Forbidden { .. }));
    assert!(forbidden(world.images.image_upload(&reader, named("x"), None, unread()).await));
    assert!(forbidden(world.images.image_upload(&world.member, public("x"), None, unread()).await));
    world.assert_nothing_left("not allowed").await;

    let own = world.image("own", &qcow2()).await;
    assert!(matches!(world.images.image_delete(&reader, own).await, Err(Error::Forbidden { .. })));
    assert_eq!(world.list(&reader).await.len(), 1);
    let everybodys = world.upload(&world.admin, public("everybody's"), &qcow2()).await.unwrap();
    let foreign = Err(Error::Conflict(Conflict::Image(ImageRefusal::Foreign)));
    assert_eq!(world.images.image_delete(&world.member, everybodys).await, foreign);
    let own_admin = Caller { role: Role::Member, ..world.admin.clone() };
    let public = Err(Error::Conflict(Conflict::Image(ImageRefusal::Public)));
    assert_eq!(world.images.image_delete(&own_admin, everybodys).await, public);
    world.images.image_delete(&world.admin, everybodys).await.unwrap();
    assert_eq!(world.list(&world.member).await.len(), 1);
}

#[tokio::test]
async fn too_much_by_the_senders_own_word() {
    let (_folder, world) = world().await;
    world.set_quota(MIB).await;
    let announced = Some(2 * MIB as u64);
    let endless = futures::stream::repeat_with(|| Ok(Bytes::from_static(&[0; 1000])));
    let result = world.images.image_upload(&world.member, named("large"), announced, endless).await;
    assert_eq!(why(result), Why::ImageQuota { limit: MIB as i64, used: 0 }.to_string());
    world.assert_nothing_left("announced too much").await;
}

#[tokio::test]
async fn exactly_the_quota_fits() {
    let (_folder, world) = world().await;
    world.set_quota(5 * MIB).await;
    // A form around the file does not make it too large.
    let announced = Some(5 * MIB as u64 + 700);
    world.images.image_upload(&world.member, named("fits"), announced, pieces(&raw(5 * MIB))).await.unwrap();
    let result = world.upload(&world.member, named("one more"), &raw(512)).await;
    assert_eq!(why(result), Why::ImageQuota { limit: 5 * MIB as i64, used: 5 * MIB as i64 }.to_string());
    assert_eq!((world.files().len(), world.used().await), (1, 5 * MIB as i64));
}

#[tokio::test]
async fn broken_off() {
    for received in [0, 1, 5 * MIB] {
        let (_folder, world) = world().await;
        let file = raw(9 * MIB);
        let broken = futures::stream::iter([
            Ok(Bytes::copy_from_slice(&file[..received])),
            Err(io::Error::from(io::ErrorKind::ConnectionReset)),
        ]);
        let result = world.images.image_upload(&world.member, named("broken"), Some(file.len() as u64), broken).await;
        assert_eq!(why(result), Why::Incomplete.to_string());
        assert_eq!(world.operation().await.error, Some(Error::field("file", Why::Incomplete)));
        world.assert_nothing_left("broken off").await;
    }
}
