//! Imports, from a small web server of the test's own. Its names are the test's own too: whatever `.test` leads to is scripted.

use super::*;
use crate::image::Resolve;
use crate::network::engine::Cidr;
use api::Why;
use api::image::{ImageStatus, NewImport};
use api::operation::OperationState;
use async_trait::async_trait;
use sha2::{Digest as _, Sha256};
use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Mutex;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Answers each question for a name with the next of its answers; the last goes on for ever.
#[derive(Default)]
struct Names(Mutex<HashMap<String, VecDeque<Vec<IpAddr>>>>);

#[async_trait]
impl Resolve for Names {
    async fn resolve(&self, host: &str, _port: u16) -> io::Result<Vec<IpAddr>> {
        let mut names = self.0.lock().unwrap();
        let answers = names.get_mut(host).ok_or(io::ErrorKind::NotFound)?;
        Ok(if answers.len() > 1 { answers.pop_front().unwrap() } else { answers[0].clone() })
    }
}

/// What the server answers a request with: it gets the path and the first byte asked for.
type Answer = Arc<dyn Fn(&str, Option<usize>) -> Vec<u8> + Send + Sync>;

/// A web server; answers with its port and the paths that it was asked for.
async fn serve(answer: Answer) -> (u16, Arc<Mutex<Vec<String>>>) {
    serve_at(LOOPBACK, answer).await
}

