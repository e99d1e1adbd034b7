//! Signing in: with a password, and what else is asked for; and setting a password from the command line.
//!
//! Whoever guesses learns nothing: an unknown domain, an unknown name, a disabled user and a wrong password are answered alike and after the
//! same time, and names are locked out alike whether or not anybody has them. Only after the right password is more asked for: a code or
//! a passkey where there is a second factor, then a new password where one has to be chosen. In between nobody is signed in and nothing is stored:
//! the browser holds a ticket that says, sealed, how far it has come.

use super::rules;
use super::service::IdentityService;
use super::store::password::Known;
use super::store::{self, password as rows, second_factor as factors};
use crate::audit;
use crate::core::Core;
use crate::db::Tx;
use crate::fault::StoreError;
use api::account::{
    Answer, Asked, Entry, Factors, More, NewPassword, PasswordFault, PasswordRules, SignIn, SignInStep, Whence,
};
use api::audit::OK;
use api::directory::User;
use api::{Caller, DomainId, Error, Kind, Micros, Name, Result, UserId, Why};
use sha2::{Digest, Sha256};
use sqlx::SqliteConnection;

/// Failures are forgotten after this time.
pub(super) const FORGOTTEN: Micros = 86_400_000_000;
/// How long somebody may take to answer what is asked for after the password.
const TICKET: Micros = 600_000_000;
/// What tickets are sealed for.
const PURPOSE: &str = "sign-in";

/// What failures are counted by: of any length, and telling nobody what was typed.
fn key(domain: &str, name: &str) -> String {
    hash(&format!("{domain}\n{}", name.trim().to_lowercase()))
}

/// The key of a user who is there.
pub(super) fn key_of(domain: DomainId, name: &str) -> String {
    key(&domain.to_string(), name)
}

/// For how many more minutes nobody can sign in as the user.
pub(super) async fn locked_out(core: &Core, user: &User) -> Result<Option<u32>> {
    let rules = rows::rules(core.db.read(), user.domain).await?;
    let rules = if user.second_factor { rules::of_codes(rules) } else { rules };
    let mut db = core.db.read().acquire().await.map_err(StoreError)?;
    let failures = rows::failures(&mut db, &key_of(user.domain, &user.name)).await?;
    Ok(failures.and_then(|(failures, last_at)| rules::locked(&rules, failures, last_at, core.clock.now())))
}

pub(super) fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

/// What was typed as a name, fit to be written down.
pub(super) fn typed(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(Name::MAX).collect()
}

/// Somebody who may be guessing: all that is tried with one name is counted together, passwords and codes alike.
pub(super) struct Guesser<'a> {
    pub key: String,
    pub name: String,
    pub rules: PasswordRules,
    pub from: &'a Whence,
}

/// How far an attempt has come.
struct Ticket {
    user: UserId,
    until: Micros,
    what: More,
    /// Of the password's hash: a new password voids the ticket.
    password: String,
}

impl Ticket {
    fn new(user: &Known, what: More, now: Micros) -> Self {
        Self { user: user.id, until: now + TICKET, what, password: hash(&user.hash) }
    }

    fn text(&self) -> String {
        let what = match self.what {
            More::Code(_) => "code",
            More::NewPassword => "password",
        };
        format!("{} {} {what} {}", self.user, self.until, self.password)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let (user, until) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        let what = match words.next()? {
            "code" => More::Code(Factors::default()),
            "password" => More::NewPassword,
            _ => return None,
        };
        Some(Self { user, until, what, password: words.next()?.to_owned() })
    }
}

