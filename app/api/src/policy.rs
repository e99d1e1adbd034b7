//! The policy's vocabulary: what can be asked for, and who may. The table itself stands in `cloud::authz`.

use crate::{Result, Role, caller::Caller, directory::Assignment};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $key:literal,)*) => {
        /// What can be asked for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Action { $($(#[$doc])* $name,)* }

        impl Action {
            pub const ALL: &[Action] = &[$(Action::$name,)*];

            /// As it stands in addresses and on the policy page.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $key,)* }
            }
        }
    };
}

actions! {
    /// Look at anything in the project.
    Read = "read",
    /// Make, change and delete instances, networks, images, floating IPs, security groups.
    Write = "write",
    /// One's own key pairs.
    OwnKeypair = "own_keypair",
    /// One's own application credentials.
    OwnCredential = "own_credential",
    /// A public image is everybody's: only those who run the cloud publish one.
    PublishImage = "publish_image",
    /// See and change every project's images.
    EveryImage = "every_image",
    /// See the hosts.
    ReadHosts = "read_hosts",
    /// Change what everybody's flavors say.
    ManageFlavors = "manage_flavors",
    /// See who has which role in the project.
    ReadMembers = "read_members",
    /// Ask for a larger quota.
    RequestQuota = "request_quota",
    /// Read what has been done anywhere.
    ReadAudit = "read_audit",
    /// See what passwords have to be.
    ReadPasswordRules = "read_password_rules",
    /// What passwords have to be.
    ManagePasswordRules = "manage_password_rules",
    /// See and end everybody's sessions.
    ManageSessions = "manage_sessions",
    /// See and revoke everybody's application credentials.
    EveryCredential = "every_credential",
    /// See and run the classes that one teaches.
    TeachClasses = "teach_classes",
    ReadClasses = "read_classes",
    /// Make classes, and run everybody's.
    ManageClasses = "manage_classes",
    ReadDomains = "read_domains",
    ManageDomains = "manage_domains",
    ReadProjects = "read_projects",
    ManageProjects = "manage_projects",
    ReadUsers = "read_users",
    ManageUsers = "manage_users",
    ReadGroups = "read_groups",
    ManageGroups = "manage_groups",
    ReadRoles = "read_roles",
    ManageRoles = "manage_roles",
    ReadAssignments = "read_assignments",
    ManageAssignments = "manage_assignments",
    ReadQuotas = "read_quotas",
    ManageQuotas = "manage_quotas",
    ReadPolicy = "read_policy",
}

/// A line of the policy table: the weakest role that may, in each scope; `None`: no role in that scope is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    pub action: Action,
    /// In the project that is asked about. An admin of any project runs the cloud.
    pub project: Role,
    /// On the domain of the thing.
    pub domain: Option<Role>,
    pub system: Role,
}

/// What the policy says about one action of one user in one project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub rule: Rule,
    pub allowed: bool,
    /// The assignments that allow it; the strongest first.
    pub because: Vec<Assignment>,
}

/// What a user may do in a project, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Simulation {
    pub user_name: String,
    pub project_name: String,
    /// The effective role; `None`: the project does not exist for this user.
    pub role: Option<Role>,
    /// Why nothing is allowed at all, whatever the roles: the user, the project or a domain is disabled.
    pub disabled: bool,
    pub verdicts: Vec<Verdict>,
}

/// The policy as administrators see it.
#[async_trait]
pub trait Policies: Send + Sync {
    /// The whole table.
    async fn policy_list(&self, caller: &Caller) -> Result<Vec<Rule>>;
    /// What this user may do in this project, and by which assignment. Both by id or name.
    async fn policy_simulate(&self, caller: &Caller, user: &str, project: &str) -> Result<Simulation>;
}
