//! The cloud's services: identity, images, compute, networks. Rules, rows, reconcilers and drivers; no HTTP and no pages.

pub mod compute;
pub mod network;
