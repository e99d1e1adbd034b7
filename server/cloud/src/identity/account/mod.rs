//! People's own accounts: profile, password, sessions, preferences. What belongs to one person is asked for by that person's id and no
//! other, so that nobody can name somebody else's.

mod device;
mod store;
mod zone;

use super::change::Change;
use super::{IdentityService, rules, second_factor, store as rows, totp, user};
use crate::audit;
use crate::authz::{self, Action};
use crate::core::Core;
use crate::db::Tx;
use crate::fault::StoreError;
use api::account::{
    Account, DomainRules, Entry, NewPasswordRules, NewPreferences, NewProfile, PasswordChange, PasswordFault,
    Preferences, PreferencesPage, Profile, SecondFactors, Session, SessionLeft, SignIn, SignInStep, Totp, Whence, Zone,
};
use api::directory::Actor;
use api::error::{Conflict, Faults};
use api::identity::{Identity as _, SignInOptions};
use api::passkey::Shown;
use api::{Caller, DomainId, Error, Kind, ListQuery, Micros, Name, Page, ProjectId, Proof, Result, UserId, Why};
use async_trait::async_trait;

pub use device::kept as agent_kept;
pub(super) use store::profile;

/// The languages and themes that can be chosen: the console's own words.
const LANGS: [&str; 2] = ["en", "ko"];
const THEMES: [&str; 3] = ["system", "light", "dark"];

impl IdentityService {
    /// What the user has chosen, with the time zone as of now.
    pub async fn preferences_of(&self, user: UserId) -> Result<(Preferences, Option<Zone>)> {
        let chosen = store::preferences(self.core.db.read(), user).await?;
        let zone = chosen.time_zone.as_deref().and_then(|name| zone::zone(name, self.core.clock.now()));
        Ok((chosen, zone))
    }

    /// Keeps where somebody is, for the next sign-in.
    pub async fn last_project_note(&self, user: UserId, project: ProjectId) -> Result<()> {
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        store::last_project_set(&mut tx, user, project).await?;
        tx.commit().await.map_err(StoreError)?;
        Ok(())
    }

    /// Where somebody was last; it may be gone, or closed to them.
    pub async fn last_project(&self, user: UserId) -> Result<Option<ProjectId>> {
        Ok(store::last_project(self.core.db.read(), user).await?)
    }

    /// Where somebody goes after signing in, the likeliest first.
    pub async fn landings(&self, user: UserId) -> Result<Vec<ProjectId>> {
        let db = self.core.db.read();
        let (last, default) = (store::last_project(db, user).await?, store::default_project(db, user).await?);
        Ok(last.into_iter().chain(default).collect())
    }

    /// What the sign-in page has to ask for.
    pub async fn sign_in_options(&self) -> Result<SignInOptions> {
        let db = self.core.db.read();
        Ok(SignInOptions {
            domains: rows::password::has_domains(db).await?,
            providers: rows::provider::offers(db).await?,
        })
    }

    /// Keeps what somebody has chosen from the menu; what is no choice is left alone.
    pub async fn preference_note(&self, user: UserId, lang: Option<&str>, theme: Option<&str>) -> Result<()> {
        let before = store::preferences(self.core.db.read(), user).await?;
        let one_of =
            |choices: &[&str], given: Option<&str>| given.filter(|given| choices.contains(given)).map(str::to_owned);
        let after = Preferences {
            lang: one_of(&LANGS, lang).or(before.lang.clone()),
            theme: one_of(&THEMES, theme).or(before.theme.clone()),
            ..before.clone()
        };
        if after != before {
            let mut tx = self.core.db.begin().await.map_err(StoreError)?;
            store::preferences_set(&mut tx, user, &after).await?;
            tx.commit().await.map_err(StoreError)?;
        }
        Ok(())
    }

