//! Application credentials: in one project, with some of what their owner may do there, and never with more.
//!
//! Whether one still opens anything is asked at each use, of the rows as they are then: it ends with its owner, the project, any of its
//! roles and its own time.

use super::service::IdentityService;
use super::store::standing::Standing;
use super::{caller, password, rules, store};
use crate::authz::{self, Action};
use crate::db::is_unique;
use crate::fault::StoreError;
use crate::operation::{self, Target};
use api::access::Access;
use api::account::PasswordRules;
use api::credential::{
    AccessRule, ApplicationCredential, CredentialForm, Credentials, Ended, NewCredential, RoleChoice,
};
use api::error::Faults;
use api::{
    ApplicationCredentialId, Caller, Error, Kind, ListQuery, Micros, Name, Page, ProjectId, Proof, Result, Role,
    UserId, Why,
};
use async_trait::async_trait;
use std::collections::HashMap;
use time::macros::format_description;
use time::{Date, OffsetDateTime, PrimitiveDateTime, format_description::well_known::Iso8601};
use uuid::Uuid;

const TAKEN: &str = "application_credential.user_id, application_credential.name";
/// More rules than anybody writes by hand.
const RULES_MAX: usize = 100;

/// A role that somebody has, and what it is worth.
pub type HeldRole = (RoleChoice, Option<Role>);

impl IdentityService {
    /// The roles that a user has in a project, as the policy sees it: those that are assigned there, and the policy's own that follow.
    pub(super) async fn held_roles(&self, standing: &Standing, project: ProjectId) -> Result<Vec<HeldRole>> {
        let worth = standing.held.iter().filter_map(|held| caller::worth(held, project, standing.domain)).max();
        let assigned = |role| {
            let mut held = standing.held.iter().filter(|held| caller::is_assigned(held, project, standing.domain));
            held.any(|held| held.role_id == role)
        };
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let roles = store::role::list(&mut db).await?.into_iter();
        let has =
            roles.filter(|role| assigned(role.id) || (role.builtin && role.grants.is_some() && role.grants <= worth));
        Ok(has.map(|role| (RoleChoice { id: role.id, name: role.name }, role.grants)).collect())
    }

    /// What the user has in the project; nothing, where one of them is switched off.
    async fn roles_in(&self, user: UserId, project: ProjectId) -> Result<Option<Vec<HeldRole>>> {
        let standing = store::standing::load(self.core.db.read(), user, project, self.core.clock.now()).await?;
        match standing.filter(|standing| standing.enabled) {
            Some(standing) => Ok(Some(self.held_roles(&standing, project).await?)),
            None => Ok(None),
        }
    }

    async fn credential_page(&self, of: Option<UserId>, query: &ListQuery) -> Result<Page<ApplicationCredential>> {
        let mut page = store::credential::list(self.core.db.read(), of, query).await?;
        let now = self.core.clock.now();
        let mut known = HashMap::new();
        for credential in &mut page.items {
            let at = (credential.user, credential.project);
            if let std::collections::hash_map::Entry::Vacant(unknown) = known.entry(at) {
                unknown.insert(self.roles_in(at.0, at.1).await?);
            }
            credential.ended = ended(credential, known[&at].as_deref(), now);
        }
        Ok(page)
    }

    async fn credential_end(&self, caller: &Caller, id: ApplicationCredentialId, of: Option<UserId>) -> Result<()> {
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let found = store::credential::find(&mut tx, id).await?;
        let found = found.filter(|found| of.is_none_or(|of| of == found.user));
        let found = found.ok_or_else(|| Error::not_found(Kind::ApplicationCredential, id))?;
        store::credential::delete(&mut tx, id).await?;
        let target = Target { kind: Kind::ApplicationCredential, id: &id.to_string(), name: &found.name };
        operation::done(&mut tx, caller, "application_credential_delete", target, now).await?;
        tx.commit().await.map_err(StoreError)?;
        self.credential_announce(caller, found.user);
        Ok(())
    }

    /// Whose it is says the event, as it does for sessions: nobody else hears of it but those who see all.
    fn credential_announce(&self, caller: &Caller, owner: UserId) {
        self.core.hub.changed(Kind::ApplicationCredential, owner, None);
        operation::announce(&self.core, caller.project);
    }

    /// The credential that the caller came with, if it was one.
    async fn came_with(&self, caller: &Caller) -> Result<Option<ApplicationCredential>> {
        let Proof::ApplicationCredential(id) = caller.proof else { return Ok(None) };
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let credential = store::credential::find(&mut db, id).await?;
        Ok(Some(credential.ok_or(Error::Unauthenticated)?))
    }

