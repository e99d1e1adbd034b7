//! Network: networks, subnets, routers, ports, floating IPs and security groups.

pub mod engine;
pub mod ipam;
pub mod simulator;
