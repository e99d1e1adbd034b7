//! One chunk of a file on its way to the server, and what the browser knows of the file.

use api::Error;
use futures::channel::oneshot;
use leptos::prelude::*;
use leptos::wasm_bindgen::prelude::*;
use leptos::web_sys::{Blob, File, ProgressEvent, XmlHttpRequest};
use std::time::Duration;
use wasm_bindgen_futures::JsFuture;

/// What became of a chunk.
pub enum Answer {
    /// Taken: the byte that is due now.
    Taken(u64),
    Refused(Error),
    /// No answer, or none of the server's own.
    Lost,
}

#[derive(serde::Deserialize)]
struct Due {
    offset: u64,
}

/// Sends the bytes from `from` up to `to`.
pub async fn chunk(url: &str, file: &File, from: f64, to: f64, sent: impl Fn(f64) + 'static) -> Answer {
    let Ok(piece) = file.slice_with_f64_and_f64(from, to) else { return Answer::Lost };
    let digest = sha256(&piece).await;
    put(url, &piece, digest, sent).await.unwrap_or(Answer::Lost)
}

async fn put(
    url: &str,
    piece: &Blob,
    digest: Option<Vec<u8>>,
    sent: impl Fn(f64) + 'static,
) -> Result<Answer, JsValue> {
    let request = XmlHttpRequest::new()?;
    request.open("PUT", url)?;
    request.set_request_header("Accept", "application/json")?;
    if let Some(digest) = digest {
        // In base64, between colons (RFC 9530).
        let bytes: String = digest.into_iter().map(char::from).collect();
        let base64 = window().btoa(&bytes)?;
        request.set_request_header("Content-Digest", &format!("sha-256=:{base64}:"))?;
    }
    let moved = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| sent(event.loaded()));
    request.upload()?.set_onprogress(Some(moved.as_ref().unchecked_ref()));
    let (tell, told) = oneshot::channel();
    let done = Closure::once_into_js(move || _ = tell.send(()));
    request.set_onloadend(Some(done.unchecked_ref()));
    request.send_with_opt_blob(Some(piece))?;
    _ = told.await;
    let body = request.response_text()?.unwrap_or_default();
    Ok(match request.status()? {
        200 => serde_json::from_str(&body).map_or(Answer::Lost, |due: Due| Answer::Taken(due.offset)),
        _ => serde_json::from_str(&body).map_or(Answer::Lost, Answer::Refused),
    })
}

/// Whether the file's first bytes have that SHA-256. Where the browser does not count it (away from localhost it wants TLS), the file's size
/// has to do.
pub async fn begins_with(file: &File, bytes: u64, head: &str) -> bool {
    let Ok(piece) = file.slice_with_f64_and_f64(0.0, bytes as f64) else { return true };
    let Some(digest) = sha256(&piece).await else { return true };
    bytes == 0 || digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>() == head
}

async fn sha256(piece: &Blob) -> Option<Vec<u8>> {
    let bytes = JsFuture::from(piece.array_buffer()).await.ok()?;
    let crypto = window().crypto().ok()?;
    // Missing where the page did not come by TLS, whatever the type says.
    let subtle = js_sys::Reflect::get(&crypto, &"subtle".into()).ok().filter(|subtle| !subtle.is_undefined())?;
    let subtle: leptos::web_sys::SubtleCrypto = subtle.unchecked_into();
    let promise = subtle.digest_with_str_and_buffer_source("SHA-256", bytes.unchecked_ref()).ok()?;
    Some(js_sys::Uint8Array::new(&JsFuture::from(promise).await.ok()?).to_vec())
}

pub async fn pause(how_long: Duration) {
    let (tell, told) = oneshot::channel();
    set_timeout(move || _ = tell.send(()), how_long);
    _ = told.await;
}
