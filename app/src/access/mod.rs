//! How programs reach the cloud: where the API is, what they sign in with, and the files that tell them so.

mod access_page;
pub mod calls;
mod credential_create;
mod credential_list;
mod files;

pub use access_page::ApiAccess;
pub use credential_create::CredentialCreatePage;
pub use credential_list::{AllCredentials, OwnCredentials};
