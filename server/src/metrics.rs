//! What Prometheus reads at `/metrics`.

use crate::Edge;
use crate::failure::Failure;
use api::compute::Status;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use sha2::{Digest, Sha256};

pub const REQUESTS: &str = "offing_http_requests_total";
pub const REQUEST_SECONDS: &str = "offing_http_request_duration_seconds";
pub const EVENTS: &str = "offing_events_total";
pub const STREAMS: &str = "offing_event_streams";
pub const INSTANCES: &str = "offing_instances";
pub const SESSIONS: &str = "offing_sessions";
pub const CONSOLES: &str = "offing_consoles";

/// From a cached read to a slow upload.
const BUCKETS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 60.0];

/// Starts recording; once in a program's life.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)?
        .install_recorder()?;
    describe_counter!(REQUESTS, "Requests answered, by method, route and status.");
    describe_histogram!(REQUEST_SECONDS, Unit::Seconds, "Time to the answer's head, by method and route.");
    describe_counter!(EVENTS, "Changes told to browsers, by kind.");
    describe_gauge!(INSTANCES, "Instances, by status.");
    describe_gauge!(SESSIONS, "Sessions that have not expired.");
    describe_gauge!(STREAMS, "Event streams that are open.");
    describe_gauge!(CONSOLES, "Consoles that are open.");
    Ok(handle)
}

/// A gauge that is one higher for as long as this lives.
pub struct Open(&'static str);

impl Open {
    pub fn new(gauge: &'static str) -> Self {
        metrics::gauge!(gauge).increment(1.0);
        Self(gauge)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        metrics::gauge!(self.0).decrement(1.0);
    }
}

/// The metrics as text. Where a token is set, only those who send it as bearer may read them.
pub async fn show(State(edge): State<Edge>, headers: HeaderMap) -> Response {
    if let Some(token) = &edge.settings.metrics_token {
        let given = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "));
        // Digests are compared: how long that takes says nothing about the token.
        if given.map(Sha256::digest) != Some(Sha256::digest(token)) {
            return (StatusCode::UNAUTHORIZED, "The metrics need a bearer token here.\n").into_response();
        }
    }
    let Some(recorded) = &edge.metrics else { return StatusCode::NOT_FOUND.into_response() };
    if let Err(error) = count(&edge).await {
        return Failure(error).into_response();
    }
    recorded.run_upkeep();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], recorded.render()).into_response()
}

/// What is counted when somebody asks, and not as it changes.
async fn count(edge: &Edge) -> api::Result<()> {
    let counts = edge.cloud.compute.count_by_status().await?;
    for status in Status::ALL {
        let count = counts.iter().find(|(name, _)| name == status.as_str()).map_or(0, |(_, count)| *count);
        metrics::gauge!(INSTANCES, "status" => status.as_str()).set(count as f64);
    }
    metrics::gauge!(SESSIONS).set(edge.cloud.identity.session_count().await? as f64);
    Ok(())
}
