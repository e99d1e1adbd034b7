//! Fetching from the Internet and nowhere else (security class 6): every hop's name is resolved once, every answer judged, and the
//! connection goes to the addresses that were judged, whatever the name leads to a moment later.

use super::address::is_allowed;
use crate::network::engine::Cidr;
use api::{Error, Why};
use async_trait::async_trait;
use reqwest::header::{ETAG, IF_RANGE, LOCATION, RANGE};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use url::{Host, Url};

/// The most redirects that are followed.
const HOPS: usize = 5;
const CONNECT: Duration = Duration::from_secs(15);
/// A sender that is silent for so long has gone.
const SILENCE: Duration = Duration::from_secs(60);
/// The largest list of checksums, in bytes.
const LIST_MAX: usize = 1 << 20;
/// The ports that are fetched from, as Glance has them (`allowed_ports`).
const PORTS: [u16; 2] = [80, 443];

/// Who knows the addresses of names.
#[async_trait]
pub trait Resolve: Send + Sync {
    async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<IpAddr>>;
}

/// The host's own resolver.
struct System;

#[async_trait]
impl Resolve for System {
    async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, port)).await?.map(|address| address.ip()).collect())
    }
}

/// The way to the Internet.
#[derive(Clone)]
pub struct Web {
    resolver: Arc<dyn Resolve>,
    /// What is fetched from although it is not the Internet: the operator's own mirrors.
    allowed: Vec<Cidr>,
}

impl Default for Web {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Web {
    pub fn new(allowed: Vec<Cidr>) -> Self {
        Self::resolving(Arc::new(System), allowed)
    }

    pub fn resolving(resolver: Arc<dyn Resolve>, allowed: Vec<Cidr>) -> Self {
        Self { resolver, allowed }
    }
}

/// What went wrong, and whether it may go right another time.
#[derive(Debug)]
pub struct Fault {
    pub error: Error,
    pub passing: bool,
}

impl Fault {
    pub fn lasting(why: Why) -> Self {
        Self { error: Error::field("file", why), passing: false }
    }

    pub fn passing(host: &str, what: impl ToString) -> Self {
        let why = Why::Fetch { host: host.to_owned(), what: what.to_string() };
        Self { error: Error::field("file", why), passing: true }
    }
}

/// What the service itself cannot do is no fault of the sender's.
impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let passing = matches!(error, Error::Internal { .. } | Error::Unavailable { .. });
        Self { error, passing }
    }
}

/// Reads an address that somebody has given. `Url` reads it as browsers do: 2130706433 and 0x7f.1 are 127.0.0.1.
pub fn parse(text: &str) -> Result<Url, Why> {
    let url = Url::parse(text.trim()).map_err(|_| Why::NotAUrl)?;
    let plain = url.username().is_empty() && url.password().is_none();
    if matches!(url.scheme(), "http" | "https") && plain && url.host().is_some() { Ok(url) } else { Err(Why::NotAUrl) }
}

impl Web {
    /// The file behind the address from `offset` on, if it still is the version of `etag`; otherwise all of it.
    pub async fn get(&self, from: &Url, offset: u64, etag: &str) -> Result<Response, Fault> {
        let mut url = from.clone();
        for _ in 0..=HOPS {
            let response = self.hop(&url, offset, etag).await?;
            let host = url.host_str().unwrap_or_default().to_owned();
            let status = response.status();
            if status.is_redirection() && status != StatusCode::NOT_MODIFIED {
                let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
                let next = location.and_then(|location| url.join(location).ok()).ok_or(Why::NotAUrl);
                url = next.and_then(|next| parse(next.as_str())).map_err(Fault::lasting)?;
                continue;
            }
            // Those will pass; any other refusal will be the same tomorrow.
            let passing = status.is_server_error() || [408, 425, 429].contains(&status.as_u16());
            return match status {
                StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => Ok(response),
                _ if passing => Err(Fault::passing(&host, status)),
                _ => Err(Fault::lasting(Why::Fetch { host, what: status.to_string() })),
            };
        }
        let host = url.host_str().unwrap_or_default().to_owned();
        Err(Fault::lasting(Why::Fetch { host, what: format!("more than {HOPS} redirects") }))
    }

    /// A short text, such as a list of checksums.
    pub async fn text(&self, from: &Url) -> Result<String, Fault> {
        let mut response = self.get(from, 0, "").await?;
        let host = from.host_str().unwrap_or_default();
        let mut text = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| Fault::passing(host, error))? {
            text.extend_from_slice(&chunk);
            if text.len() > LIST_MAX {
                return Err(Fault::lasting(Why::TooLarge { max: LIST_MAX as u64, is: text.len() as u64 }));
            }
        }
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    async fn hop(&self, url: &Url, offset: u64, etag: &str) -> Result<Response, Fault> {
        let addresses = self.judged(url).await?;
        let host = url.host_str().unwrap_or_default();
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .user_agent("Offing")
            .resolve_to_addrs(host, &addresses)
            .build()
            .map_err(|error| Fault::passing(host, error))?;
        let mut request = client.get(url.clone());
        if offset > 0 && !etag.is_empty() {
            request = request.header(RANGE, format!("bytes={offset}-")).header(IF_RANGE, etag);
        }
        request.send().await.map_err(|error| Fault::passing(host, story(&error)))
    }

    /// The addresses of a hop, all of which may be asked.
    pub async fn judged(&self, url: &Url) -> Result<Vec<SocketAddr>, Fault> {
        let url = parse(url.as_str()).map_err(Fault::lasting)?;
        let name = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or(80);
        let addresses = match url.host() {
            Some(Host::Ipv4(address)) => vec![IpAddr::V4(address)],
            Some(Host::Ipv6(address)) => vec![IpAddr::V6(address)],
            Some(Host::Domain(name)) => {
                self.resolver.resolve(name, port).await.map_err(|error| Fault::passing(name, error))?
            }
            None => Vec::new(),
        };
        if addresses.is_empty() {
            return Err(Fault::passing(name, "the name has no address"));
        }
        // One that is not allowed among others is a name that plays tricks.
        if let Some(address) = addresses.iter().find(|address| !is_allowed(**address, &self.allowed)) {
            return Err(Fault::lasting(Why::NotPublic { host: name.to_owned(), address: address.to_string() }));
        }
        let all_public = addresses.iter().all(|address| is_allowed(*address, &[]));
        if all_public && !PORTS.contains(&port) {
            return Err(Fault::lasting(Why::Port { port }));
        }
        Ok(addresses.into_iter().map(|address| SocketAddr::new(address, port)).collect())
    }
}

/// The innermost cause says most. The system's number for it says nothing to who reads it.
fn story(error: &reqwest::Error) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    let text = inner.to_string();
    text.split_once(" (os error").map_or(text.as_str(), |(words, _)| words).to_owned()
}

/// The version of the file, if its mark is one that bytes may be joined by (RFC 9110, 13.1.5).
pub fn strong_etag(response: &Response) -> String {
    let etag = response.headers().get(ETAG).and_then(|etag| etag.to_str().ok()).unwrap_or_default();
    if etag.starts_with("W/") { String::new() } else { etag.to_owned() }
}
