//! Application credentials: what programs sign in with in a user's stead.

use crate::access::Access;
use crate::{ApplicationCredentialId, Caller, ListQuery, Micros, Page, ProjectId, Result, RoleId, UserId};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationCredential {
    pub id: ApplicationCredentialId,
    pub user: UserId,
    pub user_name: String,
    pub project: ProjectId,
    pub project_name: String,
    pub name: String,
    pub description: String,
    /// By name.
    pub roles: Vec<(RoleId, String)>,
    /// It may make and delete application credentials itself.
    pub unrestricted: bool,
    /// The only requests that it is good for; none: all that its roles allow.
    pub rules: Vec<AccessRule>,
    pub created_at: Micros,
    pub expires_at: Option<Micros>,
    /// When a token was last issued for it.
    pub used_at: Option<Micros>,
    /// Why it opens nothing any more.
    pub ended: Option<Ended>,
}

/// Why a credential opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ended {
    Expired,
    /// Its owner has lost one of its roles.
    RoleLost,
    /// The user, the project or a domain is disabled, or the project is being deleted.
    Disabled,
}

/// One kind of request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessRule {
    /// A service's type, such as `compute`.
    pub service: String,
    /// An HTTP method in capitals.
    pub method: String,
    /// A path below the service's endpoint: `*` and `{…}` stand for one part of it, `**` for any number.
    pub path: String,
}

/// The methods of access rules, as Keystone has them.
pub const METHODS: [&str; 6] = ["POST", "GET", "HEAD", "PATCH", "PUT", "DELETE"];

impl AccessRule {
    /// The longest of its parts, in characters; Keystone's limit for paths is 128.
    pub const MAX: usize = 128;

    /// `service METHOD /path`, as it is typed.
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split_whitespace().collect();
        let [service, method, path] = parts[..] else { return None };
        let method = method.to_ascii_uppercase();
        let is_service = service.len() <= Self::MAX
            && service.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        let is_path = path.len() <= Self::MAX && path.starts_with('/') && is_plain(&path.replace(['*', '{', '}'], "x"));
        (is_service && METHODS.contains(&method.as_str()) && is_path).then(|| Self {
            service: service.to_owned(),
            method,
            path: path.to_owned(),
        })
    }

    /// Whether the request is one that the rule names. A path that could be read in two ways is named by no rule.
    pub fn allows(&self, service: &str, method: &str, path: &str) -> bool {
        self.service == service && self.method == method && is_plain(path) && fits(&self.path, path)
    }
}

impl std::fmt::Display for AccessRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.service, self.method, self.path)
    }
}

/// A path with nothing in it that a router could decode, fold or cut away.
fn is_plain(path: &str) -> bool {
    path.chars().all(|c| c.is_ascii_alphanumeric() || "/-._~:@".contains(c))
        && !path.contains("//")
        && path.split('/').all(|part| !part.chars().all(|c| c == '.') || part.is_empty())
}

/// Whether the pattern fits all of the path. Every part of the pattern looks at the path once, however many stars there are.
fn fits(pattern: &str, path: &str) -> bool {
    let path = path.as_bytes();
    // Where in the path one may stand after what has been read of the pattern.
    let mut at = vec![false; path.len() + 1];
    at[0] = true;
    let mut rest = pattern;
    while let Some(first) = rest.bytes().next() {
        let tag = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')).map(|(_, rest)| rest);
        let mut next = vec![false; at.len()];
        if let Some(behind) = rest.strip_prefix("**") {
            (0..at.len()).for_each(|i| next[i] = at[i] || (i > 0 && next[i - 1]));
            rest = behind;
        } else if let Some(behind) = rest.strip_prefix('*').or(tag) {
            (1..at.len()).for_each(|i| next[i] = path[i - 1] != b'/' && (at[i - 1] || next[i - 1]));
            rest = behind;
        } else {
            (1..at.len()).for_each(|i| next[i] = at[i - 1] && path[i - 1] == first);
            // Plain paths are ASCII; a byte of anything else fits none of theirs.
            rest = rest.get(1..).unwrap_or_default();
        }
        at = next;
    }
    at[path.len()]
}

