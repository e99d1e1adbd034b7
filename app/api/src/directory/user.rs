//! Users.

use crate::{DomainId, Micros, ProjectId, UserId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub id: UserId,
    pub domain: DomainId,
    pub domain_name: String,
    pub name: String,
    pub email: String,
    pub description: String,
    /// Where the user lands after signing in.
    pub default_project: Option<(ProjectId, String)>,
    pub enabled: bool,
    /// The user cannot change the password; administrators can.
    pub password_locked: bool,
    /// Another password has to be chosen at the next sign-in.
    pub must_change: bool,
    /// More than the password is asked for at sign-in.
    pub second_factor: bool,
    /// Signs in with the domain's provider, and has no password here.
    pub federated: bool,
    /// The domain has a provider to sign in with.
    pub has_provider: bool,
    pub last_sign_in: Option<Micros>,
    /// For how many more minutes nobody can sign in as the user, after too many failures. Only where one user is shown.
    pub locked_out: Option<u32>,
    /// When the account ends by itself; `None`: never.
    pub expires_at: Option<Micros>,
    pub created_at: Micros,
}

/// What the form of a new user says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewUser {
    /// Empty: the domain of the project that the form was opened in.
    pub domain: String,
    pub name: String,
    pub email: String,
    pub description: String,
    pub password: String,
    /// The same once more, where somebody types it.
    pub again: Option<String>,
    pub password_locked: bool,
    /// Another password has to be chosen at the first sign-in.
    pub must_change: bool,
    /// Nobody can sign in as the user yet.
    pub disabled: bool,
    /// Empty: none.
    pub default_project: String,
    /// The role in the default project; empty: none.
    pub role: String,
}

/// What the form of a user says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserForm {
    pub name: String,
    pub email: String,
    pub description: String,
    pub password_locked: bool,
    /// Another password has to be chosen at the next sign-in.
    pub must_change: bool,
    pub default_project: String,
}
