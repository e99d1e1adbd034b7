//! Providers of identity (OpenID Connect): an organisation's own sign-in, which a domain trusts.

use crate::{Caller, DomainId, GroupId, Result, UserId};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// What the page of a domain's provider shows. The secret is never among it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainProvider {
    pub domain: DomainId,
    pub domain_name: String,
    /// `None`: there is none.
    pub provider: Option<Provider>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// What its button says.
    pub name: String,
    pub issuer: String,
    pub client_id: String,
    pub has_secret: bool,
    /// Beside `openid`, separated by spaces.
    pub scopes: String,
    pub name_claim: String,
    pub email_claim: String,
    pub groups_claim: String,
    pub enabled_claim: String,
    /// Whom nobody here knows yet becomes a user.
    pub creates_users: bool,
    pub groups: Vec<MappedGroup>,
}

/// Who has this value in the claim of groups is in this group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappedGroup {
    pub value: String,
    pub group: GroupId,
    pub group_name: String,
}

/// The fields of the form, as they come.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ProviderForm {
    pub name: String,
    pub issuer: String,
    pub client_id: String,
    /// Empty: the one that there is.
    pub secret: String,
    pub scopes: String,
    pub name_claim: String,
    pub email_claim: String,
    pub groups_claim: String,
    pub enabled_claim: String,
    pub creates_users: bool,
    /// `value=group`, one a line; a group by its name or id.
    pub groups: String,
}

/// What a provider says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderFound {
    pub authorization: String,
    pub token: String,
    /// How many keys it signs with.
    pub keys: usize,
}

/// A way to sign in that the sign-in page offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderOffer {
    pub domain: DomainId,
    pub name: String,
}

/// Why a provider's word lets nobody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ProviderFault {
    #[error("This sign-in took too long, or was begun in another browser. Begin again.")]
    Stale,
    #[error("The provider did not let you in.")]
    Denied,
    #[error("What the provider says of you does not hold. An administrator finds the reason in the log.")]
    Invalid,
    /// Unknown, disabled, or of a name that somebody else has: nobody is told which.
    #[error("You are not admitted here. Ask an administrator.")]
    NotAdmitted,
}

/// The providers of all domains: those who run the cloud decide whom it trusts.
#[async_trait]
pub trait Providers: Send + Sync {
    async fn provider_show(&self, caller: &Caller, domain: DomainId) -> Result<DomainProvider>;
    async fn provider_set(&self, caller: &Caller, domain: DomainId, form: ProviderForm) -> Result<()>;
    /// Ends the sessions of all who came by it; they stay, and have no way in until they get a password or another provider.
    async fn provider_remove(&self, caller: &Caller, domain: DomainId) -> Result<()>;
    /// Asks it what it says of itself.
    async fn provider_test(&self, caller: &Caller, domain: DomainId) -> Result<ProviderFound>;
    /// From now on the user signs in with the domain's provider, and has no password here. The first to come with the user's name is the
    /// user. Asked for again, it forgets who that was.
    async fn user_federate(&self, caller: &Caller, user: UserId) -> Result<()>;
}
