//! Rows of other services that the tests stand on.

use super::Result;
use crate::db::Tx;
use api::{InstanceId, ProjectId};
use uuid::Uuid;

pub async fn project(tx: &mut Tx, project: ProjectId, name: &str) -> Result<()> {
    sqlx::query("insert into domain (id, name, created_at) values ('d', 'Default', 0) on conflict do nothing")
        .execute(&mut **tx)
        .await?;
    sqlx::query("insert into project (id, domain_id, name, created_at) values ($1, 'd', $2, 0)")
        .bind(project.0.to_string())
        .bind(name)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

pub async fn instance(tx: &mut Tx, instance: InstanceId, project: ProjectId, name: &str) -> Result<()> {
    sqlx::query(
        "insert into instance (id, project_id, user_id, name, image_id, image_name, flavor_name, vcpus, ram_mb, disk_gb, intent,
                               status, task_since, created_at, updated_at)
         values ($1, $2, $3, $4, '', '', '', 1, 1, 1, 'run', 'ACTIVE', 0, 0, 0)",
    )
    .bind(instance.0.to_string())
    .bind(project.0.to_string())
    .bind(Uuid::nil().to_string())
    .bind(name)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn instance_task(tx: &mut Tx, instance: InstanceId, task: &str) -> Result<()> {
    sqlx::query("update instance set task = $2 where id = $1")
        .bind(instance.0.to_string())
        .bind(task)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
