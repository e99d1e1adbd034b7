//! All SQL of quotas: the one place that counts the rows of every service.

use crate::fault::StoreError;
use api::quota::Resource;
use api::{ProjectId, UserId};
use sqlx::SqliteConnection;

pub async fn limit(
    db: &mut SqliteConnection,
    project: ProjectId,
    resource: Resource,
) -> Result<Option<i64>, StoreError> {
    Ok(sqlx::query_scalar("select max from quota where project_id = $1 and resource = $2")
        .bind(project.0.to_string())
        .bind(resource.as_str())
        .fetch_optional(db)
        .await?)
}

pub async fn set(
    db: &mut SqliteConnection,
    project: ProjectId,
    resource: Resource,
    max: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into quota (project_id, resource, max) values ($1, $2, $3)
         on conflict (project_id, resource) do update set max = excluded.max",
    )
    .bind(project.0.to_string())
    .bind(resource.as_str())
    .bind(max)
    .execute(db)
    .await?;
    Ok(())
}

/// How much is used now. Key pairs are counted for the user, everything else for the project. What is being deleted still counts.
pub async fn used(
    db: &mut SqliteConnection,
    project: ProjectId,
    user: UserId,
    resource: Resource,
) -> Result<i64, StoreError> {
    let sql = match resource {
        Resource::Instances => "select count(*) from instance where project_id = $1",
        Resource::Cores => "select coalesce(sum(vcpus), 0) from instance where project_id = $1",
        Resource::Ram => "select coalesce(sum(ram_mb), 0) from instance where project_id = $1",
        Resource::KeyPairs => "select count(*) from keypair where user_id = $1",
        // What several images share is stored once.
        Resource::ImageBytes => {
            "select coalesce(sum(size), 0) from (select max(size) as size from image where project_id = $1 group by data_id) as data"
        }
        Resource::Networks => "select count(*) from network where project_id = $1 and external = 0",
        Resource::Subnets => {
            "select count(*) from subnet s join network n on n.id = s.network_id where s.project_id = $1 and n.external = 0"
        }
        Resource::Routers => "select count(*) from router where project_id = $1",
        Resource::Ports => "select count(*) from port where project_id = $1 and device_owner = 'compute:nova'",
        Resource::FloatingIps => "select count(*) from floating_ip where project_id = $1",
        Resource::SecurityGroups => "select count(*) from security_group where project_id = $1",
        Resource::SecurityGroupRules => {
            "select count(*) from security_group_rule r join security_group g on g.id = r.group_id where g.project_id = $1"
        }
    };
    let owner = if resource == Resource::KeyPairs { user.0 } else { project.0 };
    Ok(sqlx::query_scalar(sql).bind(owner.to_string()).fetch_one(db).await?)
}