    /// What the form of a new credential says, and its secret.
    async fn credential_read(&self, caller: &Caller, form: CredentialForm) -> Result<NewCredential> {
        let now = self.core.clock.now();
        let has = self.credential_roles(caller).await?;
        let mut faults = Faults::default();
        let name = faults.take("name", Name::parse(&form.name));
        faults.take("description", api::name::line(form.description.trim(), Name::MAX));
        let wanted = form.roles.iter().map(|role| role.trim()).filter(|role| !role.is_empty());
        let chosen = |text: &str| {
            let id = text.parse().ok();
            has.iter().find(|role| Some(role.id) == id || role.name == text).map(|role| (role.id, role.name.clone()))
        };
        let roles: Option<Vec<_>> = wanted.map(chosen).collect();
        let roles = faults.take("roles", roles.ok_or(Why::NotAChoice));
        let all = || has.iter().map(|role| (role.id, role.name.clone())).collect();
        let roles = roles.map(|roles| if roles.is_empty() { all() } else { roles });
        let expires_at = faults.take("expires", expiry(&form.expires, now));
        let rules = faults.take("rules", read_rules(&form.rules));
        if let Some(secret) = &form.secret {
            faults.take("secret", rules::acceptable(&PasswordRules::default(), "", secret));
        }
        let all = name.zip(roles).zip(expires_at).zip(rules);
        let (((name, mut roles), expires_at), rules) = faults.finish_with(all)?;
        roles.sort_by(|one, other| one.1.cmp(&other.1));
        roles.dedup();
        let credential = ApplicationCredential {
            id: ApplicationCredentialId(Uuid::new_v4()),
            user: caller.user,
            user_name: caller.user_name.clone(),
            project: caller.project,
            project_name: caller.project_name.clone(),
            name: name.to_string(),
            description: form.description.trim().to_owned(),
            roles,
            unrestricted: form.unrestricted,
            rules,
            created_at: now,
            expires_at,
            used_at: None,
            ended: None,
        };
        let secret = form.secret.unwrap_or_else(|| [password::generate(), password::generate()].concat());
        Ok(NewCredential { credential, secret })
    }
}

/// Why the credential opens nothing any more; `has` is what its owner has in its project.
pub fn ended(credential: &ApplicationCredential, has: Option<&[HeldRole]>, now: Micros) -> Option<Ended> {
    let Some(has) = has else { return Some(Ended::Disabled) };
    let lost = |(role, _): &(api::RoleId, String)| !has.iter().any(|(held, _)| held.id == *role);
    if credential.expires_at.is_some_and(|at| at <= now) {
        Some(Ended::Expired)
    } else if credential.roles.is_empty() || credential.roles.iter().any(lost) {
        Some(Ended::RoleLost)
    } else {
        None
    }
}

/// What came with a credential makes and deletes others only if it is unrestricted.
fn may_delegate(with: Option<&ApplicationCredential>) -> Result<()> {
    if with.is_none_or(|with| with.unrestricted) { Ok(()) } else { Err(Error::Delegated) }
}

/// And then none that could do more, or for longer, than itself.
fn adds_nothing(new: &ApplicationCredential, with: &ApplicationCredential) -> bool {
    let lasts = with.expires_at.is_none_or(|end| new.expires_at.is_some_and(|ends| ends <= end));
    let asks =
        with.rules.is_empty() || (!new.rules.is_empty() && new.rules.iter().all(|rule| with.rules.contains(rule)));
    lasts && asks && new.roles.iter().all(|role| with.roles.contains(role))
}

/// A day, at whose end it ends, or a moment.
pub(super) fn expiry(text: &str, now: Micros) -> std::result::Result<Option<Micros>, Why> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let day = Date::parse(text, format_description!("[year]-[month]-[day]")).ok().and_then(|day| day.next_day());
    let moment = OffsetDateTime::parse(text, &Iso8601::DEFAULT)
        .or_else(|_| PrimitiveDateTime::parse(text, &Iso8601::DEFAULT).map(PrimitiveDateTime::assume_utc));
    let at = day.map(|day| day.midnight().assume_utc()).or(moment.ok()).ok_or(Why::NotADate)?;
    let at = Micros::try_from(at.unix_timestamp_nanos() / 1000).map_err(|_| Why::NotADate)?;
    if at > now { Ok(Some(at)) } else { Err(Why::Past) }
}

