//! New passwords: what they have to be in their domain, and how one takes the place of another.

use super::service::IdentityService;
use super::store::password::{Known, history, rules};
use super::{breach, rules as limits};
use crate::fault::incident;
use api::account::{NewPassword, PasswordFault, PasswordRules};
use api::error::Faults;
use api::{DomainId, Error, Result, Why};

impl IdentityService {
    /// The rules of a domain.
    pub(super) async fn password_rules(&self, domain: DomainId) -> Result<PasswordRules> {
        Ok(rules(self.core.db.read(), domain).await?)
    }

    /// Whether the password can be given to a user of that name; everything but the user's own history.
    pub(super) async fn password_fault(&self, rules: &PasswordRules, name: &str, new: &str) -> Result<Option<Why>> {
        if let Err(why) = limits::acceptable(rules, name, new) {
            return Ok(Some(why));
        }
        let Some(file) = self.breached.get().cloned() else { return Ok(None) };
        let wanted = new.to_owned();
        let known = tokio::task::spawn_blocking(move || breach::knows(&file, &wanted)).await;
        let known = known.map_err(|error| incident("breach list thread", &error))?;
        match known {
            Ok(known) => Ok(known.then_some(Why::Password(PasswordFault::Breached))),
            Err(error) => Err(incident("list of breached passwords", &error)),
        }
    }

    /// The hash of the new password of a user who has one, if it may be that.
    pub(super) async fn new_hash(&self, user: &Known, new: &NewPassword) -> Result<String> {
        if user.locked {
            return Err(Error::field("new", Why::Password(PasswordFault::Locked)));
        }
        let rules = self.password_rules(user.domain).await?;
        let mut faults = Faults::default();
        if let Some(why) = self.password_fault(&rules, &user.name, &new.new).await? {
            faults.add("new", why);
        } else if self.hasher.verify(&new.new, Some(&user.hash)).await? {
            faults.add("new", Why::Password(PasswordFault::SameAsBefore));
        } else if rules.history > 1 {
            for hash in history(self.core.db.read(), user.id, rules.history - 1).await? {
                if self.hasher.verify(&new.new, Some(&hash)).await? {
                    faults.add("new", Why::Password(PasswordFault::UsedBefore { count: rules.history }));
                    break;
                }
            }
        }
        if new.new != new.again {
            faults.add("again", Why::Password(PasswordFault::NotTheSame));
        }
        faults.finish()?;
        self.hasher.hash(&new.new).await
    }

    /// The list of passwords that have become known elsewhere; see `breach.rs`.
    pub fn breached_passwords(&self, file: std::path::PathBuf) -> Result<()> {
        std::fs::File::open(&file).map_err(|error| Error::Unavailable {
            what: format!("The list of breached passwords {}", file.display()),
            why: error.to_string(),
        })?;
        // A second list would be a fault of ours; the first stays.
        _ = self.breached.set(file);
        Ok(())
    }
}
