//! The database: SQLite in WAL mode, one writer and many readers.
//!
//! All that is special to SQLite stands here; the SQL in the `store.rs` files is the part that PostgreSQL speaks too. Writers take turns
//! on one connection, so a transaction that has read a row can rely on it until it commits: quota checks and state rules need no retry.

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqlitePool, Transaction};
use std::path::Path;
use std::time::Duration;

/// A transaction on the one writing connection.
pub type Tx = Transaction<'static, Sqlite>;

/// The readers share this many connections.
const READERS: u32 = 4;

#[derive(Clone, Debug)]
pub struct Db {
    read: SqlitePool,
    write: SqlitePool,
    /// One connection that only asks for the version, which SQLite counts for each connection on its own.
    watch: SqlitePool,
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
            .pragma("cache_size", "-16000")
            .pragma("temp_store", "memory");
        let write = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await.map_err(open)?;
        sqlx::migrate!("../../migrations")
            .run(&write)
            .await
            .map_err(|source| OpenError::Migrate { path: path.display().to_string(), source })?;
        let read = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.clone().read_only(true))
            .await
            .map_err(open)?;
        let watch = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.read_only(true))
            .await
            .map_err(open)?;
        Ok(Self { read, write, watch })
    }

    /// For reading outside a transaction.
    pub fn read(&self) -> &SqlitePool {
        &self.read
    }

    /// A transaction that may write; waits for its turn. Dropped without `commit`, it never happened.
    pub async fn begin(&self) -> Result<Tx, sqlx::Error> {
        self.write.begin_with("begin immediate").await
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
        self.watch.close().await;
        self.read.close().await;
        self.write.close().await;
    }
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
