//! Network: networks, subnets, routers, ports, floating IPs and security groups.
//!
//! A call checks, writes rows and pokes; the reconciler's pass turns all rows into one `engine::Topology`, has the engine make it so,
//! and writes down what it saw. Other services use `port_create` and its like, in their own transactions.

#[cfg(test)]
mod contract;
pub mod dns;
pub mod engine;
mod floating_ips;
pub mod ipam;
mod netns;
mod networks;
pub mod ovn;
mod ovsdb;
mod ports;
mod reconcile;
mod rules;
mod security_groups;
mod service;
pub mod simulator;
mod store;
#[cfg(test)]
mod tests;
mod topology;

pub use networks::{STARTER_CIDR, external_ensure, starter_check};
pub use ports::{
    InstancePort, Touched, dns_names, groups_of, port_at, port_create, port_series, ports_of, ports_release,
};
pub use security_groups::default_group_ensure;
pub use service::NetworkService;

/// The first few of many names, to say what is in the way.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 3;
    let mut list = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        list.push_str(", …");
    }
    list
}