impl IdentityService {
    pub(super) async fn guesser<'a>(
        &self,
        domain: Option<DomainId>,
        domain_name: &str,
        name: &str,
        from: &'a Whence,
    ) -> Result<Guesser<'a>> {
        let (rules, domain) = match domain {
            Some(domain) => (self.password_rules(domain).await?, domain.to_string()),
            None => (PasswordRules::default(), domain_name.trim().to_lowercase()),
        };
        Ok(Guesser { key: key(&domain, name), name: typed(name), rules, from })
    }

    /// For how many more minutes the name is locked out.
    pub(super) async fn locked(&self, db: &mut SqliteConnection, guesser: &Guesser<'_>) -> Result<Option<u32>> {
        let failures = rows::failures(db, &guesser.key).await?;
        let now = self.core.clock.now();
        Ok(failures.and_then(|(failures, last_at)| rules::locked(&guesser.rules, failures, last_at, now)))
    }

    pub(super) async fn signed_in(&self, attempt: &SignIn) -> Result<Entry> {
        let db = self.core.db.read();
        let domain = rows::domain(db, attempt.domain.trim()).await?;
        let guesser = self.guesser(domain, &attempt.domain, &attempt.name, &attempt.from).await?;
        // A user name that cannot exist is not looked up, but takes as long as any other.
        let user = match domain.filter(|_| Name::parse(&attempt.name).is_ok()) {
            Some(domain) => rows::by_name(db, domain, attempt.name.trim(), self.core.clock.now()).await?,
            None => None,
        };
        // Nobody's password, for those who have none.
        let user = user.filter(|user| user.enabled && !user.federated);
        self.guess("password", &guesser, user.as_ref(), &attempt.password).await?;
        let user = user.ok_or(Error::field("password", Why::Credentials))?;
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        if factors::is_asked_for(&mut tx, user.id).await? {
            let kinds = factors::kinds(&mut tx, user.id).await?;
            return Ok(Entry::Asked(self.asked(&user, More::Code(kinds), None, None)?));
        }
        self.entered(tx, &user, &guesser).await
    }

    /// Passes if it is the user's password. A failure is counted and written down, and takes as long whoever the user is.
    async fn guess(&self, field: &str, guesser: &Guesser<'_>, user: Option<&Known>, password: &str) -> Result<()> {
        let right = self.hasher.verify(password, user.map(|user| user.hash.as_str())).await?;
        // Only then: of many who guess side by side, those whose turn comes late find the name locked.
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let locked = self.locked(&mut db, guesser).await?;
        drop(db);
        let (result, why) = match locked {
            Some(minutes) => ("locked out", Why::Password(PasswordFault::LockedOut { minutes })),
            None if right => return Ok(()),
            None => ("refused", Why::Credentials),
        };
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        self.refused(&mut tx, guesser, result, locked.is_none()).await?;
        tx.commit().await.map_err(StoreError)?;
        Err(Error::field(field, why))
    }

    /// Passes if it is the caller's own password: asked for again before what a borrowed session must not do.
    pub(super) async fn own_password(&self, caller: &Caller, field: &str, password: &str) -> Result<Known> {
        let user = rows::by_id(self.core.db.read(), caller.user, self.core.clock.now()).await?;
        let user = user.ok_or(Error::Unauthenticated)?;
        if user.federated {
            return Err(Error::field(field, Why::Password(PasswordFault::Federated)));
        }
        let (address, request) = (caller.address.clone(), caller.request.clone());
        let from = Whence { address, request, ..Whence::default() };
        let guesser = self.guesser(Some(user.domain), "", &user.name, &from).await?;
        self.guess(field, &guesser, Some(&user), password).await.map_err(|error| match error.of_field(field) {
            Some(Why::Credentials) => Error::field(field, Why::Password(PasswordFault::Wrong)),
            _ => error,
        })?;
        Ok(user)
    }

    /// What an attempt's ticket is good for still.
    async fn ticket_held(&self, ticket: &str) -> Result<(Known, More)> {
        let text = self.sealer.unseal(PURPOSE, ticket).and_then(|text| String::from_utf8(text).ok());
        let ticket = text.as_deref().and_then(Ticket::parse).ok_or(Error::Unauthenticated)?;
        let user = rows::by_id(self.core.db.read(), ticket.user, self.core.clock.now()).await?;
        let user = user.filter(|user| {
            user.enabled
                && !user.federated
                && ticket.until > self.core.clock.now()
                && ticket.password == hash(&user.hash)
        });
        Ok((user.ok_or(Error::Unauthenticated)?, ticket.what))
    }

    /// Who has shown the password and is asked for a second factor.
    pub(super) async fn half_signed_in(&self, ticket: &str) -> Result<Known> {
        match self.ticket_held(ticket).await? {
            (user, More::Code(_)) => Ok(user),
            _ => Err(Error::Unauthenticated),
        }
    }

    /// Goes on with an attempt whose ticket holds.
    pub(super) async fn sign_in_on(&self, step: &SignInStep) -> Result<Entry> {
        let (user, what) = self.ticket_held(&step.ticket).await?;
        let guesser = self.guesser(Some(user.domain), "", &user.name, &step.from).await?;
        match (&step.answer, what) {
            (Answer::Code(code), More::Code(_)) => self.code_shown(&user, code, guesser).await,
            (Answer::Passkey(shown), More::Code(_)) => match self.passkey_shown(&user, shown, guesser).await {
                Err(error @ (Error::Invalid(_) | Error::Conflict(_))) => self.asked_again(&user, error).await,
                come => come,
            },
            (Answer::NewPassword(new), More::NewPassword) => self.password_chosen(&user, new, guesser).await,
            _ => Err(Error::Unauthenticated),
        }
    }

    /// Takes a code, in one transaction with the count of failures: no two guesses pass that side by side.
    async fn code_shown(&self, user: &Known, code: &str, guesser: Guesser<'_>) -> Result<Entry> {
        if code.trim().is_empty() {
            return self.asked_again(user, Error::field("code", Why::Required)).await;
        }
        let guesser = Guesser { rules: rules::of_codes(guesser.rules), ..guesser };
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        let locked = self.locked(&mut tx, &guesser).await?;
        let (result, fault) = match locked {
            Some(minutes) => ("locked out", PasswordFault::LockedOut { minutes }),
            None if self.code_take(&mut tx, user.id, code).await? => return self.entered(tx, user, &guesser).await,
            None => ("wrong code", PasswordFault::WrongCode),
        };
        self.refused(&mut tx, &guesser, result, locked.is_none()).await?;
        tx.commit().await.map_err(StoreError)?;
        self.asked_again(user, Error::field("code", Why::Password(fault))).await
    }

    /// The second factor that was shown would not do.
    async fn asked_again(&self, user: &Known, error: Error) -> Result<Entry> {
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let kinds = factors::kinds(&mut db, user.id).await?;
        Ok(Entry::Asked(self.asked(user, More::Code(kinds), None, Some(error))?))
    }

    async fn password_chosen(&self, user: &Known, new: &NewPassword, guesser: Guesser<'_>) -> Result<Entry> {
        let hash = match self.new_hash(user, new).await {
            Ok(hash) => hash,
            Err(error @ Error::Invalid(_)) => {
                return Ok(Entry::Asked(self.asked(user, More::NewPassword, Some(guesser.rules), Some(error))?));
            }
            Err(error) => return Err(error),
        };
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        rows::replace(&mut tx, user.id, &hash, false, self.core.clock.now()).await?;
        store::session::delete_of(&mut tx, user.id).await?;
        self.welcome(tx, user, &guesser).await?;
        self.core.hub.changed(Kind::User, user.id, None);
        Ok(Entry::In(user.id))
    }

    /// All that proves who it is has been shown: lets the user in, or asks for a new password first.
    pub(super) async fn entered(&self, tx: Tx, user: &Known, guesser: &Guesser<'_>) -> Result<Entry> {
        let expired = rules::expired(&guesser.rules, user.changed_at, self.core.clock.now());
        let why = match user {
            // Who cannot change it is not asked to.
            Known { locked: true, .. } => None,
            Known { must_change: true, .. } => Some(PasswordFault::MustChange),
            _ => expired.then_some(PasswordFault::Expired),
        };
        if let Some(why) = why {
            // What has been shown is not asked for again, and a code is good no more.
            tx.commit().await.map_err(StoreError)?;
            let error = Error::field("new", Why::Password(why));
            return Ok(Entry::Asked(self.asked(user, More::NewPassword, Some(guesser.rules), Some(error))?));
        }
        self.welcome(tx, user, guesser).await?;
        Ok(Entry::In(user.id))
    }

    pub(super) async fn welcome(&self, mut tx: Tx, user: &Known, guesser: &Guesser<'_>) -> Result<()> {
        rows::forgive(&mut tx, &guesser.key).await?;
        store::user::signed_in(&mut tx, user.id, self.core.clock.now()).await?;
        note(&mut tx, guesser, Some(user.id), OK, self.core.clock.now()).await?;
        tx.commit().await.map_err(StoreError)?;
        Ok(())
    }

    fn asked(&self, user: &Known, what: More, rules: Option<PasswordRules>, error: Option<Error>) -> Result<Asked> {
        let ticket = Ticket::new(user, what, self.core.clock.now()).text();
        Ok(Asked { what, ticket: self.sealer.seal(PURPOSE, ticket.as_bytes())?, rules, error })
    }

    /// Writes down an attempt that has failed, and counts it where it is to be.
    pub(super) async fn refused(&self, tx: &mut Tx, guesser: &Guesser<'_>, result: &str, counted: bool) -> Result<()> {
        let now = self.core.clock.now();
        if counted {
            rows::failed(tx, &guesser.key, now, now - FORGOTTEN).await?;
        }
        note(tx, guesser, None, result, now).await
    }

    /// Sets a user's password from the command line.
    ///
    /// With `must_change`, another has to be chosen at the next sign-in.
    pub async fn password_set(&self, name: &str, password: &str, must_change: bool) -> Result<()> {
        let db = self.core.db.read();
        let unknown = || Error::not_found(Kind::User, name);
        let user = store::user::by_name(db, name).await?.ok_or_else(unknown)?;
        let user = rows::by_id(db, user, self.core.clock.now()).await?.ok_or_else(unknown)?;
        let rules = self.password_rules(user.domain).await?;
        if let Some(why) = self.password_fault(&rules, name, password).await? {
            return Err(Error::field("password", why));
        }
        let hash = self.hasher.hash(password).await?;
        let now = self.core.clock.now();
        let mut tx = self.core.db.begin().await.map_err(StoreError)?;
        rows::replace(&mut tx, user.id, &hash, must_change, now).await?;
        store::provider::release(&mut tx, user.id).await?;
        // Whoever knew the old password is signed out.
        store::session::delete_of(&mut tx, user.id).await?;
        rows::forgive(&mut tx, &key_of(user.domain, &user.name)).await?;
        by_program(&mut tx, "password_set", user.id, name, now).await?;
        tx.commit().await.map_err(StoreError)?;
        self.core.hub.changed(Kind::User, user.id, None);
        Ok(())
    }
}

/// What was done to a user from the command line.
pub(super) async fn by_program(tx: &mut Tx, verb: &str, user: UserId, name: &str, now: Micros) -> Result<()> {
    let target = user.to_string();
    let entry = audit::Entry {
        user_name: "offing",
        verb,
        kind: Kind::User.as_str(),
        target: &target,
        target_name: name,
        result: OK,
        ..audit::Entry::default()
    };
    Ok(audit::insert(tx, now, entry).await?)
}

async fn note(tx: &mut Tx, who: &Guesser<'_>, user: Option<UserId>, result: &str, now: Micros) -> Result<()> {
    let target = user.map(|id| id.to_string()).unwrap_or_default();
    let entry = audit::Entry {
        user_id: user.map(|id| id.0.to_string()),
        user_name: &who.name,
        project_id: None,
        verb: "sign_in",
        kind: Kind::User.as_str(),
        target: &target,
        target_name: &who.name,
        result,
        address: &who.from.address,
        request: &who.from.request,
    };
    Ok(audit::insert(tx, now, entry).await?)
}
