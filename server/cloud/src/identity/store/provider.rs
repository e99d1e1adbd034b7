//! SQL of providers of identity, of those who come by them, and of what they say about groups.

use super::{Decoded, Result, id_at};
use crate::db::Tx;
use api::provider::{MappedGroup, ProviderOffer};
use api::{DomainId, GroupId, Micros, UserId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection, SqlitePool};

/// A provider as it is stored.
#[derive(Clone)]
pub struct ProviderRow {
    pub name: String,
    pub issuer: String,
    pub client_id: String,
    /// Sealed; empty for none.
    pub secret: String,
    pub scopes: String,
    pub name_claim: String,
    pub email_claim: String,
    pub groups_claim: String,
    pub enabled_claim: String,
    pub creates_users: bool,
}

fn row(row: &SqliteRow) -> Decoded<ProviderRow> {
    Ok(ProviderRow {
        name: row.try_get("name")?,
        issuer: row.try_get("issuer")?,
        client_id: row.try_get("client_id")?,
        secret: row.try_get("secret")?,
        scopes: row.try_get("scopes")?,
        name_claim: row.try_get("name_claim")?,
        email_claim: row.try_get("email_claim")?,
        groups_claim: row.try_get("groups_claim")?,
        enabled_claim: row.try_get("enabled_claim")?,
        creates_users: row.try_get("creates_users")?,
    })
}

pub async fn find(db: &mut SqliteConnection, domain: DomainId) -> Result<Option<ProviderRow>> {
    let found = sqlx::query("select * from provider where domain_id = $1")
        .bind(domain.0.to_string())
        .fetch_optional(db)
        .await?;
    Ok(found.as_ref().map(row).transpose()?)
}

/// What the sign-in page offers, by name.
pub async fn offers(db: &SqlitePool) -> Result<Vec<ProviderOffer>> {
    let rows = sqlx::query(
        "select p.domain_id, p.name from provider p join domain d on d.id = p.domain_id where d.enabled = 1
         order by p.name, p.domain_id limit 50",
    )
    .fetch_all(db)
    .await?;
    let offer = |row: &SqliteRow| Ok(ProviderOffer { domain: id_at(row, "domain_id")?, name: row.try_get("name")? });
    Ok(rows.iter().map(offer).collect::<Decoded<_>>()?)
}