    /// Ends a session, if it is that user's; its streams and consoles are told.
    /// Without a user it may be anybody's that the caller manages.
    async fn session_end(&self, caller: &Caller, id: &str, of: Option<UserId>) -> Result<()> {
        let now = self.core.clock.now();
        let unknown = || Error::not_found(Kind::Session, id.chars().take(64).collect::<String>());
        let (mut tx, owner) = match of {
            Some(own) => {
                let mut tx = self.core.db.begin().await.map_err(StoreError)?;
                let owner = store::session_owner(&mut tx, id).await?.filter(|owner| *owner == own);
                (tx, owner.ok_or_else(unknown)?)
            }
            None => {
                let mut change = Change::begin(&self.core, caller, Action::ManageSessions).await?;
                let owner = store::session_owner(&mut change.tx, id).await?.ok_or_else(unknown)?;
                reached(&mut change, owner).await.map_err(|error| match error {
                    Error::NotFound { .. } => unknown(),
                    other => other,
                })?;
                (change.tx, owner)
            }
        };
        rows::session::delete(&mut tx, id).await?;
        self.audited(&mut tx, caller, "session_revoke", owner, now).await?;
        tx.commit().await.map_err(StoreError)?;
        self.session_ended(owner);
        Ok(())
    }

    /// Whatever lasts looks at its right again, and the lists of sessions are read anew.
    pub(super) fn session_ended(&self, owner: UserId) {
        self.core.hub.changed(Kind::User, owner, None);
        self.core.hub.changed(Kind::Session, owner, None);
    }

    /// A change of one's own account, written down; then its pages hear of it.
    pub(super) async fn account_changed(&self, mut tx: Tx, caller: &Caller, verb: &str, now: Micros) -> Result<()> {
        self.audited(&mut tx, caller, verb, caller.user, now).await?;
        tx.commit().await.map_err(StoreError)?;
        self.core.hub.changed(Kind::User, caller.user, None);
        Ok(())
    }

    /// The user as it is now, written down in the audit log.
    async fn audited(&self, tx: &mut Tx, caller: &Caller, verb: &str, user: UserId, now: Micros) -> Result<()> {
        let name = store::user_name(tx, user).await?.unwrap_or_default();
        Ok(audit::record_outside(tx, caller, verb, Kind::User, &user.to_string(), &name, now).await?)
    }
}

/// When a day begins in the user's time zone, or ends.
pub async fn day(core: &Core, user: UserId, text: &str, end: bool) -> Result<Option<Micros>> {
    let chosen = store::preferences(core.db.read(), user).await?;
    Ok(zone::day(chosen.time_zone.as_deref().unwrap_or("UTC"), text, end))
}

/// Passes where the caller manages the user, and is not below them.
async fn reached(change: &mut Change<'_>, user: UserId) -> Result<()> {
    let found = rows::user::find(&mut change.tx, user).await?.filter(|user| change.reach.covers(user.domain));
    found.ok_or_else(|| Error::not_found(Kind::User, user))?;
    change.not_above_caller(Actor::User(user)).await
}

/// The session that asks. What comes by another way, such as an application credential, may not touch the account.
pub(super) fn session(caller: &Caller) -> Result<&str> {
    match &caller.proof {
        Proof::Session(id) => Ok(id),
        _ => Err(Error::Unauthenticated),
    }
}

#[async_trait]
impl Account for IdentityService {
    async fn profile_show(&self, caller: &Caller) -> Result<Profile> {
        let row = store::profile(self.core.db.read(), caller.user).await?;
        let row = row.ok_or_else(|| Error::not_found(Kind::User, caller.user))?;
        Ok(Profile {
            id: caller.user,
            name: row.name,
            rules: self.password_rules(row.domain).await?,
            domain_name: row.domain_name,
            email: row.email,
            description: row.description,
            default_project: row.default_project,
            password_locked: row.password_locked,
            created_at: row.created_at,
            password_changed_at: (row.password_changed_at > 0).then_some(row.password_changed_at),
            federated: rows::provider::is_federated(self.core.db.read(), caller.user).await?,
            memberships: self.membership_list(caller.user).await?,
        })
    }

    async fn profile_set(&self, caller: &Caller, new: NewProfile) -> Result<()> {
        session(caller)?;
        let mut faults = Faults::default();
        faults.take("email", user::email(&new.email));
        faults.take("description", api::name::line(new.description.trim(), Name::MAX));
        let project = match new.default_project.trim() {
            "" => Ok(None),
            // One that is open to oneself.
            text => match text.parse::<ProjectId>() {
                Ok(id) if id != ProjectId::NOWHERE && self.caller(caller.user, id, &caller.request).await.is_ok() => {
                    Ok(Some(id))
                }
                _ => Err(Why::Gone { kind: Kind::Project }),
            },
        };
        let project = faults.take("default_project", project);
        let project = faults.finish_with(project)?;
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        store::profile_set(&mut tx, caller.user, &new, project).await?;
        self.account_changed(tx, caller, "profile_set", now).await
    }

