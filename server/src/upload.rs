//! The ways in for an image's bytes, streamed to the image service as they come.
//!
//! `PUT /p/<project>/images/<id>/file?offset=…` takes a chunk of an upload that a script has begun, and answers `{"offset": …}`, the byte
//! that is due then. `POST /p/<project>/images/upload` takes a form with the whole file.
//!
//! The form's fields come first and the file last, as the page's form has them. A script gets JSON, `{"id": …}` or the error; a plain
//! form is led to the image, or shown again with what was filled in and what is wrong with it.

use crate::failure::Failure;
use crate::form::caller;
use crate::{Edge, attempt, refused};
use api::image::NewImage;
use api::{Caller, Error, ImageId, Kind, Result, Why};
use app::backend::{SignedIn, accepts_html};
use app::paths;
use app::ui::Refused;
use axum::Json;
use axum::body::Body;
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{Extension, FromRequest as _, Path, Query, Request, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures::{StreamExt as _, TryStreamExt as _};
use serde::Deserialize;
use std::io;
use std::time::Duration;

/// The most that one of the form's fields may hold, in bytes.
const FIELD_MAX: usize = 8 * 1024;
/// The most fields: a field for every property that is defined, and room for more.
const FIELDS_MAX: usize = 500;
/// The form's input for the file.
const FILE: &str = "file";
/// How long the rest of a refused upload is still read: a browser whose sending is cut off may never show why.
const LINGER: Duration = Duration::from_secs(60);

#[derive(Deserialize)]
pub struct Chunk {
    offset: u64,
}

pub async fn append(
    State(edge): State<Edge>,
    Path((project, id)): Path<(String, String)>,
    Query(chunk): Query<Chunk>,
    signed_in: Option<Extension<SignedIn>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let mut stream = body.into_data_stream().map_err(io::Error::other);
    let digest = sha256(&headers);
    let appended = async {
        let caller = caller(&edge, &project, signed_in).await?;
        let id = id.parse().map_err(|_| Error::not_found(Kind::Image, id.chars().take(64).collect::<String>()))?;
        let appended = edge.cloud.images.image_append(&caller, id, chunk.offset, digest, &mut stream).await;
        if let Err(error) = &appended {
            note(&edge, &caller, Some(id), error).await;
        }
        appended
    };
    match appended.await {
        Ok(offset) => Json(serde_json::json!({ "offset": offset })).into_response(),
        Err(error) => {
            tokio::spawn(tokio::time::timeout(LINGER, stream.for_each(|_| async {})));
            Failure(error).into_response()
        }
    }
}

/// The chunk's SHA-256 in hex, as `Content-Digest` has it (RFC 9530).
fn sha256(headers: &HeaderMap) -> Option<String> {
    let text = headers.get("content-digest")?.to_str().ok()?;
    let of = |part: &str| part.trim().strip_prefix("sha-256=:")?.strip_suffix(':').map(str::to_owned);
    let digest = BASE64_STANDARD.decode(text.split(',').find_map(of)?).ok()?;
    Some(hex::encode(digest))
}

pub async fn upload(State(edge): State<Edge>, Path(project): Path<String>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let signed_in = parts.extensions.get::<SignedIn>().cloned().map(Extension);
    let caller = match caller(&edge, &project, signed_in).await {
        Ok(caller) => caller,
        Err(error) => return Failure(error).into_response(),
    };
    let html = accepts_html(&parts.headers);
    let Ok(mut form) = Multipart::from_request(Request::from_parts(parts.clone(), body), &edge).await else {
        return Failure(Error::field(FILE, Why::Required)).into_response();
    };
    let mut fields = Vec::new();
    let stored = store(&edge, &caller, announced(&parts.headers), &mut form, &mut fields).await;
    if let Err(error) = &stored {
        tokio::spawn(linger(form));
        note(&edge, &caller, None, error).await;
    }
    match stored {
        Ok(id) if html => Redirect::to(&paths::image(caller.project, id)).into_response(),
        Ok(id) => Json(serde_json::json!({ "id": id })).into_response(),
        Err(error) if html => {
            let form = Refused { url: paths::image_upload(caller.project), fields };
            refused::page_of(&edge, parts, &paths::image_create(caller.project), form, error).await
        }
        Err(error) => Failure(error).into_response(),
    }
}

/// Writes it down if it was a refusal. What is wrong with the file itself stands in the audit log already, as the operation's end.
async fn note(edge: &Edge, caller: &Caller, image: Option<ImageId>, error: &Error) {
    let is_written = error.of_field(FILE).is_some_and(|why| !matches!(why, Why::ImageQuota { .. }));
    if !is_written {
        let id = image.map(|id| id.to_string());
        let target = id.as_deref().map(|id| (Kind::Image, id));
        attempt::refused(edge, caller, "image_upload", target, error).await;
    }
}

/// Reads the fields, in order, and hands the file on.
async fn store(
    edge: &Edge,
    caller: &Caller,
    announced: Option<u64>,
    form: &mut Multipart,
    fields: &mut Vec<(String, String)>,
) -> Result<ImageId> {
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name().unwrap_or_default() {
            // A form without a chosen file sends an empty one without a name.
            FILE if field.file_name().is_none_or(str::is_empty) => break,
            FILE => {
                let stream = field.map_err(io::Error::other);
                return edge.cloud.images.image_upload(caller, filled_in(fields), announced, stream).await;
            }
            _ if fields.len() >= FIELDS_MAX => {
                return Err(Error::field("others", Why::TooMany { max: FIELDS_MAX, is: fields.len() + 1 }));
            }
            name => {
                let name = name.to_owned();
                fields.push((name, text(field).await?));
            }
        }
    }
    Err(Error::field(FILE, Why::Required))
}

/// What the fields say; those that no form has say nothing.
fn filled_in(fields: &[(String, String)]) -> NewImage {
    let mut new = NewImage::default();
    for (name, value) in fields {
        let place = match name.as_str() {
            "name" => &mut new.name,
            "description" => &mut new.description,
            "visibility" => &mut new.visibility,
            "min_disk_gb" => &mut new.min_disk_gb,
            "min_ram_mb" => &mut new.min_ram_mb,
            "tags" => &mut new.tags,
            "others" => &mut new.others,
            "checksum" => &mut new.checksum,
            "protected" => {
                new.protected = value == "true";
                continue;
            }
            other => match other.strip_prefix("properties[").and_then(|rest| rest.strip_suffix(']')) {
                Some(property) => new.properties.entry(property.to_owned()).or_default(),
                None => continue,
            },
        };
        place.clone_from(value);
    }
    new
}

/// A field's text, if it is no longer than it may be.
async fn text(mut field: Field<'_>) -> Result<String> {
    let name = field.name().unwrap_or_default().to_owned();
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > FIELD_MAX {
            return Err(Error::field(&name, Why::TooLarge { max: FIELD_MAX as u64, is: bytes.len() as u64 }));
        }
    }
    String::from_utf8(bytes).map_err(|_| Error::field(&name, Why::Characters))
}

fn broken(error: MultipartError) -> Error {
    tracing::info!(%error, "an upload broke off");
    Error::field(FILE, Why::Incomplete)
}

/// The form's size, by which a file that cannot fit is refused before it is sent.
fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn linger(mut form: Multipart) {
    let rest = async {
        while let Ok(Some(field)) = form.next_field().await {
            // Dropped unread: the next call reads past it.
            drop(field);
        }
    };
    if tokio::time::timeout(LINGER, rest).await.is_err() {
        tracing::debug!("the rest of a refused upload was not waited for");
    }
}
