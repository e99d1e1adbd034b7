//! Identifiers: one type per kind of thing, so that an image's id cannot be passed for an instance's.
//!
//! All are version 4 UUIDs. Keystone writes the ids of its own things (projects, users, roles, domains) as 32 hex digits, the other
//! services with hyphens; `Display` follows that, and parsing accepts both.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// The text is not an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier")]
pub struct NotAnId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $style:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.$style().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                Uuid::try_parse(text).map(Self).map_err(|_| NotAnId)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )*};
}

impl ProjectId {
    /// What stands in the place of a project for those who are in none: no project ever has it.
    pub const NOWHERE: Self = Self(Uuid::nil());
}

ids! {
    /// A Keystone domain.
    DomainId simple;
    /// A Keystone project: the owner of nearly everything.
    ProjectId simple;
    /// A Keystone user.
    UserId simple;
    /// A Keystone group.
    GroupId simple;
    /// A Keystone role.
    RoleId simple;
    /// An application credential.
    ApplicationCredentialId simple;
    /// A class.
    ClassId simple;
    /// A seat of a class: one user in one project.
    SeatId simple;
    /// A passkey.
    PasskeyId simple;
    /// A role assignment. Keystone knows them by their parts; the id is for links.
    AssignmentId simple;
    /// A Glance image.
    ImageId hyphenated;
    /// A Nova server; called instance on every page.
    InstanceId hyphenated;
    /// A Nova flavor.
    FlavorId hyphenated;
    /// A key pair. Nova knows it by user and name; the id is for links.
    KeypairId hyphenated;
    /// A Neutron network.
    NetworkId hyphenated;
    /// A Neutron subnet.
    SubnetId hyphenated;
    /// A Neutron router.
    RouterId hyphenated;
    /// A Neutron port.
    PortId hyphenated;
    /// A Neutron floating IP.
    FloatingIpId hyphenated;
    /// A Neutron security group.
    SecurityGroupId hyphenated;
    /// A rule of a security group.
    SecurityGroupRuleId hyphenated;
    /// A request for a larger quota.
    QuotaRequestId hyphenated;
    /// An operation: one piece of long work that somebody asked for.
    OperationId hyphenated;
}
