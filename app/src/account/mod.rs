//! People's own pages: profile, password, second factors, sessions, preferences; and the watch over the session that asks.

pub mod calls;
mod passkey;
mod password;
mod preferences;
mod profile;
mod second_factors;
mod session;
mod session_list;
mod session_watch;

pub use passkey::{AskDevice, PasskeyPage};
pub use password::Password;
pub use preferences::PreferencesPage;
pub use profile::Profile;
pub use second_factors::SecondFactorsPage;
pub use session::{Device, device};
pub use session_list::AccountSessions;
pub use session_watch::SessionWatch;
