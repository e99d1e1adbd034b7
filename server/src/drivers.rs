//! Which hypervisor and which network engine this host gets.

use crate::config::Host;
use anyhow::Result;
use cloud::compute::hypervisor::Hypervisor;
use cloud::compute::simulator;
use cloud::network;
use cloud::network::engine::Engine;
use std::path::Path;
use std::sync::Arc;

/// The hypervisor that pretends; its network pretends too.
pub const SIMULATOR: &str = "simulator";
/// The DNS domain of guests.
pub const DOMAIN: &str = "cloud.internal";

/// The host as the services see it.
pub struct Drivers {
    pub hypervisor: Arc<dyn Hypervisor>,
    pub engine: Arc<dyn Engine>,
}

/// The drivers that the options name, or those that fit this host.
pub async fn choose(host: &Host, data: &Path) -> Result<Drivers> {
    match host.hypervisor.as_deref() {
        Some(SIMULATOR) => simulated(data),
        Some(uri) => real::drivers(uri, host, data).await,
        None => match real::unusable(host, data).await {
            None => real::drivers(real::SYSTEM, host, data).await,
            Some(why) => {
                tracing::warn!(why, "instances are simulated. `offing doctor` says what it takes to run real ones");
                simulated(data)
            }
        },
    }
}

/// The simulated host, kept in the data folder over restarts.
pub fn simulated(data: &Path) -> Result<Drivers> {
    let options = simulator::Options { folder: Some(data.join(SIMULATOR)), ..simulator::Options::default() };
    let hypervisor = Arc::new(simulator::Simulator::new(options)?);
    Ok(Drivers { hypervisor, engine: Arc::new(network::simulator::Simulator::new()) })
}

#[cfg(feature = "libvirt")]
pub mod real {
    //! libvirt and OVN.

    use super::{DOMAIN, Drivers};
    use crate::config::Host;
    use anyhow::{Context as _, Result};
    use cloud::compute::hypervisor::{self, Hypervisor as _};
    use cloud::compute::kvm::{self, Kvm};
    use cloud::compute::libvirt::Libvirt;
    use cloud::network::ovn::{Options, Ovn};
    use std::path::Path;
    use std::sync::Arc;

    /// libvirt's own address for this host.
    pub const SYSTEM: &str = "qemu:///system";
    /// What was found out about KVM, and in which life of the host.
    const KVM: &str = "kvm";
    const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";

    pub async fn drivers(uri: &str, host: &Host, data: &Path) -> Result<Drivers> {
        let kvm = kvm(data).await;
        if let Kvm::Fails(why) = &kvm {
            tracing::warn!(why, "guests are translated, many times slower than with KVM");
        }
        let hypervisor = Arc::new(Libvirt::new(uri, data, kvm)?);
        let options = Options {
            northbound: host.ovn.clone(),
            switch: host.ovs.clone(),
            domain: DOMAIN.to_owned(),
            ..Options::default()
        };
        Ok(Drivers { hypervisor, engine: Arc::new(Ovn::connect(options)) })
    }

    /// Why this host cannot run real instances, if it cannot.
    pub async fn unusable(host: &Host, data: &Path) -> Option<String> {
        if let Err(error) = look(SYSTEM, data).await {
            return Some(format!("{error:#}"));
        }
        let answers = std::os::unix::net::UnixStream::connect(&host.ovn);
        answers.err().map(|error| format!("OVN does not answer at {}: {error}", host.ovn.display()))
    }

    /// The host as libvirt tells it.
    pub async fn look(uri: &str, data: &Path) -> Result<hypervisor::Host> {
        Libvirt::new(uri, data, kvm(data).await)?.host().await.context("libvirt does not answer")
    }

    /// Whether KVM works. Where it hangs, finding that out takes seconds, so the answer is kept until the host boots anew.
    async fn kvm(data: &Path) -> Kvm {
        let boot = std::fs::read_to_string(BOOT_ID).unwrap_or_default();
        let kept = std::fs::read_to_string(data.join(KVM)).unwrap_or_default();
        if let Some(found) = kept.strip_prefix(&boot).filter(|_| !boot.is_empty()) {
            return if found.is_empty() { Kvm::Works } else { Kvm::Fails(found.to_owned()) };
        }
        let found = kvm::probe().await;
        let why = if let Kvm::Fails(why) = &found { why } else { "" };
        if let Err(error) = std::fs::write(data.join(KVM), format!("{boot}{why}")) {
            tracing::debug!(%error, "what was found out about KVM is not kept");
        }
        found
    }
}

#[cfg(not(feature = "libvirt"))]
pub mod real {
    //! Built without libvirt: there is nothing real.

    use super::Drivers;
    use crate::config::Host;
    use anyhow::{Result, bail};
    use cloud::compute::hypervisor;
    use std::path::Path;

    pub const SYSTEM: &str = "qemu:///system";
    const WHY: &str = "this program was built without libvirt";

    pub async fn drivers(uri: &str, _: &Host, _: &Path) -> Result<Drivers> {
        bail!("--hypervisor {uri}: {WHY}, so only `simulator` is there")
    }

    pub async fn unusable(_: &Host, _: &Path) -> Option<String> {
        Some(WHY.to_owned())
    }

    pub async fn look(_: &str, _: &Path) -> Result<hypervisor::Host> {
        bail!(WHY)
    }
}
