//! What guests reach at 169.254.169.254: the metadata service, one listener for each tenant network, inside it; and its name server.
//!
//! A guest is told apart by the network that its connection came through and the address it came from, which the network's anti-spoofing
//! makes trustworthy. Nothing that it sends counts: headers such as `X-Forwarded-For` or `X-Instance-ID`, by which OpenStack's own
//! services vouch for each other, could be written by any guest.

use crate::drivers::DOMAIN;
use crate::listen::{self, Limits, Peer};
use api::{Error, NetworkId};
use async_trait::async_trait;
use axum::Router;
use axum::extract::{Extension, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use cloud::Cloud;
use cloud::compute::metadata::hostname;
use cloud::network::dns::{Dns, Names, Resolvers};
use cloud::network::dns_names;
use cloud::network::engine::{Engine, GuestSockets};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// A tenant network's guests share these connections, and none is held for long.
const LIMITS: Limits =
    Limits { connections: 64, lifetime: Some(Duration::from_secs(20)), drain: Duration::from_secs(1) };

/// Serves the guests of every network whose sockets the engine opens, until `stop` is cancelled.
pub async fn serve(cloud: Arc<Cloud>, engine: Arc<dyn Engine>, stop: CancellationToken) {
    let mut networks = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            sockets = engine.guest_sockets() => {
                networks.spawn(network(cloud.clone(), sockets, stop.child_token()));
            }
            Some(ended) = networks.join_next() => {
                if let Err(error) = ended {
                    tracing::error!(%error, "a network's metadata service has failed");
                }
            }
        }
    }
    while networks.join_next().await.is_some() {}
}

async fn network(cloud: Arc<Cloud>, sockets: GuestSockets, stop: CancellationToken) {
    let GuestSockets { network, http, dns, dns_tcp, closed } = sockets;
    let listener = match http.set_nonblocking(true).and_then(|()| TcpListener::from_std(http)) {
        Ok(listener) => listener,
        Err(error) => return tracing::error!(%network, %error, "the metadata socket cannot be used"),
    };
    let ended = stop.clone();
    let watch = tokio::spawn(async move {
        closed.cancelled().await;
        ended.cancel();
    });
    let router = router(cloud.clone(), network);
    let names = async {
        let served = match Dns::new(network, DOMAIN, Arc::new(Directory(cloud.clone())), Resolvers::ResolvConf) {
            Ok(service) => service.serve(dns, dns_tcp, stop.clone()).await,
            Err(error) => Err(std::io::Error::other(error)),
        };
        if let Err(error) = served {
            tracing::error!(%network, %error, "the name service has failed");
        }
    };
    tokio::join!(listen::serve(listener, router, LIMITS, stop.clone()), names);
    watch.abort();
}

/// The names of instances, as the network's name service asks for them.
struct Directory(Arc<Cloud>);

#[async_trait]
impl Names for Directory {
    async fn address(&self, network: NetworkId, host: &str) -> Option<Ipv4Addr> {
        let names = dns_names(self.0.db().read(), network).await.ok()?;
        names.into_iter().find(|(id, name, _)| hostname(name, *id) == host).map(|(.., address)| address)
    }

    async fn host(&self, network: NetworkId, address: Ipv4Addr) -> Option<String> {
        Some(self.0.compute.metadata(network, address).await.ok()??.hostname())
    }
}

/// The metadata service of one network.
pub fn router(cloud: Arc<Cloud>, network: NetworkId) -> Router {
    Router::new().fallback(get(show)).with_state(Of { cloud, network })
}

#[derive(Clone)]
struct Of {
    cloud: Arc<Cloud>,
    network: NetworkId,
}

async fn show(State(of): State<Of>, Extension(Peer(peer)): Extension<Peer>, uri: Uri) -> Response {
    let IpAddr::V4(address) = peer.ip().to_canonical() else { return StatusCode::NOT_FOUND.into_response() };
    match of.cloud.compute.metadata(of.network, address).await {
        Ok(Some(facts)) => match facts.get(uri.path()) {
            Some((kind, content)) => ([(CONTENT_TYPE, kind)], content).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        },
        Ok(None) | Err(Error::NotFound { .. }) => StatusCode::NOT_FOUND.into_response(),
        // Guests ask again.
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
