//! Sessions: who has signed in, kept on the server.
//!
//! The cookie holds a random id, the table `session` its SHA-256, so that a stolen database opens no session. Nothing is written before
//! somebody has signed in (else a flood of visitors would fill the table), and a session's content never changes afterwards: only its
//! end moves, with use, up to a limit counted from the sign-in.

use crate::Edge;
use crate::failure::Failure;
use crate::observe::RequestId;
use api::{Micros, UserId};
use app::backend::SignedIn;
use async_trait::async_trait;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Extension, RequestExt};
use cloud::clock::Clock;
use cloud::identity::{IdentityService, SessionRow};
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
/// A session's end is moved when this much would be gained, not with every click.
const STEP: Micros = 60_000_000;

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
    async fn save(&self, record: &Record) -> Result<()> {
        let value = |key| record.data.get(key).cloned().and_then(|value| serde_json::from_value(value).ok());
        let since = record.data.get(SINCE).and_then(serde_json::Value::as_i64);
        let (Some(user), Some(since)) = (value(USER), since) else { return Ok(()) };
        let row = SessionRow {
            id_hash: IdHash::from(record.id).0,
            user: Some(user),
            data: serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?,
            expires_at: self.lifetime.end(self.clock.now(), since),
        };
        self.identity.session_save(&row).await.map_err(failed)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let hash = IdHash::from(*id);
        let Some(row) = self.identity.session_load(&hash.0).await.map_err(failed)? else { return Ok(None) };
        let data: std::collections::HashMap<String, serde_json::Value> =
            serde_json::from_str(&row.data).map_err(|error| Error::Decode(error.to_string()))?;
        let since = data.get(SINCE).and_then(serde_json::Value::as_i64).unwrap_or_default();
        let end = self.lifetime.end(self.clock.now(), since);
        if end - row.expires_at >= STEP {
            self.identity.session_extend(&hash.0, end).await.map_err(failed)?;
        }
        let expiry_date =
            OffsetDateTime::from_unix_timestamp(end / 1_000_000).map_err(|e| Error::Decode(e.to_string()))?;
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
) -> std::result::Result<(), tower_sessions::session::Error> {
    session.cycle_id().await?;
    session.insert(USER, user).await?;
    session.insert(SINCE, now).await
}

/// Finds out who has signed in, for everything behind.
pub async fn identify(State(_): State<Edge>, mut request: Request, next: Next) -> Response {
    let found = async {
        let Extension(session) = request.extract_parts::<Extension<Session>>().await.map_err(|e| e.to_string())?;
        let user = session.get::<UserId>(USER).await.map_err(|error| error.to_string())?;
        Ok::<_, String>(user.zip(session.id()))
    };
    match found.await {
        Ok(Some((user, id))) => {
            let request_id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
            request.extensions_mut().insert(SignedIn { user, request: request_id });
            request.extensions_mut().insert(IdHash::from(id));
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
