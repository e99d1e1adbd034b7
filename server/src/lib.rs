//! The edge: everything between the network and the services. `router` is the whole of it; what `main` serves is what the tests call.

mod attempt;
mod audit_csv;
pub mod backup;
pub mod config;
mod console;
pub mod data;
pub mod doctor;
mod download;
mod drivers;
mod events;
mod failure;
mod files;
mod form;
mod headers;
mod identity_api;
mod join;
pub mod listen;
mod local;
mod log;
pub mod memory;
pub mod metadata;
pub mod metrics;
mod observe;
mod origin;
mod pages;
mod preferences;
mod provider;
mod refused;
pub mod seed;
pub mod serve;
mod session;
mod sign_in;
mod standing;
mod upload;

pub use session::Lifetime;

use app::backend::Backend;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Uri;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post, put};
use cloud::Cloud;
use metrics_exporter_prometheus::PrometheusHandle;
use std::ops::Deref;
use std::sync::Arc;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;

/// The most that a form or a server function's call may hold, in bytes: user-data of 64 KiB, percent-encoded, and some fields.
const CALL_MAX: usize = 512 * 1024;

/// What the edge is told about the world outside.
#[derive(Clone)]
pub struct Settings {
    /// Where browsers find the console, when it is not where they connect to: behind a proxy.
    pub public_url: Option<Uri>,
    pub lifetime: Lifetime,
    /// Whoever reads the metrics has to send this, if it is set.
    pub metrics_token: Option<String>,
}

impl Settings {
    /// Whether browsers speak TLS with us, so that cookies can be kept from travelling without.
    pub fn secure(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.scheme_str() == Some("https"))
    }
}

/// What every handler has at hand. Clones are the same edge, and cost one count: axum makes dozens for each request, as every layer holds
/// one and is cloned with all that lie below it.
#[derive(Clone)]
pub struct Edge(Arc<Hand>);

/// What an edge holds.
pub struct Hand {
    cloud: Arc<Cloud>,
    backend: Backend,
    settings: Settings,
    /// Cancelled when the server goes: whatever lasts ends then.
    drain: CancellationToken,
    /// Notified at every sign-out: whatever lasts checks its session then.
    signed_out: watch::Sender<()>,
    metrics: Option<PrometheusHandle>,
}

impl Deref for Edge {
    type Target = Hand;

    fn deref(&self) -> &Hand {
        &self.0
    }
}

impl Edge {
    pub fn new(
        cloud: Arc<Cloud>,
        settings: Settings,
        drain: CancellationToken,
        metrics: Option<PrometheusHandle>,
    ) -> Self {
        let backend = Backend {
            identity: cloud.identity.clone(),
            account: cloud.identity.clone(),
            passkeys: cloud.identity.clone(),
            providers: cloud.identity.clone(),
            credentials: cloud.identity.clone(),
            directory: cloud.directory.clone(),
            classes: cloud.classes.clone(),
            policies: cloud.policies.clone(),
            images: cloud.images.clone(),
            metadefs: cloud.metadefs.clone(),
            networks: cloud.networks.clone(),
            compute: cloud.compute.clone(),
            operations: cloud.operations.clone(),
            quotas: cloud.quotas.clone(),
            audits: cloud.audits.clone(),
            public_url: settings.public_url.clone(),
        };
        Self(Arc::new(Hand { cloud, backend, settings, drain, signed_out: watch::Sender::new(()), metrics }))
    }
}

/// Everything that Offing answers on its one address.
pub fn router(edge: Edge) -> Router {
    let small = Router::new()
        .route(pages::SIGN_IN, post(sign_in::sign_in))
        .route("/sign-in/passkey", post(sign_in::passkey_ask))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/preferences", post(preferences::set))
        .route("/join/{code}", post(join::join))
        .route("/sign-in/provider/return", get(provider::come_back))
        .route("/sign-in/provider/{domain}", get(provider::depart))
        .layer(RequestBodyLimitLayer::new(sign_in::FORM_MAX));
    let calls = pages::routes(&edge)
        .layer(from_fn_with_state(edge.clone(), pages::arrive))
        .layer(from_fn_with_state(edge.clone(), attempt::write_down))
        .layer(from_fn_with_state(edge.clone(), refused::show_again))
        .layer(RequestBodyLimitLayer::new(CALL_MAX));
    let session = session::layer(&edge);
    // The last layer is the first to see a request.
    calls
        .merge(small)
        .route("/events", get(events::stream))
        .route("/p/{project}/audit.csv", get(audit_csv::of_project))
        .route("/p/{project}/admin/audit.csv", get(audit_csv::of_all))
        .route("/p/{project}/instances/{id}/log", get(log::stream))
        .route("/p/{project}/instances/{id}/console/vnc", get(console::vnc))
        .route("/p/{project}/instances/{id}/console/serial", get(console::serial))
        .route("/p/{project}/images/upload", post(upload::upload))
        .route("/p/{project}/images/{id}/file", put(upload::append).get(download::download))
        .fallback(pages::not_found)
        .layer(from_fn_with_state(edge.clone(), pages::gate))
        .layer(from_fn_with_state(edge.clone(), session::identify))
        .layer(session)
        .route("/healthz", get(healthy))
        .route("/metrics", get(metrics::show))
        .layer(from_fn(files::first))
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(edge.clone(), origin::check))
        // No browser sends a token by itself, so it does not matter whose page such a request comes from.
        .merge(identity_api::routes(&edge))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(CatchPanicLayer::new())
        .layer(from_fn(headers::guard))
        .layer(from_fn(observe::request))
        .with_state(edge)
}

/// Alive, and the database answers.
async fn healthy(axum::extract::State(edge): axum::extract::State<Edge>) -> Result<&'static str, failure::Failure> {
    edge.cloud.identity.session_load("").await?;
    Ok("ok\n")
}
