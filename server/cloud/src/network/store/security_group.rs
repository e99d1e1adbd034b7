//! Security groups and their rules.

use super::{Decoded, Result, among, id, parsed, parsed_or_null, uuid};
use crate::db::Tx;
use crate::network::engine::{Cidr, Direction, Protocol, Remote};
use crate::network::rules::{ALL_PORTS, RulePlan};
use api::{InstanceId, Micros, ProjectId, SecurityGroupId, SecurityGroupRuleId};
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, QueryBuilder, Row, SqliteConnection, SqlitePool};
use std::collections::HashSet;

/// A security group's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub id: SecurityGroupId,
    pub name: String,
    pub description: String,
    pub created_at: Micros,
}

impl FromRow<'_, SqliteRow> for Group {
    fn from_row(row: &SqliteRow) -> Decoded<Self> {
        Ok(Self {
            id: id(row, "id")?,
            name: row.try_get("name")?,
            description: row.try_get("description")?,
            created_at: row.try_get("created_at")?,
        })
    }
}

/// A rule's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    pub id: SecurityGroupRuleId,
    pub group: SecurityGroupId,
    pub plan: RulePlan,
}

pub fn direction_str(direction: Direction) -> &'static str {
    match direction {
        Direction::Ingress => "ingress",
        Direction::Egress => "egress",
    }
}

fn direction(text: &str) -> Option<Direction> {
    [Direction::Ingress, Direction::Egress].into_iter().find(|direction| direction_str(*direction) == text)
}

/// The protocol's word, none for all of them, and its ports, where not all are meant.
pub fn protocol_parts(protocol: Protocol) -> (Option<&'static str>, Option<(u16, u16)>) {
    match protocol {
        Protocol::Any => (None, None),
        Protocol::Icmp => (Some("icmp"), None),
        Protocol::Tcp(first, last) => (Some("tcp"), Some((first, last)).filter(|ports| *ports != ALL_PORTS)),
        Protocol::Udp(first, last) => (Some("udp"), Some((first, last)).filter(|ports| *ports != ALL_PORTS)),
    }
}

impl FromRow<'_, SqliteRow> for Rule {
    fn from_row(row: &SqliteRow) -> Decoded<Self> {
        let ports = row.try_get::<Option<u16>, _>("port_first")?.zip(row.try_get::<Option<u16>, _>("port_last")?);
        let (first, last) = ports.unwrap_or(ALL_PORTS);
        let protocol = parsed(row, "protocol", |text| match text {
            "any" => Some(Protocol::Any),
            "icmp" => Some(Protocol::Icmp),
            "tcp" => Some(Protocol::Tcp(first, last)),
            "udp" => Some(Protocol::Udp(first, last)),
            _ => None,
        })?;
        let cidr = parsed_or_null(row, "remote_cidr", |text| Cidr::parse(text).ok())?;
        let group = parsed_or_null(row, "remote_group", uuid)?;
        let remote = group.map(Remote::Group).or(cidr.map(Remote::Cidr)).unwrap_or(Remote::Anywhere);
        let direction = parsed(row, "direction", direction)?;
        Ok(Self { id: id(row, "id")?, group: id(row, "group_id")?, plan: RulePlan { direction, protocol, remote } })
    }
}

