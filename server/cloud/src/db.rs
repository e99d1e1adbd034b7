//! The database: SQLite in WAL mode, one writer and many readers.
//!
//! All that is special to SQLite stands here; the SQL in the `store.rs` files is the part that PostgreSQL speaks too. Writers take turns
//! on one connection, so a transaction that has read a row can rely on it until it commits: quota checks and state rules need no retry.

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqliteConnection, SqlitePool, Transaction};
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A transaction on the one writing connection.
#[derive(Debug)]
pub struct Tx {
    inner: Transaction<'static, Sqlite>,
    ended: Ended,
}

/// Counts the transaction once it is over, however it ends.
#[derive(Debug)]
struct Ended(Commits);

/// How many transactions of this program are over.
#[derive(Clone, Debug, Default)]
pub struct Commits(Arc<AtomicU64>);

/// The readers share this many connections.
const READERS: u32 = 4;

#[derive(Clone, Debug)]
pub struct Db {
    read: SqlitePool,
    write: SqlitePool,
    /// One connection that only asks for the version, which SQLite counts for each connection on its own.
    watch: SqlitePool,
    commits: Commits,
}

/// The database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the database {path} cannot be opened: {source}")]
    Open { path: String, source: sqlx::Error },
    #[error(
        "the database {path} cannot be brought to this version's schema: {source}. It may come from a newer Offing."
    )]
    Migrate { path: String, source: sqlx::migrate::MigrateError },
}

impl Db {
    /// Opens the database file, making it if it is missing, and brings its schema up to date.
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        let open = |source| OpenError::Open { path: path.display().to_string(), source };
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // Survives the death of the program at any moment; a power cut may lose the last transactions, never consistency.
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            // In KiB, for each of the six connections; the system's own cache of the file is behind it.
            .pragma("cache_size", "-1000")
            .pragma("temp_store", "memory");
        let write = pool(1).connect_with(options.clone()).await.map_err(open)?;
        sqlx::migrate!("../../migrations")
            .run(&write)
            .await
            .map_err(|source| OpenError::Migrate { path: path.display().to_string(), source })?;
        let read = pool(READERS).connect_with(options.clone().read_only(true)).await.map_err(open)?;
        let watch =
            pool(1).idle_timeout(None).max_lifetime(None).connect_with(options.read_only(true)).await.map_err(open)?;
        Ok(Self { read, write, watch, commits: Commits::default() })
    }

    /// For reading outside a transaction.
    pub fn read(&self) -> &SqlitePool {
        &self.read
    }

    /// A transaction that may write; waits for its turn. Dropped without `commit`, it never happened.
    pub async fn begin(&self) -> Result<Tx, sqlx::Error> {
        let inner = self.write.begin_with("begin immediate").await?;
        Ok(Tx { inner, ended: Ended(self.commits.clone()) })
    }

    pub fn commits(&self) -> Commits {
        self.commits.clone()
    }

    /// A number that every commit changes: while it stays, nothing that was read before has changed.
    pub async fn version(&self) -> Result<i64, sqlx::Error> {
        sqlx::query_scalar("pragma data_version").fetch_one(&self.watch).await
    }

    /// A copy of the whole database as it is now, into a new file.
    pub async fn backup(&self, to: &Path) -> Result<(), sqlx::Error> {
        sqlx::query("vacuum into $1").bind(to.display().to_string()).execute(&self.write).await.map(|_| ())
    }

    /// Writes what is pending and closes all connections.
    pub async fn close(&self) {
        for pool in [&self.watch, &self.read, &self.write] {
            // A connection that comes back while its pool is being closed is kept once more, and goes the next time.
            loop {
                pool.close().await;
                if pool.size() == 0 {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
    }
}

impl Tx {
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        let Self { inner, ended } = self;
        let done = inner.commit().await;
        drop(ended);
        done
    }
}

impl Deref for Tx {
    type Target = SqliteConnection;

    fn deref(&self) -> &Self::Target {
        &self.inner
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.inner
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::AcqRel);
    }
}

impl Commits {
    pub fn number(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }
}

/// Connections are to a file, and do not go bad by waiting: asking each time whether one still works would double the cost of a query.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new().max_connections(connections).test_before_acquire(false)
}

/// Whether the error is the unique constraint on these columns, as SQLite names it: `table.column, table.column`.
pub fn is_unique(error: &sqlx::Error, columns: &str) -> bool {
    match error {
        sqlx::Error::Database(error) => error.is_unique_violation() && error.message().contains(columns),
        _ => false,
    }
}

/// A pattern for `like … escape '\'` that finds the text anywhere.
pub fn contains(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for c in text.trim().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// The text in lower case, if it can stand in a UUID: looking for anything else there would find nothing in every row.
pub fn in_id(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    let fits = |part: &str| part.len() <= 12 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    (!text.is_empty() && text.split('-').all(fits)).then_some(text)
}

/// Whether the text can stand in an IPv4 address.
pub fn is_in_address(text: &str) -> bool {
    let fits = |part: &str| part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.trim();
    !text.is_empty() && text.split('.').count() <= 4 && text.split('.').all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_text_can_stand() {
        fn check(text: &str, id: Option<&str>, address: bool) {
            assert_eq!((in_id(text).as_deref(), is_in_address(text)), (id, address), "{text}");
        }
        check("web-1", None, false);
        check(" 0DB5-4f ", Some("0db5-4f"), false);
        check("0db5c2a1e3f44", None, false);
        check("10.0", None, true);
        check(".3", None, true);
        check("42", Some("42"), true);
        check("0424", Some("0424"), false);
        check("10.0.0.1.2", None, false);
        check("", None, false);
    }
}
