//! What people have for themselves: their profile, password, sessions and preferences. And what administrators see of it.

use crate::identity::Membership;
use crate::passkey::{Passkey, Shown};
use crate::{Caller, DomainId, Error, ListQuery, Micros, Page, ProjectId, Result, UserId};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// Oneself, as the profile page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub id: UserId,
    pub name: String,
    pub domain_name: String,
    pub email: String,
    pub description: String,
    /// Where the user lands who has not been anywhere yet.
    pub default_project: Option<ProjectId>,
    /// Only administrators change the password.
    pub password_locked: bool,
    /// What the password has to be.
    pub rules: PasswordRules,
    pub created_at: Micros,
    /// `None` while it is still the first one.
    pub password_changed_at: Option<Micros>,
    /// Signs in with the domain's provider, and has no password here.
    pub federated: bool,
    /// All the projects there are to choose from, by name.
    pub memberships: Vec<Membership>,
}

/// The fields of one's own profile, as they come. The name is the administrators'.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewProfile {
    pub email: String,
    pub description: String,
    /// Empty: none.
    pub default_project: String,
}

/// A session: one browser that somebody has signed in with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// A hash: it names the session, but opens nothing.
    pub id: String,
    pub user: UserId,
    pub user_name: String,
    /// The browser and the system, as far as they tell; both may be empty.
    pub browser: String,
    pub system: String,
    /// Where it was begun.
    pub address: String,
    pub created_at: Micros,
    /// To the minute.
    pub used_at: Micros,
    pub expires_at: Micros,
    /// The one that asks.
    pub current: bool,
}

/// How much is left of the session that asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionLeft {
    pub seconds: i64,
    /// It cannot be made longer: it is the limit counted from the sign-in that ends it.
    pub is_final: bool,
}

/// What somebody has chosen for the whole console; `None` is no choice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    /// The language's tag.
    pub lang: Option<String>,
    pub theme: Option<String>,
    /// A name such as `Asia/Seoul`.
    pub time_zone: Option<String>,
    /// Rows on a page of a list.
    pub page_size: Option<u32>,
}

/// The fields of the preferences' form, as they come; empty is no choice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewPreferences {
    pub lang: String,
    pub time_zone: String,
    pub page_size: String,
}

/// What the preferences' page shows: what is chosen, and the time zones to choose from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreferencesPage {
    pub chosen: Preferences,
    pub time_zones: Vec<String>,
}

/// A time zone, as far as a page needs it: from when on which offset from UTC holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    pub name: String,
    /// Seconds since 1970 and minutes east of UTC, by time. What lies before the first has the first's offset.
    pub spans: Vec<(i64, i32)>,
}

impl Zone {
    /// Minutes east of UTC at the moment.
    pub fn offset(&self, at: Micros) -> i32 {
        let seconds = at.div_euclid(1_000_000);
        let behind = self.spans.iter().take_while(|(from, _)| *from <= seconds).last();
        behind.or(self.spans.first()).map_or(0, |(_, offset)| *offset)
    }
}

/// One word without spaces, for an attribute: `Asia/Seoul 0=540`.
impl std::fmt::Display for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)?;
        self.spans.iter().try_for_each(|(from, offset)| write!(f, " {from}={offset}"))
    }
}

impl std::str::FromStr for Zone {
    type Err = crate::Why;
    fn from_str(text: &str) -> std::result::Result<Self, crate::Why> {
        let mut words = text.split(' ');
        let name = words.next().unwrap_or_default().to_owned();
        let span = |word: &str| {
            let (from, offset) = word.split_once('=')?;
            Some((from.parse().ok()?, offset.parse().ok()?))
        };
        let spans = words.map(span).collect::<Option<Vec<_>>>().ok_or(crate::Why::NotAChoice)?;
        Ok(Self { name, spans })
    }
}

/// One's own second factors, as their page shows them.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactors {
    /// Signs in with the domain's provider, which asks for what it asks for.
    pub federated: bool,
    pub totp: Totp,
    /// By name.
    pub passkeys: Vec<Passkey>,
    /// Recovery codes that have not been used.
    pub codes_left: u32,
}

/// The authenticator app.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Totp {
    #[default]
    Off,
    /// Being set up: not asked for yet.
    Pending(Enrolment),
    /// Asked for at every sign-in since then.
    On(Micros),
}