async fn serve_at(address: IpAddr, answer: Answer) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind((address, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = asked.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (answer, log) = (answer.clone(), log.clone());
            tokio::spawn(async move {
                let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
                while !request.windows(4).any(|end| end == b"\r\n\r\n") {
                    match stream.read(&mut buffer).await {
                        Ok(read) if read > 0 => request.extend_from_slice(&buffer[..read]),
                        _ => return,
                    }
                }
                let text = String::from_utf8_lossy(&request).to_ascii_lowercase();
                let path = text.split(' ').nth(1).unwrap().to_owned();
                let from = text.split("range: bytes=").nth(1).and_then(|rest| rest.split('-').next()?.parse().ok());
                log.lock().unwrap().push(path.clone());
                let _ = stream.write_all(&answer(&path, from)).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    (port, asked)
}

fn ok(body: &[u8]) -> Vec<u8> {
    with_head(&format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nETag: \"1\"", body.len()), body)
}

fn with_head(head: &str, body: &[u8]) -> Vec<u8> {
    [format!("{head}\r\nConnection: close\r\n\r\n").as_bytes(), body].concat()
}

fn redirect(to: &str) -> Vec<u8> {
    with_head(&format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0"), b"")
}

/// A world whose imports may ask the loopback, under the names given.
async fn world_of(names: &[(&str, &[IpAddr])]) -> (TempDir, World) {
    web_of(names, &["127.0.0.0/8"]).await
}

async fn web_of(names: &[(&str, &[IpAddr])], allowed: &[&str]) -> (TempDir, World) {
    let folder = tempfile::tempdir().unwrap();
    let of = |(name, answers): &(&str, &[IpAddr])| ((*name).to_owned(), answers.iter().map(|it| vec![*it]).collect());
    let names = Names(Mutex::new(names.iter().map(of).collect()));
    let allowed = allowed.iter().map(|range| Cidr::parse(range).unwrap()).collect();
    let world = World::open_with(folder.path(), Web::resolving(Arc::new(names), allowed)).await;
    (folder, world)
}

fn known_by(checksum: &str) -> NewImage {
    NewImage { checksum: checksum.into(), ..named("imported") }
}

fn from(url: &str) -> NewImport {
    NewImport { image: named("imported"), url: url.into(), ..NewImport::default() }
}

impl World {
    /// Imports and waits for the end.
    async fn import(&self, new: NewImport) -> Image {
        let id = self.images.image_import(&self.member, new).await.unwrap();
        self.settled(id).await
    }

    async fn settled(&self, id: ImageId) -> Image {
        self.images.pass().await.unwrap();
        self.until("the import has ended", async |world| {
            world.images.pass().await.unwrap();
            world.images.image_show(&world.member, id).await.unwrap().status != ImageStatus::Importing
        })
        .await;
        self.images.image_show(&self.member, id).await.unwrap()
    }

    async fn refused(&self, new: NewImport) -> String {
        let image = self.import(new).await;
        assert_eq!((image.status, image.size), (ImageStatus::Killed, Some(0)));
        assert_eq!(self.operation().await.state, OperationState::Failed);
        // After the commit that says so.
        self.until("its file is gone", async |world| world.files().is_empty()).await;
        assert_eq!(self.used().await, 0);
        image.refused.unwrap()
    }
}

#[tokio::test]
async fn fetched_inspected_and_active() {
    let (_folder, world) = world_of(&[("mirror.test", &[LOOPBACK])]).await;
    let file = raw(9 * MIB);
    let (port, asked) = serve(Arc::new({
        let file = file.clone();
        move |path, _| match path {
            "/disk.img" => ok(&file),
            "/sums" => ok(format!("{}  disk.img\n", hex::encode(Sha256::digest(&file))).as_bytes()),
            _ => redirect("/disk.img"),
        }
    }))
    .await;
    let base = format!("http://mirror.test:{port}");
    let image =
        world.import(NewImport { checksum_url: format!("{base}/sums"), ..from(&format!("{base}/disk.img")) }).await;
    assert_eq!((image.status, image.size, image.refused), (ImageStatus::Active, Some(file.len() as u64), None));
    assert_eq!(image.source, format!("{base}/disk.img"));
    let operation = world.operation().await;
    assert_eq!((operation.verb.as_str(), operation.state), ("image_import", OperationState::Succeeded));
    let image = world.import(from(&format!("{base}/latest"))).await;
    assert_eq!(image.status, ImageStatus::Active, "after a redirect");
    assert_eq!(*asked.lock().unwrap(), ["/sums", "/disk.img", "/latest", "/disk.img"]);
    assert_eq!(world.files().len(), 1, "the same content is stored once");
}

#[tokio::test]
async fn what_cannot_be_is_killed_with_the_reason() {
    let (_folder, world) = world_of(&[("mirror.test", &[LOOPBACK])]).await;
    let (port, _) = serve(Arc::new(|path, _| match path {
        "/text" => ok(&[b'x'; 5000]),
        "/disk" => ok(&raw(MIB)),
        "/sums" => ok(b"no sums here\nat all\n"),
        "/round" => redirect("/round"),
        "/ftp" => redirect("ftp://mirror.test/disk"),
        _ => with_head("HTTP/1.1 404 Not Found\r\nContent-Length: 0", b""),
    }))
    .await;
    let base = format!("http://mirror.test:{port}");
    let url = |path: &str| from(&format!("{base}{path}"));
    for (new, expected) in [
        (url("/text"), "not a disk image"),
        (url("/missing"), "404"),
        (url("/round"), "redirects"),
        (url("/ftp"), "begins with http"),
        (NewImport { image: known_by(&"0".repeat(128)), ..url("/disk") }, "its checksum is"),
        (NewImport { checksum_url: format!("{base}/sums"), ..url("/disk") }, "says nothing of disk"),
    ] {
        let said = world.refused(new).await;
        assert!(said.contains(expected), "{said}");
    }
}

#[tokio::test]
async fn a_broken_connection_is_gone_on_with() {
    let (_folder, world) = world_of(&[("mirror.test", &[LOOPBACK])]).await;
    let file = raw(12 * MIB);
    let content = file.clone();
    let (port, asked) = serve(Arc::new(move |_, from| {
        let whole = content.len();
        match from {
            None => ok(&content)[..8 * MIB].to_vec(),
            Some(at) => {
                let head = format!(
                    "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {at}-{}/{whole}\r\nContent-Length: {}\r\nETag: \"1\"",
                    whole - 1,
                    whole - at
                );
                with_head(&head, &content[at..])
            }
        }
    }))
    .await;
    let image = world.import(from(&format!("http://mirror.test:{port}/disk"))).await;
    assert_eq!((image.status, image.size), (ImageStatus::Active, Some(file.len() as u64)));
    assert_eq!(fs::read(crate::image::path(&world.core.data, image.id)).unwrap(), file);
    assert_eq!(asked.lock().unwrap().len(), 2, "the second time for the rest");
}

#[tokio::test]
async fn a_new_program_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let id = {
        let world = World::open(folder.path()).await;
        let id = world.images.image_import(&world.member, from("http://mirror.test/disk.img")).await.unwrap();
        world.core.db.close().await;
        id
    };
    let names = Names(Mutex::new([("mirror.test".to_owned(), [vec![LOOPBACK]].into())].into()));
    let web = Web::resolving(Arc::new(names), vec![]);
    let world = World::open_with(folder.path(), web).await;
    let image = world.settled(id).await;
    assert!(image.refused.unwrap().contains("not an address of the Internet"), "it was tried by the new program");
    world.images.image_delete(&world.member, id).await.unwrap();
    assert!(world.images.pass().await.unwrap());
    world.assert_nothing_left("deleted").await;
}

#[tokio::test]
async fn faults_of_the_form() {
    let (_folder, world) = world_of(&[]).await;
    for (new, field) in [
        (from(""), "url"),
        (from("ftp://example.org/x"), "url"),
        (from("file:///etc/passwd"), "url"),
        (from("https://me:secret@example.org/x"), "url"),
        (NewImport { image: known_by("12"), ..from("https://example.org/x") }, "checksum"),
        (NewImport { checksum_url: "x".into(), ..from("https://example.org/x") }, "checksum_url"),
        (NewImport { image: named(&"x".repeat(300)), ..from("https://example.org/x") }, "name"),
    ] {
        let error = world.images.image_import(&world.member, new).await.unwrap_err();
        assert!(error.of_field(field).is_some(), "{field}: {error:?}");
    }
    let reader = Caller { role: Role::Reader, ..world.member.clone() };
    let result = world.images.image_import(&reader, from("https://example.org/x")).await;
    assert!(matches!(result, Err(Error::Forbidden { .. })));
    world.assert_nothing_left("faults").await;
}

/// Class 6 (OSSA-2026-004): no spelling of an inner address is fetched from.
#[tokio::test]
async fn security_06_import_spellings_of_loopback() {
    let (_folder, world) = web_of(&[], &[]).await;
    let (port, asked) = serve(Arc::new(|_, _| ok(&raw(MIB)))).await;
    for host in [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "169.254.169.254",
        "10.0.0.1",
        "192.168.0.1",
        "[fe80::1]",
        "[fd00::1]",
        "[64:ff9b::7f00:1]",
        "①②⑦.0.0.1",
    ] {
        let error =
            world.images.image_import(&world.member, from(&format!("http://{host}:{port}/"))).await.unwrap_err();
        assert!(matches!(error.of_field("url"), Some(Why::NotPublic { .. })), "{host}: {error:?}");
    }
    assert!(asked.lock().unwrap().is_empty(), "nobody was asked");
    world.assert_nothing_left("inner addresses").await;
}

/// Class 6: a name is judged by what it leads to, at every hop, and by all that it leads to.
#[tokio::test]
async fn security_06_import_names_and_redirects() {
    let inner: IpAddr = "10.1.2.3".parse().unwrap();
    let names: &[(&str, &[IpAddr])] = &[("mirror.test", &[LOOPBACK]), ("inner.test", &[inner])];
    let (_folder, world) = web_of(names, &["127.0.0.1/32"]).await;
    let (port, asked) = serve(Arc::new(|path, _| match path {
        "/name" => redirect("http://inner.test/"),
        "/number" => redirect("http://0x0a010203/"),
        "/mapped" => redirect("http://[::ffff:169.254.169.254]/latest/meta-data/"),
        "/port" => redirect("http://1.1.1.1:22/"),
        _ => ok(&raw(MIB)),
    }))
    .await;
    for (path, expected) in
        [("/name", "10.1.2.3"), ("/number", "10.1.2.3"), ("/mapped", "169.254.169.254"), ("/port", "Only the ports")]
    {
        let said = world.refused(from(&format!("http://mirror.test:{port}{path}"))).await;
        assert!(said.contains(expected), "{path}: {said}");
    }
    let said = world.refused(from("http://inner.test/")).await;
    assert!(said.contains("not an address of the Internet"), "{said}");
    let list =
        NewImport { checksum_url: "http://inner.test/sums".into(), ..from(&format!("http://mirror.test:{port}/disk")) };
    assert!(world.refused(list).await.contains("10.1.2.3"), "the list is fetched by the same rules");
    assert_eq!(asked.lock().unwrap().len(), 4);
}

/// Class 6: where the loopback itself is not allowed, no hop leads to it, in no spelling and by no name.
#[tokio::test]
async fn security_06_import_redirects_to_the_loopback() {
    let mirror: IpAddr = "127.0.0.5".parse().unwrap();
    let names: &[(&str, &[IpAddr])] = &[("mirror.test", &[mirror]), ("home.test", &[LOOPBACK])];
    let (_folder, world) = web_of(names, &["127.0.0.5/32"]).await;
    let (inner, asked_inside) = serve(Arc::new(|_, _| ok(&raw(MIB)))).await;
    let hops = ["127.0.0.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "home.test"];
    let (port, asked) = serve_at(
        mirror,
        Arc::new(move |path, _| match path.trim_start_matches('/').parse::<usize>() {
            Ok(n) => redirect(&format!("http://{}:{inner}/secret", hops[n])),
            Err(_) => redirect("/0"),
        }),
    )
    .await;
    for (n, hop) in hops.iter().enumerate() {
        let said = world.refused(from(&format!("http://mirror.test:{port}/{n}"))).await;
        assert!(said.contains("not an address of the Internet"), "{hop}: {said}");
    }
    let said = world.refused(from(&format!("http://mirror.test:{port}/twice"))).await;
    assert!(said.contains("127.0.0.1"), "the second hop is judged as the first: {said}");
    assert_eq!(asked.lock().unwrap().len(), hops.len() + 2);
    assert!(asked_inside.lock().unwrap().is_empty(), "nobody inside was asked");
}

/// Class 6: a name that answers differently the second time (DNS rebinding) is only asked once per hop.
#[tokio::test]
async fn security_06_import_names_that_change() {
    let other: IpAddr = "127.0.0.99".parse().unwrap();
    let (_folder, world) = web_of(&[("changing.test", &[LOOPBACK, other])], &["127.0.0.1/32"]).await;
    let (port, asked) = serve(Arc::new(|_, _| ok(&raw(MIB)))).await;
    let image = world.import(from(&format!("http://changing.test:{port}/disk"))).await;
    assert_eq!(image.status, ImageStatus::Active, "the connection went to the address that was judged");
    let again = world.import(from(&format!("http://changing.test:{port}/disk"))).await;
    assert_eq!(again.status, ImageStatus::Killed);
    assert!(again.refused.is_some_and(|said| said.contains("127.0.0.99")), "judged anew, and not asked");
    assert_eq!(asked.lock().unwrap().len(), 1);
}

/// Classes 6 and 11: the cap is kept while bytes come in, and by the sender's own word.
#[tokio::test]
async fn security_11_import_is_capped() {
    let (_folder, world) = world_of(&[("mirror.test", &[LOOPBACK])]).await;
    world.set_quota(5 * MIB).await;
    let (port, _) = serve(Arc::new(|path, _| match path {
        // The end of the connection is the end of the file: nothing was announced.
        "/endless" => with_head("HTTP/1.1 200 OK", &raw(20 * MIB)),
        _ => ok(&raw(20 * MIB)),
    }))
    .await;
    for path in ["/announced", "/endless"] {
        let said = world.refused(from(&format!("http://mirror.test:{port}{path}"))).await;
        assert!(said.contains("quota"), "{path}: {said}");
    }
}
