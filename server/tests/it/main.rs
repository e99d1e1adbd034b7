//! The whole program but the network and the host under it: the real router over real services on a fresh database, with the simulated
//! hypervisor and network, spoken to in HTTP. `world` is where to begin reading.

// All of it is test: the lint knows only functions that are marked so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

mod account;
mod application_credentials;
mod audit;
mod authenticator;
mod classes;
mod client;
mod compute_pages;
mod consoles;
mod directory;
mod directory_lists;
mod identity_api;
mod image_pages;
mod no_js;
mod nowhere;
mod oidc;
mod oidc_groups;
mod oidc_provider;
mod oidc_settings;
mod passkeys;
mod personas;
mod preferences;
mod program;
mod project_deletion;
mod quotas;
mod restart;
mod second_factors;
mod security;
mod session;
mod sign_in;
mod streams;
mod tidy;
mod unauthorized;
mod uploads;
mod world;
