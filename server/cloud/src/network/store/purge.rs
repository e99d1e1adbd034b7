//! SQL of removing all that a project has.

use super::Result;
use crate::db::Tx;
use api::ProjectId;

/// In an order in which nothing refers to what is gone. Instances must be gone before; the provider's network stays.
const STEPS: [&str; 7] = [
    "delete from port where device_owner = 'network:floatingip'
         and device_id in (select id from floating_ip where project_id = $1)",
    "delete from floating_ip where project_id = $1",
    "delete from port where project_id = $1",
    "delete from subnet where project_id = $1 and network_id in (select id from network where project_id = $1 and external = 0)",
    "delete from network where project_id = $1 and external = 0",
    "delete from router where project_id = $1",
    "delete from security_group where project_id = $1",
];

pub async fn project(tx: &mut Tx, project: ProjectId) -> Result<()> {
    for step in STEPS {
        sqlx::query(step).bind(project.0.to_string()).execute(&mut **tx).await?;
    }
    Ok(())
}