/// What an authenticator app has to be told. Not to be printed: it holds the secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// For those who type it into the app: Base32.
    pub secret: String,
    /// For those whose app is on the same device.
    pub uri: String,
    /// For those whose app has a camera: the QR code.
    pub qr: QrCode,
}

/// A QR code, to be drawn as an SVG path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrCode {
    /// The dark squares.
    pub path: String,
    /// Width and height in squares, with the light margin.
    pub size: u32,
}

/// What is wrong with a password, beside its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum PasswordFault {
    #[error("This is not your password.")]
    Wrong,
    #[error("The two do not agree. Type the new password again.")]
    NotTheSame,
    #[error("This is the password that you have. Choose another.")]
    SameAsBefore,
    #[error("This is one of the last {count} passwords. Choose another.")]
    UsedBefore { count: u32 },
    #[error("The user name is no password. Choose another.")]
    IsTheName,
    #[error("This password is known to those who guess. Choose another.")]
    Breached,
    #[error("Your password was given to you. Choose one of your own to go on.")]
    MustChange,
    #[error("Your password has expired. Choose a new one to go on.")]
    Expired,
    #[error("This password is locked. Only administrators can change it.")]
    Locked,
    #[error("This code is not right, or has been used already. Wait for the next one.")]
    WrongCode,
    #[error("This passkey cannot be used: it is not known here, or the question was too old. Try again.")]
    WrongPasskey,
    #[error("A password is not enough for this account. Use an application credential.")]
    NeedsCode,
    #[error("You have no password here, because you sign in with your organisation's provider.")]
    Federated,
    #[error("There were too many attempts with this name. Try again in {minutes} minutes.")]
    LockedOut { minutes: u32 },
}

/// What passwords have to be in a domain, and what becomes of those who guess them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordRules {
    pub min_length: u32,
    /// How many passwords, the present one included, may not be chosen again.
    pub history: u32,
    /// After so many days a password has to be changed; 0 is never.
    pub expires_days: u32,
    /// After so many failures in a row a name is locked out; 0 is never.
    pub lock_after: u32,
    pub lock_minutes: u32,
}

/// NIST SP 800-63B: at least eight characters, no expiry without a reason, and attempts are limited.
impl Default for PasswordRules {
    fn default() -> Self {
        Self { min_length: 8, history: 1, expires_days: 0, lock_after: 10, lock_minutes: 15 }
    }
}

/// The rules of one domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainRules {
    pub domain: DomainId,
    pub domain_name: String,
    pub rules: PasswordRules,
}

/// The fields of the rules' form, as they come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewPasswordRules {
    pub min_length: String,
    pub history: String,
    pub expires_days: String,
    pub lock_after: String,
    pub lock_minutes: String,
}

/// A new password and the same again.
#[derive(Clone, PartialEq, Eq)]
pub struct NewPassword {
    pub new: String,
    pub again: String,
}

/// An attempt to sign in with a password.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SignIn {
    /// The domain's name; empty where there is no choice.
    pub domain: String,
    pub name: String,
    pub password: String,
    pub from: Whence,
}

/// Where an attempt to sign in comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whence {
    pub address: String,
    pub request: String,
    /// The address of ours that the browser sees, such as `https://cloud.example.org`: passkeys are bound to it.
    pub site: String,
}

/// The next step of an attempt that was asked for more.
#[derive(Clone, PartialEq, Eq)]
pub struct SignInStep {
    /// From the question.
    pub ticket: String,
    pub answer: Answer,
    pub from: Whence,
}

/// What somebody answers who was asked for more than a password.
#[derive(Clone, PartialEq, Eq)]
pub enum Answer {
    /// A code of the authenticator app, or a recovery code.
    Code(String),
    Passkey(Shown),
    NewPassword(NewPassword),
}

/// How far an attempt to sign in has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    In(UserId),
    Asked(Asked),
}

/// The password was right, but something more is asked for. Nobody is signed in yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub what: More,
    /// Says, sealed, how far the attempt has come, so that nothing has to be shown twice. Good for some minutes and for nothing else.
    pub ticket: String,
    /// What a new password has to be, where one is asked for.
    pub rules: Option<PasswordRules>,
    /// What was wrong with the answer, or why a new password has to be chosen.
    pub error: Option<Error>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum More {
    /// A second factor.
    Code(Factors),
    NewPassword,
}