/// What the form of a new credential says.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CredentialForm {
    pub name: String,
    pub description: String,
    /// By id or name; none: all that the caller has in the project.
    pub roles: Vec<String>,
    /// A day, at whose end it ends, or a moment, both by UTC; empty: never.
    pub expires: String,
    pub unrestricted: bool,
    /// Each as `AccessRule::parse` reads it; empty ones are passed over.
    pub rules: Vec<String>,
    /// Made up where none is given.
    pub secret: Option<String>,
}

/// A new credential, with its secret: the one moment at which it is known.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCredential {
    pub credential: ApplicationCredential,
    pub secret: String,
}

/// A role that a credential can have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleChoice {
    pub id: RoleId,
    pub name: String,
}

/// Application credentials. One's own are each user's own business; only those who administer the cloud see others'.
#[async_trait]
pub trait Credentials: Send + Sync {
    /// What clients have to be told to be the caller in the caller's project; `base` is where they find us.
    async fn access_show(&self, caller: &Caller, base: &str) -> Result<Access>;
    /// One's own, of every project. Sort keys: `name`, `created`.
    async fn credential_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<ApplicationCredential>>;
    async fn credential_show(&self, caller: &Caller, id: ApplicationCredentialId) -> Result<ApplicationCredential>;
    /// The roles that the caller has in the project, and can so give to a credential.
    async fn credential_roles(&self, caller: &Caller) -> Result<Vec<RoleChoice>>;
    /// In the caller's project.
    async fn credential_create(&self, caller: &Caller, form: CredentialForm) -> Result<NewCredential>;
    /// One of one's own, with its tokens.
    async fn credential_delete(&self, caller: &Caller, id: ApplicationCredentialId) -> Result<()>;
    /// Everybody's. Sort keys as above, and `user`.
    async fn credential_list_all(&self, caller: &Caller, query: &ListQuery) -> Result<Page<ApplicationCredential>>;
    /// Anybody's, with its tokens.
    async fn credential_revoke(&self, caller: &Caller, id: ApplicationCredentialId) -> Result<()>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_from_a_line() {
        fn check(text: &str, expected: Option<&str>) {
            assert_eq!(AccessRule::parse(text).map(|rule| rule.to_string()).as_deref(), expected, "{text}");
        }
        check(" compute  get /v2.1/servers/** ", Some("compute GET /v2.1/servers/**"));
        check("image GET /v2/images/{image_id}/*", Some("image GET /v2/images/{image_id}/*"));
        for bad in [
            "",
            "compute GET",
            "compute GET v2.1",
            "compute TRACE /",
            "Compute GET /",
            "compute GET /a b",
            "compute GET /%2e",
            "compute GET /../x",
            "compute GET /a//b",
        ] {
            check(bad, None);
        }
    }

    #[test]
    fn rules_name_requests() {
        fn check(pattern: &str, path: &str, expected: bool) {
            let rule = AccessRule::parse(&format!("identity GET {pattern}")).unwrap();
            assert_eq!(rule.allows("identity", "GET", path), expected, "{pattern} {path}");
            assert!(!rule.allows("identity", "POST", path) && !rule.allows("compute", "GET", path));
        }
        check("/v3/auth/projects", "/v3/auth/projects", true);
        check("/v3/auth/projects", "/v3/auth/projects/", false);
        check("/v3/auth/projects", "/v3/auth/project", false);
        check("/v3/users/*", "/v3/users/ann", true);
        check("/v3/users/*", "/v3/users/", false);
        check("/v3/users/*", "/v3/users/ann/keys", false);
        check("/v3/users/{user_id}/keys", "/v3/users/ann/keys", true);
        check("/v3/users/{user_id}/keys", "/v3/users/ann/x/keys", false);
        check("/v3/**", "/v3/users/ann/keys", true);
        check("/v3/**/keys", "/v3/users/ann/keys", true);
        check("/v3/**/keys", "/v3/users/ann/locks", false);
        check("/v3/**", "/v2/users", false);
        // What a router would decode, fold or cut away is named by no rule, however wide.
        for odd in ["/v3/%75sers", "/v3/a/../b", "/v3/./b", "/v3//b", "/v3/a%2Fb", "/v3/a;b", "/v3/a\\b", "/v3/ä"] {
            check("/**", odd, false);
        }
    }
}
