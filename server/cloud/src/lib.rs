//! The cloud's services: identity, images, compute, networks. Rules, rows, reconcilers and drivers; no HTTP and no pages.

pub mod audit;
pub mod authz;
pub mod clock;
mod cloud;
pub mod compute;
pub mod core;
pub mod csv;
pub mod db;
pub mod fault;
pub mod hub;
pub mod identity;
pub mod image;
mod kept;
mod keyset;
pub mod metadef;
pub mod network;
pub mod operation;
pub mod quota;
pub mod seal;
mod seed;

pub use cloud::{Cloud, External, Options, StartError};
