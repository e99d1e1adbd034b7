//! The policy as people ask about it: the table, and what it means for one user in one project.

use super::store::standing::{Held, Standing};
use super::{caller, project, store, user};
use crate::authz::{self, Action, Reach};
use crate::core::Core;
use crate::fault::StoreError;
use api::directory::Assignment;
use api::error::Faults;
use api::policy::{Policies, Rule, Simulation, Verdict};
use api::{Caller, Kind, ProjectId, Result, UserId, Why};
use async_trait::async_trait;
use std::sync::Arc;

pub struct PolicyService {
    core: Arc<Core>,
}

impl PolicyService {
    pub fn new(core: Arc<Core>) -> Self {
        Self { core }
    }

    /// Whom and what the form names.
    async fn named(&self, caller: &Caller, user: &str, project: &str) -> Result<(UserId, ProjectId)> {
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let found = store::project::named(&mut db, caller.domain, project).await?;
        let domain = found.map_or(caller.domain, |(_, domain)| domain);
        let mut faults = Faults::default();
        let wanted = |text: &str, kind| if text.trim().is_empty() { Why::Required } else { Why::Gone { kind } };
        let found_user = store::user::named(&mut db, domain, user).await?;
        let found_user = faults.take("user", found_user.ok_or_else(|| wanted(user, Kind::User)));
        let found = faults.take("target", found.ok_or_else(|| wanted(project, Kind::Project)));
        let (user, project) = faults.finish_with(found_user.zip(found))?;
        Ok((user.0, project.0))
    }
}

/// What the rule says to somebody who has these assignments and no others.
fn allows(standing: &Standing, held: Vec<Held>, user: UserId, project: ProjectId, rule: Rule) -> bool {
    let alone = Standing { held, ..standing.clone() };
    let caller = caller::with(&alone, user, project, "");
    let reach = caller.and_then(|caller| authz::reach(&caller, rule.action).ok());
    reach.is_some_and(|reach| reach == Reach::Everywhere || reach.covers(standing.domain))
}

#[async_trait]
impl Policies for PolicyService {
    async fn policy_list(&self, caller: &Caller) -> Result<Vec<Rule>> {
        authz::require(caller, Action::ReadPolicy)?;
        Ok(authz::table())
    }

    async fn policy_simulate(&self, caller: &Caller, user: &str, project: &str) -> Result<Simulation> {
        authz::require(caller, Action::ReadPolicy)?;
        let (user, project) = self.named(caller, user, project).await?;
        let user_name = user::show(&self.core, caller, user).await?.name;
        let project_name = project::show(&self.core, caller, project).await?.project.name;
        let standing = store::standing::load(self.core.db.read(), user, project, self.core.clock.now()).await?;
        let ids: Vec<_> = standing.iter().flat_map(|standing| &standing.held).map(|held| held.id).collect();
        let mut db = self.core.db.read().acquire().await.map_err(StoreError)?;
        let assignments = store::assignment::these(&mut db, &ids).await?;
        let role = standing.as_ref().and_then(|it| caller::with(it, user, project, "")).map(|caller| caller.role);
        let disabled = standing.as_ref().is_some_and(|standing| !standing.enabled);
        let because = |rule| -> Vec<Assignment> {
            let Some(standing) = &standing else { return Vec::new() };
            let does = |held: &&Held| allows(standing, vec![(*held).clone()], user, project, rule);
            let that: Vec<_> = standing.held.iter().filter(does).map(|held| held.id).collect();
            assignments.iter().filter(|assignment| that.contains(&assignment.id)).cloned().collect()
        };
        let verdict = |rule| {
            let because = because(rule);
            Verdict { rule, allowed: !disabled && !because.is_empty(), because }
        };
        let verdicts = authz::table().into_iter().map(verdict).collect();
        Ok(Simulation { user_name, project_name, role, disabled, verdicts })
    }
}
