//! SQL of passwords: the rules of a domain, who has to choose a new one, what was used before, and failures to sign in.

use super::{Result, as_id, id};
use crate::db::Tx;
use api::account::{DomainRules, PasswordRules};
use api::{DomainId, Micros, UserId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection, SqliteExecutor, SqlitePool};

/// How many hashes are kept of each user: as many as the rules can ask for.
const KEPT: i64 = 24;

fn rules_of(row: &SqliteRow) -> std::result::Result<PasswordRules, sqlx::Error> {
    let own = PasswordRules::default();
    let number = |column: &str, own: u32| {
        let number: Option<i64> = row.try_get(column)?;
        Ok::<_, sqlx::Error>(number.and_then(|number| u32::try_from(number).ok()).unwrap_or(own))
    };
    Ok(PasswordRules {
        min_length: number("min_length", own.min_length)?,
        history: number("history", own.history)?,
        expires_days: number("expires_days", own.expires_days)?,
        lock_after: number("lock_after", own.lock_after)?,
        lock_minutes: number("lock_minutes", own.lock_minutes)?,
    })
}

pub async fn rules(db: &SqlitePool, domain: DomainId) -> Result<PasswordRules> {
    let row = sqlx::query("select * from password_rules where domain_id = $1")
        .bind(domain.0.to_string())
        .fetch_optional(db)
        .await?;
    Ok(row.as_ref().map(rules_of).transpose()?.unwrap_or_default())
}

/// All domains with their rules, by name.
pub async fn rules_list(db: &SqlitePool) -> Result<Vec<DomainRules>> {
    let rows = sqlx::query(
        "select d.id, d.name, r.min_length, r.history, r.expires_days, r.lock_after, r.lock_minutes
         from domain d left join password_rules r on r.domain_id = d.id order by d.name limit 1000",
    )
    .fetch_all(db)
    .await?;
    let rows = rows.iter().map(|row| {
        let name = row.try_get("name")?;
        Ok(DomainRules { domain: id(row.try_get("id")?)?, domain_name: name, rules: rules_of(row)? })
    });
    Ok(rows.collect::<std::result::Result<_, sqlx::Error>>()?)
}

pub async fn rules_set(tx: &mut Tx, domain: DomainId, rules: &PasswordRules) -> Result<()> {
    sqlx::query(
        "insert into password_rules (domain_id, min_length, history, expires_days, lock_after, lock_minutes)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (domain_id) do update set min_length = excluded.min_length, history = excluded.history,
         expires_days = excluded.expires_days, lock_after = excluded.lock_after, lock_minutes = excluded.lock_minutes",
    )
    .bind(domain.0.to_string())
    .bind(i64::from(rules.min_length))
    .bind(i64::from(rules.history))
    .bind(i64::from(rules.expires_days))
    .bind(i64::from(rules.lock_after))
    .bind(i64::from(rules.lock_minutes))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The domain of that id or name; with none given, the first there was.
pub async fn domain(db: &SqlitePool, name: &str) -> Result<Option<DomainId>> {
    let found: Option<String> = match name {
        "" => sqlx::query_scalar("select id from domain order by created_at, id limit 1").fetch_optional(db).await?,
        name => {
            sqlx::query_scalar("select id from domain where id = $1 or name = $2 order by id = $1 desc limit 1")
                .bind(as_id(name).unwrap_or_default())
                .bind(name)
                .fetch_optional(db)
                .await?
        }
    };
    Ok(found.as_deref().map(id).transpose()?)
}

pub async fn domain_name(tx: &mut Tx, domain: DomainId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar("select name from domain where id = $1")
        .bind(domain.0.to_string())
        .fetch_optional(&mut **tx)
        .await?)
}

/// Whether there is a choice of domains.
pub async fn has_domains(db: &SqlitePool) -> Result<bool> {
    let count: i64 = sqlx::query_scalar("select count(*) from domain").fetch_one(db).await?;
    Ok(count > 1)
}

/// What a sign-in is checked against.
pub struct Known {
    pub id: UserId,
    pub domain: DomainId,
    pub name: String,
    pub hash: String,
    pub enabled: bool,
    pub must_change: bool,
    /// Only administrators change it.
    pub locked: bool,
    /// Signs in with the domain's provider, and has no password here.
    pub federated: bool,
    /// When the password was chosen, or the user made.
    pub changed_at: Micros,
}

