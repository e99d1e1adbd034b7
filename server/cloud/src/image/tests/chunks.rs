//! Uploads by chunks: what has come stays, whatever happens to page, connection or program.

use super::*;
use crate::image::file;
use api::Why;
use api::error::Conflict;
use api::image::{ImageStatus, NewUpload};
use sha2::{Digest as _, Sha256, Sha512};

fn new(file: &[u8], checksum: &str) -> NewUpload {
    let image = NewImage { checksum: checksum.into(), ..named("chunked") };
    NewUpload { image, size: file.len() as u64, file_name: "disk.img".into() }
}

impl World {
    async fn begin(&self, file: &[u8]) -> ImageId {
        self.images.image_upload_begin(&self.member, new(file, "")).await.unwrap()
    }

    async fn append(&self, id: ImageId, offset: usize, chunk: &[u8]) -> Result<u64> {
        self.images.image_append(&self.member, id, offset as u64, None, pieces(chunk)).await
    }

    async fn status(&self, id: ImageId) -> ImageStatus {
        self.images.image_show(&self.member, id).await.unwrap().status
    }
}

#[tokio::test]
async fn chunk_by_chunk() {
    let (_folder, world) = world().await;
    let file = raw(9 * MIB + 5);
    let id = world.begin(&file).await;
    assert_eq!(world.status(id).await, ImageStatus::Queued);
    let mut offset = 0;
    for chunk in file.chunks(2 * MIB) {
        assert_eq!(world.append(id, offset, chunk).await, Ok((offset + chunk.len()) as u64));
        offset += chunk.len();
        if offset < file.len() {
            assert_eq!(world.status(id).await, ImageStatus::Saving);
            let state = world.images.image_upload_show(&world.member, id).await.unwrap().unwrap();
            assert_eq!((state.offset, state.size, state.busy), (offset as u64, file.len() as u64, false));
            assert_eq!((state.head_bytes, state.head), (MIB as u64, hex::encode(Sha256::digest(&file[..MIB]))));
            assert!(!world.images.pass().await.unwrap(), "the reconciler leaves it alone");
        }
    }
    let image = world.images.image_show(&world.member, id).await.unwrap();
    assert_eq!((image.status, image.size), (ImageStatus::Active, Some(file.len() as u64)));
    assert_eq!(image.checksum, Some(hex::encode(Sha512::digest(&file))));
    assert_eq!(world.images.image_upload_show(&world.member, id).await, Ok(None));
    assert_eq!(world.append(id, 0, b"more").await, Err(Error::not_found(api::Kind::Image, id)));
    assert_eq!(fs::read(crate::image::path(&world.core.data, id)).unwrap(), file);
}

#[tokio::test]
async fn only_the_chunk_that_is_due_is_taken() {
    let (_folder, world) = world().await;
    let file = raw(4 * MIB);
    let id = world.begin(&file).await;
    let due = |offset: usize| Err(Error::Conflict(Conflict::Offset { offset: offset as u64 }));
    assert_eq!(world.append(id, MIB, &file[MIB..2 * MIB]).await, due(0));
    world.append(id, 0, &file[..MIB]).await.unwrap();
    assert_eq!(world.append(id, 0, &file[..MIB]).await, due(MIB), "sent twice");
    let digest = Some(hex::encode(Sha256::digest(b"something else")));
    let changed = world.images.image_append(&world.member, id, MIB as u64, digest, pieces(&file[MIB..2 * MIB])).await;
    assert_eq!(changed, due(MIB), "changed on its way");
    let digest = Some(hex::encode(Sha256::digest(&file[MIB..])));
    let sound = world.images.image_append(&world.member, id, MIB as u64, digest, pieces(&file[MIB..])).await;
    assert_eq!(sound, Ok(4 * MIB as u64));
    assert_eq!(world.status(id).await, ImageStatus::Active);
    assert_eq!(world.used().await, 4 * MIB as i64);
}

#[tokio::test]
async fn a_chunk_that_breaks_off_leaves_what_has_come() {
    let (_folder, world) = world().await;
    let file = raw(12 * MIB);
    let id = world.begin(&file).await;
    let broken = futures::stream::iter([
        Ok(Bytes::copy_from_slice(&file[..5 * MIB])),
        Err(io::Error::from(io::ErrorKind::ConnectionReset)),
    ]);
    let result = world.images.image_append(&world.member, id, 0, None, broken).await;
    assert_eq!(result, Err(Error::field("file", Why::Incomplete)));
    let offset = world.images.image_upload_show(&world.member, id).await.unwrap().unwrap().offset as usize;
    assert!(offset <= 5 * MIB);
    assert_eq!(world.used().await, offset as i64);
    world.append(id, offset, &file[offset..]).await.unwrap();
    assert_eq!(
        world.images.image_show(&world.member, id).await.unwrap().checksum,
        Some(hex::encode(Sha512::digest(&file)))
    );
}

