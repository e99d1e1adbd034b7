//! Image uploads: streamed in, refused by field, and never left half-done.

use crate::client::{Answer, Client};
use crate::world::{World, world};
use api::image::Images as _;
use api::{ListQuery, ProjectId};
use axum::body::{Body, Bytes};
use axum::http::Method;
use axum::http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE};
use scraper::Selector;

const LINE: &str = "5d1f0c";

/// The parts of a form, the file last.
fn form(fields: &[(&str, &str)], file: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--{LINE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    let file_name = if file.is_empty() { "" } else { "disk.img" };
    body.extend(
        format!("--{LINE}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file_name}\"\r\n\r\n").bytes(),
    );
    body.extend(file);
    body.extend(format!("\r\n--{LINE}--\r\n").bytes());
    body
}

async fn send(client: &Client, project: ProjectId, accept: &str, body: Vec<u8>) -> Answer {
    let request = client
        .request(Method::POST, &format!("/p/{project}/images/upload"))
        .header(ACCEPT, accept)
        .header("sec-fetch-site", "same-origin")
        .header(CONTENT_LENGTH, body.len())
        .header(CONTENT_TYPE, format!("multipart/form-data; boundary={LINE}"));
    // In pieces, as a network brings it.
    let pieces: Vec<_> =
        body.chunks(1000).map(|piece| Ok::<_, std::io::Error>(Bytes::copy_from_slice(piece))).collect();
    client.send(request.body(Body::from_stream(futures::stream::iter(pieces))).unwrap()).await
}

fn count(answer: &Answer, selector: &str) -> usize {
    answer.html().select(&Selector::parse(selector).unwrap()).count()
}

async fn images(world: &World) -> u64 {
    world.cloud.images.image_list(&world.admin().await, &ListQuery::default()).await.unwrap().total
}

#[tokio::test]
async fn a_script_gets_the_id() {
    let world = world().await;
    let (client, admin) = (world.sign_in("admin").await, world.admin().await);
    let body = form(&[("name", "guest"), ("visibility", "public"), ("unknown", "x")], &server::seed::disk());
    let answer = send(&client, admin.project, "application/json", body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let id = answer.json()["id"].as_str().unwrap().parse().unwrap();
    let image = world.cloud.images.image_show(&admin, id).await.unwrap();
    assert_eq!((image.name.as_str(), image.status.as_str(), image.size), ("guest", "active", Some(1 << 20)));
}

#[tokio::test]
async fn a_plain_form_leads_to_the_image() {
    let world = world().await;
    let (client, project) = (world.sign_in("admin").await, world.admin().await.project);
    let answer = send(&client, project, "text/html", form(&[("name", "guest")], &server::seed::disk())).await;
    assert!(answer.location().starts_with(&format!("/p/{project}/images/")), "{}", answer.location());
    assert_eq!(images(&world).await, 1);
}

#[tokio::test]
async fn what_is_refused_stands_by_its_field() {
    let world = world().await;
    let (client, project) = (world.sign_in("admin").await, world.admin().await.project);
    let long = "x".repeat(300);
    let endless = "x".repeat(20_000);
    for (fields, file, field) in [
        (&[("name", "guest")] as &[_], b"hello" as &[u8], "file"),
        (&[("name", "guest")], b"", "file"),
        (&[("name", &long)], b"hello", "name"),
        (&[("name", "guest"), ("description", &endless)], b"hello", "description"),
        (&[("name", "guest"), ("min_disk_gb", "many")], b"hello", "min_disk_gb"),
    ] {
        let answer = send(&client, project, "application/json", form(fields, file)).await;
        assert_eq!(answer.status, 400, "{}", answer.text());
        let error: api::Error = serde_json::from_slice(&answer.body).unwrap();
        assert!(error.of_field(field).is_some(), "{field}: {error:?}");
    }
    assert_eq!(images(&world).await, 0, "nothing is left of them");
}

#[tokio::test]
async fn a_plain_form_comes_back_with_its_values() {
    let world = world().await;
    let (client, project) = (world.sign_in("admin").await, world.admin().await.project);
    let fields = [
        ("name", "a&b"),
        ("visibility", "community"),
        ("min_ram_mb", "64"),
        ("protected", "true"),
        ("tags", "one, two"),
        ("properties[os_admin_user]", "debian"),
        ("properties[os_type]", "linux"),
        ("others", "my_key=mine"),
        ("checksum", &"0".repeat(64)),
    ];
    let answer = send(&client, project, "text/html", form(&fields, b"hello")).await;
    assert_eq!(answer.status, 400);
    assert_eq!(count(&answer, "[name=file][aria-invalid=true]"), 1);
    for (name, value) in fields {
        let name = name.replace('[', "\\[").replace(']', "\\]");
        let selectors = match name.as_str() {
            "visibility" => format!("[name={name}][value={value}][checked]"),
            "protected" => format!("[name={name}][checked]"),
            "others" => format!("textarea[name={name}]"),
            "properties\\[os_type\\]" => format!("[name={name}] [value={value}][selected]"),
            _ => format!("[name={name}][value='{value}']"),
        };
        assert_eq!(count(&answer, &selectors), 1, "{selectors}");
    }
    assert!(answer.text().contains("my_key=mine"));
    assert_eq!(images(&world).await, 0);
}

/// What was said of the file is held against it, and what was said of the image is kept.
#[tokio::test]
async fn a_plain_form_says_all_that_a_script_does() {
    let world = world().await;
    let (client, admin) = (world.sign_in("admin").await, world.admin().await);
    let disk = server::seed::disk();
    let sum = |disk: &[u8]| hex::encode(<sha2::Sha256 as sha2::Digest>::digest(disk));
    let fields = |checksum: &str| {
        let fields = [
            ("name", "known"),
            ("protected", "true"),
            ("tags", "b, a"),
            ("properties[os_admin_user]", "debian"),
            ("properties[os_type]", ""),
            ("others", "my_key=mine"),
            ("checksum", checksum),
        ];
        form(&fields, &disk)
    };
    let refused = send(&client, admin.project, "text/html", fields(&sum(b"another"))).await;
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains(&sum(&disk)), "the reason says what it is");
    let malformed = send(&client, admin.project, "text/html", fields("12")).await;
    assert_eq!(count(&malformed, "[name=checksum][aria-invalid=true]"), 1);
    assert_eq!(count(&malformed, "[name=checksum][value='12']"), 1);
    assert_eq!(images(&world).await, 0);

    let done = send(&client, admin.project, "text/html", fields(&sum(&disk))).await;
    let id = done.location().rsplit('/').next().unwrap().parse().unwrap();
    let image = world.cloud.images.image_show(&admin, id).await.unwrap();
    assert_eq!((image.status.as_str(), image.protected), ("active", true));
    assert_eq!(image.tags, ["a", "b"]);
    let properties: Vec<_> = image.properties.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(properties, ["my_key=mine", "os_admin_user=debian"]);
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let world = world().await;
    let (client, project) = (world.sign_in("admin").await, world.admin().await.project);
    let mut body = form(&[("name", "guest")], &server::seed::disk());
    body.truncate(500_000);
    let answer = send(&client, project, "application/json", body).await;
    assert_eq!(answer.status, 400, "{}", answer.text());
    world.settle().await;
    assert_eq!(images(&world).await, 0);
    let left = walk(&world.data.path().join("images"));
    assert!(left.is_empty(), "{left:?}");
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

async fn put(client: &Client, project: ProjectId, id: &str, offset: usize, chunk: &[u8]) -> Answer {
    let request = client
        .request(Method::PUT, &format!("/p/{project}/images/{id}/file?offset={offset}"))
        .header(ACCEPT, "application/json")
        .header("sec-fetch-site", "same-origin");
    client.send(request.body(Body::from(chunk.to_vec())).unwrap()).await
}

#[tokio::test]
async fn chunks_outlive_the_program() {
    let world = world().await;
    let (client, admin) = (world.sign_in("admin").await, world.admin().await);
    let (project, disk) = (admin.project, server::seed::disk());
    let (size, in_project) = (disk.len().to_string(), project.to_string());
    let fields =
        [("project", in_project.as_str()), ("name", "chunked"), ("size", size.as_str()), ("file_name", "disk.img")];
    let begun = client.call("image_upload_begin", &fields).await;
    assert_eq!(begun.status, 200, "{}", begun.text());
    let id = begun.json().as_str().unwrap().to_owned();
    let first = put(&client, project, &id, 0, &disk[..500_000]).await;
    assert_eq!(first.json()["offset"], 500_000, "{}", first.text());
    let page = client.get(&format!("/p/{project}/images/{id}")).await;
    assert!(page.text().contains("disk.img"), "the page asks for the same file");

    let world = world.reopen().await;
    let client = world.sign_in("admin").await;
    world.settle().await;
    let wrong = put(&client, project, &id, 0, &disk[..500_000]).await;
    assert_eq!(wrong.status, 409, "{}", wrong.text());
    let fields = [("project", in_project.as_str()), ("id", id.as_str())];
    let state = client.call("image_upload_show", &fields).await;
    assert_eq!(state.json()["offset"], 500_000, "{}", state.text());
    let last = put(&client, project, &id, 500_000, &disk[500_000..]).await;
    assert_eq!(last.json()["offset"], disk.len(), "{}", last.text());
    let image = world.cloud.images.image_show(&admin, id.parse().unwrap()).await.unwrap();
    assert_eq!(image.status.as_str(), "active");
}

#[tokio::test]
async fn downloads_by_ranges() {
    let world = world().await;
    let (client, project) = (world.sign_in("admin").await, world.admin().await.project);
    let disk = server::seed::disk();
    let made = send(&client, project, "application/json", form(&[("name", "디스크")], &disk)).await;
    let path = format!("/p/{project}/images/{}/file", made.json()["id"].as_str().unwrap());
    let get = async |range: Option<&str>, tag: Option<&str>| {
        let mut request = client.request(Method::GET, &path).header("accept-encoding", "gzip, br");
        for (name, value) in [("range", range), ("if-range", tag)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        client.send(request.body(Body::empty()).unwrap()).await
    };
    let whole = get(None, None).await;
    assert_eq!((whole.status, whole.body.len()), (200, disk.len()));
    assert_eq!(whole.body, disk);
    assert!(whole.header("content-disposition").starts_with("attachment; filename*=UTF-8''%EB"));
    let tag = whole.header("etag").to_owned();
    let part = get(Some("bytes=510-511"), Some(&tag)).await;
    assert_eq!((part.status, &part.body[..]), (206, &disk[510..512]));
    assert_eq!(part.header("content-range"), format!("bytes 510-511/{}", disk.len()));
    assert_eq!(get(Some("bytes=-1"), None).await.body.len(), 1);
    assert_eq!(get(Some("bytes=510-511"), Some("\"other\"")).await.status, 200, "another version: all of it");
    assert_eq!(get(Some("bytes=99999999-"), None).await.status, 416);
}
