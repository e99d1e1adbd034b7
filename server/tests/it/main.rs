//! The whole program but the network and the host under it: the real router over real services on a fresh database, with the simulated
//! hypervisor and network, spoken to in HTTP. `world` is where to begin reading.

mod client;
mod compute_pages;
mod consoles;
mod preferences;
mod program;
mod restart;
mod security;
mod session;
mod streams;
mod tidy;
mod unauthorized;
mod uploads;
mod world;