fn read_rules(lines: &[String]) -> std::result::Result<Vec<AccessRule>, Why> {
    let lines = lines.iter().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let rule = |(n, line): (usize, &String)| AccessRule::parse(line).ok_or(Why::NotAnAccessRule { line: n + 1 });
    let mut rules = Vec::new();
    for rule in lines.map(rule) {
        let rule = rule?;
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    if rules.len() > RULES_MAX { Err(Why::TooMany { max: RULES_MAX, is: rules.len() }) } else { Ok(rules) }
}

#[async_trait]
impl Credentials for IdentityService {
    async fn access_show(&self, caller: &Caller, base: &str) -> Result<Access> {
        authz::require(caller, Action::Read)?;
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let user = store::user::find(&mut db, caller.user).await?.ok_or(Error::Unauthenticated)?;
        let project = store::project::find(&mut db, caller.project).await?;
        let project = project.ok_or_else(|| Error::not_found(Kind::Project, caller.project))?;
        Ok(Access {
            base: base.to_owned(),
            user_name: user.name,
            user_domain: user.domain_name,
            project: project.id,
            project_name: project.name,
            project_domain: project.domain_name,
        })
    }

    async fn credential_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<ApplicationCredential>> {
        authz::require(caller, Action::OwnCredential)?;
        self.credential_page(Some(caller.user), query).await
    }

    async fn credential_show(&self, caller: &Caller, id: ApplicationCredentialId) -> Result<ApplicationCredential> {
        authz::require(caller, Action::OwnCredential)?;
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let found = store::credential::find(&mut db, id).await?.filter(|found| found.user == caller.user);
        drop(db);
        let mut found = found.ok_or_else(|| Error::not_found(Kind::ApplicationCredential, id))?;
        let has = self.roles_in(found.user, found.project).await?;
        found.ended = ended(&found, has.as_deref(), self.core.clock.now());
        Ok(found)
    }

    async fn credential_roles(&self, caller: &Caller) -> Result<Vec<RoleChoice>> {
        authz::require(caller, Action::OwnCredential)?;
        let has = self.roles_in(caller.user, caller.project).await?.ok_or(Error::Unauthenticated)?;
        Ok(has.into_iter().map(|(role, _)| role).collect())
    }

    async fn credential_create(&self, caller: &Caller, form: CredentialForm) -> Result<NewCredential> {
        authz::require(caller, Action::OwnCredential)?;
        let with = self.came_with(caller).await?;
        may_delegate(with.as_ref())?;
        let made = self.credential_read(caller, form).await?;
        let new = &made.credential;
        if with.is_some_and(|with| !adds_nothing(new, &with)) {
            return Err(Error::Delegated);
        }
        // Outside of any transaction: it takes a while.
        let hash = self.hasher.hash(&made.secret).await?;
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        store::credential::insert(&mut tx, new, &hash).await.map_err(|error| match is_unique(&error, TAKEN) {
            true => Error::field("name", Why::Taken { kind: Kind::ApplicationCredential }),
            false => StoreError(error).into(),
        })?;
        let target = Target { kind: Kind::ApplicationCredential, id: &new.id.to_string(), name: &new.name };
        operation::done(&mut tx, caller, "application_credential_create", target, new.created_at).await?;
        tx.commit().await.map_err(StoreError)?;
        self.credential_announce(caller, new.user);
        Ok(made)
    }

    async fn credential_delete(&self, caller: &Caller, id: ApplicationCredentialId) -> Result<()> {
        authz::require(caller, Action::OwnCredential)?;
        may_delegate(self.came_with(caller).await?.as_ref())?;
        self.credential_end(caller, id, Some(caller.user)).await
    }

    async fn credential_list_all(&self, caller: &Caller, query: &ListQuery) -> Result<Page<ApplicationCredential>> {
        authz::require(caller, Action::EveryCredential)?;
        self.credential_page(None, query).await
    }

    async fn credential_revoke(&self, caller: &Caller, id: ApplicationCredentialId) -> Result<()> {
        authz::require(caller, Action::EveryCredential)?;
        may_delegate(self.came_with(caller).await?.as_ref())?;
        self.credential_end(caller, id, None).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_days_or_moments() {
        fn check(text: &str, expected: std::result::Result<Option<i64>, Why>) {
            let seconds = expected.map(|at| at.map(|at| at * 1_000_000));
            assert_eq!(expiry(text, 1_000_000), seconds, "{text}");
        }
        check("", Ok(None));
        check("1970-01-02", Ok(Some(2 * 86_400)));
        check("1970-01-02T00:00:01Z", Ok(Some(86_401)));
        check("1970-01-02T09:00:01+09:00", Ok(Some(86_401)));
        check("1970-01-02T00:00:01.000000", Ok(Some(86_401)));
        check("1969-12-30", Err(Why::Past));
        check("tomorrow", Err(Why::NotADate));
        check("1970-02-31", Err(Why::NotADate));
    }

    #[test]
    fn faults_of_rules_name_their_line() {
        let read = |text: &str| read_rules(&text.lines().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(read("\nimage GET /v2/images\n").unwrap().len(), 1);
        assert_eq!(read("image GET /v2/images\n\nimage"), Err(Why::NotAnAccessRule { line: 3 }));
        assert_eq!(read("image GET /\nimage GET /").unwrap().len(), 1, "once is enough");
        let many: String = (0..101).map(|n| format!("image GET /{n}\n")).collect();
        assert!(matches!(read(&many), Err(Why::TooMany { .. })));
    }
}
