//! Users, projects and who may do what.

pub mod calls;
mod sign_in;

pub use sign_in::{NoProject, SignIn};