/// Which second factors somebody has; recovery codes go with either.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factors {
    /// An authenticator app.
    pub app: bool,
    pub passkey: bool,
}

/// A new password, as its form sends it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordChange {
    pub current: String,
    pub new: NewPassword,
}

/// One's own account. Everybody who has signed in may use it for themselves; what it does to others takes an administrator.
#[async_trait]
pub trait Account: Send + Sync {
    /// The user whose name and password these are. Takes the same time whether or not the user exists; every fault of the pair is the
    /// same fault of the field `password`.
    async fn sign_in(&self, attempt: SignIn) -> Result<Entry>;
    /// The user whose passkey was shown, which is enough alone. Every fault is the same fault of the field `passkey`.
    async fn sign_in_passkey(&self, shown: Shown, from: Whence) -> Result<Entry>;
    /// Goes on with an attempt. `Unauthenticated` where it has to be begun anew.
    async fn sign_in_step(&self, step: SignInStep) -> Result<Entry>;

    async fn profile_show(&self, caller: &Caller) -> Result<Profile>;
    async fn profile_set(&self, caller: &Caller, new: NewProfile) -> Result<()>;
    /// Changes one's own password and ends all other sessions of oneself.
    async fn password_change(&self, caller: &Caller, change: PasswordChange) -> Result<()>;

    async fn second_factor_show(&self, caller: &Caller) -> Result<SecondFactors>;
    /// Begins to set up an authenticator app, or begins anew. Nothing is asked for yet.
    async fn totp_begin(&self, caller: &Caller, password: &str) -> Result<()>;
    /// The first code: from now on one is asked for at every sign-in. Answers with the recovery codes, this once.
    async fn totp_confirm(&self, caller: &Caller, code: &str) -> Result<Vec<String>>;
    /// Gives the authenticator app up, and with the last second factor the recovery codes; or stops setting it up, which takes no password.
    async fn totp_remove(&self, caller: &Caller, password: &str) -> Result<()>;
    /// New recovery codes in place of all that there were; shown this once.
    async fn recovery_code_renew(&self, caller: &Caller, password: &str) -> Result<Vec<String>>;

    /// One's own sessions.
    async fn session_list(&self, caller: &Caller, query: &ListQuery) -> Result<Page<Session>>;
    /// How much is left of the session that asks; asking makes it no longer.
    async fn session_show(&self, caller: &Caller) -> Result<SessionLeft>;
    /// Ends one of one's own sessions.
    async fn session_revoke(&self, caller: &Caller, id: &str) -> Result<()>;
    /// Ends all of one's own sessions but the one that asks.
    async fn session_revoke_others(&self, caller: &Caller) -> Result<()>;
    /// Everybody's sessions.
    async fn session_list_all(&self, caller: &Caller, query: &ListQuery) -> Result<Page<Session>>;
    /// Ends anybody's session.
    async fn session_revoke_any(&self, caller: &Caller, id: &str) -> Result<()>;
    /// Ends all sessions of a user.
    async fn session_revoke_user(&self, caller: &Caller, user: UserId) -> Result<()>;

    /// The rules for passwords, of all domains, by name.
    async fn password_rules_list(&self, caller: &Caller) -> Result<Vec<DomainRules>>;
    async fn password_rules_show(&self, caller: &Caller, domain: DomainId) -> Result<DomainRules>;
    async fn password_rules_set(&self, caller: &Caller, domain: DomainId, new: NewPasswordRules) -> Result<()>;

    async fn preferences_show(&self, caller: &Caller) -> Result<PreferencesPage>;
    async fn preferences_set(&self, caller: &Caller, new: NewPreferences) -> Result<()>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_know_their_seasons() {
        let berlin = Zone { name: "Europe/Berlin".into(), spans: vec![(100, 60), (200, 120), (300, 60)] };
        fn check(zone: &Zone, seconds: i64, expected: i32) {
            assert_eq!(zone.offset(seconds * 1_000_000), expected, "{seconds}");
        }
        for (seconds, expected) in [(0, 60), (100, 60), (199, 60), (200, 120), (299, 120), (300, 60), (999, 60)] {
            check(&berlin, seconds, expected);
        }
        check(&Zone::default(), 5, 0);
        assert_eq!(berlin.to_string().parse(), Ok(berlin));
    }
}
