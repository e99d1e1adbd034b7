//! Passwords: argon2id, away from the async threads, a few at a time.

use super::rules::{self, MAX_LENGTH};
use crate::fault::incident;
use api::account::PasswordRules;
use api::{Error, Result, Why};
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use rand::{Rng as _, distr::Alphanumeric};
use tokio::sync::Semaphore;

/// Hashes at one time. Each takes 19 MiB and a core; the rest wait their turn.
const AT_ONCE: usize = 2;
/// How many may wait: a class that signs in together, and some seconds at most. Whoever comes then is told to come again, at once, so that
/// a flood of attempts takes no memory and keeps nobody waiting for minutes.
const WAITING: usize = 100;

/// A password that can be accepted where no domain says more.
pub fn acceptable(password: &str) -> std::result::Result<(), Why> {
    rules::acceptable(&PasswordRules::default(), "", password)
}

/// A password that nobody has to think up: 20 letters and digits, 119 bits.
pub fn generate() -> String {
    rand::rng().sample_iter(Alphanumeric).take(20).map(char::from).collect()
}

/// Hashes and verifies, in bounded number.
#[derive(Debug)]
pub struct Hasher {
    turns: Semaphore,
    /// Turns and places in the queue.
    places: Semaphore,
    /// The hash of no known password: what an unknown user's attempt is checked against, so that it takes as long as any other.
    nobody: String,
}

/// The parameters that OWASP recommends for argon2id (Password Storage Cheat Sheet): 19 MiB, two passes, one lane.
fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19 * 1024, 2, 1, None).unwrap_or_default())
}

fn hash(password: &str) -> std::result::Result<String, argon2::password_hash::Error> {
    let salt = SaltString::encode_b64(&rand::rng().random::<[u8; 16]>())?;
    Ok(argon2().hash_password(password.as_bytes(), &salt)?.to_string())
}

fn verify(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok())
}

impl Hasher {
    pub fn new() -> Result<Self> {
        let nobody = hash(&generate()).map_err(|error| incident("argon2", &error))?;
        Ok(Self { turns: Semaphore::new(AT_ONCE), places: Semaphore::new(AT_ONCE + WAITING), nobody })
    }

    pub async fn hash(&self, password: &str) -> Result<String> {
        let password = password.to_owned();
        self.turn(move || hash(&password)).await?.map_err(|error| incident("argon2", &error))
    }

    /// Whether it is the password; with `None` never, but after the same time. An empty hash is that of a user who has no password yet.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool> {
        if password.len() > MAX_LENGTH {
            return Ok(false);
        }
        let hash = hash.filter(|hash| !hash.is_empty());
        let known = hash.is_some();
        let (password, hash) = (password.to_owned(), hash.unwrap_or(&self.nobody).to_owned());
        Ok(self.turn(move || verify(&password, &hash)).await? && known)
    }

    async fn turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _place = self.places.try_acquire().map_err(|_| Error::Unavailable {
            what: "The check of passwords".to_owned(),
            why: "too many people are waiting for it. Try again in a few seconds.".to_owned(),
        })?;
        let _turn = self.turns.acquire().await.map_err(|error| incident("argon2 queue", &error))?;
        tokio::task::spawn_blocking(work).await.map_err(|error| incident("argon2 thread", &error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_itself_verifies() {
        let hasher = Hasher::new().unwrap();
        let hash = hasher.hash("correct horse").await.unwrap();
        assert!(hasher.verify("correct horse", Some(&hash)).await.unwrap());
        assert!(!hasher.verify("correct horsf", Some(&hash)).await.unwrap());
        assert!(!hasher.verify("correct horse", None).await.unwrap());
        assert!(!hasher.verify("", Some("")).await.unwrap(), "who has no password has not the empty one");
    }

    /// Attempts without end: OSSA-2013-003, 2014-013.
    #[tokio::test]
    async fn security_27_a_full_queue_turns_away_at_once() {
        let hasher = std::sync::Arc::new(Hasher::new().unwrap());
        let turns = hasher.turns.acquire_many(AT_ONCE as u32).await.unwrap();
        let attempt = |hasher: std::sync::Arc<Hasher>| async move { hasher.verify("correct horse", None).await };
        let waiting: Vec<_> = (0..AT_ONCE + WAITING).map(|_| tokio::spawn(attempt(hasher.clone()))).collect();
        while hasher.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(matches!(hasher.verify("correct horse", None).await, Err(Error::Unavailable { .. })));
        assert!(matches!(hasher.hash("correct horse").await, Err(Error::Unavailable { .. })));
        waiting.iter().for_each(tokio::task::JoinHandle::abort);
        for one in waiting {
            assert!(one.await.is_err_and(|error| error.is_cancelled()));
        }
        drop(turns);
        assert!(!hasher.verify("correct horse", None).await.unwrap(), "whoever gives up leaves a place");
    }

    #[test]
    fn lengths() {
        assert_eq!(acceptable("short"), Err(Why::TooShort { min: 8 }));
        assert_eq!(acceptable("long enough"), Ok(()));
        assert!(matches!(acceptable(&"x".repeat(2000)), Err(Why::TooLong { .. })));
    }
}
