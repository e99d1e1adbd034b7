//! Uploads that end in the middle: the sender goes, the image is deleted, or the program dies.

use super::*;
use crate::image::file;
use crate::image::upload::{Batch, Piece};
use api::Why;
use api::operation::OperationState;
use std::future::Future as _;
use std::task::{Context, Waker};
use tokio::runtime::Runtime;

/// The request is dropped after so many bytes: what it began goes by itself.
#[tokio::test]
async fn dropped_request() {
    for received in [0, 1, 5 * MIB, 9 * MIB] {
        let (_folder, world) = world().await;
        let file = raw(9 * MIB);
        let (sender, stream) = body();
        {
            let upload = world.images.image_upload(&world.member, named("dropped"), Some(file.len() as u64), stream);
            let feed = async {
                world.until("the row is there", async |world| world.list(&world.member).await.len() == 1).await;
                sender.send(Ok(Bytes::copy_from_slice(&file[..received]))).await.unwrap();
                if received >= 4 * MIB {
                    world.until("bytes are counted", async |world| world.used().await > 0).await;
                }
            };
            tokio::select! {
                _ = upload => panic!("it cannot have ended"),
                () = feed => {}
            }
        }
        world.until("the row has gone", async |world| world.list(&world.member).await.is_empty()).await;
        world.assert_nothing_left("dropped").await;
        assert_eq!(world.operation().await.error, Some(Error::field("file", Why::Incomplete)));
    }
}

/// A connection whose other end has gone without a word.
#[tokio::test(start_paused = true)]
async fn silent_sender() {
    let (feed, mut pieces) = mpsc::channel(1);
    feed.send(Piece::Data(Bytes::from_static(b"x"))).await.unwrap();
    let taken = Batch::take(&tokio_util::sync::CancellationToken::new(), &mut pieces).await.unwrap();
    assert_eq!(taken.err(), Some(Error::field("file", Why::Incomplete)));
}

/// Polled once and dropped, before anything could come back to it.
#[tokio::test]
async fn dropped_at_once() {
    let (_folder, world) = world().await;
    let (_sender, stream) = body();
    let mut upload = Box::pin(world.images.image_upload(&world.member, named("dropped"), None, stream));
    assert!(upload.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    drop(upload);
    let failed = async |world: &World| {
        let operations = OperationService::new(world.core.clone()).operation_list(&world.member, 1).await.unwrap();
        operations.first().is_some_and(|operation| operation.state == OperationState::Failed)
    };
    world.until("the upload has failed", failed).await;
    world.until("the row has gone", async |world| world.list(&world.member).await.is_empty()).await;
    world.assert_nothing_left("dropped at once").await;
}

/// The program dies after so many bytes; the next one's first pass cleans up.
fn killed(received: usize, then: impl Fn(&Path)) {
    let folder = tempfile::tempdir().unwrap();
    let first = Runtime::new().unwrap();
    first.block_on(async {
        let world = World::open(folder.path()).await;
        let file = raw(received.max(512));
        let (sender, stream) = body();
        let (images, member) = (world.images.clone(), world.member.clone());
        tokio::spawn(async move { images.image_upload(&member, named("cut off"), None, stream).await });
        world.until("the row is there", async |world| world.list(&world.member).await.len() == 1).await;
        if received > 0 {
            sender.send(Ok(Bytes::from(file))).await.unwrap();
            world.until("bytes are counted", async |world| world.used().await == received as i64).await;
        }
        // Not closed in order: the runtime goes with the upload in the middle of its work.
        std::mem::forget(sender);
    });
    first.shutdown_timeout(DEADLINE);
    then(folder.path());

    Runtime::new().unwrap().block_on(async {
        let world = World::open(folder.path()).await;
        assert_eq!(world.list(&world.member).await.len(), 1, "the row has outlived the program");
        assert!(world.images.pass().await.unwrap());
        world.assert_nothing_left("killed").await;
        let operation = world.operation().await;
        assert_eq!(operation.state, OperationState::Failed);
        assert_eq!(operation.error, Some(Error::field("file", Why::Restarted)));
        assert!(!world.images.pass().await.unwrap());
    });
}

#[test]
fn killed_program() {
    killed(0, |_| {});
    killed(4 * MIB, |_| {});
    killed(20 * MIB, |_| {});
}

/// Between the file's renaming and the row's last change.
#[test]
fn killed_before_the_last_commit() {
    killed(4 * MIB, |data| {
        let id = file::list(&file::incoming_folder(data)).unwrap().pop().unwrap();
        fs::rename(file::incoming(data, id), file::kept(data, id)).unwrap();
    });
}

#[tokio::test]
async fn files_without_a_row_go_and_others_stay() {
    let (_folder, world) = world().await;
    let id = world.image("kept", &qcow2()).await;
    let orphan = |folder: PathBuf| folder.join(uuid::Uuid::new_v4().to_string());
    fs::write(orphan(file::folder(&world.core.data)), "x").unwrap();
    fs::write(orphan(file::incoming_folder(&world.core.data)), "x").unwrap();
    fs::write(file::folder(&world.core.data).join("lost+found.txt"), "not ours").unwrap();
    assert!(world.images.pass().await.unwrap());
    let mut files = world.files();
    files.sort();
    assert_eq!(files, [id.to_string(), "lost+found.txt".to_owned()]);
    assert!(!world.images.pass().await.unwrap());
}

/// The loop does what a pass does, when it is woken and at its start, and ends when told to.
#[tokio::test]
async fn the_loop_collects_and_stops() {
    let (_folder, world) = world().await;
    let stop = tokio_util::sync::CancellationToken::new();
    let running = tokio::spawn(world.images.clone().run(stop.clone()));
    let id = world.image("short-lived", &qcow2()).await;
    world.images.image_delete(&world.member, id).await.unwrap();
    let gone = async |world: &World| store::all(world.core.db.read()).await.unwrap().0.is_empty();
    world.until("the row has gone", gone).await;
    world.assert_nothing_left("collected").await;
    stop.cancel();
    tokio::time::timeout(DEADLINE, running).await.unwrap().unwrap();
}
