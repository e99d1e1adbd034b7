//! Accepts connections and serves HTTP on them: the console's, and the metadata service's inside tenant networks.
//!
//! Clients may be hostile, so connections are limited in number and a client that does not finish its request's head in time is cut off.

use axum::Router;
use axum::extract::Request;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// A request's head has to be there after this time.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// Where a request comes from: an extension of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// What a listener puts up with.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at one time; further ones wait to be accepted.
    pub connections: usize,
    /// The longest that a connection may last, however busy.
    pub lifetime: Option<Duration>,
    /// How long requests under way may take to end once `stop` is cancelled.
    pub drain: Duration,
}

/// Serves until `stop` is cancelled, then finishes what is under way.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: CancellationToken) {
    let turns = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = async {
            let turn = turns.clone().acquire_owned().await.ok()?;
            Some((turn, listener.accept().await))
        };
        let (turn, stream, peer) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accepted => match accepted {
                Some((turn, Ok((stream, peer)))) => (turn, stream, peer),
                Some((_, Err(error))) => {
                    // Out of file descriptors, or a client that went away again: neither is a reason to end, nor to spin.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
                None => break,
            },
        };
        // Answers are written whole, so waiting to fill a packet gains nothing.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY");
        }
        let service = router.clone().map_request(move |mut request: Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            request
        });
        let mut builder = Builder::new(TokioExecutor::new());
        builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
        builder.http2().timer(TokioTimer::new()).max_concurrent_streams(100);
        let connection =
            builder.serve_connection_with_upgrades(TokioIo::new(stream), TowerToHyperService::new(service));
        let connection = graceful.watch(connection.into_owned());
        tokio::spawn(async move {
            let ended = match limits.lifetime {
                Some(lifetime) => tokio::time::timeout(lifetime, connection).await.unwrap_or(Ok(())),
                None => connection.await,
            };
            if let Err(error) = ended {
                tracing::debug!(error, %peer, "connection ended");
            }
            drop(turn);
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.drain, graceful.shutdown()).await.is_err() {
        tracing::warn!(
            seconds = limits.drain.as_secs(),
            "requests were still under way when the time to drain had passed"
        );
    }
}
