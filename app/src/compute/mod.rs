//! Nova's pages: instances, key pairs and flavors. `calls` is the service as the browser sees it; `instance` what the list and the page
//! of an instance share; every other file is a page or one of its tabs.

pub mod calls;
mod flavor_list;
mod instance;
mod instance_console;
mod instance_interfaces;
mod instance_list;
mod instance_log;
mod instance_overview;
mod instance_page;
mod instance_snapshot;
mod keypair_create;
mod keypair_import;
mod keypair_list;
mod keypair_page;
mod launch;
mod launch_choices;

pub use flavor_list::Flavors;
pub use instance::badge;
pub use instance_list::{Instances, InstancesOfImage};
pub use instance_page::InstancePage;
pub use instance_snapshot::InstanceSnapshotPage;
pub use keypair_create::KeypairCreate;
pub use keypair_import::KeypairImport;
pub use keypair_list::Keypairs;
pub use keypair_page::KeypairPage;
pub use launch::Launch;
