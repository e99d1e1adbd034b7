//! Security groups: which packets an instance's ports let through. What no rule allows is dropped.

use super::engine::{Direction, Protocol, Remote};
use super::rules::RulePlan;
use super::service::Change;
use super::store::security_group::{self as rows, Group, Rule, direction_str, protocol_parts};
use super::{listed, rules};
use crate::db::{Tx, is_unique};
use crate::fault::StoreError;
use crate::quota;
use api::error::Conflict;
use api::network::{DEFAULT_GROUP, NewRule, SecurityGroup, SecurityGroupRule};
use api::quota::Resource;
use api::{Error, Kind, Micros, ProjectId, Result, SecurityGroupId, SecurityGroupRuleId};
use sqlx::SqliteConnection;
use uuid::Uuid;

/// Everything out, as Neutron gives it to every new group.
const EGRESS: RulePlan = RulePlan { direction: Direction::Egress, protocol: Protocol::Any, remote: Remote::Anywhere };

/// The project's default group, made if it is missing: everything out, and in from the group's own members.
pub async fn default_group_ensure(tx: &mut Tx, project: ProjectId, now: Micros) -> Result<SecurityGroupId> {
    if let Some(group) = rows::by_name(tx, project, DEFAULT_GROUP).await? {
        return Ok(group);
    }
    let group = SecurityGroupId(Uuid::new_v4());
    let description = "Default security group";
    rows::insert(tx, group, project, DEFAULT_GROUP, description, now).await.map_err(StoreError)?;
    let ingress = RulePlan { direction: Direction::Ingress, protocol: Protocol::Any, remote: Remote::Group(group) };
    for plan in [EGRESS, ingress] {
        rule_insert(tx, group, plan, now).await?;
    }
    Ok(group)
}

async fn rule_insert(tx: &mut Tx, group: SecurityGroupId, plan: RulePlan, now: Micros) -> Result<SecurityGroupRuleId> {
    let id = SecurityGroupRuleId(Uuid::new_v4());
    rows::rule_insert(tx, &Rule { id, group, plan }, now).await?;
    Ok(id)
}

/// All of a project's groups with their rules: two queries, the default group first.
pub async fn views(db: &mut SqliteConnection, project: ProjectId) -> Result<Vec<SecurityGroup>> {
    let mut groups = rows::list(db, project).await?;
    groups.sort_by_key(|group| group.name != DEFAULT_GROUP);
    let rules = rows::rules(db, project).await?;
    Ok(groups.iter().map(|group| view(group, &groups, &rules)).collect())
}

fn view(group: &Group, groups: &[Group], rules: &[Rule]) -> SecurityGroup {
    let named = |id: SecurityGroupId| {
        let name = groups.iter().find(|group| group.id == id).map(|group| group.name.clone());
        (id, name.unwrap_or_else(|| id.to_string()))
    };
    let rule = |rule: &Rule| {
        let (protocol, ports) = protocol_parts(rule.plan.protocol);
        SecurityGroupRule {
            id: rule.id,
            direction: direction_str(rule.plan.direction).to_owned(),
            protocol: protocol.unwrap_or_default().to_owned(),
            ports,
            remote_cidr: match rule.plan.remote {
                Remote::Cidr(cidr) => cidr.to_string(),
                Remote::Anywhere | Remote::Group(_) => String::new(),
            },
            remote_group: match rule.plan.remote {
                Remote::Group(id) => Some(named(id)),
                Remote::Anywhere | Remote::Cidr(_) => None,
            },
        }
    };
    SecurityGroup {
        id: group.id,
        name: group.name.clone(),
        description: group.description.clone(),
        rules: rules.iter().filter(|rule| rule.group == group.id).map(rule).collect(),
        created_at: group.created_at,
    }
}

impl Change<'_> {
    pub async fn security_group_create(&mut self, name: &str, description: &str) -> Result<SecurityGroupId> {
        let (name, description) = rules::security_group(name, description)?;
        let resources = [(Resource::SecurityGroups, 1), (Resource::SecurityGroupRules, 1)];
        quota::require(&mut self.tx, self.caller.project, self.caller.user, &resources).await?;
        let group = SecurityGroupId(Uuid::new_v4());
        rows::insert(&mut self.tx, group, self.caller.project, name.as_str(), &description, self.now).await.map_err(
            |error| {
                if is_unique(&error, "security_group.name") {
                    Error::Conflict(Conflict::NameTaken { kind: Kind::SecurityGroup, name: name.to_string() })
                } else {
                    StoreError(error).into()
                }
            },
        )?;
        rule_insert(&mut self.tx, group, EGRESS, self.now).await?;
        self.done("security_group_create", Kind::SecurityGroup, group, name.as_str()).await?;
        Ok(group)
    }

    pub async fn security_group_delete(&mut self, id: SecurityGroupId) -> Result<()> {
        let group = self.security_group(id).await?;
        if group.name == DEFAULT_GROUP {
            return Err(Error::Conflict(Conflict::DefaultGroup));
        }
        let users = rows::used_by(&mut self.tx, id).await?;
        if !users.is_empty() {
            return Err(Error::Conflict(Conflict::InUse { kind: Kind::SecurityGroup, by: listed(&users) }));
        }
        rows::delete(&mut self.tx, id).await?;
        self.done("security_group_delete", Kind::SecurityGroup, id, &group.name).await
    }

    pub async fn security_group_rule_create(
        &mut self,
        id: SecurityGroupId,
        new: &NewRule,
    ) -> Result<SecurityGroupRuleId> {
        let group = self.security_group(id).await?;
        let groups = rows::list(&mut self.tx, self.caller.project).await?;
        let plan = rules::rule(new, &groups.iter().map(|group| group.id).collect())?;
        let rules = rows::rules(&mut self.tx, self.caller.project).await?;
        if rules.iter().any(|rule| rule.group == id && rule.plan == plan) {
            return Err(Error::Conflict(Conflict::RuleExists));
        }
        let resources = [(Resource::SecurityGroupRules, 1)];
        quota::require(&mut self.tx, self.caller.project, self.caller.user, &resources).await?;
        let rule = rule_insert(&mut self.tx, id, plan, self.now).await?;
        self.touch(Kind::SecurityGroup, id);
        self.done("security_group_rule_create", Kind::SecurityGroupRule, rule, &group.name).await?;
        Ok(rule)
    }

    pub async fn security_group_rule_delete(&mut self, id: SecurityGroupRuleId) -> Result<()> {
        let rules = rows::rules(&mut self.tx, self.caller.project).await?;
        let rule =
            rules.iter().find(|rule| rule.id == id).ok_or_else(|| Error::not_found(Kind::SecurityGroupRule, id))?;
        let group = self.security_group(rule.group).await?;
        rows::rule_delete(&mut self.tx, id).await?;
        self.touch(Kind::SecurityGroup, group.id);
        self.done("security_group_rule_delete", Kind::SecurityGroupRule, id, &group.name).await
    }

    async fn security_group(&mut self, id: SecurityGroupId) -> Result<Group> {
        let groups = rows::list(&mut self.tx, self.caller.project).await?;
        groups.into_iter().find(|group| group.id == id).ok_or_else(|| Error::not_found(Kind::SecurityGroup, id))
    }
}
