//! `offing serve`: from the options to a served cloud, and back down again.

use crate::config::{Common, Serve};
use crate::drivers::{self, Drivers};
use crate::listen::Limits;
use crate::{Edge, Lifetime, Settings, data, listen, metadata, metrics, router, seed};
use anyhow::{Context, Result};
use api::image::Visibility;
use cloud::clock::Clock;
use cloud::image::Web;
use cloud::network::engine::Cidr;
use cloud::{Cloud, External, Options};
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// The name of the image that a cloud begins with.
const GUEST: &str = "Offing Guest";
/// An external network that leads nowhere (RFC 5737).
const EXAMPLE: (&str, Ipv4Addr) = ("203.0.113.0/24", Ipv4Addr::new(203, 0, 113, 1));
/// Connections at one time. Every open tab holds one or two.
const CONNECTIONS: usize = 10_000;

/// Serves until a signal asks to stop.
pub async fn serve(common: Common, options: Serve) -> Result<()> {
    let external = external(&options)?;
    let _lock = data::take(&common.data)?;
    let listener = bind(options.listen).await?;
    let metrics = metrics::install()?;
    let drivers = if options.demo {
        drivers::simulated(&common.data)?
    } else {
        drivers::choose(&options.host, &common.data).await?
    };
    let Drivers { hypervisor, engine } = drivers;
    let opened = Options {
        data: common.data.clone(),
        clock: Clock::System,
        hypervisor,
        engine: engine.clone(),
        admin_password: options.admin_password.clone(),
        external,
        web: Web::new(ranges(options.import_allow.as_deref())?),
    };
    let cloud = Arc::new(Cloud::open(opened).await?);
    if let Some(file) = &options.breached_passwords {
        cloud.identity.breached_passwords(file.clone())?;
    }
    if let Some(password) = &cloud.first_password {
        // To the terminal only: a log is kept, and read by others.
        writeln!(std::io::stdout(), "Sign in as admin with the password {password}; it is not shown again.")?;
    }
    image(&cloud, &options).await?;
    let settings = Settings {
        public_url: options.public_url.clone(),
        lifetime: Lifetime {
            idle: Duration::from_secs(60 * u64::from(options.session_idle)),
            longest: Duration::from_secs(3600 * u64::from(options.session_longest)),
        },
        metrics_token: options.metrics_token.clone(),
    };
    let drain = Duration::from_secs(options.drain.into());
    let stop = CancellationToken::new();
    // Before anybody can know that the server is there, and ask it to stop.
    let signals = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let asked = tokio::spawn(stop_at_signal(signals, stop.clone()));
    let mut reconcilers = cloud.start(stop.clone());
    let guests = tokio::spawn(metadata::serve(cloud.clone(), engine, stop.clone()));

    tracing::info!(address = %listener.local_addr()?, "serving");
    let router = router(Edge::new(cloud.clone(), settings, stop.clone(), Some(metrics)));
    listen::serve(listener, router, Limits { connections: CONNECTIONS, lifetime: None, drain }, stop).await;

    tracing::info!("stopping");
    asked.await?;
    let rest = async {
        guests.await?;
        while let Some(ended) = reconcilers.join_next().await {
            ended?;
        }
        Ok::<_, tokio::task::JoinError>(())
    };
    // Whatever is cut off here is found and finished by the first pass of the next start.
    match tokio::time::timeout(drain, rest).await {
        Ok(ended) => ended?,
        Err(_) => tracing::warn!("work on the hypervisor or the network was still under way"),
    }
    cloud.db().close().await;
    Ok(())
}

/// The listening socket, or why there is none and what to do.
async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}. Another program may use the port, or it may take more rights; choose another with --listen")
    })
}

/// Registers the image that everybody is to find.
async fn image(cloud: &Cloud, options: &Serve) -> Result<()> {
    let mut simulated = tempfile::NamedTempFile::new()?;
    let file = match &options.guest_image {
        Some(file) => file,
        None if options.demo => {
            simulated.write_all(&seed::disk())?;
            simulated.path()
        }
        None => return Ok(()),
    };
    let admin = cloud.identity.system_caller().await?;
    let registered = cloud.images.image_register(&admin, GUEST, file, Visibility::Public).await;
    registered.with_context(|| format!("--guest-image {}", file.display()))?;
    Ok(())
}

/// The external network that the options describe.
fn external(options: &Serve) -> Result<Option<External>> {
    let given = options.external_cidr.as_deref().zip(options.external_gateway);
    let Some((cidr, gateway)) = given.or(options.demo.then_some(EXAMPLE)) else { return Ok(None) };
    let cidr = Cidr::parse(cidr).with_context(|| format!("--external-cidr {cidr}"))?;
    anyhow::ensure!(cidr.contains(gateway), "--external-gateway {gateway} lies outside --external-cidr");
    Ok(Some(External { physical_network: options.external_network.clone(), cidr, gateway }))
}

/// The ranges that imports may be fetched from beside the Internet.
fn ranges(text: Option<&str>) -> Result<Vec<Cidr>> {
    let parts = text.into_iter().flat_map(|text| text.split(',')).map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| Cidr::parse(part).with_context(|| format!("--import-allow {part}"))).collect()
}

async fn stop_at_signal((mut terminate, mut interrupt): (Signal, Signal), stop: CancellationToken) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    stop.cancel();
}
