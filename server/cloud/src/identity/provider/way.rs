//! The way to providers: their own words about themselves, and codes made into tokens.
//!
//! Where a provider is, those who run the cloud say, and nobody else: so it may stand inside, and its address is not judged as that of an
//! image is. What it answers is not trusted to be small or quick, and leads nowhere else.

use api::{Error, Micros, Result};
use openidconnect::core::CoreProviderMetadata;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, IssuerUrl};
use reqwest::redirect::Policy;
use std::collections::HashMap;
use std::error::Error as StdError;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use url::{Host, Url};

const CONNECT: Duration = Duration::from_secs(5);
const WHOLE: Duration = Duration::from_secs(15);
/// The largest answer, in bytes: keys and claims are far smaller.
const ANSWER_MAX: usize = 1 << 20;
/// Conversations at one time: whoever only clicks must not keep everything busy with a provider that does not answer.
const AT_ONCE: usize = 8;
/// How long what a provider says of itself is believed before somebody is sent there.
const BELIEVED: Micros = 300_000_000;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum WayFault {
    #[error("it cannot be reached: {0}")]
    Http(#[from] reqwest::Error),
    #[error("it answers with more than {ANSWER_MAX} bytes")]
    TooLarge,
    #[error("its answer cannot be read: {0}")]
    Answer(#[from] http::Error),
    #[error("it names {0}, which is neither https nor this host")]
    Unsafe(String),
}

pub struct Way {
    client: reqwest::Client,
    turns: Semaphore,
    /// By issuer, and since when.
    known: Mutex<HashMap<String, (Micros, CoreProviderMetadata)>>,
}

/// Whether secrets may be sent there: over TLS, or to this host itself.
pub fn is_safe(url: &Url) -> bool {
    let local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && local)
}

/// The whole chain of causes in a line.
pub fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text
}

impl Way {
    pub fn new() -> std::result::Result<Self, reqwest::Error> {
        let client =
            reqwest::Client::builder().redirect(Policy::none()).connect_timeout(CONNECT).timeout(WHOLE).build()?;
        Ok(Self { client, turns: Semaphore::new(AT_ONCE), known: Mutex::default() })
    }

    /// One at a time of a few; whoever comes on top of that is sent away at once.
    pub fn turn(&self, name: &str) -> Result<tokio::sync::SemaphorePermit<'_>> {
        let busy = |_| Error::Unavailable { what: name.to_owned(), why: "too many are asking it".to_owned() };
        self.turns.try_acquire().map_err(busy)
    }

    /// What a provider says of itself, as it says now.
    pub async fn ask(&self, name: &str, issuer: &str, now: Micros) -> Result<CoreProviderMetadata> {
        let _turn = self.turn(name)?;
        let cannot = |why: String| {
            tracing::warn!(issuer, why, "a provider of identity cannot be used");
            Error::Unavailable { what: name.to_owned(), why }
        };
        let url = IssuerUrl::new(issuer.to_owned()).map_err(|error| cannot(chain(&error)))?;
        let found = CoreProviderMetadata::discover_async(url, self).await.map_err(|error| cannot(chain(&error)))?;
        let token = found.token_endpoint().map(|url| url.url());
        let token = token.ok_or_else(|| cannot("it names no token endpoint".to_owned()))?;
        for url in [found.authorization_endpoint().url(), token, found.jwks_uri().url()] {
            if !is_safe(url) {
                return Err(cannot(format!("it names {url}, which is neither https nor this host")));
            }
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (since, _)| now - *since < BELIEVED);
        known.insert(issuer.to_owned(), (now, found.clone()));
        Ok(found)
    }

    /// The same, as it said a while ago.
    pub async fn recall(&self, name: &str, issuer: &str, now: Micros) -> Result<CoreProviderMetadata> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(issuer).cloned();
        match known.filter(|(since, _)| now - since < BELIEVED) {
            Some((_, found)) => Ok(found),
            None => self.ask(name, issuer, now).await,
        }
    }

    async fn send(&self, request: HttpRequest) -> std::result::Result<HttpResponse, WayFault> {
        // Its keys are fetched before anybody sees where it says that they are.
        let to = request.uri().to_string();
        if !Url::parse(&to).is_ok_and(|url| is_safe(&url)) {
            return Err(WayFault::Unsafe(to));
        }
        let mut response = self.client.execute(request.try_into()?).await?;
        let mut answer = http::Response::builder().status(response.status());
        for (name, value) in response.headers() {
            answer = answer.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > ANSWER_MAX {
                return Err(WayFault::TooLarge);
            }
        }
        Ok(answer.body(body)?)
    }
}

impl<'c> AsyncHttpClient<'c> for Way {
    type Error = WayFault;
    type Future = Pin<Box<dyn Future<Output = std::result::Result<HttpResponse, WayFault>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_travel_over_tls_or_stay_here() {
        let check = |url: &str, safe: bool| assert_eq!(is_safe(&Url::parse(url).unwrap()), safe, "{url}");
        check("https://sso.example.org/realms/x", true);
        check("https://10.0.0.1/", true);
        check("http://localhost:9000", true);
        check("http://127.0.0.1:9000", true);
        check("http://[::1]/", true);
        check("http://sso.example.org/", false);
        check("http://localhost.example.org/", false);
        check("javascript:alert(1)", false);
        check("file:///etc/passwd", false);
    }
}
