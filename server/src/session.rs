//! Sessions: who has signed in, kept on the server.
//!
//! The cookie holds a random id, the table `session` its SHA-256, so that a stolen database opens no session. Nothing is written before
//! somebody has signed in (else a flood of visitors would fill the table), and a session's content never changes afterwards: only its
//! end moves, with use, up to a limit counted from the sign-in. Only what a person does is use: an open page reads its lists again and again
//! by itself, and says by a call of its own when somebody has clicked or typed.

use crate::Edge;
use crate::failure::Failure;
use crate::listen::Peer;
use crate::observe::RequestId;
use api::{Micros, Proof, UserId};
use app::backend::{CALLS, Kept, SignedIn, accepts_html};
use async_trait::async_trait;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, USER_AGENT};
use axum::http::{Extensions, HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Extension, RequestExt};
use cloud::clock::Clock;
use cloud::identity::{IdentityService, SessionRow, agent_kept};
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{Session, SessionManagerLayer, SessionStore};

const USER: &str = "user";
const SINCE: &str = "since";
const ADDRESS: &str = "address";
const AGENT: &str = "agent";
/// Only of a session that has been loaded: when it was last used.
const USED: &str = "used";
/// A session's use is written down when the last one is this long ago, not with every click.
const STEP: Micros = 60_000_000;
/// How a page's program says that somebody has clicked or typed.
const EXTEND: &str = "/api/session_extend";

/// How long a session lives.
#[derive(Clone, Copy, Debug)]
pub struct Lifetime {
    /// Without any request.
    pub idle: Duration,
    /// In all.
    pub longest: Duration,
}

impl Lifetime {
    fn end(self, now: Micros, since: Micros) -> Micros {
        now.saturating_add(micros(self.idle)).min(since.saturating_add(micros(self.longest)))
    }
}

fn micros(duration: Duration) -> Micros {
    Micros::try_from(duration.as_micros()).unwrap_or(Micros::MAX)
}

/// The session's id as the table knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdHash(pub String);

impl From<Id> for IdHash {
    fn from(id: Id) -> Self {
        Self(hex::encode(Sha256::digest(id.0.to_le_bytes())))
    }
}

/// Sessions in the table `session`.
#[derive(Clone)]
pub struct Store {
    identity: Arc<IdentityService>,
    clock: Clock,
    lifetime: Lifetime,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

fn failed(error: api::Error) -> Error {
    Error::Backend(error.to_string())
}

#[async_trait]
impl SessionStore for Store {
    /// A new id is 128 random bits, so it is nobody else's.
    async fn create(&self, record: &mut Record) -> Result<()> {
        self.save(record).await
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let value = |key| record.data.get(key).cloned().and_then(|value| serde_json::from_value(value).ok());
        let since = record.data.get(SINCE).and_then(serde_json::Value::as_i64);
        let (Some(user), Some(since)) = (value(USER), since) else { return Ok(()) };
        let text = |key| record.data.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        let now = self.clock.now();
        let row = SessionRow {
            id_hash: IdHash::from(record.id).0,
            user: Some(user),
            data: serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?,
            address: text(ADDRESS),
            agent: text(AGENT),
            used_at: now,
            expires_at: self.lifetime.end(now, since),
            longest_at: since.saturating_add(micros(self.lifetime.longest)),
        };
        self.identity.session_save(&row).await.map_err(failed)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let hash = IdHash::from(*id);
        let Some(row) = self.identity.session_load(&hash.0).await.map_err(failed)? else { return Ok(None) };
        let mut data: std::collections::HashMap<String, serde_json::Value> =
            serde_json::from_str(&row.data).map_err(|error| Error::Decode(error.to_string()))?;
        data.insert(USED.to_owned(), row.used_at.into());
        let expiry_date = OffsetDateTime::from_unix_timestamp(row.expires_at / 1_000_000)
            .map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.identity.session_delete(&IdHash::from(*id).0).await.map_err(failed)
    }
}

/// Gives every request its `Session`, and the browser its cookie: out of reach for scripts, gone with the browser, not sent along with
/// what other sites post, and, where the browser speaks TLS, never without it.
pub fn layer(edge: &Edge) -> SessionManagerLayer<Store> {
    let store = Store {
        identity: edge.cloud.identity.clone(),
        clock: edge.cloud.clock().clone(),
        lifetime: edge.settings.lifetime,
    };
    let secure = edge.settings.secure();
    SessionManagerLayer::new(store)
        // The prefix makes browsers refuse the cookie from a neighbouring host or without TLS (RFC 6265bis, 4.1.3).
        .with_name(if secure { "__Host-offing" } else { "offing" })
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
}

/// Makes the session the user's, under a new id: one that was planted before the sign-in is worth nothing afterwards.
pub async fn sign_in(
    session: &Session,
    user: UserId,
    now: Micros,
    from: &Origin,
) -> std::result::Result<(), tower_sessions::session::Error> {
    session.cycle_id().await?;
    session.insert(USER, user).await?;
    session.insert(ADDRESS, &from.address).await?;
    session.insert(AGENT, &from.agent).await?;
    session.insert(SINCE, now).await
}

/// Where a request comes from and what has sent it, as far as that can be known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    pub address: String,
    pub agent: String,
}