    async fn sign_in(&self, attempt: SignIn) -> Result<Entry> {
        self.signed_in(&attempt).await
    }

    async fn sign_in_passkey(&self, shown: Shown, from: Whence) -> Result<Entry> {
        self.signed_in_by_passkey(&shown, &from).await
    }

    async fn sign_in_step(&self, step: SignInStep) -> Result<Entry> {
        self.sign_in_on(&step).await
    }

    async fn password_change(&self, caller: &Caller, change: PasswordChange) -> Result<()> {
        let own = session(caller)?;
        let user = self.own_password(caller, "current", &change.current).await?;
        let hash = self.new_hash(&user, &change.new).await?;
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        rows::password::replace(&mut tx, caller.user, &hash, false, now).await?;
        store::session_delete_others(&mut tx, caller.user, own).await?;
        rows::token::delete_of(&mut tx, caller.user).await?;
        self.audited(&mut tx, caller, "password_change", caller.user, now).await?;
        tx.commit().await.map_err(StoreError)?;
        self.session_ended(caller.user);
        Ok(())
    }

    async fn second_factor_show(&self, caller: &Caller) -> Result<SecondFactors> {
        session(caller)?;
        self.factors(caller).await
    }

    async fn totp_begin(&self, caller: &Caller, password: &str) -> Result<()> {
        session(caller)?;
        self.own_password(caller, "password", password).await?;
        let purpose = second_factor::purpose(caller.user);
        let secret = self.sealer.seal(&purpose, totp::secret(rand::random()).as_bytes())?;
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        rows::second_factor::totp_begin(&mut tx, caller.user, &secret, now).await?;
        self.account_changed(tx, caller, "totp_begin", now).await
    }

    async fn totp_confirm(&self, caller: &Caller, code: &str) -> Result<Vec<String>> {
        session(caller)?;
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        if !self.totp_begun(&mut tx, caller.user, code, now).await? {
            return Err(Error::field("code", Why::Password(PasswordFault::WrongCode)));
        }
        let codes = second_factor::codes_renew(&mut tx, caller.user).await?;
        self.account_changed(tx, caller, "totp_confirm", now).await?;
        Ok(codes)
    }

    async fn totp_remove(&self, caller: &Caller, password: &str) -> Result<()> {
        session(caller)?;
        if matches!(self.factors(caller).await?.totp, Totp::On(_)) {
            self.own_password(caller, "password", password).await?;
        }
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        rows::second_factor::totp_delete(&mut tx, caller.user).await?;
        second_factor::codes_of_none_delete(&mut tx, caller.user).await?;
        self.account_changed(tx, caller, "totp_remove", now).await
    }

    async fn recovery_code_renew(&self, caller: &Caller, password: &str) -> Result<Vec<String>> {
        session(caller)?;
        self.own_password(caller, "password", password).await?;
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        if !rows::second_factor::is_asked_for(&mut tx, caller.user).await? {
            return Err(Error::Conflict(Conflict::NoSecondFactor));
        }
        let codes = second_factor::codes_renew(&mut tx, caller.user).await?;
        self.account_changed(tx, caller, "recovery_code_renew", now).await?;
        Ok(codes)
    }

    async fn session_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<Session>> {
        let own = session(caller)?;
        let now = self.core.clock.now();
        let page = store::session_list(self.core.db.read(), store::Whose::Own(caller.user), query, now).await?;
        Ok(page.map(|session| Session { current: session.id == own, ..session }))
    }

    async fn session_show(&self, caller: &Caller) -> Result<SessionLeft> {
        let row = self.session_load(session(caller)?).await?.ok_or(Error::Unauthenticated)?;
        let seconds = (row.expires_at - self.core.clock.now()).div_euclid(1_000_000);
        Ok(SessionLeft { seconds, is_final: row.expires_at >= row.longest_at })
    }

    async fn session_revoke(&self, caller: &Caller, id: &str) -> Result<()> {
        session(caller)?;
        self.session_end(caller, id, Some(caller.user)).await
    }

    async fn session_revoke_others(&self, caller: &Caller) -> Result<()> {
        let own = session(caller)?;
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        store::session_delete_others(&mut tx, caller.user, own).await?;
        rows::token::delete_of(&mut tx, caller.user).await?;
        self.audited(&mut tx, caller, "session_revoke_others", caller.user, now).await?;
        tx.commit().await.map_err(StoreError)?;
        self.session_ended(caller.user);
        Ok(())
    }

