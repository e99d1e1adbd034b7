//! SQL of application credentials.

use super::{Result, found, id_at, push_ids};
use crate::db::Tx;
use crate::keyset::{Filter, Listing, Sort, Value, page};
use api::credential::{AccessRule, ApplicationCredential};
use api::{ApplicationCredentialId, ListQuery, Micros, Page, UserId};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, QueryBuilder, Row, SqliteConnection, SqlitePool};
use uuid::Uuid;

struct View(ApplicationCredential);

impl FromRow<'_, SqliteRow> for View {
    fn from_row(row: &SqliteRow) -> std::result::Result<Self, sqlx::Error> {
        let used_at: Micros = row.try_get("used_at")?;
        Ok(Self(ApplicationCredential {
            id: id_at(row, "id")?,
            user: id_at(row, "user_id")?,
            user_name: row.try_get("user_name")?,
            project: id_at(row, "project_id")?,
            project_name: row.try_get("project_name")?,
            name: row.try_get("name")?,
            description: row.try_get("description")?,
            roles: Vec::new(),
            unrestricted: row.try_get("unrestricted")?,
            rules: Vec::new(),
            created_at: row.try_get("created_at")?,
            expires_at: row.try_get("expires_at")?,
            used_at: (used_at > 0).then_some(used_at),
            ended: None,
        }))
    }
}

const LIST: Listing = Listing {
    select:
        "c.id, c.user_id, c.project_id, c.name, c.description, c.unrestricted, c.expires_at, c.used_at, c.created_at,
        u.name as user_name, p.name as project_name",
    table: "application_credential c",
    joins: "join local_user u on u.id = c.user_id join project p on p.id = c.project_id",
    id: "c.id",
    sorts: &[
        Sort { key: "name", column: "c.name", number: false },
        Sort { key: "user", column: "u.name", number: false },
        Sort { key: "used", column: "c.used_at", number: true },
        Sort { key: "created", column: "c.created_at", number: true },
    ],
    default: "name",
};

/// Somebody's, or everybody's.
pub async fn list(db: &SqlitePool, of: Option<UserId>, query: &ListQuery) -> Result<Page<ApplicationCredential>> {
    let mut filter = Filter::default();
    if let Some(user) = of {
        filter = filter.and("c.user_id = ?", vec![Value::Text(user.0.to_string())]);
    }
    let filter = found(filter, query, "c.id", &["c.name", "c.description", "u.name", "p.name"]);
    let mut listed = page::<View>(db, &LIST, filter, query).await?.map(|view| view.0);
    let mut db = db.acquire().await?;
    fill(&mut db, &mut listed.items).await?;
    Ok(listed)
}

pub async fn find(db: &mut SqliteConnection, id: ApplicationCredentialId) -> Result<Option<ApplicationCredential>> {
    let mut query = LIST.select();
    query.push(" where c.id = ").push_bind(id.0.to_string());
    let view: Option<View> = query.build_query_as().fetch_optional(&mut *db).await?;
    let Some(View(mut credential)) = view else { return Ok(None) };
    fill(db, std::slice::from_mut(&mut credential)).await?;
    Ok(Some(credential))
}

/// Reads the roles and rules of credentials.
async fn fill(db: &mut SqliteConnection, credentials: &mut [ApplicationCredential]) -> Result<()> {
    let ids: Vec<Uuid> = credentials.iter().map(|credential| credential.id.0).collect();
    let mut roles = QueryBuilder::new(
        "select g.credential_id, r.id, r.name from application_credential_role g join role r on r.id = g.role_id
         where g.credential_id",
    );
    push_ids(&mut roles, &ids);
    roles.push(" order by r.name");
    let mut rules =
        QueryBuilder::new("select credential_id, service, method, path from access_rule where credential_id");
    push_ids(&mut rules, &ids);
    rules.push(" order by service, path, method");
    for row in roles.build().fetch_all(&mut *db).await? {
        let of: ApplicationCredentialId = id_at(&row, "credential_id")?;
        let role = (id_at(&row, "id")?, row.try_get("name")?);
        credentials.iter_mut().filter(|credential| credential.id == of).for_each(|it| it.roles.push(role.clone()));
    }
    for row in rules.build().fetch_all(db).await? {
        let of: ApplicationCredentialId = id_at(&row, "credential_id")?;
        let rule =
            AccessRule { service: row.try_get("service")?, method: row.try_get("method")?, path: row.try_get("path")? };
        credentials.iter_mut().filter(|credential| credential.id == of).for_each(|it| it.rules.push(rule.clone()));
    }
    Ok(())
}

pub async fn insert(
    tx: &mut Tx,
    new: &ApplicationCredential,
    secret_hash: &str,
) -> std::result::Result<(), sqlx::Error> {
    sqlx::query(
        "insert into application_credential
             (id, user_id, project_id, name, description, secret_hash, unrestricted, expires_at, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(new.id.0.to_string())
    .bind(new.user.0.to_string())
    .bind(new.project.0.to_string())
    .bind(&new.name)
    .bind(&new.description)
    .bind(secret_hash)
    .bind(new.unrestricted)
    .bind(new.expires_at)
    .bind(new.created_at)
    .execute(&mut **tx)
    .await?;
    for (role, _) in &new.roles {
        sqlx::query("insert into application_credential_role (credential_id, role_id) values ($1, $2)")
            .bind(new.id.0.to_string())
            .bind(role.0.to_string())
            .execute(&mut **tx)
            .await?;
    }
    for rule in &new.rules {
        sqlx::query("insert into access_rule (credential_id, service, method, path) values ($1, $2, $3, $4)")
            .bind(new.id.0.to_string())
            .bind(&rule.service)
            .bind(&rule.method)
            .bind(&rule.path)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

/// What an attempt to sign in is checked against.
pub async fn secret(db: &SqlitePool, id: ApplicationCredentialId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar("select secret_hash from application_credential where id = $1")
        .bind(id.0.to_string())
        .fetch_optional(db)
        .await?)
}

/// Its owner's name for it tells which one it is.
pub async fn by_name(db: &SqlitePool, user: UserId, name: &str) -> Result<Option<ApplicationCredentialId>> {
    let row = sqlx::query("select id from application_credential where user_id = $1 and name = $2")
        .bind(user.0.to_string())
        .bind(name)
        .fetch_optional(db)
        .await?;
    Ok(row.map(|row| id_at(&row, "id")).transpose()?)
}

pub async fn used(tx: &mut Tx, id: ApplicationCredentialId, now: Micros) -> Result<()> {
    sqlx::query("update application_credential set used_at = $2 where id = $1")
        .bind(id.0.to_string())
        .bind(now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Its tokens go with it.
pub async fn delete(tx: &mut Tx, id: ApplicationCredentialId) -> Result<()> {
    sqlx::query("delete from application_credential where id = $1").bind(id.0.to_string()).execute(&mut **tx).await?;
    Ok(())
}