impl Origin {
    pub fn of(extensions: &Extensions, headers: &HeaderMap) -> Self {
        let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
        Self {
            address: extensions.get::<Peer>().map(|peer| peer.0.ip().to_canonical().to_string()).unwrap_or_default(),
            agent: agent_kept(agent),
        }
    }
}

/// Finds out who has signed in, for everything behind.
pub async fn identify(State(edge): State<Edge>, mut request: Request, next: Next) -> Response {
    match found(&edge, &mut request).await {
        Ok(Some((user, hash))) => {
            let request_id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
            let address = Origin::of(request.extensions(), request.headers()).address;
            let proof = Proof::Session(hash.0.clone());
            request.extensions_mut().insert(SignedIn { user, proof, address, request: request_id });
            request.extensions_mut().insert(hash);
        }
        Ok(None) => {}
        Err(error) => {
            tracing::error!(error, "the session cannot be read");
            return Failure(api::Error::Unavailable {
                what: "The session store".to_owned(),
                why: "it failed".to_owned(),
            })
            .into_response();
        }
    }
    next.run(request).await
}

/// Whether somebody has done something, as far as the request tells: gone to a page, sent a form or a file. What the program of an open page
/// reads and streams is not that, nor is a page that reads itself again, which browsers tell by a header (Fetch Metadata).
fn is_by_person(request: &Request) -> bool {
    let (path, headers) = (request.uri().path(), request.headers());
    let says = |name: &str, value: &str| {
        headers.get(name).and_then(|it| it.to_str().ok()).is_some_and(|it| it.contains(value))
    };
    let is_reloaded =
        says("sec-fetch-mode", "navigate") && request.method() == Method::GET && !says("sec-fetch-user", "?1");
    let is_streamed = says(ACCEPT.as_str(), "text/event-stream");
    let is_called = path.starts_with(CALLS) && !accepts_html(headers);
    path == EXTEND || !(is_called || is_streamed || is_reloaded)
}

/// Whose session it is, if it is one; notes that it is in use, and for a page how its owner likes the console.
async fn found(edge: &Edge, request: &mut Request) -> std::result::Result<Option<(UserId, IdHash)>, String> {
    let Extension(session) = request.extract_parts::<Extension<Session>>().await.map_err(|error| error.to_string())?;
    let get = async |key| session.get::<Micros>(key).await.map_err(|error| error.to_string());
    let user = session.get::<UserId>(USER).await.map_err(|error| error.to_string())?;
    let Some((user, hash)) = user.zip(session.id().map(IdHash::from)) else { return Ok(None) };
    let identity = &edge.cloud.identity;
    let now = edge.cloud.clock().now();
    let used = get(USED).await?.unwrap_or(now);
    if now - used >= STEP && is_by_person(request) {
        let end = edge.settings.lifetime.end(now, get(SINCE).await?.unwrap_or_default());
        identity.session_used(&hash.0, end).await.map_err(|error| error.to_string())?;
    }
    if accepts_html(request.headers()) {
        let (preferences, zone) = identity.preferences_of(user).await.map_err(|error| error.to_string())?;
        request.extensions_mut().insert(Kept { preferences, zone });
    }
    Ok(Some((user, hash)))
}
