//! Seeding: projects full of instances, for demos, capacity tests and measurements on the simulator.

use crate::cloud::Cloud;
use crate::compute::{self, SeedFrom};
use crate::fault::StoreError;
use crate::network;
use crate::quota;
use api::compute::Compute as _;
use api::identity::Identity as _;
use api::network::{Networks as _, NewNetwork};
use api::quota::Resource;
use api::{Error, ImageId, InstanceId, Kind, ProjectId, Result};
use uuid::Uuid;

/// Room for 65,000 instances.
const RANGE: &str = "10.0.0.0/16";

impl Cloud {
    /// Makes so many projects, each with a network and that many instances of the smallest flavor over the image. The instances are in
    /// BUILD afterwards: passes bring them up. Answers with the projects.
    pub async fn seed(&self, projects: u32, instances: u32, image: ImageId) -> Result<Vec<ProjectId>> {
        let admin = self.identity.system_caller().await?;
        let flavors = self.compute.flavor_list(&admin).await?;
        let flavor = flavors.first().ok_or_else(|| Error::not_found(Kind::Flavor, "any"))?;
        let mut made = Vec::new();
        for _ in 0..projects {
            let name = format!("seed-{}", &Uuid::new_v4().simple().to_string()[..8]);
            let project = self.identity.project_create(&admin, &name, "Made by offing seed.").await?;
            let caller = self.identity.caller(admin.user, project, &admin.request).await?;
            self.unlimited(project).await?;
            let new = NewNetwork { name: "seed".into(), cidr: RANGE.into(), gateway: String::new(), routed: false };
            let network = self.networks.network_create(&caller, new).await?;
            let shown = self.networks.network_show(&caller, network).await?.network;
            let subnet = shown.subnets.first().ok_or_else(|| Error::not_found(Kind::Subnet, RANGE))?;
            let range = network::engine::Cidr::parse(&subnet.cidr).map_err(|why| Error::field("cidr", why))?;

            let now = self.clock().now();
            let mut tx = self.db().begin().await.map_err(StoreError)?;
            let ids: Vec<InstanceId> = (0..instances).map(|_| InstanceId(Uuid::new_v4())).collect();
            for (n, id) in ids.iter().enumerate() {
                let name = format!("instance-{:05}", n + 1);
                compute::seed(&mut tx, &caller, SeedFrom { id: *id, name: &name, image, flavor }, now).await?;
            }
            // The first addresses are the gateway's and the service's.
            network::port_series(&mut tx, project, (network, subnet.id), range.hosts().skip(2), &ids, now).await?;
            tx.commit().await.map_err(StoreError)?;
            made.push(project);
        }
        Ok(made)
    }

    async fn unlimited(&self, project: ProjectId) -> Result<()> {
        let mut tx = self.db().begin().await.map_err(StoreError)?;
        for resource in Resource::ALL {
            quota::set(&mut tx, project, resource, -1).await?;
        }
        tx.commit().await.map_err(StoreError)?;
        Ok(())
    }
}
