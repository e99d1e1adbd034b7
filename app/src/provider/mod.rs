//! Providers of identity: the page of the one that a domain trusts, and what stands in place of passwords for those who come by it.

pub mod calls;
mod no_password;
mod provider_page;

pub use no_password::NoPassword;
pub use provider_page::ProviderPage;
