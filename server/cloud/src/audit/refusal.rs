//! What was refused: which of it is written down, and how often. Whoever is turned away may come again as often as they like; the log must
//! not grow with that.

use api::error::Conflict;
use api::{Caller, Error, Kind, Micros, ProjectId, UserId};
use std::collections::HashMap;
use std::mem::{Discriminant, discriminant};
use std::sync::{Mutex, PoisonError};

/// What has been written down is not written again for so long.
const AGAIN: Micros = 60_000_000;
/// In that time no more than so many of one user.
const MOST: usize = 30;
/// The longest reason that is kept, in characters.
const REASON: usize = 300;

/// When a user's refusals were written down, by the verb and the kind of reason. Not by the target: there is no end of those.
type Written = HashMap<(String, Discriminant<Error>), Micros>;

/// What was written down in the last minute.
#[derive(Default)]
pub struct Refusals(Mutex<HashMap<UserId, Written>>);

impl Refusals {
    /// Whether this is to be written down; from then on the same is not.
    pub fn is_news(&self, user: UserId, verb: &str, error: &Error, now: Micros) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, of| {
            of.retain(|_, at| now - *at < AGAIN);
            !of.is_empty()
        });
        let of = known.entry(user).or_default();
        let what = (verb.to_owned(), discriminant(error));
        let is_news = of.len() < MOST && !of.contains_key(&what);
        if is_news {
            of.insert(what, now);
        }
        is_news
    }
}

/// Whether somebody was turned away. What is not there, or does not work, is no refusal.
pub fn counts(error: &Error) -> bool {
    match error {
        Error::Forbidden { .. } | Error::Delegated | Error::Refused(_) | Error::Quota { .. } => true,
        // How an upload that was interrupted learns where to go on.
        Error::Conflict(Conflict::Offset { .. }) => false,
        Error::Conflict(_) | Error::Invalid(_) => true,
        Error::NotFound { .. } | Error::Unauthenticated | Error::Unavailable { .. } | Error::Internal { .. } => false,
    }
}

/// The reason as it is kept.
pub fn result(error: &Error) -> String {
    let text = match error {
        Error::Invalid(fields) => {
            fields.iter().map(|field| format!("{}: {}", field.name, field.why)).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    };
    text.chars().filter(|c| !c.is_control()).take(REASON).collect()
}

/// What a verb is about, where no target was named: `instance_launch` is about instances.
pub fn noun(verb: &str) -> Option<Kind> {
    let is_it = |kind: &Kind| verb.strip_prefix(kind.as_str()).is_some_and(|rest| rest.starts_with('_'));
    Kind::ALL.into_iter().filter(is_it).max_by_key(|kind| kind.as_str().len())
}

/// The project whose members read of it: the one that was to be changed, or the one that it was tried in; none where people, roles and
/// classes are concerned, or one's own account, nor where it was tried in none.
pub fn concerns(caller: &Caller, verb: &str, target: Option<(Kind, &str)>) -> Option<ProjectId> {
    const OUTSIDE: [&str; 9] = [
        "directory_",
        "password_",
        "totp_",
        "passkey_",
        "recovery_",
        "preferences_",
        "profile_",
        "credential_",
        "quota_default_",
    ];
    // What the verb is about comes first: another project may be named beside an image that is shared with it.
    match (noun(verb).or(target.map(|(kind, _)| kind)), target) {
        (Some(Kind::Project | Kind::Quota), Some((Kind::Project, id))) => id.parse().ok(),
        (Some(Kind::Domain | Kind::Project | Kind::User | Kind::Group | Kind::Role | Kind::Assignment), _) => None,
        (Some(Kind::Session | Kind::ApplicationCredential | Kind::Class | Kind::Seat), _) => None,
        _ if OUTSIDE.iter().any(|own| verb.starts_with(own)) => None,
        _ => Some(caller.project).filter(|project| *project != ProjectId::NOWHERE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::Why;
    use uuid::Uuid;

    #[test]
    fn nobody_floods_the_log() {
        let (refusals, ann, bob) = (Refusals::default(), UserId(Uuid::max()), UserId(Uuid::nil()));
        let (no, other) = (Error::Forbidden { needs: "admin".into() }, Error::field("name", Why::Required));
        let news = |user, verb: &str, error, now| refusals.is_news(user, verb, error, now);
        assert!(news(ann, "user_create", &no, 0));
        assert!(!news(ann, "user_create", &no, AGAIN - 1), "the same within a minute");
        assert!(news(bob, "user_create", &no, 0) && news(ann, "user_create", &other, 0));
        assert!(news(ann, "user_create", &no, AGAIN), "and again a minute later");
        let written = (0..1000).filter(|n| news(bob, &format!("verb_{n}"), &no, AGAIN)).count();
        assert_eq!(written, MOST, "whatever somebody tries");
    }

    #[test]
    fn verbs_are_about_something() {
        fn check(verb: &str, expected: Option<Kind>) {
            assert_eq!(noun(verb), expected, "{verb}");
        }
        check("instance_launch", Some(Kind::Instance));
        check("security_group_rule_create", Some(Kind::SecurityGroupRule));
        check("security_group_create", Some(Kind::SecurityGroup));
        check("preferences_set", None);
    }

    #[test]
    fn refusals_are_filed_where_they_belong() {
        let (own, other) = (ProjectId(Uuid::max()), ProjectId(Uuid::from_u128(7)));
        let caller = Caller {
            user: UserId(Uuid::nil()),
            user_name: String::new(),
            project: own,
            project_name: String::new(),
            domain: api::DomainId(Uuid::nil()),
            role: api::Role::Reader,
            system: None,
            manages: Vec::new(),
            proof: api::Proof::Program,
            address: String::new(),
            request: String::new(),
        };
        let id = other.to_string();
        let check = |verb: &str, kind: Option<Kind>, expected: Option<ProjectId>| {
            assert_eq!(concerns(&caller, verb, kind.map(|kind| (kind, id.as_str()))), expected, "{verb}");
        };
        check("instance_stop", Some(Kind::Instance), Some(own));
        check("security_group_create", None, Some(own));
        check("project_delete", Some(Kind::Project), Some(other));
        check("quota_update", Some(Kind::Project), Some(other));
        check("image_member_remove", Some(Kind::Project), Some(own));
        check("properties_set", Some(Kind::Flavor), Some(own));
        check("project_create", None, None);
        check("user_delete", Some(Kind::User), None);
        check("group_member_remove", Some(Kind::User), None);
        check("class_extend", Some(Kind::Class), None);
        check("password_rules_set", Some(Kind::Domain), None);
        check("quota_default_update", None, None);
        let nowhere = Caller { project: ProjectId::NOWHERE, ..caller.clone() };
        assert_eq!(concerns(&nowhere, "instance_launch", None), None);
    }
}
