//! What each request asks for first, kept for a moment: who it is and what they may do.

use crate::db::Commits;
use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Nothing is kept longer than this: another program, such as `offing user`, may write to the database as well.
const LONGEST: Duration = Duration::from_secs(1);
/// Nor more of them than this; what comes later is read each time.
const MOST: usize = 4096;

/// Rows that were read since the last commit.
pub struct Kept<K, V> {
    commits: Commits,
    rows: Mutex<Rows<K, V>>,
}

struct Rows<K, V> {
    /// The number of commits when they were read, and the time when the first was.
    at: u64,
    since: Instant,
    of: HashMap<K, V>,
}

impl<K, V> fmt::Debug for Kept<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kept")
    }
}

impl<K: Eq + Hash, V: Clone> Kept<K, V> {
    pub fn new(commits: Commits) -> Self {
        Self { commits, rows: Mutex::new(Rows { at: 0, since: Instant::now(), of: HashMap::new() }) }
    }

    /// What was read for the key and still holds, or else what `read` finds. Failures are not kept.
    pub async fn get<E>(&self, key: K, read: impl Future<Output = Result<V, E>>) -> Result<V, E> {
        // Before reading: a commit meanwhile makes what is read too old to be kept.
        let at = self.commits.number();
        if let Some(known) = self.rows(at).of.get(&key) {
            return Ok(known.clone());
        }
        let value = read.await?;
        let mut rows = self.rows(self.commits.number());
        if rows.at == at && rows.of.len() < MOST {
            rows.of.insert(key, value.clone());
        }
        Ok(value)
    }

    /// What still holds after so many commits.
    fn rows(&self, at: u64) -> std::sync::MutexGuard<'_, Rows<K, V>> {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        if rows.at != at || rows.since.elapsed() >= LONGEST {
            *rows = Rows { at, since: Instant::now(), of: HashMap::new() };
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Db;

    #[tokio::test]
    async fn a_commit_makes_all_of_it_old() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("db")).await.unwrap();
        let kept = Kept::<&str, u32>::new(db.commits());
        let get = async |value: Result<u32, ()>| kept.get("key", async { value }).await;
        assert_eq!(get(Err(())).await, Err(()), "a failure is not kept");
        assert_eq!(get(Ok(1)).await, Ok(1));
        assert_eq!(get(Ok(2)).await, Ok(1), "kept");
        drop(db.begin().await.unwrap());
        assert_eq!(get(Ok(2)).await, Ok(2), "a transaction that ends in any way counts");
        let tx = db.begin().await.unwrap();
        assert_eq!(kept.get("key", async { Ok::<_, ()>(3) }).await, Ok(2), "as long as it lasts, nothing has changed");
        tx.commit().await.unwrap();
        assert_eq!(get(Ok(4)).await, Ok(4));
        let during = kept.get("other", async {
            db.begin().await.unwrap().commit().await.unwrap();
            Ok::<_, ()>(5)
        });
        assert_eq!(during.await, Ok(5));
        assert_eq!(
            kept.get("other", async { Ok::<_, ()>(6) }).await,
            Ok(6),
            "what was read during a commit is not kept"
        );
    }
}
