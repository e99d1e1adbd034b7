//! Quotas: counted from the rows, in the transaction that adds to them. What may become many the database counts by itself, in the table
//! `usage`, as rows come and go: nothing that writes rows has to think of it.

mod request;
mod service;
mod store;

pub use service::QuotaService;

use crate::db::Tx;
use crate::fault::StoreError;
use api::directory::Holding;
use api::quota::Resource;
use api::{Error, Kind, ProjectId, Result, UserId, Why};
use sqlx::SqliteConnection;

/// What a project may use where nobody has said otherwise. Nova's and Neutron's shipped defaults, images as five of Glance's usual size.
pub fn default_limit(resource: Resource) -> i64 {
    match resource {
        Resource::Instances => 10,
        Resource::Cores => 20,
        Resource::Ram => 51_200,
        Resource::KeyPairs => 100,
        Resource::ImageBytes => 50 << 30,
        Resource::Networks => 100,
        Resource::Subnets => 100,
        Resource::Routers => 10,
        Resource::Ports => 500,
        Resource::FloatingIps => 50,
        Resource::SecurityGroups => 10,
        Resource::SecurityGroupRules => 100,
    }
}

/// What holds for the project: its own limit, or the administrators' default, or the one above.
async fn limit(db: &mut SqliteConnection, project: ProjectId, resource: Resource) -> Result<i64> {
    Ok(store::limit(db, project, resource).await?.unwrap_or(default_limit(resource)))
}

/// Passes if the project may use that much more of each resource, counted inside this transaction.
pub async fn require(tx: &mut Tx, project: ProjectId, user: UserId, asked: &[(Resource, i64)]) -> Result<()> {
    for &(resource, asked) in asked {
        let limit = limit(tx, project, resource).await?;
        if limit < 0 {
            continue;
        }
        let used = store::used(tx, project, user, resource).await?;
        if used.saturating_add(asked) > limit {
            return Err(Error::Quota { what: resource.as_str().to_owned(), limit, used, asked });
        }
    }
    Ok(())
}

/// How much the project uses; key pairs are nobody's here.
pub async fn used(
    db: &mut SqliteConnection,
    project: ProjectId,
    resource: Resource,
) -> std::result::Result<i64, StoreError> {
    store::used_by_project(db, project, resource).await
}

/// Sets a project's limit for one resource; −1 is unlimited.
pub async fn set(tx: &mut Tx, project: ProjectId, resource: Resource, max: i64) -> Result<()> {
    Ok(store::set(tx, project, resource, max).await?)
}

/// The default holds again.
pub async fn unset(tx: &mut Tx, project: ProjectId, resource: Resource) -> Result<()> {
    Ok(store::unset(tx, project, resource).await?)
}

/// What a project holds across all services; kinds of which there is nothing are left out.
pub async fn holdings(db: &mut SqliteConnection, project: ProjectId) -> Result<Vec<Holding>> {
    let mut holdings = Vec::new();
    for kind in Kind::ALL {
        if let Some((count, names)) = store::holding(db, project, kind).await? {
            holdings.push(Holding { kind, count, names });
        }
    }
    Ok(holdings)
}

/// The same for several projects together, without names.
pub async fn holdings_of(db: &mut SqliteConnection, projects: &[ProjectId]) -> Result<Vec<Holding>> {
    let mut holdings = Vec::new();
    for kind in Kind::ALL {
        match store::held_by(db, projects, kind).await? {
            0 => {}
            count => holdings.push(Holding { kind, count, names: Vec::new() }),
        }
    }
    Ok(holdings)
}

/// What holds where a project says nothing.
pub async fn standard(db: &mut SqliteConnection, resource: Resource) -> Result<i64> {
    Ok(store::default(db, resource).await?.unwrap_or(default_limit(resource)))
}

/// A limit as it is typed: a number from −1 on.
pub fn parse(text: &str) -> std::result::Result<i64, Why> {
    text.trim().replace('−', "-").parse().ok().filter(|limit| *limit >= -1).ok_or(Why::NotALimit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_begin_at_minus_one() {
        assert_eq!(parse("-1"), Ok(-1));
        assert_eq!(parse("−1"), Ok(-1));
        assert_eq!(parse(" 20 "), Ok(20));
        assert_eq!(parse("-2"), Err(Why::NotALimit));
        assert_eq!(parse("many"), Err(Why::NotALimit));
    }
}
