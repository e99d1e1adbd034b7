//! `GET /p/<project>/images/<id>/file`: an image's data, whole or a range of it (RFC 9110, 14).

use crate::Edge;
use crate::failure::Failure;
use crate::form::caller;
use api::{Error, Kind};
use app::backend::SignedIn;
use axum::body::Body;
use axum::extract::{Extension, Path, State};
use axum::http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_RANGE,
    RANGE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use cloud::image::Download;
use std::io::SeekFrom;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

/// How much of the file is read at a time, in bytes.
const READ: usize = 256 << 10;

pub async fn download(
    State(edge): State<Edge>,
    Path((project, id)): Path<(String, String)>,
    signed_in: Option<Extension<SignedIn>>,
    headers: HeaderMap,
) -> Response {
    let found = async {
        let caller = caller(&edge, &project, signed_in).await?;
        let id = id.parse().map_err(|_| Error::not_found(Kind::Image, id.chars().take(64).collect::<String>()))?;
        edge.cloud.images.image_download(&caller, id).await
    };
    match found.await {
        Ok(found) => send(found, &headers).await,
        Err(error) => Failure(error).into_response(),
    }
}

async fn send(found: Download, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", &found.sha512[..found.sha512.len().min(32)]);
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let same = text(IF_RANGE).is_none_or(|known| known == tag);
    let asked = text(RANGE).filter(|_| same).map_or(Asked::All, |range| range_of(range, found.size));
    let (status, from, length) = match asked {
        Asked::All => (StatusCode::OK, 0, found.size),
        Asked::Part { from, to } => (StatusCode::PARTIAL_CONTENT, from, to - from + 1),
        Asked::Nothing => {
            let all = [(CONTENT_RANGE, format!("bytes */{}", found.size))];
            return (StatusCode::RANGE_NOT_SATISFIABLE, all).into_response();
        }
    };
    let opened = async {
        let mut file = File::from_std(found.file);
        file.seek(SeekFrom::Start(from)).await?;
        Ok::<_, std::io::Error>(file)
    };
    let file = match opened.await {
        Ok(file) => file,
        Err(error) => {
            let why = error.to_string();
            return Failure(Error::Unavailable { what: found.file_name, why }).into_response();
        }
    };
    let mut response = Response::new(Body::from_stream(ReaderStream::with_capacity(file.take(length), READ)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let mut set = |name, value: String| HeaderValue::from_str(&value).map(|value| headers.insert(name, value)).is_ok();
    set(CONTENT_TYPE, "application/octet-stream".to_owned());
    // Nothing is packed on the way: ranges count the bytes of the file.
    set(CONTENT_ENCODING, "identity".to_owned());
    set(CONTENT_LENGTH, length.to_string());
    set(ACCEPT_RANGES, "bytes".to_owned());
    set(ETAG, tag);
    set(CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{}", encode(&found.file_name)));
    if status == StatusCode::PARTIAL_CONTENT {
        set(CONTENT_RANGE, format!("bytes {from}-{}/{}", from + length - 1, found.size));
    }
    response
}

/// What a `Range` asks for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    All,
    /// Both ends belong to it.
    Part {
        from: u64,
        to: u64,
    },
    /// No byte of the file.
    Nothing,
}

/// One range of bytes. Several, or what is no range at all, may be answered with everything.
fn range_of(text: &str, size: u64) -> Asked {
    let parse = || {
        let (from, to) = text.trim().strip_prefix("bytes=")?.split_once('-')?;
        if from.is_empty() {
            let last: u64 = to.parse().ok()?;
            return Some((size.saturating_sub(last), if last == 0 { None } else { Some(size.saturating_sub(1)) }));
        }
        let from: u64 = from.parse().ok()?;
        let to = if to.is_empty() { u64::MAX } else { to.parse().ok().filter(|to| *to >= from)? };
        Some((from, Some(to.min(size.saturating_sub(1)))))
    };
    match parse() {
        None => Asked::All,
        Some((from, Some(to))) if from < size && from <= to => Asked::Part { from, to },
        Some(_) => Asked::Nothing,
    }
}

/// Percent-encodes all but RFC 5987's plain characters.
fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        fn check(text: &str, expected: Asked) {
            assert_eq!(range_of(text, 100), expected, "{text}");
        }
        check("bytes=0-9", Asked::Part { from: 0, to: 9 });
        check("bytes=90-", Asked::Part { from: 90, to: 99 });
        check("bytes=90-1000", Asked::Part { from: 90, to: 99 });
        check("bytes=-10", Asked::Part { from: 90, to: 99 });
        check("bytes=-1000", Asked::Part { from: 0, to: 99 });
        check("bytes=100-", Asked::Nothing);
        check("bytes=-0", Asked::Nothing);
        check("bytes=9-0", Asked::All);
        check("bytes=0-1,5-6", Asked::All);
        check("lines=0-1", Asked::All);
        check("bytes=x-", Asked::All);
    }
}
