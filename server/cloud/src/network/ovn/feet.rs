//! This process's feet in the tenant networks: which there should be, the rows of the host's switch that they take (pure), and the
//! sockets that are open in them.

use super::diff::{Cell, Key, Wanted};
use super::rows::{SERVICE, service_mac, service_port};
use crate::network::engine::{Cidr, GuestSockets, Topology};
use crate::network::netns::{Foot, Found, NetnsError, Sockets, Standing};
use crate::network::ovsdb::{Atom, Datum, Snapshot, Tables};
use api::NetworkId;
use std::collections::{BTreeSet, HashMap, HashSet};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub const TABLES: Tables = &[
    ("Open_vSwitch", &["external_ids"]),
    ("Bridge", &["name", "ports"]),
    ("Port", &["name", "interfaces", "external_ids"]),
    ("Interface", &["name", "external_ids"]),
];

/// One foot in each network that has a port and a subnet.
pub fn wanted(topology: &Topology) -> Vec<Foot> {
    let used: HashSet<NetworkId> = topology.ports.iter().map(|port| port.network).collect();
    let networks = topology.networks.iter().filter(|network| used.contains(&network.id) && !network.subnets.is_empty());
    networks
        .map(|network| Foot {
            network: network.id,
            mac: service_mac(network.id),
            mtu: network.mtu,
            addresses: network
                .subnets
                .iter()
                .map(|subnet| Cidr { address: subnet.service_address, ..subnet.cidr })
                .collect(),
            service: SERVICE,
        })
        .collect()
}

/// The integration bridge, as a row that is not ours.
pub fn bridge(name: &str) -> Key {
    Key::new("Bridge", "bridge", name)
}

/// A port on the integration bridge for each device, told to OVN by its `iface-id`.
pub fn rows(devices: &[(NetworkId, String)], bridge: Key) -> Wanted {
    let mut wanted = Wanted::new();
    let mut ports = BTreeSet::new();
    for (network, device) in devices {
        let port = Key::new("Port", "service", device);
        let interface = Key::new("Interface", "service", device);
        let name = || ("name", Cell::Is(Datum::one(device.as_str())));
        let ids = |key: &Key, more: Option<(String, String)>| {
            let pairs = key.mark().into_iter().chain(more);
            ("external_ids", Cell::Has(pairs.map(|(key, value)| (Atom::Text(key), Atom::Text(value))).collect()))
        };
        let iface_id = ("iface-id".to_owned(), service_port(*network));
        wanted.insert(interface.clone(), [name(), ids(&interface, Some(iface_id))].into());
        wanted.insert(port.clone(), [name(), ids(&port, None), ("interfaces", Cell::Row(Some(interface)))].into());
        ports.insert(port);
    }
    wanted.insert(bridge, [("ports", Cell::Rows(ports))].into());
    wanted
}

/// The bridge named `name`.
pub fn find_bridge(snapshot: &Snapshot, name: &str) -> Option<Uuid> {
    let is = Datum::one(name);
    snapshot.get("Bridge")?.iter().find(|(_, row)| row.get("name") == Some(&is)).map(|(uuid, _)| *uuid)
}

/// The host's name in OVN.
pub fn chassis(snapshot: &Snapshot) -> Option<String> {
    snapshot.get("Open_vSwitch")?.values().find_map(|row| row.get("external_ids")?.get("system-id").map(str::to_owned))
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The host's ends of the feet that stand.
    pub devices: Vec<(NetworkId, String)>,
    pub failures: Vec<String>,
}

/// Namespaces as they should be, and the sockets in them. Blocks.
#[derive(Debug, Default)]
pub struct Feet {
    open: HashMap<NetworkId, CancellationToken>,
}

impl Feet {
    /// Makes the namespaces equal to `wanted`; hands out the sockets that it opened. Goes on after the failure of one.
    pub fn converge(&mut self, wanted: &[Foot], mut hand_out: impl FnMut(GuestSockets)) -> Result<Outcome, NetnsError> {
        let networks: HashSet<NetworkId> = wanted.iter().map(|foot| foot.network).collect();
        for (_, closed) in self.open.extract_if(|network, _| !networks.contains(network)) {
            closed.cancel();
        }
        let mut outcome = Outcome::default();
        let found = Found::look(wanted)?;
        outcome.failures.extend(found.remove_stale().err().map(|error| error.to_string()));
        for foot in wanted {
            let stood = foot.ensure(&found).and_then(|Standing { device, new }| {
                outcome.devices.push((foot.network, device));
                self.listen(foot, new)
            });
            match stood {
                Ok(sockets) => sockets.into_iter().for_each(&mut hand_out),
                Err(error) => outcome.failures.push(format!("network {}: {error}", foot.network)),
            }
        }
        Ok(outcome)
    }

    /// The foot's sockets, if it has none yet that are good.
    fn listen(&mut self, foot: &Foot, new: bool) -> Result<Option<GuestSockets>, NetnsError> {
        if new && let Some(closed) = self.open.remove(&foot.network) {
            closed.cancel();
        }
        if self.open.contains_key(&foot.network) {
            return Ok(None);
        }
        let Sockets { http, dns, dns_tcp } = foot.listen()?;
        let closed = CancellationToken::new();
        self.open.insert(foot.network, closed.clone());
        Ok(Some(GuestSockets { network: foot.network, http, dns, dns_tcp, closed }))
    }
}

impl Drop for Feet {
    fn drop(&mut self) {
        self.open.values().for_each(CancellationToken::cancel);
    }
}
