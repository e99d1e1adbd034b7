//! Network: networks, subnets, routers, ports, floating IPs and security groups.

pub mod engine;
