//! The right to keep a connection open. A request is checked when it comes; a stream or a console outlives that moment, so its right is
//! checked again and again: at once when a session or a membership has changed, and now and then in case nobody has said so.

use crate::Edge;
use crate::session::IdHash;
use api::{Caller, Error, Event, Kind, ProjectId, Result};
use app::backend::SignedIn;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// A right that nothing has been said about is looked at again after this time.
const AGAIN: Duration = Duration::from_secs(20);

/// The session behind a request, if there is one.
#[derive(Clone, Debug)]
pub struct Opener(Option<(SignedIn, IdHash)>);

impl<S: Sync> FromRequestParts<S> for Opener {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Self, Infallible> {
        Ok(Self(parts.extensions.get().cloned().zip(parts.extensions.get().cloned())))
    }
}

/// Somebody's right in a project, for as long as session and membership last.
pub struct Standing {
    edge: Edge,
    signed_in: SignedIn,
    session: IdHash,
    project: ProjectId,
    signed_out: watch::Receiver<()>,
    again: Interval,
}

impl Standing {
    /// The right of whoever has opened the connection, and the caller it stands for now.
    pub async fn of(edge: &Edge, opener: Opener, project: &str) -> Result<(Self, Caller)> {
        let (signed_in, session) = opener.0.ok_or(Error::Unauthenticated)?;
        let project = project.parse().map_err(|_| Error::not_found(Kind::Project, project))?;
        let mut again = interval(AGAIN);
        again.set_missed_tick_behavior(MissedTickBehavior::Delay);
        again.reset();
        let signed_out = edge.signed_out.subscribe();
        let standing = Self { edge: edge.clone(), signed_in, session, project, signed_out, again };
        let caller = standing.caller().await?;
        Ok((standing, caller))
    }

    /// The caller as of now, or why the right has ended.
    pub async fn caller(&self) -> Result<Caller> {
        let session = self.edge.cloud.identity.session_load(&self.session.0).await?;
        if session.and_then(|session| session.user) != Some(self.signed_in.user) {
            return Err(Error::Unauthenticated);
        }
        self.signed_in.caller(&*self.edge.backend.identity, self.project).await
    }

    /// Whether somebody's rights, or the names that they are shown by, are others than before.
    pub fn differs(before: &Caller, now: &Caller) -> bool {
        let all = |caller: &Caller| Caller { request: String::new(), ..caller.clone() };
        all(before) != all(now)
    }

    /// Resolves when the right should be looked at again.
    pub async fn doubted(&mut self) {
        tokio::select! {
            _ = self.again.tick() => {}
            // The sender lives as long as the edge.
            _ = self.signed_out.changed() => {}
        }
    }

    /// Whether the event may be about the user or the project of this right.
    pub fn is_touched_by(&self, event: &Event) -> bool {
        match event.kind {
            Kind::User => event.id == self.signed_in.user.to_string(),
            Kind::Project => event.id == self.project.to_string(),
            // What hangs on these is not said in the event.
            Kind::Domain | Kind::Group | Kind::Role => true,
            _ => false,
        }
    }
}
