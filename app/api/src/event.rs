//! Hints that something has changed. An event carries no data: who hears it reads the row again.

use crate::{Micros, ProjectId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The kinds of thing there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Domain,
    Project,
    User,
    Group,
    Role,
    Assignment,
    Quota,
    Image,
    Flavor,
    Keypair,
    Instance,
    Network,
    Subnet,
    Router,
    Port,
    FloatingIp,
    SecurityGroup,
    SecurityGroupRule,
    Operation,
    Host,
    Session,
    ApplicationCredential,
    Class,
    Seat,
    Passkey,
}

impl Kind {
    pub const ALL: [Kind; 25] = [
        Kind::Domain,
        Kind::Project,
        Kind::User,
        Kind::Group,
        Kind::Role,
        Kind::Assignment,
        Kind::Quota,
        Kind::Image,
        Kind::Flavor,
        Kind::Keypair,
        Kind::Instance,
        Kind::Network,
        Kind::Subnet,
        Kind::Router,
        Kind::Port,
        Kind::FloatingIp,
        Kind::SecurityGroup,
        Kind::SecurityGroupRule,
        Kind::Operation,
        Kind::Host,
        Kind::Session,
        Kind::ApplicationCredential,
        Kind::Class,
        Kind::Seat,
        Kind::Passkey,
    ];

    /// The word in rows and events.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Domain => "domain",
            Self::Project => "project",
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
            Self::Assignment => "assignment",
            Self::Quota => "quota",
            Self::Image => "image",
            Self::Flavor => "flavor",
            Self::Keypair => "keypair",
            Self::Instance => "instance",
            Self::Network => "network",
            Self::Subnet => "subnet",
            Self::Router => "router",
            Self::Port => "port",
            Self::FloatingIp => "floating_ip",
            Self::SecurityGroup => "security_group",
            Self::SecurityGroupRule => "security_group_rule",
            Self::Operation => "operation",
            Self::Host => "host",
            Self::Session => "session",
            Self::ApplicationCredential => "application_credential",
            Self::Class => "class",
            Self::Seat => "seat",
            Self::Passkey => "passkey",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// The English noun, for error texts.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Assignment => "role assignment",
            Self::Keypair => "key pair",
            Self::FloatingIp => "floating IP",
            Self::SecurityGroup => "security group",
            Self::SecurityGroupRule => "security group rule",
            Self::ApplicationCredential => "application credential",
            other => other.as_str(),
        })
    }
}

/// Something of this kind has changed: made, altered or gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub kind: Kind,
    pub id: String,
    /// Whose it is; `None` for what all projects see (flavors, public images, the host).
    pub project: Option<ProjectId>,
    pub at: Micros,
}