pub async fn insert(
    tx: &mut Tx,
    group: SecurityGroupId,
    project: ProjectId,
    name: &str,
    description: &str,
    now: Micros,
) -> std::result::Result<(), sqlx::Error> {
    sqlx::query(
        "insert into security_group (id, project_id, name, description, created_at) values ($1, $2, $3, $4, $5)",
    )
    .bind(group.0.to_string())
    .bind(project.0.to_string())
    .bind(name)
    .bind(description)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn rule_insert(tx: &mut Tx, rule: &Rule, now: Micros) -> Result<()> {
    let (protocol, ports) = protocol_parts(rule.plan.protocol);
    let (cidr, group) = match rule.plan.remote {
        Remote::Anywhere => (None, None),
        Remote::Cidr(cidr) => (Some(cidr.to_string()), None),
        Remote::Group(group) => (None, Some(group.0.to_string())),
    };
    sqlx::query(
        "insert into security_group_rule (id, group_id, direction, protocol, port_first, port_last, remote_cidr, remote_group,
                                          created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(rule.id.0.to_string())
    .bind(rule.group.0.to_string())
    .bind(direction_str(rule.plan.direction))
    .bind(protocol.unwrap_or("any"))
    .bind(ports.map(|(first, _)| first))
    .bind(ports.map(|(_, last)| last))
    .bind(cidr)
    .bind(group)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The project's groups, by name.
pub async fn list(db: &mut SqliteConnection, project: ProjectId) -> Result<Vec<Group>> {
    Ok(sqlx::query_as("select * from security_group where project_id = $1 order by name, id")
        .bind(project.0.to_string())
        .fetch_all(db)
        .await?)
}

/// The rules of all of the project's groups, oldest first.
pub async fn rules(db: &mut SqliteConnection, project: ProjectId) -> Result<Vec<Rule>> {
    Ok(sqlx::query_as(
        "select r.* from security_group_rule r join security_group g on g.id = r.group_id
         where g.project_id = $1 order by r.created_at, r.id",
    )
    .bind(project.0.to_string())
    .fetch_all(db)
    .await?)
}

pub async fn by_name(db: &mut SqliteConnection, project: ProjectId, name: &str) -> Result<Option<SecurityGroupId>> {
    let row = sqlx::query("select id from security_group where project_id = $1 and name = $2")
        .bind(project.0.to_string())
        .bind(name)
        .fetch_optional(db)
        .await?;
    Ok(row.map(|row| id(&row, "id")).transpose()?)
}

/// How many of these groups the project has.
pub async fn count_of(
    db: &mut SqliteConnection,
    project: ProjectId,
    groups: &HashSet<SecurityGroupId>,
) -> Result<usize> {
    let mut query = QueryBuilder::new("select count(*) from security_group where project_id = ");
    query.push_bind(project.0.to_string()).push(" and id in ");
    among(&mut query, groups.iter().map(|group| group.0));
    let count: i64 = query.build_query_scalar().fetch_one(db).await?;
    Ok(count.max(0) as usize)
}

pub async fn of_instance(db: &SqlitePool, instance: InstanceId) -> Result<Vec<(SecurityGroupId, String)>> {
    let rows = sqlx::query(
        "select distinct g.id, g.name from port p
         join port_security_group pg on pg.port_id = p.id
         join security_group g on g.id = pg.group_id
         where p.device_id = $1 and p.device_owner = 'compute:nova' order by g.name, g.id",
    )
    .bind(instance.0.to_string())
    .fetch_all(db)
    .await?;
    Ok(rows.iter().map(|row| Ok((id(row, "id")?, row.try_get("name")?))).collect::<Decoded<_>>()?)
}

/// The names of the instances that a group protects.
pub async fn used_by(db: &mut SqliteConnection, group: SecurityGroupId) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(
        "select distinct coalesce(i.name, p.device_id) as name from port_security_group pg
         join port p on p.id = pg.port_id
         left join instance i on i.id = p.device_id
         where pg.group_id = $1 order by name",
    )
    .bind(group.0.to_string())
    .fetch_all(db)
    .await?)
}

/// Removes a group with its rules, and the rules of others that name it.
pub async fn delete(tx: &mut Tx, group: SecurityGroupId) -> Result<()> {
    sqlx::query("delete from security_group where id = $1").bind(group.0.to_string()).execute(&mut **tx).await?;
    Ok(())
}

pub async fn rule_delete(tx: &mut Tx, rule: SecurityGroupRuleId) -> Result<()> {
    sqlx::query("delete from security_group_rule where id = $1").bind(rule.0.to_string()).execute(&mut **tx).await?;
    Ok(())
}
