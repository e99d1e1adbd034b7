//! A network engine without a network: it remembers what it was told. For laptops, classes, capacity runs and every test that is not
//! about packets.
//!
//! Nothing plugs in here, so a port counts as up as soon as it has been applied; whether its instance runs is the hypervisor's to say.
//! There are no guests to serve either: `guest_sockets` never resolves.

use super::engine::{Engine, EngineError, GuestSockets, Topology};
use api::PortId;
use async_trait::async_trait;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// The engine in memory.
#[derive(Debug, Default)]
pub struct Simulator {
    world: Mutex<World>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct World {
    applied: Topology,
    changes: u64,
    unreachable: bool,
    faults: VecDeque<EngineError>,
}

impl Simulator {
    pub fn new() -> Self {
        Self::default()
    }

    /// What exists now.
    pub fn applied(&self) -> Topology {
        self.world().applied.clone()
    }

    /// How many calls of `apply` have changed something.
    pub fn changes(&self) -> u64 {
        self.world().changes
    }

    /// While set, every call fails with `Unreachable`; clearing it wakes `changed`.
    pub fn set_unreachable(&self, unreachable: bool) {
        self.world().unreachable = unreachable;
        self.changed.notify_one();
    }

    /// Makes the next `apply` fail so, changing nothing. Several queue up.
    pub fn fail_next(&self, fault: EngineError) {
        self.world().faults.push_back(fault);
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reached(&self) -> Result<MutexGuard<'_, World>, EngineError> {
        let world = self.world();
        if world.unreachable {
            return Err(EngineError::Unreachable("the simulator is told not to answer".to_owned()));
        }
        Ok(world)
    }
}

#[async_trait]
impl Engine for Simulator {
    async fn apply(&self, desired: &Topology) -> Result<(), EngineError> {
        let mut world = self.reached()?;
        if let Some(fault) = world.faults.pop_front() {
            return Err(fault);
        }
        if world.applied != *desired {
            let ports_differ = world.applied.ports != desired.ports;
            world.applied = desired.clone();
            world.changes += 1;
            if ports_differ {
                self.changed.notify_one();
            }
        }
        Ok(())
    }

    async fn ports_up(&self) -> Result<HashMap<PortId, bool>, EngineError> {
        Ok(self.reached()?.applied.ports.iter().map(|port| (port.id, true)).collect())
    }

    async fn guest_sockets(&self) -> GuestSockets {
        std::future::pending().await
    }

    async fn changed(&self) {
        self.changed.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::engine::{Network, Port};
    use std::net::Ipv4Addr;
    use uuid::Uuid;

    fn one_port() -> Topology {
        let network = Uuid::from_u128(1).into();
        let port = Port {
            id: Uuid::from_u128(2).into(),
            network,
            subnet: Uuid::from_u128(3).into(),
            mac: "fa:16:3e:00:00:01".to_owned(),
            address: Ipv4Addr::new(10, 0, 0, 5),
            security_groups: Vec::new(),
        };
        let networks = vec![Network { id: network, mtu: 1442, subnets: Vec::new() }];
        Topology { networks, ports: vec![port], ..Topology::default() }
    }

    #[tokio::test]
    async fn faults_come_once_and_change_nothing() {
        let engine = Simulator::new();
        engine.fail_next(EngineError::Failed("no".to_owned()));
        assert!(matches!(engine.apply(&one_port()).await, Err(EngineError::Failed(_))));
        assert_eq!(engine.applied(), Topology::default());
        engine.apply(&one_port()).await.unwrap();
        assert_eq!((engine.applied(), engine.changes()), (one_port(), 1));
    }

    #[tokio::test]
    async fn unreachable_until_it_is_back() {
        let engine = Simulator::new();
        engine.set_unreachable(true);
        engine.changed().await;
        assert!(matches!(engine.apply(&one_port()).await, Err(EngineError::Unreachable(_))));
        assert!(matches!(engine.ports_up().await, Err(EngineError::Unreachable(_))));
        engine.set_unreachable(false);
        engine.changed().await;
        engine.apply(&one_port()).await.unwrap();
        assert_eq!(engine.ports_up().await.unwrap().len(), 1);
    }
}