pub async fn set(tx: &mut Tx, domain: DomainId, provider: &ProviderRow, now: Micros) -> Result<()> {
    sqlx::query(
        "insert into provider (domain_id, name, issuer, client_id, secret, scopes, name_claim, email_claim, groups_claim,
         enabled_claim, creates_users, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict (domain_id) do update set name = excluded.name, issuer = excluded.issuer,
         client_id = excluded.client_id, secret = excluded.secret, scopes = excluded.scopes,
         name_claim = excluded.name_claim, email_claim = excluded.email_claim, groups_claim = excluded.groups_claim,
         enabled_claim = excluded.enabled_claim, creates_users = excluded.creates_users",
    )
    .bind(domain.0.to_string())
    .bind(&provider.name)
    .bind(&provider.issuer)
    .bind(&provider.client_id)
    .bind(&provider.secret)
    .bind(&provider.scopes)
    .bind(&provider.name_claim)
    .bind(&provider.email_claim)
    .bind(&provider.groups_claim)
    .bind(&provider.enabled_claim)
    .bind(provider.creates_users)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn delete(tx: &mut Tx, domain: DomainId) -> Result<()> {
    sqlx::query("delete from provider where domain_id = $1").bind(domain.0.to_string()).execute(&mut **tx).await?;
    Ok(())
}

/// Which value means which group, by value.
pub async fn groups(db: &mut SqliteConnection, domain: DomainId) -> Result<Vec<MappedGroup>> {
    let rows = sqlx::query(
        "select m.value, m.group_id, g.name from provider_group m join user_group g on g.id = m.group_id
         where m.domain_id = $1 order by m.value, g.name",
    )
    .bind(domain.0.to_string())
    .fetch_all(db)
    .await?;
    let mapped = |row: &SqliteRow| {
        Ok(MappedGroup {
            value: row.try_get("value")?,
            group: id_at(row, "group_id")?,
            group_name: row.try_get("name")?,
        })
    };
    Ok(rows.iter().map(mapped).collect::<Decoded<_>>()?)
}

/// These in place of all that there were. Whoever was in a group by what stands here no more is in it no more.
pub async fn groups_replace(tx: &mut Tx, domain: DomainId, mapped: &[(String, GroupId)]) -> Result<()> {
    sqlx::query("delete from provider_group where domain_id = $1")
        .bind(domain.0.to_string())
        .execute(&mut **tx)
        .await?;
    for (value, group) in mapped {
        sqlx::query(
            "insert into provider_group (domain_id, value, group_id) values ($1, $2, $3)
             on conflict (domain_id, value, group_id) do nothing",
        )
        .bind(domain.0.to_string())
        .bind(value)
        .bind(group.0.to_string())
        .execute(&mut **tx)
        .await?;
    }
    sqlx::query(
        "delete from group_member where by_provider = 1
         and user_id in (select user_id from federated_user where domain_id = $1)
         and group_id not in (select group_id from provider_group where domain_id = $1)",
    )
    .bind(domain.0.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The user whom the provider knows by this subject.
pub async fn by_subject(
    db: &mut SqliteConnection,
    domain: DomainId,
    issuer: &str,
    subject: &str,
) -> Result<Option<UserId>> {
    let found = sqlx::query("select user_id from federated_user where domain_id = $1 and issuer = $2 and subject = $3")
        .bind(domain.0.to_string())
        .bind(issuer)
        .bind(subject)
        .fetch_optional(db)
        .await?;
    Ok(found.map(|row| id_at(&row, "user_id")).transpose()?)
}

/// The user of that name who is to come by the provider, and has not come yet.
pub async fn awaited(db: &mut SqliteConnection, domain: DomainId, name: &str) -> Result<Option<UserId>> {
    let found = sqlx::query(
        "select u.id from federated_user f join local_user u on u.id = f.user_id
         where f.domain_id = $1 and u.domain_id = $1 and u.name = $2 and f.subject is null",
    )
    .bind(domain.0.to_string())
    .bind(name)
    .fetch_optional(db)
    .await?;
    Ok(found.map(|row| id_at(&row, "id")).transpose()?)
}

/// Comes by the provider from now on; who that is there is not known yet.
pub async fn federate(tx: &mut Tx, user: UserId, domain: DomainId, now: Micros) -> Result<()> {
    sqlx::query(
        "insert into federated_user (user_id, domain_id, created_at) values ($1, $2, $3)
         on conflict (user_id) do update set issuer = null, subject = null",
    )
    .bind(user.0.to_string())
    .bind(domain.0.to_string())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn bind(tx: &mut Tx, user: UserId, issuer: &str, subject: &str) -> Result<()> {
    sqlx::query("update federated_user set issuer = $2, subject = $3 where user_id = $1")
        .bind(user.0.to_string())
        .bind(issuer)
        .bind(subject)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Has a password again: what the provider said holds no more.
pub async fn release(tx: &mut Tx, user: UserId) -> Result<()> {
    for sql in [
        "delete from group_member where user_id = $1 and by_provider = 1",
        "delete from federated_user where user_id = $1",
    ] {
        sqlx::query(sql).bind(user.0.to_string()).execute(&mut **tx).await?;
    }
    Ok(())
}

pub async fn is_federated(db: &SqlitePool, user: UserId) -> Result<bool> {
    Ok(sqlx::query_scalar("select exists (select 1 from federated_user where user_id = $1)")
        .bind(user.0.to_string())
        .fetch_one(db)
        .await?)
}

/// Those of the domain who come by a provider.
pub async fn federated(tx: &mut Tx, domain: DomainId) -> Result<Vec<UserId>> {
    let rows = sqlx::query("select user_id from federated_user where domain_id = $1")
        .bind(domain.0.to_string())
        .fetch_all(&mut **tx)
        .await?;
    Ok(rows.iter().map(|row| id_at(row, "user_id")).collect::<Decoded<_>>()?)
}

/// The groups that the user is in by what the provider says.
pub async fn memberships(tx: &mut Tx, user: UserId) -> Result<Vec<GroupId>> {
    let rows =
        sqlx::query("select group_id from group_member where user_id = $1 and by_provider = 1 order by group_id")
            .bind(user.0.to_string())
            .fetch_all(&mut **tx)
            .await?;
    Ok(rows.iter().map(|row| id_at(row, "group_id")).collect::<Decoded<_>>()?)
}

/// The user is in the group by what the provider says; false if the user has been put there by hand.
pub async fn membership_add(tx: &mut Tx, group: GroupId, user: UserId, now: Micros) -> Result<bool> {
    let done = sqlx::query(
        "insert into group_member (group_id, user_id, created_at, by_provider) values ($1, $2, $3, 1)
         on conflict (group_id, user_id) do nothing",
    )
    .bind(group.0.to_string())
    .bind(user.0.to_string())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn email_set(tx: &mut Tx, user: UserId, email: &str) -> Result<()> {
    sqlx::query("update local_user set email = $2 where id = $1")
        .bind(user.0.to_string())
        .bind(email)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
