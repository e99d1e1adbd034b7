//! On a real migrated database and real files in a folder of their own.

mod chunks;
mod convert;
mod disk;
mod import;
mod interrupted;
mod life;
mod list;
mod refused;
mod security;
mod share;
mod shared_data;
mod upload;

use super::inspect::tests::builder;
use super::{ImageService, Web, store};
use crate::clock::Clock;
use crate::core::Core;
use crate::db::Db;
use crate::hub::Hub;
use crate::identity::IdentityService;
use crate::operation::OperationService;
use crate::quota::{self, QuotaService};
use api::identity::Identity as _;
use api::image::{Image, Images as _, NewImage};
use api::operation::{Operation, Operations as _};
use api::quota::{Quotas as _, Resource};
use api::{Caller, Error, ImageId, ListQuery, Result, Role};
use bytes::Bytes;
use futures::Stream;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

const MIB: usize = 1 << 20;
/// How long to wait for what happens by itself.
const DEADLINE: Duration = Duration::from_secs(20);

struct World {
    core: Arc<Core>,
    images: Arc<ImageService>,
    /// In the cloud's own project.
    admin: Caller,
    /// In a project of its own.
    member: Caller,
    /// In another one.
    stranger: Caller,
}

impl World {
    /// Opens what lies in the folder, as a start of the program does.
    async fn open(folder: &Path) -> Self {
        Self::open_with(folder, Web::default()).await
    }

    /// The same, with another way to the Internet.
    async fn open_with(folder: &Path, web: Web) -> Self {
        let db = Db::open(&folder.join("offing.db")).await.unwrap();
        let hub = Hub::new(Clock::System);
        let core = Arc::new(Core { db, hub, clock: Clock::System, data: folder.to_owned() });
        let identity = IdentityService::new(core.clone()).unwrap();
        identity.first_start(Some("a password".into())).await.unwrap();
        // By their role in the project alone, so that callers made from this one are no more than what they are made.
        let admin = Caller { system: None, ..identity.system_caller().await.unwrap() };
        let mut callers = Vec::new();
        for name in ["member", "stranger"] {
            let memberships = identity.membership_list(admin.user).await.unwrap();
            let known = memberships.iter().find(|membership| membership.project_name == name);
            let project = match known {
                Some(membership) => membership.project,
                None => identity.project_create(&admin, name, "").await.unwrap(),
            };
            callers.push(Caller { project, project_name: name.into(), role: Role::Member, ..admin.clone() });
        }
        let stranger = callers.pop().unwrap();
        let member = callers.pop().unwrap();
        Self { images: ImageService::new(core.clone(), web), core, admin, member, stranger }
    }

    async fn upload(&self, caller: &Caller, new: NewImage, file: &[u8]) -> Result<ImageId> {
        self.images.image_upload(caller, new, Some(file.len() as u64), pieces(file)).await
    }

    /// A private image of the member's.
    async fn image(&self, name: &str, file: &[u8]) -> ImageId {
        self.upload(&self.member, named(name), file).await.unwrap()
    }

    async fn list(&self, caller: &Caller) -> Vec<Image> {
        self.images.image_list(caller, &ListQuery::default()).await.unwrap().items
    }

    /// The member's newest operation.
    async fn operation(&self) -> Operation {
        let operations = OperationService::new(self.core.clone());
        operations.operation_list(&self.member, 1).await.unwrap().pop().unwrap()
    }

    async fn set_quota(&self, bytes: usize) {
        let mut tx = self.core.db.begin().await.unwrap();
        quota::set(&mut tx, self.member.project, Resource::ImageBytes, bytes as i64).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn used(&self) -> i64 {
        let usage = QuotaService::new(self.core.clone()).quota_usage(&self.member).await.unwrap();
        usage.iter().find(|usage| usage.resource == Resource::ImageBytes).unwrap().used
    }

    /// Every file in the store, by its path in it.
    fn files(&self) -> Vec<String> {
        files(&self.core.data)
    }

    /// Waits until the condition holds, looking again at every change.
    async fn until(&self, what: &str, mut condition: impl AsyncFnMut(&Self) -> bool) {
        let mut events = self.core.hub.subscribe();
        let wait = async {
            while !condition(self).await {
                events.recv().await.unwrap();
            }
        };
        tokio::time::timeout(DEADLINE, wait).await.unwrap_or_else(|_| panic!("in vain: {what}"));
    }

    /// No row, no file, no byte counted.
    async fn assert_nothing_left(&self, after: &str) {
        assert_eq!(self.list(&self.member).await, [], "{after}");
        assert_eq!(store::all(self.core.db.read()).await.unwrap().0.len(), 0, "{after}");
        assert_eq!(self.files(), [""; 0], "{after}");
        assert_eq!(self.used().await, 0, "{after}");
    }
}

fn files(data: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![data.join("images")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(data.join("images")).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found
}

fn named(name: &str) -> NewImage {
    NewImage { name: name.to_owned(), ..NewImage::default() }
}

fn public(name: &str) -> NewImage {
    NewImage { visibility: "public".into(), ..named(name) }
}

/// A raw disk with a boot sector.
fn raw(len: usize) -> Vec<u8> {
    let mut file = vec![0x5a; len];
    file[446..510].fill(0);
    file[510..512].copy_from_slice(&[0x55, 0xaa]);
    file
}

/// A sound qcow2 image of a disk of 1 GiB.
fn qcow2() -> Vec<u8> {
    builder::qcow2(3).0
}

/// The file as a request's body brings it.
fn pieces(file: &[u8]) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let pieces: Vec<_> = file.chunks(100_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    futures::stream::iter(pieces)
}

/// A body that the test sends piece by piece; it ends when the sender is dropped.
fn body() -> (mpsc::Sender<io::Result<Bytes>>, ReceiverStream<io::Result<Bytes>>) {
    let (sender, receiver) = mpsc::channel(1);
    (sender, ReceiverStream::new(receiver))
}

async fn world() -> (TempDir, World) {
    let folder = tempfile::tempdir().unwrap();
    let world = World::open(folder.path()).await;
    (folder, world)
}

/// The reason given for the field `file`, as a person reads it.
#[track_caller]
fn why(result: Result<ImageId>) -> String {
    let error: Error = result.expect_err("it should have been refused");
    error.of_field("file").unwrap_or_else(|| panic!("not about the file: {error}")).to_string()
}
