//! The vocabulary of the cloud: what its things are called, which states they have, what may be asked of them and what can go wrong.
//!
//! Both halves of the console and every service speak in these types. The crate does no I/O and compiles to WASM; it depends on no other
//! crate of the workspace. Each service has a file named after its noun, with its views (what a page shows), its requests (what a form
//! sends) and one trait, the service's contract. Calls are noun_verb, the caller first.

pub mod access;
pub mod account;
pub mod audit;
pub mod caller;
pub mod class;
pub mod compute;
pub mod credential;
pub mod directory;
pub mod error;
pub mod event;
pub mod id;
pub mod identity;
pub mod image;
pub mod metadef;
pub mod name;
pub mod network;
pub mod operation;
pub mod page;
pub mod passkey;
pub mod policy;
pub mod provider;
pub mod quota;

pub use caller::{Caller, Proof, Role};
pub use error::{Error, Field, Result, Why};
pub use event::{Event, Kind};
pub use id::*;
pub use name::Name;
pub use page::{ListQuery, Page};
pub use policy::Action;

/// Microseconds since the Unix epoch, UTC. The one representation of a moment in rows, events and views.
pub type Micros = i64;