fn known(row: &SqliteRow) -> std::result::Result<Known, sqlx::Error> {
    let (created, changed): (Micros, Micros) = (row.try_get("created_at")?, row.try_get("password_changed_at")?);
    Ok(Known {
        id: id(row.try_get("id")?)?,
        domain: id(row.try_get("domain_id")?)?,
        name: row.try_get("name")?,
        hash: row.try_get("password_hash")?,
        enabled: row.try_get("enabled")?,
        must_change: row.try_get("must_change")?,
        locked: row.try_get("password_locked")?,
        federated: row.try_get("federated")?,
        changed_at: created.max(changed),
    })
}

/// $1 is the present.
const KNOWN: &str = "select u.id, u.domain_id, u.name, u.password_hash,
    u.enabled and d.enabled and (u.expires_at is null or u.expires_at > $1) as enabled, u.must_change, u.created_at,
    u.password_changed_at, u.password_locked, exists (select 1 from federated_user f where f.user_id = u.id) as federated
    from local_user u join domain d on d.id = u.domain_id";

pub async fn by_name(db: &SqlitePool, domain: DomainId, name: &str, now: Micros) -> Result<Option<Known>> {
    let row = sqlx::query(&format!("{KNOWN} where u.domain_id = $2 and u.name = $3"))
        .bind(now)
        .bind(domain.0.to_string())
        .bind(name)
        .fetch_optional(db)
        .await?;
    Ok(row.as_ref().map(known).transpose()?)
}

pub async fn by_id(db: impl SqliteExecutor<'_>, user: UserId, now: Micros) -> Result<Option<Known>> {
    let row =
        sqlx::query(&format!("{KNOWN} where u.id = $2")).bind(now).bind(user.0.to_string()).fetch_optional(db).await?;
    Ok(row.as_ref().map(known).transpose()?)
}

/// The hashes of the passwords before the present one, newest first.
pub async fn history(db: &SqlitePool, user: UserId, limit: u32) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar("select hash from password_history where user_id = $1 order by created_at desc limit $2")
        .bind(user.0.to_string())
        .bind(limit)
        .fetch_all(db)
        .await?)
}

/// Gives the user a new password and keeps the hash of the one before.
pub async fn replace(tx: &mut Tx, user: UserId, hash: &str, must_change: bool, now: Micros) -> Result<()> {
    sqlx::query(
        "insert into password_history (user_id, created_at, hash) select id, $2, password_hash from local_user where id = $1",
    )
    .bind(user.0.to_string())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "delete from password_history where user_id = $1 and created_at not in
         (select created_at from password_history where user_id = $1 order by created_at desc limit $2)",
    )
    .bind(user.0.to_string())
    .bind(KEPT)
    .execute(&mut **tx)
    .await?;
    sqlx::query("update local_user set password_hash = $2, password_changed_at = $3, must_change = $4 where id = $1")
        .bind(user.0.to_string())
        .bind(hash)
        .bind(now)
        .bind(must_change)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Failures in a row, and when the last one was.
pub async fn failures(db: &mut SqliteConnection, name_hash: &str) -> Result<Option<(i64, Micros)>> {
    Ok(sqlx::query_as("select failures, last_at from sign_in_failure where name_hash = $1")
        .bind(name_hash)
        .fetch_optional(db)
        .await?)
}

/// One more; those before that moment are forgotten, of whatever name.
pub async fn failed(tx: &mut Tx, name_hash: &str, now: Micros, forget: Micros) -> Result<()> {
    sqlx::query("delete from sign_in_failure where last_at < $1").bind(forget).execute(&mut **tx).await?;
    sqlx::query(
        "insert into sign_in_failure (name_hash, failures, last_at) values ($1, 1, $2)
         on conflict (name_hash) do update set failures = sign_in_failure.failures + 1, last_at = excluded.last_at",
    )
    .bind(name_hash)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn forgive(tx: &mut Tx, name_hash: &str) -> Result<()> {
    sqlx::query("delete from sign_in_failure where name_hash = $1").bind(name_hash).execute(&mut **tx).await?;
    Ok(())
}