    async fn session_list_all(&self, caller: &Caller, query: &ListQuery) -> Result<Page<Session>> {
        let whose = store::Whose::Reached(authz::reach(caller, Action::ManageSessions)?);
        let page = store::session_list(self.core.db.read(), whose, query, self.core.clock.now()).await?;
        let own = session(caller).unwrap_or_default();
        Ok(page.map(|session| Session { current: session.id == own, ..session }))
    }

    async fn session_revoke_any(&self, caller: &Caller, id: &str) -> Result<()> {
        self.session_end(caller, id, None).await
    }

    async fn session_revoke_user(&self, caller: &Caller, user: UserId) -> Result<()> {
        let now = self.core.clock.now();
        let mut change = Change::begin(&self.core, caller, Action::ManageSessions).await?;
        reached(&mut change, user).await?;
        let mut tx = change.tx;
        rows::session::delete_of(&mut tx, user).await?;
        self.audited(&mut tx, caller, "session_revoke_user", user, now).await?;
        tx.commit().await.map_err(StoreError)?;
        self.session_ended(user);
        Ok(())
    }

    async fn password_rules_list(&self, caller: &Caller) -> Result<Vec<DomainRules>> {
        let reach = authz::reach(caller, Action::ReadPasswordRules)?;
        let all = rows::password::rules_list(self.core.db.read()).await?;
        Ok(all.into_iter().filter(|of| reach.covers(of.domain)).collect())
    }

    async fn password_rules_show(&self, caller: &Caller, domain: DomainId) -> Result<DomainRules> {
        let mut all = self.password_rules_list(caller).await?.into_iter();
        all.find(|rules| rules.domain == domain).ok_or_else(|| Error::not_found(Kind::Domain, domain))
    }

    async fn password_rules_set(&self, caller: &Caller, domain: DomainId, new: NewPasswordRules) -> Result<()> {
        authz::require(caller, Action::ManagePasswordRules)?;
        let rules = rules::parse(&new)?;
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let name = rows::password::domain_name(&mut tx, domain).await?;
        let name = name.ok_or_else(|| Error::not_found(Kind::Domain, domain))?;
        rows::password::rules_set(&mut tx, domain, &rules).await?;
        let target = domain.to_string();
        audit::record_outside(&mut tx, caller, "password_rules_set", Kind::Domain, &target, &name, now).await?;
        tx.commit().await.map_err(StoreError)?;
        Ok(())
    }

    async fn preferences_show(&self, caller: &Caller) -> Result<PreferencesPage> {
        let chosen = store::preferences(self.core.db.read(), caller.user).await?;
        Ok(PreferencesPage { chosen, time_zones: zone::names() })
    }

    async fn preferences_set(&self, caller: &Caller, new: NewPreferences) -> Result<()> {
        session(caller)?;
        let before = store::preferences(self.core.db.read(), caller.user).await?;
        let now = self.core.clock.now();
        let mut faults = Faults::default();
        let lang = faults.take("lang", chosen(&new.lang, |lang| LANGS.contains(&lang).then(|| lang.to_owned())));
        let time_zone =
            faults.take("time_zone", chosen(&new.time_zone, |name| zone::zone(name, now).map(|zone| zone.name)));
        let page_size = faults.take("page_size", page_size(&new.page_size));
        let made = lang.zip(time_zone).zip(page_size).map(|((lang, time_zone), page_size)| Preferences {
            lang,
            time_zone,
            page_size,
            theme: before.theme,
        });
        let made = faults.finish_with(made)?;
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        store::preferences_set(&mut tx, caller.user, &made).await?;
        self.account_changed(tx, caller, "preferences_set", now).await
    }
}

/// Nothing, or one of the choices.
fn chosen(text: &str, known: impl FnOnce(&str) -> Option<String>) -> std::result::Result<Option<String>, Why> {
    match text.trim() {
        "" => Ok(None),
        text => known(text).map(Some).ok_or(Why::NotAChoice),
    }
}

/// Nothing, or a number of rows that a list can show.
fn page_size(text: &str) -> std::result::Result<Option<u32>, Why> {
    let range = || Why::Range { min: 1, max: i64::from(ListQuery::MAX_LIMIT) };
    match text.trim() {
        "" => Ok(None),
        text => match text.parse() {
            Ok(size @ 1..=ListQuery::MAX_LIMIT) => Ok(Some(size)),
            _ => Err(range()),
        },
    }
}