/// Of a large image more is counted than has come, and never more than will.
#[tokio::test]
async fn a_large_image_is_counted_ahead() {
    let (_folder, world) = world().await;
    let large = NewUpload { size: 300 * MIB as u64, ..new(&[], "") };
    let id = world.images.image_upload_begin(&world.member, large).await.unwrap();
    world.append(id, 0, &raw(8 * MIB)).await.unwrap();
    let used = world.used().await;
    assert!((8 * MIB as i64..12 * MIB as i64).contains(&used), "{used}");
    assert_eq!(world.images.image_upload_show(&world.member, id).await.unwrap().unwrap().offset, 8 * MIB as u64);
    let next = world.append(id, 8 * MIB, &raw(MIB)).await;
    assert_eq!(next, Ok(9 * MIB as u64));
    world.images.image_delete(&world.member, id).await.unwrap();
    world.images.pass().await.unwrap();
    assert_eq!(world.used().await, 0);
}

/// The program dies between two chunks, having counted bytes that never reached the disk.
#[tokio::test]
async fn a_new_program_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = raw(6 * MIB);
    let first = World::open(folder.path()).await;
    let id = first.begin(&file).await;
    first.append(id, 0, &file[..4 * MIB]).await.unwrap();
    first.core.db.close().await;
    let lost = fs::OpenOptions::new().write(true).open(file::incoming(folder.path(), id)).unwrap();
    lost.set_len(3 * MIB as u64).unwrap();

    let world = World::open(folder.path()).await;
    assert!(!world.images.pass().await.unwrap(), "it is not given up");
    assert_eq!(world.images.image_upload_show(&world.member, id).await.unwrap().unwrap().offset, 3 * MIB as u64);
    let due = Err(Error::Conflict(Conflict::Offset { offset: 3 * MIB as u64 }));
    assert_eq!(world.append(id, 4 * MIB, &file[4 * MIB..]).await, due);
    assert_eq!(world.used().await, 3 * MIB as i64, "what never arrived is given back");
    world.append(id, 3 * MIB, &file[3 * MIB..]).await.unwrap();
    let image = world.images.image_show(&world.member, id).await.unwrap();
    assert_eq!((image.status, image.checksum), (ImageStatus::Active, Some(hex::encode(Sha512::digest(&file)))));
}

#[tokio::test]
async fn what_cannot_be_leaves_nothing() {
    let (_folder, world) = world().await;
    let good = raw(MIB);
    let wrong = world.images.image_upload_begin(&world.member, new(&good, &"0".repeat(64))).await.unwrap();
    let said = why(world.append(wrong, 0, &good).await.map(|_| wrong));
    assert!(said.contains("checksum"), "{said}");
    world.assert_nothing_left("another checksum").await;
    let right = hex::encode(Sha256::digest(&good));
    let id = world.images.image_upload_begin(&world.member, new(&good, &right)).await.unwrap();
    world.append(id, 0, &good).await.unwrap();
    assert_eq!(world.status(id).await, ImageStatus::Active);
    world.images.image_delete(&world.member, id).await.unwrap();
    world.images.pass().await.unwrap();

    let text = vec![b'x'; 2 * MIB];
    let id = world.begin(&text).await;
    assert!(why(world.append(id, 0, &text).await.map(|_| id)).contains("not a disk image"));
    world.assert_nothing_left("no image").await;

    world.set_quota(MIB).await;
    let result = world.images.image_upload_begin(&world.member, new(&raw(2 * MIB), "")).await;
    assert_eq!(why(result), Why::ImageQuota { limit: MIB as i64, used: 0 }.to_string());
    let bad = world.images.image_upload_begin(&world.member, new(&good, "abc")).await.unwrap_err();
    assert_eq!(bad.of_field("checksum"), Some(&Why::NotAChecksum));
    world.assert_nothing_left("refused at once").await;
}

/// Class 11: more than was announced is not taken.
#[tokio::test]
async fn security_11_more_than_announced() {
    let (_folder, world) = world().await;
    let file = raw(MIB);
    let id = world.begin(&file).await;
    let much = raw(9 * MIB);
    let result = world.append(id, 0, &much).await;
    assert!(matches!(result.unwrap_err().of_field("file"), Some(Why::TooLarge { .. })));
    assert_eq!(world.used().await, 0);
    world.append(id, 0, &file).await.unwrap();
    assert_eq!(world.status(id).await, ImageStatus::Active);
}

#[tokio::test]
async fn others_cannot_add_to_it() {
    let (_folder, world) = world().await;
    let file = raw(MIB);
    let id = world.begin(&file).await;
    for stranger in [&world.stranger, &world.admin] {
        let result = world.images.image_append(stranger, id, 0, None, pieces(&file)).await;
        assert_eq!(result, Err(Error::not_found(api::Kind::Image, id)));
    }
    let reader = Caller { role: Role::Reader, ..world.member.clone() };
    let result = world.images.image_append(&reader, id, 0, None, pieces(&file)).await;
    assert!(matches!(result, Err(Error::Forbidden { .. })));
    world.images.image_delete(&world.member, id).await.unwrap();
    assert_eq!(world.append(id, 0, &file).await, Err(Error::not_found(api::Kind::Image, id)));
    world.images.pass().await.unwrap();
    world.assert_nothing_left("deleted").await;
}
