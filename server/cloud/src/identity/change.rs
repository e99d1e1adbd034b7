//! A change of the directory under way: one transaction, who makes it, and what it touches.

use super::store;
use crate::authz::{self, Action, Reach};
use crate::core::Core;
use crate::db::Tx;
use crate::fault::StoreError;
use crate::operation::{self, Target};
use api::directory::{Actor, Place};
use api::{Caller, DomainId, Error, Kind, Micros, ProjectId, Result, Role};
use std::fmt::Display;

/// Dropped without `commit`, it never happened.
pub struct Change<'a> {
    pub core: &'a Core,
    pub caller: &'a Caller,
    /// Where the caller may make such changes.
    pub reach: Reach,
    pub tx: Tx,
    pub now: Micros,
    touched: Vec<(Kind, String)>,
}

impl<'a> Change<'a> {
    pub async fn begin(core: &'a Core, caller: &'a Caller, action: Action) -> Result<Self> {
        let reach = authz::reach(caller, action)?;
        let tx = core.db.begin().await.map_err(StoreError)?;
        Ok(Self { core, caller, reach, tx, now: core.clock.now(), touched: Vec::new() })
    }

    /// Something that pages show, or that rights hang on, is different after this.
    pub fn touch(&mut self, kind: Kind, id: impl Display) {
        self.touched.push((kind, id.to_string()));
    }

    /// Writes down what has been done, for the task centre and the audit log. What is done to a project concerns its members, wherever it
    /// is done from; the rest concerns no project's.
    pub async fn done(&mut self, verb: &str, kind: Kind, id: impl Display, name: &str) -> Result<()> {
        let id = id.to_string();
        let project = (kind == Kind::Project).then(|| id.parse().ok()).flatten();
        self.done_in(project, verb, kind, id, name).await
    }

    /// The same with the project that it concerns.
    pub async fn done_in(
        &mut self,
        project: Option<ProjectId>,
        verb: &str,
        kind: Kind,
        id: impl Display,
        name: &str,
    ) -> Result<()> {
        let id = id.to_string();
        let target = Target { kind, id: &id, name };
        operation::done_for(&mut self.tx, self.caller, verb, target, project, self.now).await?;
        self.touch(kind, id);
        Ok(())
    }

    /// Everything at once; then whoever looks at it, or stands on it, hears of it.
    pub async fn commit(self) -> Result<()> {
        self.tx.commit().await.map_err(StoreError)?;
        for (kind, id) in self.touched {
            self.core.hub.changed(kind, id, None);
        }
        operation::announce(self.core, self.caller.project);
        Ok(())
    }

    /// The domain that a form names, or that of the caller's project; only one in reach.
    pub async fn domain(&mut self, text: &str) -> Result<DomainId> {
        let domain = match text.trim() {
            "" => Some(self.caller.domain).filter(|domain| self.reach.covers(*domain)).or(self.first_in_reach()),
            text => match text.parse() {
                Ok(id) => Some(id),
                Err(_) => store::domain::by_name(&mut self.tx, text).await?,
            },
        };
        let domain = domain.filter(|domain| self.reach.covers(*domain));
        match domain {
            Some(domain) if store::domain::find(&mut self.tx, domain).await?.is_some() => Ok(domain),
            _ => Err(Error::field("domain", api::Why::Gone { kind: Kind::Domain })),
        }
    }

    fn first_in_reach(&self) -> Option<DomainId> {
        match &self.reach {
            Reach::Everywhere => None,
            Reach::Domains(domains) => domains.first().copied(),
        }
    }

    /// Who manages a domain must not get at the powers of those who run the cloud: not by their passwords, not by their groups.
    pub async fn not_above_caller(&mut self, actor: Actor) -> Result<()> {
        if self.reach == Reach::Everywhere {
            return Ok(());
        }
        let above = match actor {
            Actor::User(user) => store::assignment::user_runs_cloud(&mut self.tx, user).await?,
            Actor::Group(group) => store::assignment::group_runs_cloud(&mut self.tx, group).await?,
        };
        if above { Err(Error::Forbidden { needs: Role::Admin.to_string() }) } else { Ok(()) }
    }

    /// Nor hand them out.
    pub fn may_grant(&self, role: Option<Role>, place: Place) -> Result<()> {
        let everywhere = self.reach == Reach::Everywhere;
        if everywhere || (role != Some(Role::Admin) && place != Place::System) {
            Ok(())
        } else {
            Err(Error::Forbidden { needs: Role::Admin.to_string() })
        }
    }

    /// Somebody must be left who runs the cloud.
    pub async fn somebody_runs_cloud(&mut self) -> Result<()> {
        match store::assignment::count_who_run_cloud(&mut self.tx).await? {
            0 => Err(Error::Conflict(api::error::Conflict::LastAdmin)),
            _ => Ok(()),
        }
    }
}
